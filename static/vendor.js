// Brings the third-party files that browsers and PDFs need from node_modules into static/vendor: `npm run vendor`.

import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const STATIC = dirname(fileURLToPath(import.meta.url));
const MODULES = join(STATIC, "..", "node_modules");
const ICONS = join(MODULES, "@tabler", "icons", "icons", "outline");

/** What our own modules may import by name; whatever these import comes along. */
const SPECIFIERS = [
  "lit",
  "lit/directives/class-map.js",
  "lit/directives/guard.js",
  "lit/directives/if-defined.js",
  "lit/directives/keyed.js",
  "lit/directives/live.js",
  "lit/directives/ref.js",
  "lit/directives/repeat.js",
  "lit/directives/until.js",
  "canonicalize",
  "dexie",
  "jose",
  "signature_pad",
  "uqr",
];

/** Packages whose exports name a file that a browser cannot load, or a larger one than it needs. */
const INSTEAD = new Map([
  ["dexie", "dist/modern/dexie.min.mjs"],
  ["signature_pad", "dist/signature_pad.min.js"],
]);

/** Files that pages and PDFs name themselves: [package, file in it, place in static/vendor]. */
const FILES = [
  ["htmx.org", "dist/htmx.min.js", "htmx.org/htmx.min.js"],
  ["@tabler/core", "dist/css/tabler.min.css", "tabler/tabler.min.css"],
  ["@expo-google-fonts/noto-sans-sc", "400Regular/NotoSansSC_400Regular.ttf", "fonts/NotoSansSC-Regular.ttf"],
  ["@expo-google-fonts/noto-sans-sc", "700Bold/NotoSansSC_700Bold.ttf", "fonts/NotoSansSC-Bold.ttf"],
];

const CONDITIONS = ["browser", "production", "import", "module", "default"];

main();

/** Builds beside the old folder and swaps at the end: a server that is running never sees half of it. */
function main() {
  const target = join(STATIC, "vendor");
  const fresh = join(STATIC, `vendor.${process.pid}`);
  rmSync(fresh, { recursive: true, force: true });

  const imports = copyModules(fresh);
  const packages = copyFiles(fresh);
  copyLicences(fresh, packages);
  write(join(fresh, "icons.svg"), sprite(JSON.parse(readFileSync(join(STATIC, "icons.json"), "utf8"))));
  write(join(fresh, "importmap.json"), `${JSON.stringify(imports, null, 2)}\n`);

  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
  console.log(`static/vendor: ${Object.keys(imports).length} import names`);
}

/**
 * Copies every module that can be reached from SPECIFIERS.
 * @param {string} to folder that becomes static/vendor
 * @returns {Record<string, string>} the import map's names, each with its path below static/vendor
 */
function copyModules(to) {
  /** @type {Map<string, string>} */
  const places = new Map();
  const copied = new Set();
  const waiting = [...SPECIFIERS];
  for (let name = waiting.shift(); name; name = waiting.shift()) {
    if (places.has(name)) continue;
    const file = moduleFile(name);
    places.set(name, place(file));
    waiting.push(...copyWithImports(file, to, copied));
  }
  return Object.fromEntries([...places].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Copies one module and what it imports by relative path.
 * @param {string} file
 * @param {string} to
 * @param {Set<string>} copied files already there
 * @returns {string[]} the bare names met on the way
 */
function copyWithImports(file, to, copied) {
  if (copied.has(file)) return [];
  copied.add(file);
  const source = readFileSync(file, "utf8");
  write(join(to, place(file)), source.replace(/^\/\/# sourceMappingURL=.*\n?/gm, ""));
  return importsOf(source).flatMap((name) =>
    name.startsWith(".") ? copyWithImports(resolve(dirname(file), name), to, copied) : [name],
  );
}

/**
 * The names that a module imports statically, minified or not.
 * @param {string} source
 * @returns {string[]}
 */
function importsOf(source) {
  const clause = /(?:^|[;}\n])\s*(?:import|export)\s*(?:[\w$*{}\s,]+?from)?\s*(["'])([^"'\n]+)\1/g;
  return [...source.matchAll(clause)].map((match) => match[2]);
}

/**
 * Where a bare name lies in node_modules, by its package's exports.
 * @param {string} name such as "lit/directives/ref.js" or "@lit/reactive-element"
 * @returns {string}
 */
function moduleFile(name) {
  const [pack, inside] = splitName(name);
  const chosen = inside === "." ? INSTEAD.get(pack) : undefined;
  return join(MODULES, pack, chosen ?? exported(pack, inside));
}

/** @param {string} name @returns {[string, string]} the package and "." or "./file" */
function splitName(name) {
  const parts = name.split("/");
  const pack = parts.splice(0, name.startsWith("@") ? 2 : 1).join("/");
  return [pack, [".", ...parts].join("/")];
}

/** @param {string} pack @param {string} inside @returns {string} */
function exported(pack, inside) {
  const { exports } = JSON.parse(readFileSync(join(MODULES, pack, "package.json"), "utf8"));
  let entry = exports?.[inside] ?? (inside === "." ? exports : undefined);
  while (entry && typeof entry === "object") {
    const choices = entry;
    entry = choices[CONDITIONS.find((condition) => condition in choices) ?? ""];
  }
  if (typeof entry !== "string") throw new Error(`${pack} exports no ${inside} for browsers`);
  return entry;
}

/** A module's place below static/vendor: its package path without build folders; `.mjs` becomes `.js`. @param {string} file */
function place(file) {
  const path = relative(MODULES, file).split(sep).join(posix.sep);
  return path.replace(/^((?:@[^/]+\/)?[^/]+)\/(?:dist\/(?:modern|webapi)|dist|lib)\//, "$1/").replace(/\.mjs$/, ".js");
}

/** @param {string} to @returns {Set<string>} the packages the files came from */
function copyFiles(to) {
  for (const [pack, file, target] of FILES) {
    const from = join(MODULES, pack, file);
    mkdirSync(dirname(join(to, target)), { recursive: true });
    if (/\.(css|js)$/.test(file)) write(join(to, target), withoutMap(readFileSync(from, "utf8")));
    else cpSync(from, join(to, target));
  }
  return new Set([...FILES.map(([pack]) => pack), "@tabler/icons"]);
}

/** @param {string} source */
function withoutMap(source) {
  return source.replace(/\n?\/\*# sourceMappingURL=[^*]*\*\/\n?/g, "\n").replace(/^\/\/# sourceMappingURL=.*\n?/gm, "");
}

/** Their licences ask to travel with the files. @param {string} to @param {Set<string>} packages */
function copyLicences(to, packages) {
  const all = new Set([...packages, ...SPECIFIERS.map((name) => splitName(name)[0]), "lit-html", "lit-element"]);
  for (const pack of [...all].sort()) {
    const file = ["LICENSE", "LICENSE.md"].map((name) => join(MODULES, pack, name)).find(exists);
    if (file) write(join(to, "licences", `${pack.replace("/", "-")}.txt`), readFileSync(file, "utf8"));
  }
}

/** @param {string} file */
function exists(file) {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

/**
 * One file with a symbol for each icon; line width and colour are left to the style sheet.
 * @param {string[]} names of Tabler's outline icons
 */
function sprite(names) {
  const symbols = [...new Set(names)].sort().map(symbol);
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

/** @param {string} name */
function symbol(name) {
  const file = join(ICONS, `${name}.svg`);
  if (!exists(file)) throw new Error(`static/icons.json: Tabler has no outline icon named "${name}"`);
  const drawn = readFileSync(file, "utf8").match(/<svg[^>]*>([\s\S]*)<\/svg>/)?.[1] ?? "";
  const paths = drawn.replace(/<path stroke="none"[^>]*>/g, "").replace(/\s*\n\s*/g, "");
  const look = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" ${look}>${paths}</symbol>`;
}

/** @param {string} file @param {string} text */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
