// One write after another under one key, so that an older one never overtakes a newer one.

export class InOrder {
  /** @type {Map<string, Promise<unknown>>} the last of each key */
  #going = new Map();

  get going() {
    return this.#going.size > 0;
  }

  /** Resolves when nothing is being written any more. */
  async ended() {
    await Promise.allSettled(this.#going.values());
  }

  /**
   * @template T
   * @param {string} key
   * @param {() => Promise<T>} write
   * @returns {Promise<T>}
   */
  after(key, write) {
    const before = this.#going.get(key) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(write);
    this.#going.set(key, mine);
    const done = () => {
      if (this.#going.get(key) === mine) this.#going.delete(key);
    };
    mine.then(done, done);
    return mine;
  }
}
