// The tablet's service worker: the app's own files, whole or not at all, so that it starts without a network.
//
// The server puts `self.__PRECACHE = {version, files: [{url, integrity}], force?}` in front of this. A new version
// waits until a page asks it to take over (pages ask when nothing is being signed or sent); `force` brings it in at
// once, over a shell too broken to ask. Nothing but these files is ever cached or answered from here.

/** @typedef {{ url: string, integrity: string }} Listed  A file of the app and the hash it must have. */
/** @typedef {{ version: string, files: Listed[], force?: boolean }} Precache */

const worker = /** @type {ServiceWorkerGlobalScope & { __PRECACHE: Precache }} */ (/** @type {unknown} */ (self));
const { version, files, force = false } = worker.__PRECACHE;
const OURS = "doorstep-shell-";
const CACHE = OURS + version;
const SHELL = files[0].url;
const CACHED = new Set(files.map(({ url }) => new URL(url, worker.location.href).href));

worker.addEventListener("install", (event) => {
  event.waitUntil(install());
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

worker.addEventListener("message", (event) => {
  if (event.data?.kind === "take-over") event.waitUntil(worker.skipWaiting());
});

worker.addEventListener("fetch", (event) => {
  const key = keyOf(event.request);
  if (key) event.respondWith(answer(key, event.request));
});

/** Every file, checked against its hash; if one fails, the version that works stays. */
async function install() {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(files.map((file) => keep(cache, file)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
  if (force) await worker.skipWaiting();
}

/** Only our own older shells are dropped; other caches of this origin are not ours. */
async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(OURS) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
  if (force && old.length) await reloadPages();
}

/**
 * The shell page has one address for ever, so it is fetched past the browser's own cache; all others are immutable.
 * @param {Cache} cache
 * @param {Listed} file
 */
async function keep(cache, { url, integrity }) {
  const request = new Request(url, { integrity, cache: url === SHELL ? "reload" : "default", credentials: "omit" });
  const response = await fetch(request);
  if (!response.ok || response.redirected) throw new Error(`${url}: ${response.status}`);
  await cache.put(url, response);
}

/**
 * The cached address that answers a request, or nothing if it is none of our business.
 * @param {Request} request
 * @returns {string | undefined}
 */
function keyOf(request) {
  if (request.method !== "GET") return undefined;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin) return undefined;
  if (request.mode === "navigate") return isShell(url) ? SHELL : undefined;
  url.hash = "";
  return CACHED.has(url.href) ? url.href : undefined;
}

/** @param {URL} url */
const isShell = ({ pathname }) => pathname === SHELL || pathname === `${SHELL}/`;

/**
 * @param {string} key
 * @param {Request} request
 */
async function answer(key, request) {
  const cache = await caches.open(CACHE);
  // A browser that is short of space may have dropped a file: then the network has it, or nobody.
  return (await cache.match(key, { ignoreVary: true })) ?? fetch(request);
}

/** A shell too broken to reload itself. */
async function reloadPages() {
  const pages = await worker.clients.matchAll({ type: "window" });
  await Promise.all(pages.filter((page) => isShell(new URL(page.url))).map((page) => page.navigate(page.url)));
}
