// A telephone number on the tablet's screens: recognised, and not called by whoever looks over a shoulder.
import assert from "node:assert/strict";
import { test } from "node:test";
import { masked } from "../../static/tablet/parts/numbers.js";

test("the middle of a number is left out, as on the office's pages", () => {
  for (const [phone, shown] of [
    ["13812346021", "138 **** 6021"],
    ["138-1234 6021", "138 **** 6021"],
    ["+86 138 1234 6021", "138 **** 6021"],
    ["021-63218765", "021 **** 8765"],
    ["63218765", "63 **** 65"],
    ["6321876", "6 **** 76"],
    ["63218", "****"],
    ["", ""],
  ])
    assert.equal(masked(phone), shown);
});
