// The service worker: all files or none, its own caches only, and never a surprise.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

const SOURCE = readFileSync(new URL("../../service_worker/worker.js", import.meta.url), "utf8");
const HOME = "http://office";

test("it installs every file, and then answers the app without a network", async () => {
  const site = aSite({ "/tablet": "<shell>", "/static/1/tablet/main.js": "main()" });
  const worker = aWorker(site);
  await worker.live();
  site.down = true;

  assert.equal(await worker.asked("/static/1/tablet/main.js"), "main()");
  assert.equal(await worker.asked("/tablet", { mode: "navigate" }), "<shell>");
  assert.equal(await worker.asked("/tablet/?from=home", { mode: "navigate" }), "<shell>");
});

test("one file that is missing, changed on the way or redirected fails the install and leaves nothing behind", async () => {
  for (const harm of ["missing", "changed", "redirected"]) {
    const site = aSite({ "/tablet": "<shell>", "/static/1/a.js": "a" });
    site.harm.set("/static/1/a.js", harm);
    const worker = aWorker(site);

    await assert.rejects(worker.install(), harm);
    assert.deepEqual([...site.caches.keys()], []);
  }
});

test("it keeps out of everything that is not the app", async () => {
  const site = aSite({ "/tablet": "<shell>", "/static/1/a.js": "a" });
  const worker = aWorker(site);
  await worker.live();

  /** @type {[string, object][]} */
  const others = [
    ["/sync/pull?cursor=", {}],
    ["/sync/push", { method: "POST" }],
    ["/static/1/a.js", { method: "POST" }],
    ["/static/2/a.js", {}],
    ["/office/", { mode: "navigate" }],
    ["/tablet-of-somebody-else", { mode: "navigate" }],
    ["http://elsewhere/static/1/a.js", {}],
  ];

  for (const [url, init] of others) assert.equal(worker.answers(url, init), false, url);
});

test("a new version waits until it is asked, then drops the old one's cache and no other", async () => {
  const site = aSite({ "/tablet": "<old>" });
  site.caches.set("office-maps", new Map());
  await aWorker(site, { version: "1" }).live();
  site.put("/tablet", "<new>");
  const worker = aWorker(site, { version: "2" });

  await worker.install();
  assert.equal(worker.skipped, false);
  await worker.message({ kind: "chat" });
  assert.equal(worker.skipped, false);
  await worker.message({ kind: "take-over" });
  assert.equal(worker.skipped, true);
  await worker.activate();

  assert.deepEqual([...site.caches.keys()].sort(), ["doorstep-shell-2", "office-maps"]);
  assert.equal(await worker.asked("/tablet", { mode: "navigate" }), "<new>");
  assert.deepEqual(worker.navigated, []);
});

test("a version that the server withdrew is pushed aside without asking, and a page that hangs in it is loaded anew", async () => {
  const site = aSite({ "/tablet": "<broken>" });
  await aWorker(site, { version: "1aaa" }).live();
  site.put("/tablet", "<mended>");
  const worker = aWorker(site, { version: "2bbb", withdrawn: ["1aa"] });
  worker.pages.push({ id: "hangs", url: `${HOME}/tablet#/today` }, { id: "office", url: `${HOME}/office/` });
  worker.pages.push({ id: "reloads itself", url: `${HOME}/tablet#/find` });

  await worker.install();
  assert.equal(worker.skipped, true);
  await worker.activate();
  worker.pages[2].id = "has reloaded";
  await worker.wait();

  assert.deepEqual(worker.navigated, [`${HOME}/tablet`]);
  assert.equal(await worker.asked("/tablet", { mode: "navigate" }), "<mended>");
});

test("the withdrawal of other versions changes nothing for one that may run", async () => {
  const site = aSite({ "/tablet": "<fine>" });
  await aWorker(site, { version: "2" }).live();
  site.put("/tablet", "<newer>");
  const worker = aWorker(site, { version: "3", withdrawn: ["1"] });

  await worker.install();

  assert.equal(worker.skipped, false);
});

test("the same version with another list of withdrawn ones fetches nothing, and keeps its files if it cannot", async () => {
  const site = aSite({ "/tablet": "<shell>", "/static/1/a.js": "a" });
  const first = aWorker(site, { version: "1" });
  await first.live();

  site.down = true;
  await aWorker(site, { version: "1", withdrawn: ["0"] }).live();
  assert.equal(await first.asked("/static/1/a.js"), "a");

  for (const cache of site.caches.values()) cache.delete(`${HOME}/static/1/a.js`);
  await assert.rejects(aWorker(site, { version: "1", withdrawn: ["00"] }).install());
  assert.equal(await first.asked("/tablet", { mode: "navigate" }), "<shell>");
});

test("a page can ask a worker which version it is", async () => {
  const said = [];
  const worker = aWorker(aSite({ "/tablet": "<shell>" }), { version: "7" });

  await worker.message({ kind: "version" }, { postMessage: (words) => said.push(words) });

  assert.deepEqual(said, ["7"]);
});

test("a file that the browser dropped comes from the network", async () => {
  const site = aSite({ "/tablet": "<shell>", "/static/1/a.js": "a" });
  const worker = aWorker(site);
  await worker.live();

  for (const cache of site.caches.values()) cache.delete(`${HOME}/static/1/a.js`);

  assert.equal(await worker.asked("/static/1/a.js"), "a");
});

const hash = (text) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

/** A web site and the browser's caches for it. */
function aSite(pages) {
  const site = {
    pages: new Map(Object.entries(pages)),
    harm: new Map(),
    caches: new Map(),
    down: false,
    put: (path, text) => site.pages.set(path, text),
    /** A browser's fetch: integrity is checked where it is asked for. */
    fetch: async (request) => {
      const path = new URL(request.url, HOME).pathname;
      const harm = site.harm.get(path);
      if (site.down || harm === "missing") return Promise.reject(new TypeError("network"));
      const text = harm === "changed" ? "other" : site.pages.get(path);
      if (request.integrity && request.integrity !== hash(text)) throw new TypeError("integrity");
      const response = new Response(text);
      if (harm === "redirected") Object.defineProperty(response, "redirected", { value: true });
      return response;
    },
  };
  return site;
}

/** A worker of one version, as the server would put it together for the site as it stands. */
function aWorker(site, { version = "1", withdrawn = [] } = {}) {
  const listeners = new Map();
  const timers = [];
  const files = [...site.pages].map(([url, text]) => ({ url, integrity: hash(text) }));
  const worker = {
    skipped: false,
    pages: [],
    navigated: [],
    install: () => extended("install"),
    activate: () => extended("activate"),
    message: (data, ...ports) => extended("message", { data, ports }),
    wait: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      for (const ring of timers.splice(0)) ring();
      await new Promise((resolve) => setImmediate(resolve));
    },
    live: async () => {
      await worker.install();
      await worker.activate();
    },
    answers: (url, init) => request(url, init) !== undefined,
    asked: async (url, init) => (await request(url, init)).text(),
  };
  const extended = async (kind, event = {}) => {
    const until = [];
    listeners.get(kind)({ ...event, waitUntil: (work) => until.push(work) });
    await Promise.all(until);
  };
  const request = (url, init = {}) => {
    let answer;
    listeners.get("fetch")({
      request: { method: "GET", mode: "cors", url: new URL(url, HOME).href, ...init },
      respondWith: (each) => (answer = each),
    });
    return answer;
  };
  const self = {
    __PRECACHE: { version, files, withdrawn },
    location: { href: `${HOME}/service-worker.js`, origin: HOME },
    addEventListener: (kind, listener) => listeners.set(kind, listener),
    skipWaiting: async () => {
      worker.skipped = true;
    },
    clients: {
      claim: async () => {},
      matchAll: async () =>
        worker.pages.map((page) => ({ ...page, navigate: async (to) => worker.navigated.push(to) })),
    },
  };
  const caches = {
    open: async (name) => {
      if (!site.caches.has(name)) site.caches.set(name, new Map());
      const kept = site.caches.get(name);
      return {
        put: async (url, response) => kept.set(new URL(url, HOME).href, await response.text()),
        match: async (url) =>
          kept.has(new URL(url, HOME).href) ? new Response(kept.get(new URL(url, HOME).href)) : undefined,
      };
    },
    has: async (name) => site.caches.has(name),
    keys: async () => [...site.caches.keys()],
    delete: async (name) => site.caches.delete(name),
  };
  class Request {
    constructor(url, init) {
      Object.assign(this, init, { url });
    }
  }
  const setTimeout = (ring) => timers.push(ring);
  runInNewContext(SOURCE, { self, caches, fetch: site.fetch, setTimeout, Request, URL });
  return worker;
}
