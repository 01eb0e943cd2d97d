// One browser's tabs: what they tell each other, heard whole.

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Channels between the tabs of one browser. */
export class House {
  #tabs = new Set();
  /** @type {Promise<unknown>[]} */
  #heard = [];

  channel() {
    const listeners = new Set();
    const channel = {
      addEventListener: (_type, listener) => listeners.add(listener),
      removeEventListener: (_type, listener) => listeners.delete(listener),
      postMessage: (data) => {
        for (const other of this.#tabs) if (other !== channel) this.#heard.push(other.hear(data));
      },
      hear: async (data) => {
        await settled();
        await Promise.all([...listeners].map((listener) => listener({ data })));
      },
    };
    this.#tabs.add(channel);
    return channel;
  }

  /** Until everything said was heard and whatever it led to is done. */
  async quiet() {
    while (this.#heard.length) await Promise.all(this.#heard.splice(0));
  }
}
