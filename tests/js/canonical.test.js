// One text for one value, the same on the tablet and at the office.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { canonicalText, sha256, wellFormed } from "../../static/tablet/canonical.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/canonical.json", import.meta.url), "utf8"));

for (const { name, value, text, sha256: hash } of vectors.alike) {
  test(`canonical text: ${name}`, async () => {
    assert.equal(canonicalText(value), text);
    assert.equal(await sha256(text), hash);
  });
}

for (const { name, value } of vectors.refused) {
  test(`no canonical text for ${name}`, () => {
    assert.throws(() => canonicalText(value), TypeError);
  });
}

test("an absent property leaves no trace, a hole in a list is refused", () => {
  assert.equal(canonicalText({ a: undefined, b: 1 }), '{"b":1}');
  assert.throws(() => canonicalText([undefined]), TypeError);
});

test("broken keyboards' half characters and pasted NULs become readable ones, on every level", () => {
  assert.deepEqual(wellFormed({ a: ["x\ud83d"], "\udc00": "y\0" }), { a: ["x�"], "�": "y�" });
});
