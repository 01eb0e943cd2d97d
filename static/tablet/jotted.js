// What is being written on a page that has no draft: found again after a lock, a reload or a wrong tap, until it is saved.

import { inWords } from "./errors.js";

/** @typedef {import("./app.js").App} App */

/** @template {object} T */
export class Jotted {
  #app;
  #fresh;
  /** Changes that are not on the disk yet. */
  #going = 0;
  #handingIn = false;

  /** Why the last change could not be kept; "" if it was. */
  trouble = "";

  /**
   * @template {object} T
   * @param {App} app
   * @param {string} page  and what it is about
   * @param {() => T} fresh  where nothing is being written there by whoever is logged in
   * @returns {Promise<Jotted<T>>}
   */
  static async on(app, page, fresh) {
    return new Jotted(app, page, fresh, await app.engine.jotted(page));
  }

  /** @param {App} app @param {string} page @param {() => T} fresh @param {Partial<T>} [found] */
  constructor(app, page, fresh, found) {
    this.#app = app;
    this.page = page;
    this.#fresh = fresh;
    this.said = { ...fresh(), ...found };
  }

  /** It is kept at once; what is as it was before anybody wrote is not. @param {Partial<T>} change */
  write(change) {
    Object.assign(this.said, change);
    return this.#handingIn ? Promise.resolve() : this.#keep();
  }

  /** Is nothing written there? */
  get isBlank() {
    return JSON.stringify(this.said) === JSON.stringify(this.#fresh());
  }

  /** @returns {() => Promise<void>} takes it back */
  drop() {
    const { said } = this;
    this.said = this.#fresh();
    this.#keep();
    return () => this.write(said);
  }

  /**
   * Nothing that is typed while it is being saved stays behind; where it could not be saved, all does.
   * @template R
   * @param {(page: string) => Promise<R>} save  what was written goes with what it becomes
   */
  async handIn(save) {
    this.#handingIn = true;
    try {
      const saved = await save(this.page);
      this.said = this.#fresh();
      return saved;
    } catch (error) {
      await this.#keep();
      throw error;
    } finally {
      this.#handingIn = false;
    }
  }

  /**
   * What another window wrote or saved stands here too; while something of our own is on its way, that decides.
   * @returns {Promise<boolean>} it is something else now
   */
  async readAgain() {
    if (this.#isBusy) return false;
    const found = { ...this.#fresh(), ...(await this.#app.engine.jotted(this.page)) };
    if (this.#isBusy || JSON.stringify(found) === JSON.stringify(this.said)) return false;
    this.said = found;
    return true;
  }

  get #isBusy() {
    return this.#going > 0 || this.#handingIn || Boolean(this.trouble);
  }

  async #keep() {
    this.#going += 1;
    try {
      await this.#app.engine.jot(this.page, this.isBlank ? undefined : { ...this.said });
      this.trouble = "";
    } catch (error) {
      this.trouble = inWords(error);
    }
    this.#going -= 1;
    this.#app.redraw();
  }
}

/**
 * A try is of the day on which it was made: what was chosen for an earlier one that nobody saved is not said of this one.
 * The note stays.
 * @template {{ day: string, note: string }} T
 * @param {Jotted<T>} jotted
 * @param {() => T} fresh
 * @param {string} today
 */
export async function ofToday(jotted, fresh, today) {
  const { day, note } = jotted.said;
  if (day && day !== today) await jotted.write({ ...fresh(), note });
}
