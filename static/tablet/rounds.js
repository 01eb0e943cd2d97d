// The rounds of an issue, as its history tells them: what was done in earlier ones, and why that was not enough.

/** @typedef {{ round: number, measure: string, reason: string }} EarlierRound */

/** Kinds that end a round: what they say is the reason. */
const ENDS = new Set(["issue:owner_dissatisfied", "issue:sent_back", "issue:owner_objected"]);

/** States in which no department has settled a measure for this round: what stands there is of an earlier one. */
const UNSETTLED = new Set(["reported", "routed", "disputed"]);

/**
 * @param {{ state: string }} doc
 * @returns {boolean} whether measure, person and day are those of the present round
 */
export const isSettled = ({ state }) => !UNSETTLED.has(state);

/**
 * @param {{ round: number, history: { kind: string, round: number, note?: string }[] }} doc
 * @returns {EarlierRound[]} the first round first; none for an issue in its first
 */
export function earlierRounds({ round, history }) {
  /** @param {(kind: string) => boolean} isIt @param {number} of */
  const said = (isIt, of) => history.findLast((line) => isIt(line.kind) && line.round === of)?.note ?? "";
  return Array.from({ length: round - 1 }, (_none, at) => ({
    round: at + 1,
    measure: said((kind) => kind === "issue:accepted", at + 1),
    reason: said((kind) => ENDS.has(kind), at + 2),
  })).filter((one) => one.measure || one.reason);
}
