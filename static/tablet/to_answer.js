// What an owner is told or may say at a door beside callbacks: an explanation, another date, the end of an issue.
import { isTheirs } from "./briefing.js";

/** @typedef {import("./types.js").Issue} Issue */
/** @typedef {import("./types.js").IssueRow} IssueRow */
/** @typedef {import("./types.js").Told} Told */
/** @typedef {import("./types.js").DraftAnswer} DraftAnswer */

const DAY = 86_400_000;

/** How an issue ends that its owner can object to: by what, in its history. @type {Record<string, string>} */
const ENDED_BY = {
  closed: "issue:owner_satisfied",
  carried_over: "issue:owner_agreed",
  closed_unsatisfied: "issue:closed_unsatisfied",
};

/** Lines of the history that say why something cannot be solved. */
const WHY_NOT = new Set(["issue:cannot_be_solved", "issue:cannot_be_solved_too", "issue:refused"]);

/**
 * What waits for an owner's word here: what is to be told first, then what ended within the days of objection. What a
 * former owner closed is not for the next one to hear of.
 * @param {IssueRow[]} issues  of the unit
 * @param {{ unit: import("./types.js").Unit, days: number, now: number, dateOf: (at: string) => string }} ground
 *   days: in which an owner can object; dateOf: the date of a moment where the estate stands
 * @returns {DraftAnswer[]}  still without an answer
 */
export function toAnswer(issues, { unit, days, now, dateOf }) {
  const open = issues.filter((issue) => !issue.pending);
  const told = open.flatMap(({ id, doc }) => {
    const what = toldOf(doc);
    return what ? [asked(id, doc, what)] : [];
  });
  const ended = open.flatMap(({ id, doc }) => {
    const at = endedAt(doc);
    if (!at || !isTheirs(doc, unit) || now > Date.parse(at) + days * DAY) return [];
    const until = dateOf(new Date(Date.parse(at) + days * DAY).toISOString());
    return [{ ...asked(id, doc, endOf(doc, dateOf(at))), until }];
  });
  return [...told, ...ended];
}

/** Is it the end of an issue? Then silence says that it is right so. @param {DraftAnswer} answer */
export const isAboutTheEnd = ({ told }) => Boolean(told && Object.hasOwn(ENDED_BY, told.what));

/** An answer that nobody can do anything with unless it says why. @param {DraftAnswer} given */
export const lacksWords = ({ answer, reason }) => (answer === "objected" || answer === "disagreed") && !reason.trim();

/** @param {string} issue_id @param {Issue} doc @param {Told} told @returns {DraftAnswer} */
const asked = (issue_id, { round }, told) => ({ issue_id, round, answer: "", reason: "", told });

/** An explanation, or another date that was agreed with the department. @param {Issue} doc @returns {Told | undefined} */
export function toldOf(doc) {
  if (doc.state === "explained") {
    const words = doc.history.findLast(({ kind }) => WHY_NOT.has(kind))?.note ?? "";
    return { what: "explained", words, ...(doc.cannot && { cannot: doc.cannot }) };
  }
  // One that was merged into other work waits with that, and has the date of it.
  if (!["accepted", "merged"].includes(doc.state) || !doc.deferred || doc.deferred.told) return undefined;
  const { reason, from_on, to_on } = doc.deferred;
  if (doc.state === "merged" && to_on !== doc.due_on) return undefined;
  return { what: "new_date", words: reason, from_on, to_on };
}

/** When it ended so that its owner can object; "" for all else. @param {Issue} doc */
function endedAt({ state, history }) {
  return history.findLast(({ kind }) => kind === ENDED_BY[state])?.at ?? "";
}

/** @param {Issue} doc @param {string} on @returns {Told} */
function endOf({ state, history }, on) {
  const why = state === "closed_unsatisfied" && history.findLast(({ kind }) => kind === ENDED_BY[state])?.note;
  return { what: /** @type {Told["what"]} */ (state), words: why || "", on };
}
