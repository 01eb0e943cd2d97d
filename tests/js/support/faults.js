// What goes wrong out there: networks that lose, repeat and lie, and a tablet that dies between any two steps.

import "fake-indexeddb/auto";

export class Killed extends Error {
  constructor() {
    super("the tablet is off");
    this.name = "Killed";
  }
}

/**
 * A life of so many steps. After the last one nothing is written and nothing is sent any more.
 * A step is a request going out, an answer coming in, a transaction that begins, or the middle of one.
 */
export class Life {
  /** Whose storage this is at the moment. @type {Life | undefined} */
  static lived;

  /** @param {number} [steps] */
  constructor(steps = Number.POSITIVE_INFINITY) {
    this.left = steps;
  }

  step() {
    if (this.left <= 0) throw new Killed();
    this.left -= 1;
  }

  /** A tablet that lives this life, until `over`. */
  of(tablet) {
    Life.lived = this;
    return { ...tablet, fetch: this.#fetch(tablet.fetch) };
  }

  over() {
    Life.lived = undefined;
  }

  /** The end may come before something is done, or after it was done and before anybody hears of it. */
  #fetch(fetch) {
    return async (url, init) => {
      this.step();
      const answer = await fetch(url, init);
      this.step();
      return answer;
    };
  }
}

const { transaction } = IDBDatabase.prototype;
const { put } = IDBObjectStore.prototype;
/** @type {WeakMap<IDBTransaction, number>} writes so far */
const writes = new WeakMap();

IDBDatabase.prototype.transaction = function (stores, mode, ...rest) {
  if (mode === "readwrite") Life.lived?.step();
  return transaction.call(this, stores, mode, ...rest);
};

IDBObjectStore.prototype.put = function (...args) {
  const count = (writes.get(this.transaction) ?? 0) + 1;
  writes.set(this.transaction, count);
  if (count === 2) Life.lived?.step();
  return put.apply(this, args);
};

/** The same chances each time, from a seed (mulberry32). */
export function chances(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Every way in which a request can go wrong, by name. `fetch` is the way that works. */
export const FAULTS = {
  lost: async () => {
    throw new TypeError("network lost");
  },
  "answer lost": async (fetch, url, init) => {
    await fetch(url, init);
    throw new TypeError("network lost");
  },
  "sent twice": async (fetch, url, init) => {
    await fetch(url, init);
    return fetch(url, init);
  },
  "two copies at once": async (fetch, url, init) => {
    const [, second] = await Promise.all([fetch(url, init), fetch(url, init)]);
    return second;
  },
  busy: async () => new Response("<h1>502</h1>", { status: 502 }),
  "busy after doing it": async (fetch, url, init) => {
    await fetch(url, init);
    return new Response("<h1>504</h1>", { status: 504 });
  },
  "login page": async () => new Response("<html>Welcome to the Wi-Fi</html>", { status: 200 }),
  "half an answer": async (fetch, url, init) => {
    const answer = await fetch(url, init);
    const text = await answer.text();
    return new Response(text.slice(0, text.length / 2), {
      status: answer.status,
      headers: { "Upload-Offset": answer.headers.get("Upload-Offset") ?? "" },
    });
  },
  "half the body": async (fetch, url, init) => {
    if (init?.method !== "PUT") throw new TypeError("network lost");
    await fetch(url, { ...init, body: init.body.slice(0, Math.floor(init.body.length / 2)) });
    throw new TypeError("network lost");
  },
  "not now": async () => new Response(JSON.stringify({ code: "auth:token", message: "" }), { status: 401 }),
};

/** A network on which each request goes wrong with a chance, in any of the ways. */
export function badNetwork(fetch, random, share) {
  const ways = Object.values(FAULTS);
  return (url, init) =>
    random() < share ? ways[Math.floor(random() * ways.length)](fetch, url, init) : fetch(url, init);
}

/** A line so thin that nothing larger than `most` goes up before the tablet's patience ends. */
export function thinLine(tablet, fetch, most) {
  return (url, { signal, ...init } = {}) => {
    const size = init.body?.byteLength ?? init.body?.length ?? 0;
    if (size <= most) return fetch(url, init);
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      tablet.clock.pass(60_000);
    });
  };
}
