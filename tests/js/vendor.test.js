// What `npm run vendor` makes: every import resolves through the map, every icon that is drawn is in the sprite.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const VENDOR = join(ROOT, "static", "vendor");
const imports = JSON.parse(readFileSync(join(VENDOR, "importmap.json"), "utf8"));

test("every name of the import map leads to a file", () => {
  const missing = Object.values(imports).filter((path) => !statSync(join(VENDOR, path)).isFile());

  assert.deepEqual(missing, []);
});

test("a vendored module imports only names of the map and files that are there", () => {
  for (const file of files(VENDOR, ".js")) {
    const names = [
      ...readFileSync(file, "utf8").matchAll(/(?:^|[;}\n])(?:import|export)[\w$*{}\s,]*?(?:from)?\s*"([^"\n]+)"/g),
    ];
    for (const [, name] of names) {
      if (name.startsWith(".")) assert.ok(statSync(join(file, "..", name)).isFile(), `${file} imports ${name}`);
      else assert.ok(name in imports, `${file} imports ${name}: add it to SPECIFIERS in static/vendor.js`);
    }
  }
});

test("every icon that a page or a module draws is in static/icons.json", () => {
  const listed = new Set(JSON.parse(readFileSync(join(ROOT, "static", "icons.json"), "utf8")));
  const sources = [...files(join(ROOT, "templates"), ".html"), ...files(join(ROOT, "static", "tablet"), ".js")];

  const unknown = sources.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/(?:icons\.svg(?:"\)\s*\}\})?#|\bicon\(\s*["'])([a-z0-9-]+)\b/g)]
      .map(([, name]) => name)
      .filter((name) => !listed.has(name))
      .map((name) => `${file}: ${name}`),
  );

  assert.deepEqual(unknown, []);
});

/** @param {string} folder @param {string} ending @returns {string[]} */
function files(folder, ending) {
  const found = statSync(folder, { throwIfNoEntry: false }) ? readdirSync(folder, { recursive: true }) : [];
  return found.map((name) => join(folder, String(name))).filter((name) => name.endsWith(ending));
}
