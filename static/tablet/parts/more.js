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
  return html`<button type="button" class="btn ghost" data-more @click=${showMore}>${icon("arrow-down")}${words}</button>`;
}
