// In which language somebody at a door reads: as they chose there last, sealed on the tablet for longer than a record.
import { sealValue, unsealValue } from "./vault.js";

/** @typedef {import("./types.js").Locale} Locale */

/** @type {Locale} for who never chose */
const FIRST = "zh";

export class Languages {
  #store;
  #open;
  #inOrder;

  /** @param {import("./saving.js").Parts} parts */
  constructor({ store, open, inOrder }) {
    this.#store = store;
    this.#open = open;
    this.#inOrder = inOrder;
  }

  /** @param {string} unitId @param {string} name @returns {Promise<Locale>} */
  async of(unitId, name) {
    return (await this.#chosen(this.#place(unitId)))[name] ?? FIRST;
  }

  /** @param {string} unitId @param {string} name @param {Locale} to */
  choose(unitId, name, to) {
    const id = this.#place(unitId);
    return this.#inOrder.after(id, async () => {
      const chosen = { ...(await this.#chosen(id)), [name]: to };
      await this.#store.keepCopy({ id, ...(await sealValue(this.#open().vault.key, id, chosen)) });
    });
  }

  /** @param {string} id @returns {Promise<Record<string, Locale>>} by name */
  async #chosen(id) {
    const row = await this.#store.copy(id);
    return row ? unsealValue(this.#open().vault.key, id, row) : {};
  }

  /** @param {string} unitId */
  #place(unitId) {
    return `language:${this.#open().vault.user.staffId}:${unitId}`;
  }
}
