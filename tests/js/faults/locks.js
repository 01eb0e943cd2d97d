// The browser's locks over the tabs of one tablet: exclusive ones wait in line, shared ones go together.

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
