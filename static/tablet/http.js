// Talking to the office: one request, an answer in time, or a reason in two kinds: not reached, or refused.

import { _, locale } from "./i18n.js";
import { Line } from "./line.js";

/** @typedef {import("./types.js").Fetch} Fetch */
/** @typedef {import("./types.js").Clock} Clock */

/** So long nothing may come, neither the answer's beginning nor its next part; a slow line may take as long as it wants. */
const TIMEOUT = 60_000;
const WORTH_ZIPPING = 1024;

/** The office was not reached. */
export class NotReached extends Error {
  constructor(message = "not reached") {
    super(message);
    this.name = "NotReached";
    this.code = "sync:offline";
  }
}

/** Something answered, but not the office: a network's login page, a proxy that changes what it passes on. */
export class NotTheOffice extends NotReached {
  constructor(message = "not the office") {
    super(message);
    this.name = "NotTheOffice";
    this.code = "sync:not_office";
  }
}

/** What whoever holds the tablet can do about that. */
export const answeredInItsPlace = () =>
  _(
    "Something on the way answers in the office's place. Often it is the login page of a network: log in there, or use another network.",
  );

/** The office, or something on the way, answered and said no. */
export class OfficeRefused extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {Headers} headers
   */
  constructor(status, code, message, headers) {
    super(message || code);
    this.name = "OfficeRefused";
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  /** Worth trying again as it is. */
  get passing() {
    return (this.status >= 500 && this.status !== LOG_IN) || [408, 425, 429].includes(this.status);
  }

  /** Not as the office speaks: something on the way. What answers to a HEAD shows that by its type alone. */
  get foreign() {
    return this.code === foreignCode(this.status) && !this.headers.get("Content-Type")?.includes("json");
  }

  /** Whoever answered could not read what is packed, or lets nothing through that it cannot read. */
  get unread() {
    return this.foreign ? [400, 403, 415].includes(this.status) : UNREADABLE.has(this.code);
  }

  /** Something on the way lets nothing so large through; in smaller pieces it may go. */
  get tooMuch() {
    return this.foreign && this.status === 413;
  }
}

/** @param {unknown} error @returns {boolean} somebody answered in the office's place, and will tomorrow */
export const isNotTheOffice = (error) =>
  error instanceof NotTheOffice || (error instanceof OfficeRefused && error.foreign && !error.passing);

/** A network wants whoever uses it to log in first (RFC 6585). */
const LOG_IN = 511;
const UNREADABLE = new Set(["message:unreadable", "message:not_gzip"]);

/** @param {number} status */
const foreignCode = (status) => `http:${status}`;

export class Office {
  #fetch;
  #base;
  #clock;
  #line;
  /** Until something on the way turns out not to let through what is packed. */
  #packs = true;

  /** @param {{ fetch: Fetch, base: string, clock: Clock }} parts */
  constructor({ fetch, base, clock }) {
    this.#fetch = fetch;
    this.#base = base;
    this.#clock = clock;
    this.#line = new Line(() => clock.now());
  }

  /** @returns {number} bytes that one request may carry at the moment; what cannot be divided is sent all the same */
  get room() {
    return this.#line.room;
  }

  /**
   * @param {string} path
   * @param {string} token
   * @param {(headers: Headers) => void} [onHead]  hears the answer's head before its body is here
   * @returns {Promise<any>} parsed JSON
   */
  async get(path, token, onHead) {
    return this.#json(path, { headers: bearer(token) }, onHead);
  }

  /**
   * @param {string} path
   * @param {string} token  "" for none
   * @param {unknown} message
   * @returns {Promise<any>} parsed JSON; undefined for 204
   */
  async post(path, token, message) {
    const text = JSON.stringify(message);
    const post = (/** @type {BodyInit} */ body, /** @type {Record<string, string>} */ headers = {}) =>
      this.#json(path, {
        method: "POST",
        body,
        headers: { ...bearer(token), ...headers, "Content-Type": "application/json" },
      });
    if (!this.#packs || !isWorthZipping(text)) return post(text);
    try {
      return await post(await zipped(text), { "Content-Encoding": "gzip" });
    } catch (error) {
      if (!(error instanceof OfficeRefused && error.unread)) throw error;
    }
    const answer = await post(text);
    this.#packs = false;
    return answer;
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   * @returns {Promise<Headers>}
   */
  async headers(path, init) {
    return this.#ask(path, init, async (response) => response.headers);
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   * @param {(headers: Headers) => void} [onHead]
   */
  #json(path, init, onHead = () => {}) {
    return this.#ask(path, init, async (response) => {
      onHead(response.headers);
      return response.status === 204 ? undefined : response.json();
    });
  }

  /**
   * @template T
   * @param {string} path
   * @param {RequestInit} init
   * @param {(response: Response) => Promise<T>} read
   * @returns {Promise<T>}
   */
  async #ask(path, init, read) {
    const [size, begun] = [sizeOf(init.body), this.#clock.now()];
    const took = () => Math.abs(this.#clock.now() - begun);
    const patience = new Patience(this.#clock);
    let arrived = false;
    try {
      const response = await this.#fetch(this.#base + path, {
        ...init,
        headers: { .../** @type {Record<string, string>} */ (init.headers), "Accept-Language": locale() },
        cache: "no-store",
        credentials: "omit",
        redirect: "manual",
        signal: patience.signal,
      });
      arrived = true;
      if (response.type === "opaqueredirect") throw new NotTheOffice("sent elsewhere");
      if (response.status !== 413) this.#line.carried(size, took());
      if (!response.ok) throw await refusal(response);
      return await read(watched(response, () => patience.begin()));
    } catch (error) {
      if (error instanceof OfficeRefused && error.tooMuch) this.#line.halve(size);
      if (error instanceof OfficeRefused || error instanceof NotReached) throw error;
      if (!arrived) this.#line.broke(size, took());
      // A whole answer that is no JSON.
      throw error instanceof SyntaxError ? new NotTheOffice(String(error)) : new NotReached(String(error));
    } finally {
      patience.end();
    }
  }
}

/** Gives a request up when nothing came for too long. */
class Patience {
  #clock;
  #stop = new AbortController();
  /** @type {unknown} */
  #timer;
  #ended = false;

  /** @param {Clock} clock */
  constructor(clock) {
    this.#clock = clock;
    this.begin();
  }

  get signal() {
    return this.#stop.signal;
  }

  /** From now on again. */
  begin() {
    if (this.#ended) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#stop.abort(), TIMEOUT);
  }

  end() {
    this.#ended = true;
    this.#clock.clearTimeout(this.#timer);
  }
}

/** @param {any} body @returns {number} bytes, or letters, of what is sent */
const sizeOf = (body) => body?.byteLength ?? body?.length ?? 0;

/** @param {string} token @returns {Record<string, string>} */
export const bearer = (token) => (token ? { Authorization: `Bearer ${token}` } : {});

/**
 * The same answer; `onPart` is called as often as a part of its body arrives.
 * @param {Response} response
 * @param {() => void} onPart
 */
function watched(response, onPart) {
  // Behind a service worker a 204 has a body too, an empty one, which no new Response may have.
  if (!response.body || response.status === 204 || typeof TransformStream === "undefined") return response;
  const transform = (/** @type {any} */ part, /** @type {TransformStreamDefaultController} */ onward) => {
    onPart();
    onward.enqueue(part);
  };
  return new Response(response.body.pipeThrough(new TransformStream({ transform })), response);
}

/** @param {Response} response */
async function refusal(response) {
  const { status, headers } = response;
  const said = await response.json().catch(() => ({}));
  return new OfficeRefused(status, String(said?.code ?? foreignCode(status)), String(said?.message ?? ""), headers);
}

/** @param {string} text */
const isWorthZipping = (text) => text.length >= WORTH_ZIPPING && typeof CompressionStream !== "undefined";

/** @param {string} text @returns {Promise<ArrayBuffer>} */
async function zipped(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}
