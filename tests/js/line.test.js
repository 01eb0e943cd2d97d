// How much goes into one request: half of what broke, twice of what went well, never less than a visit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LEAST, Line, MOST } from "../../static/tablet/line.js";
import { Clock } from "./support/tablet.js";

const MINUTE = 60_000;
const PATIENCE = MINUTE;
const AT_ONCE = 200;

test("what broke under a load is tried with half of it, down to what a visit needs", () => {
  const { line } = aLine();
  const rooms = [];

  for (let i = 0; i < 9; i++) {
    rooms.push(line.room);
    line.broke(line.room, PATIENCE);
  }

  assert.deepEqual(rooms.slice(0, 3), [MOST, MOST / 2, MOST / 4]);
  assert.equal(line.room, LEAST);
});

test("a small message that broke says more than the room that there was", () => {
  const { line } = aLine();

  line.broke(200_000, PATIENCE);

  assert.equal(line.room, 100_000);
});

test("without any network nothing is learnt about the line", () => {
  const { line } = aLine();

  line.broke(MOST, AT_ONCE);

  assert.equal(line.room, MOST);
});

test("what goes through quickly makes room again, what was small or slow does not", () => {
  const { line, clock } = aLine();
  line.broke(800_000, PATIENCE);
  clock.pass(6 * MINUTE);

  line.carried(100, AT_ONCE);
  line.carried(400_000, PATIENCE / 2);
  assert.equal(line.room, 400_000);
  line.carried(300_000, AT_ONCE);
  assert.equal(line.room, 800_000);
  line.carried(800_000, AT_ONCE);
  assert.equal(line.room, MOST);
});

test("what broke a minute ago is not tried again while less goes through", () => {
  const { line, clock } = aLine();
  line.broke(800_000, PATIENCE);
  clock.pass(MINUTE);

  line.carried(400_000, AT_ONCE);

  assert.equal(line.room, 400_000);
});

function aLine() {
  const clock = new Clock();
  return { clock, line: new Line(clock.now) };
}
