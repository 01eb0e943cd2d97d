// The field to sign in. Every stroke is handed out at pen-up; what is shown comes back in through `ink`.

import SignaturePad from "signature_pad";
import { inkOf, padDataOf, rescaled, tooMuch } from "../ink.js";

/** @typedef {import("../types.js").Ink} Ink */

const PEN = { penColor: "#1b2430", minWidth: 1.1, maxWidth: 3.4, velocityFilterWeight: 0.7, dotSize: 2.4 };

/**
 * `<ink-pad .ink=${ink} .since=${iso} .under=${sha256} hint="…" closed>`: fires `inked` with the whole ink after each stroke.
 * `since` is when the last stroke of `ink` ended, so that strokes added after a reload keep their times. `under` is what is
 * signed: a stroke in the middle of which that becomes something else goes. While a hand writes, nothing is tapped.
 */
export class InkPad extends HTMLElement {
  /** @type {Ink | undefined} */
  #ink;
  /** @type {SignaturePad | undefined} */
  #pad;
  #canvas = document.createElement("canvas");
  #resizes = new ResizeObserver(() => this.#layOut());
  #penSeen = false;
  /** A stroke is being drawn. */
  #drawing = false;
  /** What came down last writes nothing. */
  #turnedAway = false;
  #pointer = "touch";
  #size = { width: 0, height: 0, ratio: 1 };
  #under = "";
  /** Last stroke's end, ISO; "" if unknown. */
  since = "";

  connectedCallback() {
    this.#canvas.dataset.testid = "ink";
    this.#canvas.setAttribute("role", "img");
    if (!this.#canvas.isConnected) this.prepend(this.#canvas);
    this.addEventListener("pointerdown", this.#screen, { capture: true });
    this.addEventListener("touchstart", this.#screenAgain, { capture: true, passive: false });
    addEventListener("pointerdown", this.#endUntold, { capture: true });
    addEventListener("click", this.#passOver, { capture: true });
    this.#pad = new SignaturePad(this.#canvas, { ...PEN, throttle: 0, minDistance: 1 });
    this.#pad.addEventListener("beginStroke", () => {
      this.#drawing = true;
    });
    this.#pad.addEventListener("endStroke", () => this.#strokeEnded());
    this.#resizes.observe(this);
  }

  disconnectedCallback() {
    this.#resizes.disconnect();
    this.#pad?.off();
    this.removeEventListener("pointerdown", this.#screen, { capture: true });
    this.removeEventListener("touchstart", this.#screenAgain, { capture: true });
    removeEventListener("pointerdown", this.#endUntold, { capture: true });
    removeEventListener("click", this.#passOver, { capture: true });
  }

  /** @param {Ink | undefined} ink */
  set ink(ink) {
    if (ink === this.#ink) return;
    this.#ink = ink;
    // Cleared ink may be written again with whatever is at hand.
    this.#penSeen = ink?.pointer === "pen";
    this.#draw();
  }

  get ink() {
    return this.#ink;
  }

  set under(/** @type {string} */ under) {
    if (under === this.#under) return;
    this.#under = under;
    if (this.#drawing) this.#draw();
  }

  set label(/** @type {string} */ words) {
    this.#canvas.setAttribute("aria-label", words);
  }

  /** A palm beside the pen writes nothing, whichever came first; nor does a second finger. */
  #screen = (/** @type {PointerEvent} */ event) => {
    if (event.pointerType === "pen") {
      if (this.#drawing && this.#pointer === "touch") this.#draw();
      this.#penSeen = true;
    }
    this.#turnedAway = this.#drawing || (this.#penSeen && event.pointerType === "touch");
    if (this.#turnedAway) stop(event);
    else this.#pointer = event.pointerType;
  };

  /** On an iPad signature_pad listens to touches, each of which comes right after its pointer. */
  #screenAgain = (/** @type {TouchEvent} */ event) => {
    if (this.#turnedAway) stop(event);
  };

  /** The first pointer of its kind comes down only once the one before has gone: then a stroke has ended, told or not. */
  #endUntold = (/** @type {PointerEvent} */ event) => {
    if (this.#drawing && event.isPrimary && event.pointerType === this.#pointer) this.#endHere();
  };

  /** The palm of a hand that writes lies on what stands below, such as the way on. */
  #passOver = (/** @type {Event} */ event) => {
    if (this.#drawing) stop(event);
  };

  #layOut() {
    const ratio = Math.max(devicePixelRatio || 1, 1);
    const size = { width: this.clientWidth, height: this.clientHeight, ratio };
    if (!size.width || !size.height || (same(size, this.#size) && this.#size.ratio === ratio)) return;
    // Turned in the middle of a stroke: what was drawn of it is kept as it stood.
    if (this.#drawing) this.#endHere();
    this.#size = size;
    this.#canvas.width = Math.round(size.width * ratio);
    this.#canvas.height = Math.round(size.height * ratio);
    this.#canvas.style.width = `${size.width}px`;
    this.#canvas.style.height = `${size.height}px`;
    this.#canvas.getContext("2d")?.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#draw();
  }

  /** The ink that is kept; a stroke not ended goes. */
  #draw() {
    if (!this.#pad || !this.#size.width) return;
    if (this.#drawing) this.#stop();
    const groups = this.#ink?.strokes.length ? padDataOf(this.#ink, this.#size, options()) : [];
    this.#pad.fromData(groups);
  }

  /** The pointer that draws is followed no further. */
  #stop() {
    this.#drawing = false;
    this.#pad?.off();
    this.#pad?.on();
  }

  #endHere() {
    this.#stop();
    this.#strokeEnded();
  }

  #strokeEnded() {
    this.#drawing = false;
    const stroke = structuredClone(this.#pad?.toData().at(-1));
    if (!stroke?.points.length) return;
    const added = inkOf([stroke], this.#size, this.#kind());
    const before = this.#inThisSize();
    const start = before ? Math.max(stroke.points[0].time - this.#beganAt(before), lastTime(before)) : 0;
    const strokes = added.strokes.map((points) =>
      points.map(([x, y, p, t]) => /** @type {[number, number, number, number]} */ ([x, y, p, t + start])),
    );
    const ink = { ...added, strokes: [...(before?.strokes ?? []), ...strokes] };
    // What is not kept does not stay on the screen either.
    if (!strokes.length || tooMuch(ink)) return this.#draw();
    this.#ink = ink;
    this.since = new Date(stroke.points.at(-1)?.time ?? Date.now()).toISOString();
    this.dispatchEvent(new CustomEvent("inked", { detail: this.#ink, bubbles: true }));
  }

  /** Earlier strokes in today's coordinates; untouched if the field has not changed its size. */
  #inThisSize() {
    if (!this.#ink?.strokes.length) return undefined;
    return same(this.#ink.canvas, this.#size) ? this.#ink : rescaled(this.#ink, this.#size);
  }

  /** When the first point was made, in ms since 1970. @param {Ink} ink */
  #beganAt(ink) {
    return (this.since ? Date.parse(this.since) : Date.now()) - lastTime(ink);
  }

  /** @returns {Ink["pointer"]} */
  #kind() {
    if (this.#penSeen) return "pen";
    return this.#pointer === "mouse" ? "mouse" : "touch";
  }
}

/** @param {Event} event */
function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** @param {{ width: number, height: number }} one @param {{ width: number, height: number }} other */
function same(one, other) {
  return Math.round(one.width) === Math.round(other.width) && Math.round(one.height) === Math.round(other.height);
}

/** @param {Ink} ink */
function lastTime(ink) {
  return ink.strokes.at(-1)?.at(-1)?.[3] ?? 0;
}

/** @returns {typeof PEN & { compositeOperation: GlobalCompositeOperation }} */
function options() {
  return { ...PEN, compositeOperation: "source-over" };
}

customElements.define("ink-pad", InkPad);
