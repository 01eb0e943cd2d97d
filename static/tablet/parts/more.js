// Long lists are drawn as far as one has scrolled: a screen shows ten rows of hundreds.

import { html } from "lit";
import { icon } from "./icon.js";

const NEAR = 2; // screens

/**
 * Calls `showMore` whenever the button of `moreButton` comes near the screen.
 * @param {() => void} showMore
 * @returns {() => void} stop watching
 */
export function whenNearTheEnd(showMore) {
  const look = () => {
    const end = document.querySelector("[data-more]")?.getBoundingClientRect().top;
    if (end !== undefined && end < innerHeight * NEAR) showMore();
  };
  addEventListener("scroll", look, { passive: true });
  return () => removeEventListener("scroll", look);
}

/**
 * At the end of what is drawn, for whoever does not scroll.
 * @param {string} words
 * @param {() => void} showMore
 */
export function moreButton(words, showMore) {
  return html`<button type="button" class="btn ghost" data-more @click=${() => goOnWithNew(showMore)}>${icon("arrow-down")}${words}</button>`;
}

/**
 * Whoever works by keyboard, or hears the screen, goes on with the first thing that came: what they pressed is gone.
 * @param {() => void} draw  more rows below those that stand there
 */
export function goOnWithNew(draw) {
  const before = new Set(rows());
  draw();
  const first = rows().find((row) => !before.has(row));
  if (!first) return;
  const way = first.querySelector(":scope > a, :scope > button");
  if (!way) first.tabIndex = -1;
  /** @type {HTMLElement} */ (way ?? first).focus({ preventScroll: true });
}

const rows = () => /** @type {HTMLElement[]} */ ([...(globalThis.document?.querySelectorAll(".list > li") ?? [])]);
