// Days and times as people read them, in the estate's time zone whatever the tablet's own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dateIn } from "../../static/tablet/days.js";
import { setLocale } from "../../static/tablet/i18n.js";
import {
  clock,
  clockOrDay,
  day,
  dayAndWeekday,
  dayOf,
  fullDay,
  howLong,
  month,
  setZone,
} from "../../static/tablet/parts/when.js";

test("dates are written as each language writes them", () => {
  assert.deepEqual(
    [
      day("2026-11-02", "zh"),
      dayAndWeekday("2026-11-23", "zh"),
      month("2024-05-18", "zh"),
      fullDay("2026-11-23", "zh"),
    ],
    ["11月2日", "11月23日 周一", "2024年5月", "2026年11月23日"],
  );
  assert.deepEqual(
    [
      day("2026-11-02", "en"),
      dayAndWeekday("2026-11-23", "en"),
      month("2024-05-18", "en"),
      fullDay("2026-11-23", "en"),
    ],
    ["2 Nov", "Mon 23 Nov", "May 2024", "23 November 2026"],
  );
});

test("an evening in UTC is already tomorrow where the estate stands", () => {
  setLocale("zh");
  setZone("Asia/Shanghai");

  assert.equal(clock("2026-11-22T18:05:00.000Z"), "02:05");
  assert.equal(dayOf("2026-11-22T18:05:00.000Z"), "2026-11-23");
  assert.equal(clockOrDay("2026-11-22T18:05:00.000Z", Date.parse("2026-11-23T06:00:00Z")), "02:05");
  assert.match(clockOrDay("2026-11-20T02:10:00.000Z", Date.parse("2026-11-23T06:00:00Z")), /^11月20日 10:10$/);
});

test("how long something waits is said in the unit that fits", () => {
  const now = Date.parse("2026-11-23T06:00:00Z");
  const since = (minutes) => howLong(new Date(now - minutes * 60_000).toISOString(), now);

  setLocale("zh");
  assert.deepEqual([since(25), since(180), since(3 * 1440)], ["25 分钟", "3 小时", "3 天"]);
  setLocale("en");
  assert.deepEqual([since(25), since(180), since(3 * 1440)], ["25 mins", "3 hours", "3 days"]);
  assert.equal(since(0.2), "less than a minute");
});

test("a date is one whatever way a browser's language writes dates", (t) => {
  setZone("Asia/Shanghai");
  const before = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, "format");
  Object.defineProperty(Intl.DateTimeFormat.prototype, "format", { ...before, get: () => () => "11/10/2026" });
  t.after(() => Object.defineProperty(Intl.DateTimeFormat.prototype, "format", before));

  assert.equal(dayOf("2026-11-09T18:00:00.000Z"), "2026-11-10");
  assert.equal(dateIn("2026-11-09T18:00:00.000Z", "Europe/Berlin"), "2026-11-09");
});
