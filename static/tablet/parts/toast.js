// One line that says what was just done, with a way back.

import { html, nothing } from "lit";
import { _ } from "../i18n.js";

/** @param {string} words @param {(() => unknown) | undefined} undo */
export function toast(words, undo) {
  return html`<div class="toast" role="status">
    <span>${words}</span>
    ${undo ? html`<button type="button" class="btn" @click=${undo}>${_("Undo")}</button>` : nothing}
  </div>`;
}
