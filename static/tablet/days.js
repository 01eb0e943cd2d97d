// Times and dates as the estate's people count them.

/** @param {number} ms */
export const iso = (ms) => new Date(ms).toISOString();

/**
 * @param {number | string} at  a moment
 * @param {string} [timeZone]  without it the tablet's own
 * @returns {string} its date there, `YYYY-MM-DD`
 */
export function dateIn(at, timeZone) {
  // By its parts: no language writes dates as ISO does in each browser, Canadian English does so in some.
  const { year, month, day } = Object.fromEntries(
    partsIn(timeZone)
      .formatToParts(new Date(at))
      .map((part) => [part.type, part.value]),
  );
  return `${year}-${month}-${day}`;
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

/** @type {Map<string | undefined, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string | undefined} timeZone */
function partsIn(timeZone) {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
    formats.set(timeZone, format);
  }
  return format;
}

/**
 * @param {number | string} at  a moment
 * @param {string} timeZone
 * @returns {string} the time of day there, `15:30`
 */
export function timeIn(at, timeZone) {
  return clockFor(timeZone).format(new Date(at));
}

/**
 * The moment at which it is this day and time there.
 * @param {string} date  `YYYY-MM-DD`
 * @param {string} time  `15:30`
 * @param {string} timeZone
 * @returns {number} milliseconds since 1970; NaN for what is no day or time
 */
export function momentOf(date, time, timeZone) {
  const wanted = Date.parse(`${date}T${time}:00Z`);
  let at = wanted;
  if (Number.isNaN(wanted)) return wanted;
  // The second round is for a guess that lay on the other side of a change of the clocks.
  for (let round = 0; round < 2; round++) {
    at += wanted - Date.parse(`${dateIn(at, timeZone)}T${timeIn(at, timeZone)}:00Z`);
  }
  return at;
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const clocks = new Map();

/** @param {string} timeZone */
function clockFor(timeZone) {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    clocks.set(timeZone, clock);
  }
  return clock;
}
