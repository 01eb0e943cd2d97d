// What is being written on a page that has no draft: found again after a lock or a wrong tap, until it is saved.

/** @typedef {import("./engine.js").Engine} Engine */

/** By person and page; while the app is open. @type {WeakMap<Engine, Map<string, any>>} */
const all = new WeakMap();

/**
 * @template T
 * @param {Engine} engine
 * @param {string} page  and what it is about
 * @param {T} fresh  where nothing is being written there by whoever is logged in
 * @returns {T}  to be written into, and emptied once it is saved
 */
export function jottedOn(engine, page, fresh) {
  const key = `${engine.me().staff.id} ${page}`;
  const pages = all.get(engine) ?? new Map();
  all.set(engine, pages);
  if (!pages.has(key)) pages.set(key, fresh);
  return pages.get(key);
}
