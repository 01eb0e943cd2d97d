// What an owner's answer to a callback can do, by how it is given. The office decides by the same rows.

/** @typedef {import("./types.js").Method} Method */
/** @typedef {import("./types.js").Relation} Relation */
/** @typedef {{ complaint?: unknown, order?: unknown, round: number, owners?: boolean }} Asked  An issue, a complaint, or a work order; `owners`: an owner raised it. */
/** @typedef {"owner" | "witness" | ""} Signed  whose signature stands under it */

/** Whoever answers for themselves; all others answer on the owner's behalf. @type {Set<Relation>} */
const THEMSELVES = new Set(["owner", "tenant"]);

/** Complaints, and work orders after rework, are closed by a signature or before a witness only. @param {Asked} asked */
export const isStrict = ({ complaint, order, round }) => (order ? round > 1 : Boolean(complaint));

/** No tenant calls an owner's matter good. @param {Asked} asked @param {{ relation: Relation }} given */
export const isOnlyTheOwners = ({ owners }, { relation }) => Boolean(owners) && relation === "tenant";

/**
 * Did an owner raise or report it? Of an issue an office that does not say so yet leaves it to the names.
 * @param {{ by_owner?: true, raised_by?: string } | undefined} matter
 * @param {import("./types.js").Unit | undefined} unit
 */
export const isOwners = (matter, unit) =>
  Boolean(matter?.by_owner) ||
  Boolean(unit?.people.some(({ relation, name }) => relation === "owner" && name === matter?.raised_by));

/**
 * Does the owner file know who owns or rents the unit, and is whoever is called so none of these? They answer on the
 * owner's behalf. A company speaks through somebody who stands in no file.
 * @param {import("./types.js").Interviewee} met
 * @param {import("./types.js").Unit | undefined} unit
 */
export function isAnother({ name, relation, person_id }, unit) {
  const holders = unit?.people.filter((person) => person.relation === relation) ?? [];
  const known = holders.some(({ id, name: theirs, kind }) => kind === "company" || id === person_id || theirs === name);
  return holders.length > 0 && !known;
}

/**
 * Does "satisfied" close it?
 * @param {Asked} asked
 * @param {{ method: Method, relation: Relation, another?: boolean, signed: Signed }} given
 */
export function closes(asked, given) {
  if (isOnlyTheOwners(asked, given)) return false;
  const how = howAnswered(given);
  return isStrict(asked) ? how === "signed" || how === "witnessed" : how !== "told";
}

/** @param {{ method: Method, relation: Relation, another?: boolean, signed: Signed }} given  `another`: as `isAnother`. */
function howAnswered({ method, relation, another = false, signed }) {
  if (method === "door" && signed !== "owner") return signed === "witness" ? "witnessed" : "told";
  if (another || !THEMSELVES.has(relation)) return "proxy";
  return method === "phone" ? "phone" : "signed";
}
