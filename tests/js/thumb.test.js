// Taps that follow one another, and what they are meant for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Thumb } from "../../static/tablet/thumb.js";

const [DOOR, SAVING] = [{}, {}];
const tap = (timeStamp, change = {}) => ({
  ...{ timeStamp, clientX: 300, clientY: 900, detail: 1, pointerType: "touch" },
  ...change,
});

/** @type {[string, object, unknown, boolean][]} after a tap at the door at 1000 ms */
const SECOND = [
  ["at once on the screen that came up", tap(1120, { detail: 2 }), SAVING, false],
  ["at once and a little beside", tap(1120, { clientX: 310 }), SAVING, false],
  ["at once on the same screen, as on a PIN's keys", tap(1120, { detail: 2 }), DOOR, true],
  ["later, when the screen was seen", tap(1500), SAVING, true],
  ["elsewhere", tap(1120, { clientX: 380 }), SAVING, true],
  ["by a mouse that was clicked twice", tap(1120, { detail: 2, pointerType: "mouse" }), SAVING, false],
  ["by a mouse that clicks once here and once there", tap(1120, { pointerType: "mouse" }), SAVING, true],
  ["by a key", tap(1120, { detail: 0 }), SAVING, true],
];

for (const [how, second, screen, meant] of SECOND)
  test(`a second tap ${how} is ${meant ? "" : "not "}meant for what is there`, () => {
    const thumb = new Thumb();
    assert.equal(thumb.means(tap(1000), DOOR), true);

    assert.equal(thumb.means(second, screen), meant);
  });

test("a third one in a row is of the same thumb still", () => {
  const thumb = new Thumb();
  thumb.means(tap(1000), DOOR);
  thumb.means(tap(1300), SAVING);

  assert.equal(thumb.means(tap(1600), SAVING), false);
  assert.equal(thumb.means(tap(2100), SAVING), true);
});
