// The road between tablet and office: a proxy on which requests and answers are lost, cut, doubled and overtaken.

import { request as ask, createServer } from "node:http";
import { setImmediate as soon } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

/** @typedef {{ method: string, path: string, headers: Record<string, string>, body: Buffer }} Request */
/** @typedef {{ status: number, headers: Record<string, string>, body: Buffer }} Answer */

/**
 * @typedef {object} Passage  What a fault may do with one request.
 * @property {Request} request
 * @property {(request?: Request, onSent?: () => void) => Promise<Answer>} forward  to the office; throws if it gives
 *   no whole answer; `onSent` when the office was given the whole request
 * @property {(bytes: Buffer) => Promise<void>} forwardCut  a body that stops after these bytes
 * @property {(answer: Answer) => void} give  to the tablet
 * @property {(answer: Answer) => void} giveCut  half of it, then silence
 * @property {(answer: Answer) => Promise<void>} giveSlowly  in many pieces
 * @property {() => void} cut  the tablet hears nothing
 * @property {(late: () => Promise<unknown>) => void} afterNext  do this when the next request has passed
 */

export class Road {
  /** @type {string} */
  #office;
  #server;
  /** @type {(() => Promise<unknown>)[]} */
  #late = [];
  /** @type {{ fault: (passage: Passage) => Promise<unknown>, on: (request: Request) => boolean }[]} */
  #next = [];
  /** Chooses what happens to a request that nothing was planned for. @type {(request: Request) => string | undefined} */
  weather = () => undefined;
  /** How often the office went back to a backup: receipts told before and after may differ. */
  age = () => 0;
  /** @type {Map<string, Set<string>>} receipts that the office told, by age, operation and digest */
  told = new Map();
  /** @type {Request[]} as the tablets sent them */
  requests = [];
  url = "";

  /** @param {string} office  its address */
  static async open(office) {
    const road = new Road();
    road.#office = office;
    road.#server = createServer((incoming, outgoing) => road.#pass(incoming, outgoing));
    await new Promise((resolve) => road.#server.listen(0, "127.0.0.1", () => resolve(undefined)));
    road.url = `http://127.0.0.1:${road.#server.address().port}`;
    return road;
  }

  /**
   * Plan something for the next request, or for the next of a kind.
   * @param {string | ((passage: Passage) => Promise<unknown>)} fault
   * @param {(request: Request) => boolean} [on]
   */
  breaks(fault, on = () => true) {
    this.#next.push({ fault: typeof fault === "string" ? FAULTS[fault] : fault, on });
  }

  /** Is something planned that has not happened? */
  get planned() {
    return this.#next.length;
  }

  /** Fair weather from now on; what is still on its way arrives. */
  async clears() {
    this.weather = () => undefined;
    this.#next = [];
    await this.#arriveLate();
  }

  async close() {
    await this.clears();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(incoming, outgoing) {
    try {
      const chunks = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const { method, url: path, headers } = incoming;
      const request = { method, path, headers, body: Buffer.concat(chunks) };
      this.requests.push(request);
      await this.#faultFor(request)(this.#passage(request, outgoing));
    } catch {
      // The office is away, or hung up: so do we.
      outgoing.socket?.destroy();
    }
  }

  #faultFor(request) {
    const planned = this.#next.findIndex(({ on }) => on(request));
    if (planned >= 0) return this.#next.splice(planned, 1)[0].fault;
    return FAULTS[this.weather(request) ?? "fine"];
  }

  /** @returns {Passage} */
  #passage(request, outgoing) {
    return {
      request,
      forward: (changed = request, onSent = () => {}) => this.#forward(changed, onSent),
      forwardCut: (bytes) => this.#forwardCut(request, bytes),
      give: ({ status, headers, body }) => outgoing.writeHead(status, headers).end(body),
      giveCut: ({ status, headers, body }) => {
        outgoing.writeHead(status, { ...headers, "content-length": String(body.length || 1) });
        outgoing.write(body.subarray(0, body.length / 2), () => outgoing.socket?.destroy());
      },
      giveSlowly: async ({ status, headers, body }) => {
        outgoing.writeHead(status, headers);
        for (let at = 0; at < body.length; at += 64) {
          outgoing.write(body.subarray(at, at + 64));
          await soon();
        }
        outgoing.end();
      },
      cut: () => outgoing.socket?.destroy(),
      afterNext: (late) => this.#late.push(late),
    };
  }

  /** @returns {Promise<Answer>} */
  async #forward(request, onSent) {
    const overtaken = this.#late.splice(0);
    try {
      const answer = await this.#asked(request, request.body, onSent);
      this.#listen(request, answer);
      return answer;
    } finally {
      this.#late.push(...overtaken);
      await this.#arriveLate();
    }
  }

  async #forwardCut(request, bytes) {
    await this.#asked(request, bytes).catch(() => {});
  }

  async #arriveLate() {
    for (const late of this.#late.splice(0)) await late().catch(() => {});
  }

  /** @returns {Promise<Answer>} */
  #asked({ method, path, headers, body }, bytes, onSent = () => {}) {
    return new Promise((resolve, reject) => {
      const { host: _host, connection: _connection, "transfer-encoding": _chunked, ...passed } = headers;
      const length = method === "GET" || method === "HEAD" ? {} : { "content-length": String(body.length) };
      const options = { method, agent: false, headers: { ...passed, ...length } };
      const asked = ask(this.#office + path, options, (incoming) => {
        const chunks = [];
        incoming.on("data", (chunk) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const { connection: _kept, "keep-alive": _alive, ...told } = incoming.headers;
          resolve({ status: incoming.statusCode, headers: told, body: Buffer.concat(chunks) });
        });
      });
      asked.on("error", reject);
      if (bytes.length === body.length) asked.end(bytes, onSent);
      else asked.write(bytes, () => asked.socket?.end()); // what the office makes of it is over when it hangs up too
    });
  }

  /** Remember what the office said of each operation, whether or not the tablet will hear it. */
  #listen({ path }, answer) {
    if (path !== "/sync/push" || answer.status !== 200) return;
    const plain = answer.headers["content-encoding"] === "gzip" ? gunzipSync(answer.body) : answer.body;
    for (const receipt of JSON.parse(plain.toString("utf8")).receipts) {
      if (["operation:hash_differs", "operation:digest_differs"].includes(receipt.code)) continue;
      const name = `${this.age()}:${receipt.op_id}:${receipt.digest}`;
      this.told.set(name, (this.told.get(name) ?? new Set()).add(JSON.stringify(receipt)));
    }
  }
}

const json = (status, code) => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify({ code, message: "" })),
});
const LOGIN_PAGE = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: Buffer.from("<html>Welcome to the Wi-Fi</html>"),
};
const half = (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2));

/** Every way in which a passage can go, by name. @type {Record<string, (passage: Passage) => Promise<unknown>>} */
export const FAULTS = {
  fine: async ({ forward, give }) => give(await forward()),
  "request lost": async ({ cut }) => cut(),
  "answer lost": async ({ forward, cut }) => {
    await forward();
    cut();
  },
  "sent twice": async ({ forward, give }) => {
    await forward();
    give(await forward());
  },
  "two copies at once": async ({ forward, give }) => {
    const [, second] = await Promise.all([forward(), forward()]);
    give(second);
  },
  "overtaken by the next": async ({ forward, cut, afterNext }) => {
    afterNext(() => forward());
    cut();
  },
  "office busy": async ({ give }) => give(json(503, "http:503")),
  "busy after doing it": async ({ forward, give }) => {
    await forward();
    give(json(504, "http:504"));
  },
  "not let in": async ({ give }) => give(json(401, "auth:token")),
  "login page": async ({ give }) => give(LOGIN_PAGE),
  "body cut off": async ({ request, forwardCut, cut }) => {
    await forwardCut(half(request.body));
    cut();
  },
  "half the body, as if whole": async ({ request, forward, cut }) => {
    await forward({ ...request, body: half(request.body) });
    cut();
  },
  "answer cut off": async ({ forward, giveCut }) => giveCut(await forward()),
  slow: async ({ forward, giveSlowly }) => giveSlowly(await forward()),
};

/** Turns of the event loop in which an office has taken in a push: it may die at any of them. */
export const TURNS = 4000;

/**
 * The office dies over a request it was given, sooner or later, and comes back; the tablet hears nothing.
 * @param {() => Promise<unknown>} restart
 * @param {number} turns  of the event loop from the request's last byte to the kill
 */
export const dying =
  (restart, turns) =>
  async ({ forward, cut }) => {
    /** @type {Promise<unknown>} */
    let going = Promise.resolve();
    const sent = new Promise((resolve) => {
      going = forward(undefined, () => resolve(undefined)).catch(() => {});
    });
    await Promise.race([sent, going]);
    for (let turn = 0; turn < turns; turn++) await soon();
    await restart();
    await going;
    cut();
  };

/** Names of all that can go wrong. */
export const WRONG = Object.keys(FAULTS).filter((name) => name !== "fine");
