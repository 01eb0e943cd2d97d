// How much one request may carry on the line there is: less where it broke under more, more again as it carries well.

export const MOST = 1_500_000;
export const LEAST = 16_384;
const WELL = 10_000;
/** A request that failed sooner says that there was no line at all. */
const WAS_THERE = 5_000;
/** So long after it broke nothing larger is tried: each try would cost a minute, and what goes through meanwhile waits. */
const PRUDENT = 300_000;

export class Line {
  #now;
  #room = MOST;
  #brokeAt = Number.NEGATIVE_INFINITY;

  /** @param {() => number} now  ms */
  constructor(now) {
    this.#now = now;
  }

  /** Bytes. */
  get room() {
    return this.#room;
  }

  /**
   * A request with so many bytes went through.
   * @param {number} bytes
   * @param {number} took  ms
   */
  carried(bytes, took) {
    const filled = bytes * 2 >= this.#room;
    if (filled && took <= WELL && Math.abs(this.#now() - this.#brokeAt) >= PRUDENT)
      this.#room = Math.min(this.#room * 2, MOST);
  }

  /**
   * It did not, and was given up after so long.
   * @param {number} bytes
   * @param {number} took  ms
   */
  broke(bytes, took) {
    if (took >= WAS_THERE) this.halve(bytes);
  }

  /**
   * So many bytes are too many, on this line or for something on it.
   * @param {number} bytes
   */
  halve(bytes) {
    if (bytes <= LEAST) return;
    this.#room = Math.max(Math.floor(Math.min(this.#room, bytes) / 2), LEAST);
    this.#brokeAt = this.#now();
  }
}
