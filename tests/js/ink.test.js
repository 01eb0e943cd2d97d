// Ink: whole numbers from the pad and back, clipped, rescaled, and enough of it or not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inkOf, measured, padDataOf, rescaled, tooLittle } from "../../static/tablet/ink.js";

const CANVAS = { width: 700, height: 250, ratio: 2 };
const at = (x, y, time = 0, pressure = 0.5) => ({ x, y, pressure, time });
const line = (points, dx, dy) => [
  { points: Array.from({ length: points }, (_each, i) => at(100 + i * dx, 100 + i * dy, i)) },
];

test("points become tenths of a pixel, thousandths of pressure, milliseconds since the first", () => {
  const ink = inkOf([{ points: [at(10.04, 20.06, 5000.4, 0.4567), at(11, 21, 5016, 0.5)] }], CANVAS, "pen");

  assert.deepEqual(ink.canvas, { width: 700, height: 250, ratio: 200 });
  assert.deepEqual(ink.strokes, [
    [
      [100, 201, 457, 0],
      [110, 210, 500, 16],
    ],
  ]);
});

test("a stroke that leaves the canvas and comes back is two strokes, and none of it is outside", () => {
  const ink = inkOf(
    [{ points: [at(5, 5), at(-3, 5), at(-4, 6), at(2, 8)] }, { points: [at(900, 900)] }],
    CANVAS,
    "touch",
  );

  assert.deepEqual(
    ink.strokes.map((stroke) => stroke.map(([x, y]) => [x, y])),
    [[[50, 50]], [[20, 80]]],
  );
});

test("a pad that knows no pressure gives none", () => {
  const ink = inkOf([{ points: [at(1, 1, 0, Number.NaN), at(1, 1, 0, 7)] }], CANVAS, "mouse");

  assert.deepEqual(
    ink.strokes[0].map((point) => point[2]),
    [0, 1000],
  );
});

test("what is drawn again after a rotation keeps its shape and stays on the canvas", () => {
  const ink = inkOf(line(12, 40, 8), CANVAS, "pen");
  const turned = rescaled(ink, { width: 350, height: 500, ratio: 2 });

  assert.deepEqual(turned.canvas, { width: 350, height: 500, ratio: 200 });
  assert.ok(Math.abs(measured(turned).length - measured(ink).length / 2) < 2);
  assert.ok(turned.strokes.flat().every(([x, y]) => x >= 0 && x <= 3500 && y >= 0 && y <= 5000));
});

test("at the same size the pad gets back what it gave", () => {
  const [group] = padDataOf(inkOf(line(3, 5, 5), CANVAS, "pen"), CANVAS, { penColor: "black" });

  assert.equal(group.penColor, "black");
  assert.deepEqual(group.points[1], at(105, 105, 1));
});

test("too little ink, by the numbers that the office refuses by", () => {
  /** @type {[string, any, "signed" | "mark", boolean][]} */
  const cases = [
    ["nothing", [], "signed", true],
    ["seven points", line(7, 20, 0), "signed", true],
    ["eight points over 60 pixels", line(8, 9, 0), "signed", false],
    [
      "long enough but in one place",
      [{ points: Array.from({ length: 20 }, (_e, i) => at(100 + (i % 2) * 20, 100)) }],
      "signed",
      true,
    ],
    ["56 pixels long", line(8, 8, 0), "signed", true],
    ["a mark of two points", line(2, 1, 1), "mark", false],
    ["a mark of one point", line(1, 1, 1), "mark", true],
  ];

  for (const [name, data, how, tooSmall] of cases) {
    assert.equal(tooLittle(inkOf(data, CANVAS, "pen"), how), tooSmall, name);
  }
});
