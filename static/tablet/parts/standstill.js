// Nothing goes on here until the page is loaded anew: why, in words, and the one button.

import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { mark } from "./gate.js";
import { icon } from "./icon.js";

/**
 * @param {object} why
 * @param {string} why.title
 * @param {string} why.words
 * @param {string} [why.act]  what the button says
 * @param {() => unknown} [why.go]
 * @param {import("lit").TemplateResult | typeof nothing} [why.otherwise]  another way out
 */
export function standstill({ title, words, act = _("Reload"), go = () => location.reload(), otherwise = nothing }) {
  return html`<div class="screen">
    <main class="gate">
      <div class="gate-head">${mark()}<h1 tabindex="-1">${title}</h1><p role="status">${words}</p></div>
      <div class="foot-row">
        <button type="button" class="btn primary big" @click=${go}>${icon("refresh")}${act}</button>
      </div>
      ${otherwise}
    </main>
  </div>`;
}
