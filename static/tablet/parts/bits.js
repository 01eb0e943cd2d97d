// Small pieces that many screens share: chips, section heads, steps, segments, empty places.

import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { icon } from "./icon.js";

/** @typedef {import("lit").TemplateResult | typeof nothing | string | number} Piece */
/** @typedef {"" | "wait" | "late" | "good" | "info" | "brand"} Tone */

/**
 * @param {Piece} words
 * @param {Tone} [tone]
 * @param {string} [iconName]
 */
export function chip(words, tone = "", iconName = "") {
  return html`<span class="chip ${tone}">${iconName ? icon(iconName) : nothing}<span>${words}</span></span>`;
}

/**
 * What is due, and first how late it is.
 * @param {string} words
 * @param {import("../types.js").TaskRow[]} tasks
 * @param {string} iconName
 * @param {Tone} [tone] while it is not late
 */
export function dueChip(words, tasks, iconName, tone = "") {
  const late = Math.max(...tasks.map((task) => task.overdueDays));
  if (late > 0) return chip(_("%(what)s · %(days)s d overdue", { what: words, days: late }), "late", iconName);
  return chip(words, tone, iconName);
}

/**
 * A part of a page under its own heading.
 * @param {string} title
 * @param {Piece} content
 * @param {Piece} [aside] at the right of the heading
 */
export function section(title, content, aside = nothing) {
  return html`<section class="section">
    <div class="section-head"><h2>${title}</h2><span class="num">${aside}</span></div>
    ${content}
  </section>`;
}

/**
 * A few choices of which one holds.
 * @template {string} V
 * @param {object} choice
 * @param {string} choice.label for those who cannot see it
 * @param {V | ""} choice.value
 * @param {{ value: V, words: Piece, icon?: string, tone?: Tone }[]} choice.options
 * @param {(value: V) => void} choice.pick
 * @param {boolean} [choice.disabled]
 */
export function segments({ label, value, options, pick, disabled = false }) {
  return html`<div class="segments" role="radiogroup" aria-label=${label} @keydown=${arrowKeys}>
    ${options.map(
      (option, at) => html`<button
        type="button"
        role="radio"
        class="btn choice ${option.tone ?? ""}"
        aria-checked=${option.value === value ? "true" : "false"}
        tabindex=${option.value === value || (at === 0 && !options.some((one) => one.value === value)) ? "0" : "-1"}
        ?disabled=${disabled}
        @click=${() => pick(option.value)}
      >
        ${option.icon ? icon(option.icon) : nothing}${option.words}
      </button>`,
    )}
  </div>`;
}

/**
 * Arrow keys walk through a radio group, as the role promises.
 * @param {KeyboardEvent} event
 */
export function arrowKeys(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const group = /** @type {HTMLElement} */ (event.currentTarget);
  const radios = /** @type {HTMLElement[]} */ ([...group.querySelectorAll('[role="radio"]')]);
  const here = radios.indexOf(/** @type {HTMLElement} */ (event.target));
  if (!step || here < 0) return;
  event.preventDefault();
  const next = radios[(here + step + radios.length) % radios.length];
  next.focus();
  next.click();
}

/**
 * A few sentences, no more than the office takes.
 * @param {object} field
 * @param {string} field.label for those who cannot see it
 * @param {string} [field.placeholder]
 * @param {string} field.value
 * @param {(value: string) => void} field.write
 * @param {number} [field.rows]
 * @param {boolean} [field.wrong]
 */
export function sentencesField({ label, placeholder = label, value, write, rows = 2, wrong = false }) {
  return html`<textarea
    class="input"
    rows=${rows}
    maxlength="4000"
    aria-label=${label}
    aria-invalid=${wrong ? "true" : "false"}
    placeholder=${placeholder}
    .value=${value}
    @input=${(/** @type {InputEvent} */ event) => write(/** @type {HTMLTextAreaElement} */ (event.target).value)}
  ></textarea>`;
}

/**
 * Something to tick off.
 * @param {string} words
 * @param {boolean} ticked
 * @param {(ticked: boolean) => void} change
 */
export function tick(words, ticked, change) {
  return html`<button type="button" class="tick" role="checkbox" aria-checked=${ticked ? "true" : "false"} @click=${() => change(!ticked)}>
    ${icon(ticked ? "circle-check" : "circle")}${words}
  </button>`;
}

/**
 * An empty place that teaches what will stand here.
 * @param {string} iconName
 * @param {string} title
 * @param {string} words
 * @param {Piece} [button]
 */
export function empty(iconName, title, words, button = nothing) {
  return html`<div class="empty">
    ${icon(iconName)}
    <p class="name">${title}</p>
    <p>${words}</p>
    ${button}
  </div>`;
}

/**
 * What is wrong, in words, told to screen readers as it appears.
 * @param {string} words "" for nothing wrong
 * @param {string} [id] for aria-describedby
 */
export function complaint(words, id = "complaint") {
  return html`<p class="complaint" id=${id} role="alert" ?hidden=${!words}>${words ? icon("alert-circle") : nothing}<span>${words}</span></p>`;
}

/** The way on until the end of what is to be signed has been read. @param {import("../i18n.js").Gettext} _ in the reader's language */
export function readOn(_) {
  return html`<button type="button" class="btn primary big" @click=${scrollOn}>${icon("arrow-down")}${_("Read on")}</button>`;
}

function scrollOn() {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scrollBy({ top: innerHeight * 0.6, behavior: calm ? "auto" : "smooth" });
}
