// The next try is proposed at another time of day than the tries before, never while a household wants its peace.

import assert from "node:assert/strict";
import { test } from "node:test";
import { momentOf, timeIn } from "../../static/tablet/days.js";
import { partOf, proposals, quietOf } from "../../static/tablet/next_try.js";

const ZONE = "Asia/Shanghai";
const DAYS = { Mon: "2026-11-23", Tue: "2026-11-24", Wed: "2026-11-25", Fri: "2026-11-27", Sat: "2026-11-28" };

/** `Mon 14:30`, in the estate. */
function moment(words) {
  const [day, time] = words.split(" ");
  return momentOf(DAYS[day], time, ZONE);
}

/** As an officer reads it: `Tue 10:00`. */
function said(at) {
  const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: ZONE }).format(new Date(at));
  return `${weekday} ${timeIn(at, ZONE)}`;
}

const proposed = (now, tries, doNotDisturb = "") =>
  proposals({
    now: moment(now),
    tries: tries.map((words) => new Date(moment(words)).toISOString()),
    timeZone: ZONE,
    doNotDisturb,
  }).map(({ at, part }) => `${part}: ${said(at)}`);

const TABLE = [
  // now, tries, peace, what is proposed
  ["Mon 14:30", ["Mon 14:30"], "", ["evening: Mon 19:00", "morning: Tue 10:00", "weekend: Sat 10:30"]],
  ["Mon 09:40", ["Mon 09:40"], "", ["afternoon: Mon 15:00", "evening: Mon 19:00", "weekend: Sat 10:30"]],
  ["Tue 19:10", ["Mon 14:30", "Tue 19:10"], "", ["morning: Wed 10:00", "weekend: Sat 10:30"]],
  ["Wed 10:00", ["Mon 14:30", "Tue 19:10", "Wed 10:00"], "", ["weekend: Sat 10:30"]],
  [
    "Sat 10:30",
    ["Mon 14:30", "Tue 19:10", "Wed 10:00", "Sat 10:30"],
    "",
    ["weekend: Sat 15:30", "morning: Mon 10:00", "afternoon: Mon 15:00"],
  ],
  // Twice in vain in the afternoon counts more than once in the morning.
  ["Wed 15:00", ["Tue 10:00", "Mon 14:30", "Wed 15:00"], "", ["evening: Wed 19:00", "weekend: Sat 10:30"]],
  // An hour from now is the same try, not the next.
  ["Mon 17:30", ["Mon 17:30"], "", ["evening: Mon 20:00", "morning: Tue 10:00", "weekend: Sat 10:30"]],
  ["Mon 18:30", ["Mon 18:30"], "", ["morning: Tue 10:00", "afternoon: Tue 15:00", "weekend: Sat 10:30"]],
  // Friday evening: the weekend comes before Monday.
  ["Fri 19:00", ["Fri 19:00"], "", ["weekend: Sat 10:30", "morning: Mon 10:00", "afternoon: Mon 15:00"]],
  // Never in their peace, even if that leaves only a part that was tried.
  ["Mon 14:30", ["Mon 14:30"], "18:00–21:00", ["morning: Tue 10:00", "weekend: Sat 10:30"]],
  ["Mon 14:30", ["Mon 14:30"], "22:00-10:30", ["evening: Mon 19:00", "morning: Tue 11:00", "weekend: Sat 10:30"]],
  ["Mon 10:00", ["Mon 10:00"], "14:00至16:00", ["afternoon: Mon 16:30", "evening: Mon 19:00", "weekend: Sat 10:30"]],
  ["Mon 10:00", ["Mon 10:00"], "下午2点到6点", ["evening: Mon 19:00", "weekend: Sat 10:30"]],
  ["Mon 10:00", ["Mon 10:00"], "晚上、周末", ["afternoon: Mon 15:00"]],
  ["Mon 10:00", ["Mon 10:00"], "0:00-24:00", []],
  // Small hours beside a nap are those of the afternoon; those of the night say so.
  ["Mon 10:00", ["Mon 10:00"], "午睡 2点-4点", ["afternoon: Mon 16:30", "evening: Mon 19:00", "weekend: Sat 10:30"]],
  ["Mon 10:00", ["Mon 10:00"], "nap 2-4", ["afternoon: Mon 16:30", "evening: Mon 19:00", "weekend: Sat 10:30"]],
  [
    "Mon 10:00",
    ["Mon 10:00"],
    "2 to 4 in the afternoon",
    ["afternoon: Mon 16:30", "evening: Mon 19:00", "weekend: Sat 10:30"],
  ],
  [
    "Mon 10:00",
    ["Mon 10:00"],
    "午休 12点到3点半",
    ["afternoon: Mon 15:00", "evening: Mon 19:00", "weekend: Sat 10:30"],
  ],
  [
    "Mon 10:00",
    ["Mon 10:00"],
    "6 to 8 in the evening",
    ["afternoon: Mon 15:00", "evening: Mon 20:00", "weekend: Sat 10:30"],
  ],
  ["Mon 10:00", ["Mon 10:00"], "凌晨2点到6点", ["afternoon: Mon 15:00", "evening: Mon 19:00", "weekend: Sat 10:30"]],
  [
    "Mon 10:00",
    ["Mon 10:00"],
    "晚上10点到早上7点",
    ["afternoon: Mon 15:00", "evening: Mon 19:00", "weekend: Sat 10:30"],
  ],
  ["Mon 10:00", ["Mon 10:00"], "2点-4点", []],
  ["Mon 10:00", ["Mon 10:00"], "2-4, 晚上也不要", []],
  // Who sleeps by day is not quiet at night only.
  ["Mon 10:00", ["Mon 10:00"], "上夜班，白天睡觉", []],
  ["Mon 10:00", ["Mon 10:00"], "night shift, sleeps by day", []],
  // What cannot be read is left to the officer.
  ["Mon 10:00", ["Mon 10:00"], "孩子要中考，请先发短信", []],
];

for (const [now, tries, peace, expected] of TABLE) {
  test(`${now}, tried ${tries.join(" and ")}${peace && `, peace ${peace}`}`, () => {
    assert.deepEqual(proposed(now, tries, peace), expected);
  });
}

test("no proposal of a whole fortnight falls into a household's peace", () => {
  const peace = ["12:00–14:00", "9:00-11:30", "19:30–21:00", "21:00-9:45", "15:00–16:00、18:00–19:30"];
  for (const doNotDisturb of peace) {
    const { spans } = quietOf(doNotDisturb);
    for (let hour = 0; hour < 14 * 24; hour++) {
      const now = moment("Mon 00:00") + hour * 3600_000;
      for (const { at } of proposals({ tries: [new Date(now).toISOString()], now, timeZone: ZONE, doNotDisturb })) {
        const [hours, minutes] = timeIn(at, ZONE).split(":").map(Number);
        const minute = hours * 60 + minutes;
        const inside = spans.some(([from, to]) =>
          from <= to ? from <= minute && minute < to : minute >= from || minute < to,
        );
        assert.equal(inside, false, `${doNotDisturb}: ${said(at)}`);
        assert.ok(Date.parse(at) > now);
      }
    }
  }
});

test("a try belongs to the part of the week where the estate stands", () => {
  const at = "2026-11-27T16:30:00.000Z"; // half past midnight of Saturday in Shanghai

  assert.equal(partOf(at, ZONE), "weekend");
  assert.equal(partOf(at, "Europe/London"), "afternoon");
});

test("a day and a time are a moment, also where clocks change", () => {
  assert.equal(new Date(momentOf("2026-11-28", "10:30", ZONE)).toISOString(), "2026-11-28T02:30:00.000Z");
  assert.equal(new Date(momentOf("2026-03-29", "10:00", "Europe/Berlin")).toISOString(), "2026-03-29T08:00:00.000Z");
  assert.ok(Number.isNaN(momentOf("", "10:30", ZONE)));
});
