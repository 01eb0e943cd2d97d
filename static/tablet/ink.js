// Signatures as vectors: from the pad to whole numbers and back, and whether there is enough of it.

/** @typedef {import("./types.js").Ink} Ink */
/** @typedef {import("./types.js").Stroke} Stroke */
/** @typedef {import("./types.js").InkPoint} InkPoint */
/** @typedef {{ x: number, y: number, pressure: number, time: number }} PadPoint  as signature_pad gives it */
/** @typedef {{ points: PadPoint[] }} PadGroup */

const MIN_POINTS = 8;
const MIN_LENGTH = 60;
const MIN_DIAGONAL = 40;
const MIN_POINTS_OF_A_MARK = 2;
const MOST_STROKES = 500;
const MOST_POINTS = 10_000;

/**
 * What signature_pad's `toData()` holds, as evidence keeps it. Points outside the canvas are left out; a stroke
 * that leaves it and comes back is two strokes.
 * @param {PadGroup[]} data
 * @param {{ width: number, height: number, ratio: number }} canvas  CSS px; `ratio` is devicePixelRatio
 * @param {Ink["pointer"]} pointer
 * @returns {Ink}
 */
export function inkOf(data, canvas, pointer) {
  const size = { width: Math.round(canvas.width), height: Math.round(canvas.height) };
  const first = data[0]?.points[0]?.time ?? 0;
  const strokes = data
    .flatMap((group) => clip(group.points, size))
    .map((points) => points.map((p) => pointOf(p, first)));
  return { canvas: { ...size, ratio: Math.round(canvas.ratio * 100) }, pointer, strokes };
}

/**
 * For signature_pad's `fromData()`, fitted into a canvas of another size: same shape, centred.
 * @template {object} O
 * @param {Ink} ink
 * @param {{ width: number, height: number }} canvas  CSS px
 * @param {O} options  the pad's own for a group (pen colour, widths)
 * @returns {(PadGroup & O)[]}
 */
export function padDataOf(ink, canvas, options) {
  const { scale, left, top } = fit(ink.canvas, canvas);
  return ink.strokes.map((stroke) => ({
    ...options,
    points: stroke.map(([x, y, p, t]) => ({
      x: (x / 10) * scale + left,
      y: (y / 10) * scale + top,
      pressure: p / 1000,
      time: t,
    })),
  }));
}

/**
 * The same ink in the coordinates of another canvas, so that strokes added after a rotation fit the earlier ones.
 * @param {Ink} ink
 * @param {{ width: number, height: number, ratio: number }} canvas  CSS px; `ratio` is devicePixelRatio
 * @returns {Ink}
 */
export function rescaled(ink, canvas) {
  return inkOf(padDataOf(ink, canvas, {}), canvas, ink.pointer);
}

/**
 * @param {Ink} ink
 * @returns {{ points: number, length: number, diagonal: number }} lengths in CSS px
 */
export function measured(ink) {
  const all = ink.strokes.flat();
  const xs = all.map((point) => point[0]);
  const ys = all.map((point) => point[1]);
  return {
    points: all.length,
    length: ink.strokes.reduce((sum, stroke) => sum + lengthOf(stroke), 0) / 10,
    diagonal: all.length ? Math.hypot(spread(xs), spread(ys)) / 10 : 0,
  };
}

/**
 * Too little to be a signature. The office refuses by the same numbers.
 * @param {Ink} ink
 * @param {"signed" | "mark"} how
 */
export function tooLittle(ink, how) {
  const { points, length, diagonal } = measured(ink);
  if (how === "mark") return points < MIN_POINTS_OF_A_MARK;
  return points < MIN_POINTS || length < MIN_LENGTH || diagonal < MIN_DIAGONAL;
}

/**
 * More than the office takes, as of a child that scribbles for minutes: a record with it could never be entered.
 * @param {Ink} ink
 */
export function tooMuch({ strokes }) {
  return strokes.length > MOST_STROKES || strokes.reduce((sum, stroke) => sum + stroke.length, 0) > MOST_POINTS;
}

/**
 * @param {PadPoint[]} points
 * @param {{ width: number, height: number }} size
 * @returns {PadPoint[][]}
 */
function clip(points, size) {
  /** @type {PadPoint[][]} */
  const runs = [[]];
  for (const point of points) {
    if (point.x >= 0 && point.y >= 0 && point.x <= size.width && point.y <= size.height)
      runs[runs.length - 1].push(point);
    else if (runs[runs.length - 1].length) runs.push([]);
  }
  return runs.filter((run) => run.length);
}

/**
 * @param {PadPoint} point
 * @param {number} first
 * @returns {InkPoint}
 */
function pointOf({ x, y, pressure, time }, first) {
  const firm = Number.isFinite(pressure) ? Math.min(Math.max(pressure, 0), 1) : 0;
  return [Math.round(x * 10), Math.round(y * 10), Math.round(firm * 1000), Math.max(Math.round(time - first), 0)];
}

/**
 * @param {{ width: number, height: number }} from
 * @param {{ width: number, height: number }} to
 */
function fit(from, to) {
  const scale = Math.min(to.width / from.width, to.height / from.height);
  return { scale, left: (to.width - from.width * scale) / 2, top: (to.height - from.height * scale) / 2 };
}

/** @param {Stroke} stroke */
function lengthOf(stroke) {
  let sum = 0;
  for (let i = 1; i < stroke.length; i++)
    sum += Math.hypot(stroke[i][0] - stroke[i - 1][0], stroke[i][1] - stroke[i - 1][1]);
  return sum;
}

/** @param {number[]} values */
function spread(values) {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return most - least;
}
