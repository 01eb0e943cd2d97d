// What the engine stands in: the browser's network, storage, clock and locks, or whatever a test hands it instead.

/** @typedef {import("./types.js").Clock} Clock */
/** @typedef {import("./store.js").Store} Store */

/**
 * @typedef {object} Surroundings  What the engine is handed; every part has the browser's own as its default.
 * @property {string} [base]  origin and prefix before `/sync/…`; "" on the tablet
 * @property {string} [version]  the app's version, as sent to the office
 * @property {import("./types.js").Fetch} [fetch]
 * @property {import("./types.js").Locks} [locks]
 * @property {Clock} [clock]
 * @property {IDBFactory} [indexedDB]
 * @property {Store} [store]  instead of `indexedDB`
 * @property {import("./types.js").StorageManagerLike} [storage]
 * @property {import("./types.js").Canary} [canary]  survives a wipe of IndexedDB alone
 * @property {import("./types.js").Channel} [channel]  to the other tabs
 * @property {{ window?: EventTarget, document?: EventTarget & { visibilityState?: string } }} [events]
 * @property {() => number} [random]
 * @property {() => void} [onBlocked]  opening waits for another tab of an older version that does not let go
 */

/** @type {Clock} */
export const CLOCK = {
  now: () => Date.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

/** The browser's own surroundings, where there is a browser. @returns {Surroundings & { fetch: import("./types.js").Fetch }} */
export function browsers() {
  const { navigator, document, localStorage } = /** @type {any} */ (globalThis);
  return {
    fetch: (url, init) => fetch(url, init),
    locks: navigator?.locks,
    storage: navigator?.storage,
    canary: document && localStorage,
    channel: document && new BroadcastChannel("doorstep"),
    events: document ? { window: /** @type {any} */ (globalThis), document } : {},
  };
}
