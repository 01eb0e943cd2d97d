// Which categories a tablet offers: what was retired keeps its name and is offered no more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { categoryChoice, offered, pathTo } from "../../static/tablet/parts/categories.js";
import { markup, press } from "./support/screen.js";

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

test("the chooser shows only what is offered, in both of its steps", () => {
  const estate = /** @type {any} */ ({
    categories: [
      category("house", { children: [category("leak", { retired: true }), category("window")] }),
      category("order", { children: [category("noise", { retired: true })] }),
      category("old", { retired: true }),
    ],
  });
  const choice = categoryChoice({ estate: () => estate, chosen: () => "", pick: () => {}, redraw: () => {} });

  const first = markup(choice.view());
  press(choice.view(), "house");
  const second = markup(choice.view());

  assert.deepEqual([first.includes("house"), first.includes("order"), first.includes("old")], [true, false, false]);
  assert.deepEqual([second.includes("window"), second.includes("leak")], [true, false]);
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
