// The tablet's service worker: the app's own files, whole or not at all, so that it starts without a network.
//
// The server puts `self.__PRECACHE = {version, files: [{url, integrity}], withdrawn: []}` in front of this. A new
// version waits until a page asks it to take over (pages ask the user, when nothing is being signed or sent). Only
// over a version that the server has withdrawn it comes in at once: such a shell may be too broken to ask. Nothing
// but these files is ever cached or answered from here.

/** @typedef {{ url: string, integrity: string }} Listed  A file of the app and the hash it must have. */
/** @typedef {{ version: string, files: Listed[], withdrawn?: string[] }} Precache  `withdrawn`: beginnings of versions that must not run any more. */

const worker = /** @type {ServiceWorkerGlobalScope & { __PRECACHE: Precache }} */ (/** @type {unknown} */ (self));
const { version, files, withdrawn = [] } = worker.__PRECACHE;
const OURS = "doorstep-shell-";
const CACHE = OURS + version;
const SHELL = files[0].url;
/** Within this time a page that can reload itself has done so. */
const GRACE = 5_000;
const CACHED = new Set(files.map(({ url }) => new URL(url, worker.location.href).href));

worker.addEventListener("install", (event) => {
  event.waitUntil(install());
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

worker.addEventListener("message", (event) => {
  if (event.data?.kind === "take-over") event.waitUntil(worker.skipWaiting());
  if (event.data?.kind === "version") event.ports[0]?.postMessage(version);
});

worker.addEventListener("fetch", (event) => {
  const key = keyOf(event.request);
  if (key) event.respondWith(answer(key, event.request));
});

/**
 * Every file, checked against its hash; if one fails, the version that works stays. Where this version is here
 * already, only the list of withdrawn ones is new, and its cache is not touched.
 */
async function install() {
  const here = await caches.has(CACHE);
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(files.map((file) => keep(cache, file)));
  } catch (error) {
    if (!here) await caches.delete(CACHE);
    throw error;
  }
  if ((await olderShells()).some(isWithdrawn)) await worker.skipWaiting();
}

/** Only our own older shells are dropped; other caches of this origin are not ours. */
async function activate() {
  const old = await olderShells();
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
  // Not waited for: a page that reloads itself is answered only when this version is active.
  if (old.some(isWithdrawn)) reloadPages();
}

/** @returns {Promise<string[]>} names of caches */
async function olderShells() {
  return (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== CACHE);
}

/** @param {string} name  of a cache */
function isWithdrawn(name) {
  return withdrawn.some((beginning) => name.startsWith(OURS + beginning));
}

/**
 * The shell page has one address for ever, so it is fetched past the browser's own cache; all others are immutable.
 * @param {Cache} cache
 * @param {Listed} file
 */
async function keep(cache, { url, integrity }) {
  if (await cache.match(url)) return;
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

/** A shell too broken to reload itself. Its place is left: an address with a `#` alone would load nothing anew. */
async function reloadPages() {
  const shown = new Set((await shellPages()).map(({ id }) => id));
  await new Promise((done) => setTimeout(done, GRACE));
  const stuck = (await shellPages()).filter(({ id }) => shown.has(id));
  await Promise.all(stuck.map((page) => page.navigate(page.url.split("#")[0])));
}

async function shellPages() {
  const pages = await worker.clients.matchAll({ type: "window" });
  return pages.filter((page) => isShell(new URL(page.url)));
}
