// One icon of the sprite.

import { html } from "lit";

const SPRITE = new URL("../../vendor/icons.svg", import.meta.url).pathname;

/**
 * Always beside words: a screen reader passes it by.
 * @param {string} name Tabler icon name, listed in static/icons.json
 * @param {string} [look] further classes
 */
export function icon(name, look = "") {
  return html`<svg class="icon ${look}" aria-hidden="true"><use href="${SPRITE}#${name}"></use></svg>`;
}
