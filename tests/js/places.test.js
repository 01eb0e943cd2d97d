// Where a screen begins: at its top, or where it was left.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Places } from "../../static/tablet/places.js";

/** @type {[string, string, string, number][]} each left at 900 px before */
const COMING = [
  ["a list is found again from anywhere", "today", "unit/1202", 900],
  ["a visit is gone on with where it was left for one of its issues", "visit/1202", "visit/1202/issue/7", 900],
  ["and where it was left for its owner to read", "visit/1202", "visit/1202/owner", 900],
  ["a visit that is opened anew begins at its top", "visit/1202", "today", 0],
  ["another visit is another", "visit/120", "visit/1202/issue/7", 0],
  ["a page of a visit begins at its top each time", "visit/1202/who", "visit/1202", 0],
];

for (const [story, path, from, y] of COMING)
  test(story, () => {
    const places = new Places();
    places.leave(path, 900);

    assert.equal(places.of(path, from), y);
  });

test("what was never left begins at its top", () => {
  assert.equal(new Places().of("today", ""), 0);
});
