// Days and times as people read them, in their language and in the estate's time zone.

import { dateIn, daysBetween } from "../days.js";
import { _, locale } from "../i18n.js";

/** @typedef {import("../types.js").Locale} Locale */

/** @type {string | undefined} undefined: the tablet's own */
let zone;

/** @param {string | undefined} timeZone */
export function setZone(timeZone) {
  zone = timeZone;
}

/** `11月23日` or `23 Nov`. @param {string} date YYYY-MM-DD @param {Locale} [to] */
export function day(date, to = locale()) {
  return format(date, to, to === "zh" ? { month: "long", day: "numeric" } : { month: "short", day: "numeric" });
}

/** `11月23日 周一` or `Mon 23 Nov`. @param {string} date @param {Locale} [to] */
export function dayAndWeekday(date, to = locale()) {
  const weekday = format(date, to, { weekday: "short" });
  return to === "zh" ? `${day(date, to)} ${weekday}` : `${weekday} ${day(date, to)}`;
}

/** `2024年5月` or `May 2024`. @param {string} date @param {Locale} [to] */
export function month(date, to = locale()) {
  return format(date, to, { year: "numeric", month: to === "zh" ? "long" : "short" });
}

/** `2026年11月23日` or `23 November 2026`. @param {string} date @param {Locale} [to] */
export function fullDay(date, to = locale()) {
  return format(date, to, { year: "numeric", month: "long", day: "numeric" });
}

/** `14:41`. @param {string} iso @param {Locale} [to] */
export function clock(iso, to = locale()) {
  return formatFor(tag(to), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(
    new Date(iso),
  );
}

/** `14:41` today, `昨天 16:10`, otherwise with its day. @param {string} iso @param {number} now */
export function clockOrDay(iso, now) {
  const days = daysBetween(dayOf(iso), dayOf(new Date(now).toISOString()));
  if (days === 0) return clock(iso);
  if (days === 1) return _("yesterday %(time)s", { time: clock(iso) });
  return `${day(dayOf(iso))} ${clock(iso)}`;
}

/** `今天`, `明天`, `周六 11月28日`: a day to come, or one that passed. @param {string} iso @param {number} now */
export function comingDay(iso, now) {
  switch (daysBetween(dayOf(new Date(now).toISOString()), dayOf(iso))) {
    case -1:
      return _("yesterday");
    case 0:
      return _("today");
    case 1:
      return _("tomorrow");
    default:
      return dayAndWeekday(dayOf(iso));
  }
}

/** The date in the estate's time zone. @param {string} iso */
export function dayOf(iso) {
  return dateIn(iso, zone);
}

/** How long since: `不到 1 分钟`, `25 分钟`, `3 小时`, `2 天`. @param {string} iso @param {number} now */
export function howLong(iso, now) {
  const minutes = Math.max(0, Math.round((now - Date.parse(iso)) / 60_000));
  if (minutes < 1) return _("less than a minute");
  if (minutes < 60) return amount(minutes, "minute");
  if (minutes < 48 * 60) return amount(Math.round(minutes / 60), "hour");
  return amount(Math.round(minutes / 1440), "day");
}

/** @param {number} count @param {"minute" | "hour" | "day"} unit */
function amount(count, unit) {
  if (locale() === "en") {
    return new Intl.NumberFormat("en-GB", {
      style: "unit",
      unit,
      unitDisplay: unit === "minute" ? "short" : "long",
    }).format(count);
  }
  return { minute: `${count} 分钟`, hour: `${count} 小时`, day: `${count} 天` }[unit];
}

/** @param {string} date @param {Locale} to @param {Intl.DateTimeFormatOptions} how */
function format(date, to, how) {
  return formatFor(tag(to), { ...how, timeZone: "UTC" }).format(new Date(`${date}T00:00:00Z`));
}

/** @type {Map<string, Intl.DateTimeFormat>} making one takes longer than using it for a whole list */
const formats = new Map();

/** @param {string} language @param {Intl.DateTimeFormatOptions} how */
function formatFor(language, how) {
  const key = language + JSON.stringify(how);
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(language, how);
    formats.set(key, made);
  }
  return made;
}

/** @param {Locale} to */
function tag(to) {
  return to === "zh" ? "zh-CN" : "en-GB";
}
