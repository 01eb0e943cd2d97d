// What the owner said, as the statement has it: to the callbacks, and what is new.

import { html, nothing } from "lit";
import { chip } from "./bits.js";
import { photoRow } from "./photos.js";
import { surveysSaid } from "./survey_said.js";
import { answerWords, othersWords, saidWords, toldWords, unsignedWords } from "./told.js";
import { day } from "./when.js";
import { dotted, gradeWords, natureWords } from "./words.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../types.js").Statement} Statement */
/** @typedef {import("../types.js").StatementIssue} StatementIssue */
/** @typedef {import("../i18n.js").Gettext} Gettext */

/**
 * The words of whoever reads it: the owner is spoken to, a witness is told of the owner.
 * @typedef {object} Reader
 * @property {(_: Gettext) => string} before
 * @property {(_: Gettext) => string} raised
 * @property {typeof answerWords} answer
 * @property {(reason: string, _: Gettext) => string} reason
 * @property {(nature: string, _: Gettext) => string} nature
 * @property {(issue: StatementIssue, locale: import("../types.js").Locale, _: Gettext) => string} follows
 */

/** What became of each survey's sheet. @param {App} app @param {Statement} statement @param {Gettext} _ @param {Reader} [reader] */
export const surveys = (app, statement, _, reader = spokenTo(statement)) =>
  surveysSaid(app, statement, _, reader === WITNESS);

/** @type {Reader} */
const OWNER = {
  before: (_) => _("What you raised before"),
  raised: (_) => _("What you raised this time"),
  answer: answerWords,
  reason: (reason, _) => _("Your reason: %(reason)s", { reason }),
  nature: (nature, _) => _("Your complaint: %(nature)s", { nature }),
  follows: whoDoesWhat,
};

/** @type {Reader} */
const OTHER = { ...OWNER, answer: othersWords };

/** That something is done by it is said to an owner who signs, and to nobody else. @param {Statement} statement @returns {Reader} */
export const spokenTo = ({ interviewee, visit }) =>
  interviewee.relation === "owner" && visit.method !== "phone" ? OWNER : OTHER;

/** @type {Reader} */
export const UNSIGNED = { ...OWNER, answer: unsignedWords };

/** @type {Reader} */
export const WITNESS = {
  before: (_) => _("What the owner raised before"),
  raised: (_) => _("What the owner raised this time"),
  answer: saidWords,
  reason: (reason, _) => _("The owner: %(reason)s", { reason }),
  nature: (nature, _) => _("The owner's complaint: %(nature)s", { nature }),
  follows: (issue, locale, _) =>
    issue.answered
      ? _("answered on the spot: %(answer)s", { answer: issue.answer })
      : dotted(
          issue.department && _("to %(department)s", { department: issue.department }),
          _("answer promised by %(day)s", { day: day(issue.promised_on, locale) }),
        ),
};

/** @param {App} app @param {Statement} statement @param {Gettext} _ @param {Reader} [reader] */
export function callbacks(app, statement, _, reader = spokenTo(statement)) {
  const { callbacks: all, photos, locale } = statement;
  if (!all.length) return nothing;
  return html`<div class="owner-part">
    <h2>${reader.before(_)}</h2>
    <ul class="owner-list">
      ${all.map(
        (callback) => html`<li>
          <div class="owner-line">
            <span>${callback.text}</span>
            ${chip(...reader.answer(callback, _))}
          </div>
          ${[
            callback.told ? toldWords(callback.told, locale, _) : doneWords(callback, locale, _),
            callback.reason && reader.reason(callback.reason, _),
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

/**
 * What was done, by whom, and of a work order when.
 * @param {import("../types.js").StatementCallback} callback
 * @param {import("../types.js").Locale} locale
 * @param {Gettext} _
 */
const doneWords = ({ measure, done_on }, locale, _) =>
  dotted(measure, done_on && _("done %(day)s", { day: day(done_on, locale) }));

/** @param {App} app @param {Statement} statement @param {Gettext} _ @param {Reader} [reader] */
export function issues(app, statement, _, reader = spokenTo(statement)) {
  const { issues: all, photos, locale } = statement;
  if (!all.length) return html`<div class="owner-part"><h2>${reader.raised(_)}</h2><p>${_("Nothing new.")}</p></div>`;
  return html`<div class="owner-part">
    <h2>${reader.raised(_)}</h2>
    <ol class="owner-list">
      ${all.map(
        (issue) => html`<li class="numbered">
          <span class="num">${issue.n}.</span>
          <div class="owner-line">
            <span>${issue.text}</span>
            ${issue.complaint ? chip(gradeWords(issue.complaint.grade, _), "late", "message-report") : nothing}
            ${issue.answered ? chip(...reader.answer({ answer: "satisfied" }, _)) : nothing}
          </div>
          ${issue.complaint ? html`<p class="muted small">${reader.nature(natureWords(issue.complaint.nature, _), _)}</p>` : nothing}
          <p class="muted small">${_("%(category)s: %(what)s", { category: issue.category, what: reader.follows(issue, locale, _) })}</p>
          ${photoRow(
            app.engine,
            photos.filter((photo) => photo.issue_id === issue.id),
          )}
        </li>`,
      )}
    </ol>
  </div>`;
}

/** @param {StatementIssue} issue @param {import("../types.js").Locale} locale @param {Gettext} _ */
export function whoDoesWhat(issue, locale, _) {
  if (issue.answered) return _("answered on the spot: %(answer)s", { answer: issue.answer });
  const by = day(issue.promised_on, locale);
  if (!issue.department) return _("We take care of it and answer you by %(day)s", { day: by });
  return _("%(department)s takes care of it and answers you by %(day)s", { department: issue.department, day: by });
}
