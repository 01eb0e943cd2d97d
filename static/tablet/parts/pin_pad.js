// Large keys for a PIN; a keyboard works too.

import { html } from "lit";
import { inWords } from "../errors.js";
import { _ } from "../i18n.js";
import { complaint } from "./bits.js";
import { icon } from "./icon.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
export const PIN_LEAST = 6;
const PIN_MOST = 12;

/** What has been typed, and what to do with it. */
export class PinEntry {
  value = "";
  trouble = "";
  busy = false;

  /**
   * @param {(pin: string) => Promise<unknown>} done may throw; its message is shown
   * @param {() => void} redraw
   */
  constructor(done, redraw) {
    this.done = done;
    this.redraw = redraw;
  }

  /** @param {string} digit */
  type(digit) {
    if (this.busy || this.value.length >= PIN_MOST) return;
    this.value += digit;
    this.trouble = "";
    this.redraw();
  }

  erase() {
    this.value = this.value.slice(0, -1);
    this.redraw();
  }

  async enter() {
    if (this.busy || this.value.length < PIN_LEAST) return;
    this.busy = true;
    this.redraw();
    try {
      await this.done(this.value);
    } catch (error) {
      this.trouble = inWords(error);
    }
    this.value = "";
    this.busy = false;
    this.redraw();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (/^\d$/.test(event.key)) this.type(event.key);
    else if (event.key === "Backspace") this.erase();
    else if (event.key === "Enter") this.enter();
    else return;
    event.preventDefault();
  }
}

/**
 * @param {PinEntry} entry
 * @param {string} go what the entering key says
 */
export function pinPad(entry, go) {
  const dots = Array.from({ length: Math.max(PIN_LEAST, entry.value.length) }, (_none, at) => at < entry.value.length);
  return html`<div class="col loose" @keydown=${(/** @type {KeyboardEvent} */ event) => entry.onKey(event)}>
    <div class="pin-dots" role="status" aria-label=${_("Digits entered: %(count)s", { count: entry.value.length })}>
      ${dots.map((typed) => html`<i class=${typed ? "in" : ""}></i>`)}
    </div>
    ${complaint(entry.trouble, "pin-complaint")}
    <div class="pin-keys">
      ${KEYS.map((key) => digitKey(entry, key))}
      <button type="button" class="pin-key" aria-label=${_("Erase")} data-testid="pin-erase" @click=${() => entry.erase()}>
        ${icon("backspace", "large")}
      </button>
      ${digitKey(entry, "0")}
      <button
        type="button"
        class="pin-key word go"
        data-testid="pin-enter"
        ?disabled=${entry.busy || entry.value.length < PIN_LEAST}
        @click=${() => entry.enter()}
      >
        ${go}
      </button>
    </div>
  </div>`;
}

/** @param {PinEntry} entry @param {string} digit */
function digitKey(entry, digit) {
  return html`<button type="button" class="pin-key num" data-testid="pin-${digit}" @click=${() => entry.type(digit)}>${digit}</button>`;
}
