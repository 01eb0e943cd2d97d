// When to try again: at another time of day than the tries before, and never while the household wants its peace.
import { dateIn, momentOf, plusDays, timeIn } from "./days.js";

/** @typedef {"morning" | "afternoon" | "evening" | "weekend"} Part  of the week: the first three on working days */
/** @typedef {{ at: string, part: Part }} Proposal  `at`: a moment */
/** @typedef {{ spans: [number, number][], weekend: boolean, readable: boolean }} Quiet  minutes of the day; all weekend */

/** The hours at which to try in each part, the best first. @type {Record<Part, string[]>} */
const HOURS = {
  morning: ["10:00", "11:00", "09:30"],
  afternoon: ["15:00", "16:30", "14:30"],
  evening: ["19:00", "18:30", "20:00"],
  weekend: ["10:30", "15:30", "17:00"],
};

/** @type {Part[]} */
const PARTS = ["morning", "afternoon", "evening", "weekend"];

/** Nobody calls so early: who names such hours without saying that they are of the night hardly means them. */
const DAWN = 7 * 60;
const NOON = 12 * 60;
const DUSK = 18 * 60;
const MIDNIGHT = 24 * 60;

/** So much later than now at least: a next try, not the same one again. */
const NOTICE = 2 * 3600_000;
const DAYS_AHEAD = 14;
const MOST = 3;

/** What people write where they give no hours, and the span that is kept free for it. @type {[RegExp, number, number][]} */
const QUIET_WORDS = [
  [/早|上午|morning/i, 0, NOON],
  [/中午|午休|午睡|\bnoon|nap/i, NOON, 14 * 60 + 30],
  [/下午|afternoon/i, NOON, DUSK],
  [/晚|傍晚|evening/i, DUSK, MIDNIGHT],
  [/夜|night/i, 20 * 60, 9 * 60],
];
const WEEKEND_WORDS = /周末|星期六|星期天|星期日|周六|周日|weekend|saturday|sunday/i;
const LATE = /下午|晚|中午|afternoon|evening|pm/i;
const SPAN =
  /(凌晨|早上?|上午|中午|下午|晚上?)?\s*(\d{1,2})(?:[:：](\d{2}))?\s*[点时]?\s*(?:-|–|—|~|～|至|到|to)\s*(凌晨|早上?|上午|中午|下午|晚上?)?\s*(\d{1,2})(?:[:：](\d{2}))?(?:\s*(?:in the )?(morning|afternoon|evening|am\b|pm\b))?/gi;

/** Who sleeps by day says so in words that would be read as a quiet night. */
const BY_DAY = /白天|夜班|night shift|by day|daytime/i;
/** Beside hours such as 2 to 4: those of the afternoon. */
const AFTER_NOON = /(?:^|[^上])午|\bnap|afternoon/i;

/**
 * When to try again, the best first; none if what the household wrote about its peace cannot be read.
 * Only those parts of the week in which it was tried least, each at its soonest.
 * @param {{ tries: string[], now: number, timeZone: string, doNotDisturb: string }} known  tries: moments
 * @returns {Proposal[]} three at most
 */
export function proposals({ tries, now, timeZone, doNotDisturb }) {
  const quiet = quietOf(doNotDisturb);
  if (!quiet.readable) return [];
  const tried = tries.map((at) => partOf(at, timeZone));
  const open = PARTS.flatMap((part) => {
    const at = soonest(part, { now, timeZone, quiet });
    return at ? [{ at, part, times: tried.filter((one) => one === part).length }] : [];
  });
  const least = Math.min(...open.map(({ times }) => times));
  return open
    .filter(({ times }) => times === least)
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, MOST)
    .map(({ at, part }) => ({ at, part }));
}

/**
 * @param {number | string} at  a moment
 * @param {string} timeZone
 * @returns {Part}
 */
export function partOf(at, timeZone) {
  if (isWeekend(dateIn(at, timeZone))) return "weekend";
  const minute = minuteOf(timeIn(at, timeZone));
  return minute < NOON ? "morning" : minute < DUSK ? "afternoon" : "evening";
}

/**
 * When a household wants no call and no visit: the hours it gives, or what its words commonly mean. Hours hold on every
 * day, whatever is written beside them.
 * @param {string} text  `12:00–14:00`, `晚上`; "" for nothing
 * @returns {Quiet}
 */
export function quietOf(text) {
  const given = [...text.matchAll(SPAN)].map((said) => spanSaid(said, text));
  /** @type {[number, number][]} */
  const said = QUIET_WORDS.filter(([words]) => words.test(text)).map(([, from, to]) => [from, to]);
  const spans = given.length ? given.filter((span) => span !== null) : said;
  const weekend = !given.length && WEEKEND_WORDS.test(text);
  const unsure = given.includes(null) || BY_DAY.test(text);
  return { spans, weekend, readable: !unsure && (!text.trim() || weekend || spans.length > 0) };
}

/**
 * The minutes of one span. Half past two is of the night or of the afternoon: without a word for either it is not read.
 * @param {RegExpMatchArray} said
 * @param {string} text  around it
 * @returns {[number, number] | null} null if one cannot tell
 */
function spanSaid([, before, hours, minutes, until, toHours, toMinutes, after], text) {
  const half = before ?? after;
  const from = minuteSaid(half, hours, minutes);
  const to = minuteSaid(until ?? half, toHours, toMinutes);
  if (half ?? until) return [from, to];
  // `午休 12点到2点`
  if (AFTER_NOON.test(text) && from <= NOON && to <= DAWN) return [from < DAWN ? from + NOON : from, to + NOON];
  return from <= to && to <= DAWN ? null : [from, to];
}

/** `下午 2 点` is 14:00. @param {string | undefined} half @param {string} hours @param {string} [minutes] */
function minuteSaid(half, hours, minutes = "0") {
  const later = half && LATE.test(half) && Number(hours) < 11 ? 12 : 0;
  return (Number(hours) + later) * 60 + Number(minutes);
}

/**
 * @param {Part} part
 * @param {{ now: number, timeZone: string, quiet: Quiet }} when
 * @returns {string} "" if the household never wants to be tried then
 */
function soonest(part, { now, timeZone, quiet }) {
  if (part === "weekend" && quiet.weekend) return "";
  const hours = HOURS[part].filter((time) => !isQuiet(minuteOf(time), quiet));
  const today = dateIn(now, timeZone);
  for (let days = 0; days <= DAYS_AHEAD; days++) {
    const date = plusDays(today, days);
    if (isWeekend(date) !== (part === "weekend")) continue;
    const moments = hours.map((time) => momentOf(date, time, timeZone));
    const at = moments.find((moment) => moment >= now + NOTICE);
    if (at !== undefined) return new Date(at).toISOString();
  }
  return "";
}

/** @param {number} minute @param {Quiet} quiet */
function isQuiet(minute, { spans }) {
  return spans.some(([from, to]) => (from <= to ? from <= minute && minute < to : minute >= from || minute < to));
}

/** @param {string} time  `15:30` */
function minuteOf(time) {
  const [hours, minutes] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** @param {string} date  `YYYY-MM-DD` */
function isWeekend(date) {
  return [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
}
