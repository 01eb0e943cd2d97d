// Which categories a tablet offers: what was retired keeps its name and is offered no more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { offered, pathTo } from "../../static/tablet/parts/categories.js";

/** @param {string} code @param {object} [more] */
const category = (code, more) => ({ code, name: { zh: code, en: code }, icon: "home", ...more });

test("what is retired is not offered, nor a group of which nothing is left", () => {
  const tree = [
    category("house", { children: [category("leak", { retired: true }), category("window")] }),
    category("order", { children: [category("noise", { retired: true })] }),
    category("old", { retired: true, children: [category("fees")] }),
    category("other"),
  ];

  assert.deepEqual(
    offered(tree).map((one) => one.code),
    ["house", "other"],
  );
  assert.deepEqual(
    offered(tree[0].children ?? []).map((one) => one.code),
    ["window"],
  );
});

test("an issue under a retired category still finds its name", () => {
  const estate = /** @type {any} */ ({
    categories: [category("old", { retired: true, children: [category("fees")] })],
  });

  assert.deepEqual(
    pathTo(estate, "fees").map((one) => one.code),
    ["old", "fees"],
  );
});
