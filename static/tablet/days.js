// Times and dates as the estate's people count them.

/** @param {number} ms */
export const iso = (ms) => new Date(ms).toISOString();

/**
 * @param {number | string} at  a moment
 * @param {string} timeZone
 * @returns {string} its date there, `YYYY-MM-DD`
 */
export function dateIn(at, timeZone) {
  return formatFor(timeZone).format(new Date(at));
}

/**
 * @param {string} date  `YYYY-MM-DD`
 * @param {number} days
 */
export function plusDays(date, days) {
  return iso(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).slice(0, 10);
}

/**
 * @param {string} from  `YYYY-MM-DD`
 * @param {string} to
 * @returns {number} calendar days, negative if `to` comes first
 */
export function daysBetween(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} timeZone */
function formatFor(timeZone) {
  let format = formats.get(timeZone);
  if (!format) {
    // Canadian English writes dates as ISO does.
    format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
    formats.set(timeZone, format);
  }
  return format;
}
