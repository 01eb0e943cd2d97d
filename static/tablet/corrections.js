// What an officer may note about an owner file at the door; the office accepts or refuses it.

import { Refused } from "./errors.js";
import { _ } from "./i18n.js";

/** @typedef {import("./types.js").About} About */
/** @typedef {import("./types.js").Pending} Pending */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./records.js").Kept} Kept */
/** @typedef {{ unitId: string, about: About, personId?: string, value: Record<string, string>, remark?: string }} CorrectionMade */

/**
 * What a correction says, part by part; the office has the same table. The first part must be there.
 * @type {Record<About, string[]>}
 */
export const PARTS = {
  phone: ["phone"],
  other_phone: ["phone"],
  name: ["name"],
  emergency: ["name", "phone"],
  household: ["name", "relation", "phone"],
  tenant: ["name", "phone"],
  occupancy: ["occupancy"],
  care: ["words"],
  preferred_contact: ["words"],
  do_not_disturb: ["words"],
  plates: ["plate"],
  other: ["words"],
};

/** These are about one person, the others about the unit. @type {Set<About>} */
export const OF_A_PERSON = new Set(["phone", "other_phone", "name", "emergency"]);

/** Characters that the office takes. @type {Record<string, number>} */
export const MOST = { phone: 40, name: 120, relation: 40, occupancy: 10, words: 200, plate: 30 };

/** The office keeps so many of an hour's words. @type {Partial<Record<About, number>>} */
export const MOST_WORDS = { do_not_disturb: 40, preferred_contact: 80 };

/**
 * What stands in the file where the correction would take its place; nothing where it adds to it or is not known here.
 * @param {Unit} unit
 * @param {About} about
 * @param {string} [personId]
 * @returns {Record<string, string>}
 */
export function baseOf(unit, about, personId) {
  const person = unit.people.find((one) => one.id === personId);
  switch (about) {
    case "phone":
      return { phone: person?.phone ?? "" };
    case "name":
      return { name: person?.name ?? "" };
    case "occupancy":
      return { occupancy: unit.occupancy };
    case "preferred_contact":
      return { words: unit.preferred_contact ?? "" };
    case "do_not_disturb":
      return { words: unit.do_not_disturb ?? "" };
    default:
      return {};
  }
}

/**
 * What was written, part by part, without blanks around it.
 * @param {Unit} unit
 * @param {CorrectionMade} made
 * @returns {Record<string, string>}
 * @throws `correction:empty`, `correction:same`, `correction:nobody`, `correction:phone`
 */
export function requireSaid(unit, { about, personId, value }) {
  const said = Object.fromEntries(PARTS[about].map((part) => [part, (value[part] ?? "").trim()]));
  if (OF_A_PERSON.has(about) && !unit.people.some((one) => one.id === personId)) {
    throw new Refused("correction:nobody", _("Choose whom it is about."));
  }
  if (!said[PARTS[about][0]]) throw new Refused("correction:empty", _("Write down what it should be."));
  if (said.phone && said.phone.replace(/\D/g, "").length < 7) {
    throw new Refused("correction:phone", _("This telephone number is too short."));
  }
  const base = baseOf(unit, about, personId);
  if (Object.keys(base).length && PARTS[about].every((part) => said[part] === base[part])) {
    throw new Refused("correction:same", _("This is what the file says already."));
  }
  return said;
}

/**
 * What waits for the office at a unit: what it told, and what was saved here and is not told yet.
 * @param {Pending[] | undefined} told
 * @param {Kept[]} kept
 * @param {string} me  name of whoever is logged in
 * @returns {Pending[]}
 */
export function pendingAt(told, kept, me) {
  const known = new Set((told ?? []).map((one) => one.id));
  const mine = kept.flatMap(({ row, brief: { correction } }) =>
    correction && !known.has(row.entity)
      ? [
          {
            id: row.entity,
            about: correction.about,
            person: correction.person,
            value: correction.value,
            by: me,
            at: row.at,
          },
        ]
      : [],
  );
  return [...(told ?? []), ...mine];
}
