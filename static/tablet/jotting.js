// What somebody is writing on a page that has no draft: sealed at once, and gone with the record that is made of it.
import { sealValue, unsealValue } from "./vault.js";

export class Jotting {
  #store;
  #open;
  #changed;
  #inOrder;

  /** @param {import("./saving.js").Parts} parts */
  constructor({ store, open, changed, inOrder }) {
    this.#store = store;
    this.#open = open;
    this.#changed = changed;
    this.#inOrder = inOrder;
  }

  /** @param {string} page @returns {Promise<any>} undefined if nothing is being written there by whoever is logged in */
  found(page) {
    const id = this.#place(page);
    return this.#inOrder.after(id, async () => {
      const row = await this.#store.copy(id);
      return row && unsealValue(this.#open().vault.key, id, row);
    });
  }

  /** @param {string} page @param {object | undefined} said  undefined drops it */
  keep(page, said) {
    const id = this.#place(page);
    return this.#inOrder.after(id, async () => {
      if (said) await this.#store.keepCopy({ id, ...(await sealValue(this.#open().vault.key, id, said)) });
      else await this.#store.dropCopy(id);
      await this.#changed("drafts");
    });
  }

  /** @param {string} page */
  #place(page) {
    return jottedPlace(this.#open().vault.user.staffId, page);
  }
}

/** Another person's lies elsewhere, under another key. @param {string} staffId @param {string} page */
export const jottedPlace = (staffId, page) => `jotted:${staffId}:${page}`;
