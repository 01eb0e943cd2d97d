// Who is liable at a unit, by the day on which a matter is raised (R01, R21). The office has the same rule
// (`liability.py`); `tests/vectors/warranty.json` holds both to it, since the owner signs where a matter goes.

/** @typedef {import("./types.js").WarrantyPart} WarrantyPart */
/** @typedef {import("./types.js").Category} Category */

/** @type {Partial<Record<WarrantyPart, number>>} */
const YEARS = { waterproofing: 5, pipes: 2, wiring: 2, equipment: 2, fit_out: 2 };
const SEASONS = 2;
/** First and last day of a season, `MM-DD`. */
const HEATING = ["11-15", "03-15"];
const COOLING = ["06-15", "09-15"];

/**
 * @param {WarrantyPart} part
 * @param {string} handoverOn
 * @returns {string} its last day; "" for a part that nobody here knows
 */
export function warrantyEnd(part, handoverOn) {
  const years = YEARS[part];
  if (years) return yearsLater(handoverOn, years);
  if (part !== "heating_cooling") return "";
  const ends = [HEATING, COOLING].map((season) => seasonEnd(handoverOn, season));
  return ends.sort()[1];
}

/**
 * @param {{ profile: string, part?: WarrantyPart, handoverOn?: string, byHand?: Record<string, string>, raisedOn: string }} matter
 *   byHand: last days that somebody wrote down instead of what follows from the handover
 * @returns {"within" | "after" | "unknown" | ""} "" where no date decides
 */
export function covered({ profile, part, handoverOn, byHand = {}, raisedOn }) {
  if (!part || profile !== "A") return "";
  const until = byHand[part] ?? (handoverOn ? warrantyEnd(part, handoverOn) : "");
  if (!until) return "unknown";
  return raisedOn <= until ? "within" : "after";
}

/**
 * The department that a matter goes to: its category's, or its group's; within a warranty, the one liable for that.
 * @param {Category[]} path  group and category, or one of them
 * @param {{ profile: string, handoverOn?: string, byHand?: Record<string, string>, raisedOn: string }} [where]  none
 *   where there is no unit
 * @returns {{ id: string, name: import("./types.js").Words } | undefined}
 */
export function departmentFor(path, where) {
  const own = path.findLast((category) => category.department)?.department;
  const warranty = path.findLast((category) => category.warranty)?.warranty;
  if (!where || !warranty || covered({ ...where, part: warranty.part }) !== "within") return own;
  return warranty.department ?? own;
}

/** The same day some years later, or the last of that month where it has no such day. @param {string} day @param {number} years */
function yearsLater(day, years) {
  const year = Number(day.slice(0, 4)) + years;
  const rest = day.slice(4);
  return `${year}${rest === "-02-29" && !isLeap(year) ? "-02-28" : rest}`;
}

/** @param {number} year */
const isLeap = (year) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Only seasons that begin on the handover or after it count. @param {string} handoverOn @param {string[]} season */
function seasonEnd(handoverOn, [first, last]) {
  const begins = Number(handoverOn.slice(0, 4)) + (handoverOn.slice(5) <= first ? 0 : 1);
  const year = begins + SEASONS - 1;
  return `${last > first ? year : year + 1}-${last}`;
}
