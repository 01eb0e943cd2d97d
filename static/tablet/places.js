// Where one was on a screen, found again on coming back.

/** Screens that stay as they were left, wherever one went meanwhile. */
const LISTS = new Set(["today", "find", "records"]);

/** @param {string} path */
export const isList = (path) => LISTS.has(path);

/** Is it a page of that one, as an issue is of its visit? @param {string} path @param {string} page */
export const isAbove = (path, page) => page.startsWith(`${path}/`);

export class Places {
  /** @type {Map<string, number>} */
  #left = new Map();

  /** @param {string} path @param {number} y  how far down it was read, px */
  leave(path, y) {
    this.#left.set(path, y);
  }

  /**
   * How far down a screen begins: a list, and whatever is come back to from a page of its own, as a visit from one of
   * its issues, where it was left; all else at its top.
   * @param {string} path
   * @param {string} from  the page before
   */
  of(path, from) {
    return isList(path) || isAbove(path, from) ? (this.#left.get(path) ?? 0) : 0;
  }
}
