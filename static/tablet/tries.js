// Tries that met nobody: how often a household was rung, when it is to be tried again, which of its numbers are dead.

/** @typedef {import("./types.js").Try} Try */
/** @typedef {import("./types.js").Outcome} Outcome */
/** @typedef {import("./types.js").DeadNumber} DeadNumber */
/** @typedef {import("./types.js").NumberCalled} NumberCalled */
/** @typedef {import("./types.js").Person} Person */

/** The policy's number, for an office that does not say its own yet. */
const PHONE_ATTEMPTS = 3;

/** Nobody lives behind the number that was dialled. @type {Set<Outcome>} */
const DEAD = new Set(["unallocated", "suspended", "wrong_number"]);

/** Somebody answered, if only to say no or later: such a household can be reached by phone. @type {Set<Outcome>} */
const ANSWERED = new Set(["refused", "rescheduled"]);

/** @param {Outcome} outcome */
export const isDead = (outcome) => DEAD.has(outcome);

/**
 * How often a household was rung about what is due: of the tasks the one that was rung about most. Without a task,
 * every call since somebody was met.
 * @param {Try[]} tries
 * @param {string[]} tasks
 */
export function callsMade(tries, tasks) {
  const calls = tries.filter((one) => one.method === "phone");
  if (!tasks.length) return calls.length;
  return Math.max(...tasks.map((task) => calls.filter((call) => call.tasks.includes(task)).length));
}

/**
 * Has a household been rung so often without anybody answering that somebody must go there?
 * @param {Try[]} tries
 * @param {string[]} tasks
 * @param {number} [limit]  the estate's setting
 * @returns {number} how often; 0 if it may still be rung
 */
export function unreachable(tries, tasks, limit = PHONE_ATTEMPTS) {
  const last = tries.findLastIndex((one) => one.method === "phone" && ANSWERED.has(one.outcome));
  const calls = callsMade(tries.slice(last + 1), tasks);
  return calls >= limit ? calls : 0;
}

/**
 * When the next try is to be: what the newest one says.
 * @param {Try[]} tries  the oldest first
 * @returns {{ at: string, agreed: boolean, method: import("./types.js").Method } | null} agreed: with the household
 */
export function nextTry(tries) {
  const last = tries.at(-1);
  if (!last?.again_at) return null;
  return { at: last.again_at, agreed: last.outcome === "rescheduled", method: last.method };
}

/**
 * Every number there is, and what a call to it found.
 * @param {{ people: Person[], dead_numbers?: DeadNumber[] }} unit
 * @returns {{ person: Person, number: string, called: NumberCalled, dead: DeadNumber | null }[]}
 */
export function numbersOf({ people, dead_numbers = [] }) {
  return people.flatMap((person) =>
    [person.phone, ...(person.other_phones ?? [])].flatMap((number, index) => {
      if (!number) return [];
      const ending = number.replace(/\D/g, "").slice(-4);
      const called = { person_id: person.id, index, ending };
      const dead = dead_numbers.find((one) => isSame(one, called)) ?? null;
      return [{ person, number, called, dead }];
    }),
  );
}

/**
 * The dead numbers after one more call: a number that rings again is dead no more.
 * @param {DeadNumber[]} dead
 * @param {NumberCalled} called
 * @param {Outcome} outcome
 * @param {string} on  the day
 * @returns {DeadNumber[]}
 */
export function afterCall(dead, called, outcome, on) {
  const others = dead.filter((one) => !isSame(one, called));
  if (!isDead(outcome)) return others;
  return [...others, { person: called.person_id, index: called.index, ending: called.ending, outcome, on }];
}

/** A number that was put right since has another ending. @param {DeadNumber} dead @param {NumberCalled} called */
const isSame = (dead, { person_id, index, ending }) =>
  dead.person === person_id && dead.index === index && dead.ending === ending;
