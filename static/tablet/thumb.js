// Two taps of one impatient thumb: the second one is not for what has come up under it meanwhile.

/** So soon nobody has seen a new screen, ms. */
const SOON = 400;
/** So near it is the same thumb, px. */
const NEAR = 32;

/** @typedef {Pick<MouseEvent, "timeStamp" | "clientX" | "clientY" | "detail"> & { pointerType?: string }} Tap */

export class Thumb {
  /** @type {{ at: number, x: number, y: number, screen: unknown } | undefined} */
  #last;

  /**
   * @param {Tap} tap
   * @param {unknown} screen  what is shown at this moment
   * @returns {boolean} whether it is meant for that; a key always is
   */
  means({ timeStamp: at, clientX: x, clientY: y, detail, pointerType }, screen) {
    const last = this.#last;
    // Of a mouse the system itself counts the clicks; of a finger not every browser does.
    const soon = pointerType === "mouse" ? detail > 1 : last && at - last.at < SOON;
    const again = last && soon && Math.hypot(x - last.x, y - last.y) < NEAR;
    const meant = !detail || !again || last.screen === screen;
    this.#last = { at, x, y, screen: meant ? screen : last?.screen };
    return meant;
  }
}
