// What the tabs of one tablet share beside its storage: locks, exclusive ones waiting in line, and a channel.

export class Locks {
  /** @type {Map<string, { mode: string, done: Promise<unknown> }[]>} held and waiting, in order */
  #lines = new Map();

  async request(name, { mode = "exclusive" }, work) {
    const line = this.#lines.get(name) ?? [];
    this.#lines.set(name, line);
    const before = line.filter((each) => mode === "exclusive" || each.mode === "exclusive").map(({ done }) => done);
    const mine = Promise.allSettled(before).then(() => work({ name }));
    const place = { mode, done: mine };
    line.push(place);
    try {
      return await mine;
    } finally {
      line.splice(line.indexOf(place), 1);
      if (!line.length && this.#lines.get(name) === line) this.#lines.delete(name);
    }
  }

  async query() {
    return { held: [...this.#lines.keys()].map((name) => ({ name })) };
  }
}

/** What the tabs of one tablet tell each other. */
export class Channels {
  /** @type {Set<Set<(event: { data: any }) => unknown>>} */
  #tabs = new Set();
  #mayFail;

  /** @param {() => boolean} mayFail  a tablet that died mid-sentence may not understand any more */
  constructor(mayFail) {
    this.#mayFail = mayFail;
  }

  /** One tab's end. */
  open() {
    const listeners = new Set();
    this.#tabs.add(listeners);
    return {
      addEventListener: (_type, listener) => listeners.add(listener),
      removeEventListener: (_type, listener) => listeners.delete(listener),
      postMessage: (data) => {
        for (const others of this.#tabs) if (others !== listeners) setImmediate(() => this.#hear(others, data));
      },
    };
  }

  async #hear(listeners, data) {
    for (const listener of listeners) {
      try {
        await listener({ data });
      } catch (error) {
        if (!this.#mayFail()) throw error;
      }
    }
  }
}
