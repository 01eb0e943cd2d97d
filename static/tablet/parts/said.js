// What the owner said, as the statement has it: to the callbacks, and what is new.

import { html, nothing } from "lit";
import { chip } from "./bits.js";
import { photoRow } from "./photos.js";
import { answerWords, toldWords } from "./told.js";
import { day } from "./when.js";
import { gradeWords, natureWords } from "./words.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../types.js").Statement} Statement */
/** @typedef {import("../i18n.js").Gettext} Gettext */

/** @param {App} app @param {Statement} statement @param {Gettext} _ */
export function callbacks(app, { callbacks: all, photos, locale }, _) {
  if (!all.length) return nothing;
  return html`<div class="owner-part">
    <h2>${_("What you asked for before")}</h2>
    <ul class="owner-list">
      ${all.map(
        (callback) => html`<li>
          <div class="owner-line">
            <span>${callback.text}</span>
            ${chip(...answerWords(callback, _))}
          </div>
          ${[
            callback.told ? toldWords(callback.told, locale, _) : callback.measure,
            callback.reason && _("Your reason: %(reason)s", { reason: callback.reason }),
          ]
            .filter(Boolean)
            .map((line) => html`<p class="muted small">${line}</p>`)}
          ${photoRow(
            app.engine,
            photos.filter((photo) => photo.issue_id === callback.issue_id),
          )}
        </li>`,
      )}
    </ul>
  </div>`;
}

/** @param {App} app @param {Statement} statement @param {Gettext} _ */
export function issues(app, { issues: all, photos, locale }, _) {
  if (!all.length)
    return html`<div class="owner-part"><h2>${_("What you raised this time")}</h2><p>${_("Nothing new.")}</p></div>`;
  return html`<div class="owner-part">
    <h2>${_("What you raised this time")}</h2>
    <ol class="owner-list">
      ${all.map(
        (issue) => html`<li class="numbered">
          <span class="num">${issue.n}.</span>
          <div class="owner-line">
            <span>${issue.text}</span>
            ${issue.complaint ? chip(gradeWords(issue.complaint.grade, _), "late", "message-report") : nothing}
            ${issue.answered ? chip(_("You: satisfied, done"), "good", "mood-happy") : nothing}
          </div>
          ${issue.complaint ? html`<p class="muted small">${_("Your complaint: %(nature)s", { nature: natureWords(issue.complaint.nature, _) })}</p>` : nothing}
          <p class="muted small">${_("%(category)s: %(what)s", { category: issue.category, what: whoDoesWhat(issue, locale, _) })}</p>
          ${photoRow(
            app.engine,
            photos.filter((photo) => photo.issue_id === issue.id),
          )}
        </li>`,
      )}
    </ol>
  </div>`;
}

/** @param {import("../types.js").StatementIssue} issue @param {import("../types.js").Locale} locale @param {Gettext} _ */
export function whoDoesWhat(issue, locale, _) {
  if (issue.answered) return _("answered on the spot: %(answer)s", { answer: issue.answer });
  return _("%(department)s takes care of it and answers you by %(day)s", {
    department: issue.department,
    day: day(issue.promised_on, locale),
  });
}
