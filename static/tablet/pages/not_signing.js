// The owner does not sign: refused with a reason, or cannot write.

import { html } from "lit";
import { complaint, sentencesField } from "../parts/bits.js";
import { icon } from "../parts/icon.js";
import { tagOf } from "./take_back.js";

/** @typedef {import("../i18n.js").Gettext} Gettext */

/**
 * @param {import("../app.js").App} app
 * @param {import("../visit_kept.js").VisitKept} kept
 * @param {Gettext} _ in the owner's language
 * @returns {() => import("lit").TemplateResult} for `openSheet`
 */
export function refusalSheet(app, kept, _) {
  let step = "choose";
  let note = "";
  let asked = false;

  /** @param {string} to */
  function goTo(to) {
    step = to;
    asked = false;
    app.redraw();
  }

  async function confirm() {
    if (!note.trim()) {
      asked = true;
      app.redraw();
      return /** @type {HTMLElement | null} */ (document.querySelector(".owner-sheet textarea"))?.focus();
    }
    // Before it is drawn: where the owner's summary ended, no witness has read theirs.
    app.closeSheet();
    scrollTo(0, 0);
    await kept.notSigned({ reason: step === "refused" ? "refused" : "cannot_write", note: note.trim() });
  }

  async function mark() {
    await kept.beginMark();
    app.closeSheet();
    // What is asked for a mark stands below what was read: it comes up, whatever was looked at before.
    requestAnimationFrame(() => document.querySelector(".sign-head")?.scrollIntoView({ block: "start" }));
  }

  return () =>
    html`<div class="owner-sheet col loose" lang=${tagOf(kept)}>${step === "choose" ? choose() : why()}</div>`;

  function choose() {
    return html`<h2 id="sheet-title">${_("Not signing")}</h2>
      <p>${_("What was said is kept and followed all the same.")}</p>
      <div class="col">
        <button type="button" class="btn wide" @click=${mark}>
          ${icon("writing-sign")}<span class="grow">${_("I cannot write: make a mark, with a witness")}</span>
        </button>
        <button type="button" class="btn wide" @click=${() => goTo("refused")}>
          ${icon("ban")}<span class="grow">${_("I do not want to sign")}</span>
        </button>
        <button type="button" class="btn wide" @click=${() => goTo("cannot")}>
          ${icon("hand-off")}<span class="grow">${_("Neither signature nor mark is possible")}</span>
        </button>
        <button type="button" class="btn ghost" @click=${() => app.closeSheet()}>${_("Back to signing")}</button>
      </div>`;
  }

  function why() {
    const reasons =
      step === "refused"
        ? [_("I do not agree with what is written"), _("I want to think it over"), _("I never sign on a screen")]
        : [_("Injured hand"), _("Cannot see well"), _("Talked through the closed door")];
    return html`<h2 id="sheet-title">${step === "refused" ? _("Why do you not want to sign?") : _("Why is it not possible?")}</h2>
      <div class="chips" role="group" aria-label=${_("Reasons")}>
        ${reasons.map(
          (
            reason,
          ) => html`<button type="button" class="chip filter" aria-pressed=${note === reason ? "true" : "false"} @click=${() => say(reason)}>
            ${reason}
          </button>`,
        )}
      </div>
      ${sentencesField({ label: _("Reason"), placeholder: _("Reason, in a few words"), value: note, write: say, wrong: asked && !note.trim() })}
      ${complaint(asked && !note.trim() ? _("Please give a reason.") : "", "reason-complaint")}
      <div class="foot-row">
        <button type="button" class="btn side" @click=${() => goTo("choose")}>${_("Back")}</button>
        <button type="button" class="btn primary big" @click=${confirm}>${_("Finish without a signature")}</button>
      </div>`;
  }

  /** @param {string} words */
  function say(words) {
    note = words;
    app.redraw();
  }
}
