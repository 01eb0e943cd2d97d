// Choosing when to come again: one tap takes a proposal, or a day and a time are typed.

import { html, nothing } from "lit";
import { momentOf } from "../days.js";
import { _ } from "../i18n.js";
import { proposals } from "../next_try.js";
import { arrowKeys } from "./bits.js";
import { icon } from "./icon.js";
import { reveal } from "./reveal.js";
import { clock, comingDay, dayOf } from "./when.js";

/** @typedef {import("../next_try.js").Part} Part */
/** @typedef {import("../next_try.js").Proposal} Proposal */

/** Days ahead of which somebody can make an appointment. */
const FURTHEST = 90;
const DAY = 86_400_000;
/** Where a day and a time are typed. */
const FIELDS = ".own-time";

/** @typedef {{ choice: string, date: string, time: string }} Said  as it was tapped and typed */

/** What is chosen: a proposal, a time of one's own, or nothing. */
export class NextTry {
  #zone;
  #offered;
  #first;

  /** @type {"" | "own" | string} */
  choice = "";
  date;
  time = "";

  /**
   * @param {{ unit: import("../types.js").Unit, timeZone: string, now: number, ahead?: number, chosen?: string, said?: Said | null }} of
   *   ahead: so many days are left free before the first proposal; chosen: a moment that was taken before; said: what was
   *   being chosen before
   */
  constructor({ unit, timeZone, now, ahead = 0, chosen = "", said = null }) {
    this.#zone = timeZone;
    const from = now + ahead * DAY;
    const tries = (unit.tries ?? []).map((one) => one.at).concat(new Date(now).toISOString());
    this.#offered = proposals({ tries, now: from, timeZone, doNotDisturb: unit.do_not_disturb ?? "" });
    this.today = dayOf(new Date(now).toISOString());
    this.date = this.#first = dayOf(new Date(from).toISOString());
    if (chosen) this.#take(chosen);
    if (said && (!said.choice || said.choice === "own" || this.#offers(said.choice))) Object.assign(this, said);
  }

  /** @returns {Said | null} null for nothing */
  get said() {
    const { choice, date, time } = this;
    return choice || time || date !== this.#first ? { choice, date, time } : null;
  }

  /** @param {string} moment */
  #offers(moment) {
    return this.#offered.some(({ at }) => at === moment);
  }

  /** @param {string} chosen */
  #take(chosen) {
    if (this.#offers(chosen)) this.choice = chosen;
    else [this.choice, this.date, this.time] = ["own", dayOf(chosen), clock(chosen)];
  }

  /** @returns {string} the moment chosen; "" for none */
  get at() {
    return this.choice === "own" ? this.typed : this.choice;
  }

  /** @returns {string} the moment typed; "" while it is not whole */
  get typed() {
    const at = momentOf(this.date, this.time, this.#zone);
    return Number.isNaN(at) ? "" : new Date(at).toISOString();
  }

  /** What is wrong with a time of one's own; "" if nothing is, or if none is wanted. @returns {string} */
  get lack() {
    if (this.choice !== "own" || this.typed) return "";
    return _("Please give the day and the time, or choose no other time.");
  }

  /** Proposals to choose from, none of them a must. @param {() => void} redraw @param {string} [label] */
  offer(redraw, label = _("Next try")) {
    const options = [
      ...this.#offered.map(({ at, part }) => ({ value: at, words: `${comingDay(at, Date.now())} ${clock(at)}`, part })),
      { value: "own", words: _("Another time …"), part: /** @type {const} */ ("") },
    ];
    return html`<div class="col">
      <div class="tiles wide whens" role="radiogroup" aria-label=${label} @keydown=${arrowKeys}>
        ${options.map(
          ({ value, words, part }) => html`<button
            type="button"
            role="radio"
            class="tile low choice"
            aria-checked=${this.choice === value ? "true" : "false"}
            data-testid=${part ? "proposal" : "own-time"}
            @click=${() => {
              this.choice = this.choice === value ? "" : value;
              redraw();
              reveal(FIELDS);
            }}
          >
            ${icon(part ? "calendar-time" : "pencil")}
            <span class="num">${words}${part ? html` <span class="part">${partWords(part)}</span>` : nothing}</span>
          </button>`,
        )}
      </div>
      ${this.choice === "own" ? this.fields(redraw) : nothing}
    </div>`;
  }

  /** The day and time that somebody named. @param {() => void} redraw */
  fields(redraw) {
    return html`<div class="card two own-time">
      <label class="field">
        <span>${_("Day")}</span>
        <input
          class="input num"
          type="date"
          required
          min=${this.today}
          max=${dayOf(new Date(Date.now() + FURTHEST * DAY).toISOString())}
          .value=${this.date}
          @change=${(/** @type {Event} */ event) => {
            this.date = /** @type {HTMLInputElement} */ (event.target).value;
            redraw();
          }}
        />
      </label>
      <label class="field">
        <span>${_("Time")}</span>
        <input
          class="input num"
          type="time"
          required
          step="300"
          .value=${this.time}
          @change=${(/** @type {Event} */ event) => {
            this.time = /** @type {HTMLInputElement} */ (event.target).value;
            redraw();
          }}
        />
      </label>
    </div>`;
  }
}

/** @param {Part} part */
function partWords(part) {
  switch (part) {
    case "morning":
      return _("Morning");
    case "afternoon":
      return _("Afternoon");
    case "evening":
      return _("Evening");
    default:
      return _("Weekend");
  }
}
