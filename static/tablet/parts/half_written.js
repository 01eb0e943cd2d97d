// What is written on a page without a draft and not saved: the way back to it, and the way to be rid of it.

import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { icon } from "./icon.js";
import { dotted } from "./words.js";

/** @typedef {import("../app.js").App} App */

/** One line for each, among what waits. @param {App} app */
export function halfWritten(app) {
  return app.engine.halfWritten().map((page) => {
    const words = wordsOf(app, page);
    if (!words) return nothing;
    return html`<a class="card row wait" href="#/${page}" data-testid="half-written">
      ${icon("pencil", "large is-wait")}
      <span class="grow">${words}</span>
      ${icon("chevron-right")}
    </a>`;
  });
}

/** @param {App} app @param {string} page @returns {string} "" where its page cannot be made any more */
function wordsOf({ engine }, page) {
  const [, id, what] = page.split("/");
  if (what === "add") {
    const visit = engine.records().find(({ opId }) => opId === id);
    return visit
      ? _("A note on the visit at %(place)s is not saved yet.", { place: dotted(visit.unitNumber, visit.name) })
      : "";
  }
  const unit = engine.unitRow(id);
  if (!unit) return "";
  const place = dotted(unit.number, unit.name);
  if (what === "call") return _("What came of a call to %(place)s is not saved yet.", { place });
  if (what === "correct") return _("A correction for %(place)s is not saved yet.", { place });
  return _("That nobody was met at %(place)s is not saved yet.", { place });
}

/**
 * At the end of such a page, once something is written there.
 * @param {App} app
 * @param {import("../jotted.js").Jotted<any>} jotted
 * @param {() => void} [changed]  what else shows it
 */
export function dropWritten(app, jotted, changed = () => {}) {
  if (jotted.isBlank) return nothing;
  /** @param {() => unknown} change */
  const doing = (change) => {
    change();
    changed();
    app.redraw();
  };
  const drop = () => {
    const back = jotted.drop();
    app.say(_("Dropped"), () => doing(back));
  };
  return html`<button type="button" class="btn ghost danger put-away" @click=${() => doing(drop)}>${icon("trash")}${_("Drop what is written here")}</button>`;
}
