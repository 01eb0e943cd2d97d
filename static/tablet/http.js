// Talking to the office: one request, an answer in time, or a reason in two kinds: not reached, or refused.

import { locale } from "./i18n.js";
import { Line } from "./line.js";

/** @typedef {import("./types.js").Fetch} Fetch */
/** @typedef {import("./types.js").Clock} Clock */

/** So long nothing may come, neither the answer's beginning nor its next part; a slow line may take as long as it wants. */
const TIMEOUT = 60_000;
const WORTH_ZIPPING = 1024;

/** The office was not reached, or what answered was not the office (a hotel's login page, half an answer). */
export class NotReached extends Error {
  constructor(message = "not reached") {
    super(message);
    this.name = "NotReached";
    this.code = "sync:offline";
  }
}

/** The office answered and said no. */
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
    return this.status >= 500 || this.status === 408 || this.status === 425 || this.status === 429;
  }
}

export class Office {
  #fetch;
  #base;
  #clock;
  #line;

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
    const { body, headers } = await zipped(JSON.stringify(message));
    return this.#json(path, {
      method: "POST",
      body,
      headers: { ...bearer(token), ...headers, "Content-Type": "application/json" },
    });
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
        redirect: "error",
        signal: patience.signal,
      });
      arrived = true;
      this.#line.carried(size, took());
      if (!response.ok) throw await refusal(response);
      return await read(watched(response, () => patience.begin()));
    } catch (error) {
      if (error instanceof OfficeRefused) throw error;
      if (!arrived) this.#line.broke(size, took());
      throw new NotReached(String(error));
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
  const said = await response.json().catch(() => ({}));
  return new OfficeRefused(
    response.status,
    String(said.code ?? `http:${response.status}`),
    String(said.message ?? ""),
    response.headers,
  );
}

/**
 * @param {string} text
 * @returns {Promise<{ body: string | ArrayBuffer, headers: Record<string, string> }>}
 */
async function zipped(text) {
  if (text.length < WORTH_ZIPPING || typeof CompressionStream === "undefined") return { body: text, headers: {} };
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return { body: await new Response(stream).arrayBuffer(), headers: { "Content-Encoding": "gzip" } };
}
