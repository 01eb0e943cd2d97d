// What became of a survey's sheet, as its owner reads it before they sign, or a witness; and in plain lines.

import { html, nothing } from "lit";
import { chip } from "./bits.js";
import { photoRow } from "./photos.js";
import { clock, dayAndWeekday, dayOf } from "./when.js";
import { dotted, levelWords, relationWords } from "./words.js";

/** @typedef {import("../types.js").Statement} Statement */
/** @typedef {import("../types.js").StatementSheet} StatementSheet */
/** @typedef {import("../types.js").Locale} Locale */
/** @typedef {import("../i18n.js").Gettext} Gettext */

/** @type {Record<string, import("./bits.js").Tone>} */
const TONES = { very_satisfied: "good", satisfied: "good", dissatisfied: "late", very_dissatisfied: "late" };

/** @param {import("../app.js").App} app @param {Statement} statement @param {Gettext} _ @param {boolean} ofOwner  whoever reads it is told of the owner */
export function surveysSaid(app, { surveys = [], photos, locale, officer }, _, ofOwner) {
  return surveys.map(
    (sheet) => html`<div class="owner-part" data-testid="survey-said">
      <h2>${sheet.title}</h2>
      <p class="strong">${actWords(sheet, locale, _, ofOwner)}</p>
      <p class="muted small num">${_("Sheet no. %(number)s", { number: sheet.number })}</p>
      ${sheet.purpose ? html`<p class="small prose">${_("What it is for: %(purpose)s", { purpose: sheet.purpose })}</p>` : nothing}
      ${sheet.key_items.length ? html`<p class="small">${_("What matters most:")}</p><ul class="small bulleted">${sheet.key_items.map((line) => html`<li>${line}</li>`)}</ul>` : nothing}
      ${answeredIn(sheet).map((of) => department(of, _))}${notAnswered(sheet, _)}
      ${sheet.act === "collected" ? html`<div class="owner-line"><span class="strong">${_("All in all")}</span>${level(sheet.overall, _)}</div>` : nothing}
      ${welcomeWords(sheet, _, ofOwner) ? html`<p class="small">${welcomeWords(sheet, _, ofOwner)}</p>` : nothing}
      ${photoRow(
        app.engine,
        photos.filter((photo) => photo.issue_id === sheet.sheet_id),
      )}
      ${sheet.act === "collected" && !ofOwner ? html`<p class="small muted">${_("Is something here not as you meant it? Before you sign, give the tablet back to %(name)s: it can be changed.", { name: officer.name })}</p>` : nothing}
    </div>`,
  );
}

/** @param {ReturnType<typeof answeredIn>[number]} of @param {Gettext} _ */
function department({ name, questions, opinion }, _) {
  return html`<div class="asked">
    <h3>${name}</h3>
    <ul class="owner-list" ?hidden=${!questions.length}>
      ${questions.map((one) => html`<li class="owner-line"><span>${one.text}</span>${level(one.level, _)}</li>`)}
    </ul>
    ${opinion ? html`<p class="prose">${_("About %(name)s: “%(words)s”", { name, words: opinion })}</p>` : nothing}
  </div>`;
}

/** What was not answered, said once; which questions these are unfolds. @param {StatementSheet} sheet @param {Gettext} _ */
function notAnswered({ questions }, _) {
  const left = questions.filter((one) => !isAnswered(one));
  const [all, count] = [questions.length, left.length];
  if (!count) return nothing;
  const words =
    count === all
      ? _("None of the %(all)s questions was answered", { all })
      : _("Not answered: %(count)s of %(all)s questions", { count, all });
  return html`<details class="asked" data-testid="not-answered">
    <summary><span class="strong num">${words}</span><span class="small">${_("Show the questions")}</span></summary>
    ${byDepartment(left).map((of) => html`<h3>${of.name}</h3><ul class="small bulleted">${of.questions.map(({ text }) => html`<li>${text}</li>`)}</ul>`)}
  </details>`;
}

/** @param {StatementSheet["questions"][number]} question */
const isAnswered = ({ level }) => level !== "";

/** @param {StatementSheet["overall"]} said @param {Gettext} _ */
const level = (said, _) => (said ? chip(levelWords(said, _), TONES[said] ?? "") : chip(_("not answered")));

/** Its questions by their departments, which stand in a row each. @param {StatementSheet["questions"]} questions */
function byDepartment(questions) {
  const names = [...new Set(questions.map((one) => one.department))];
  return names.map((name) => ({ name, questions: questions.filter((one) => one.department === name) }));
}

/** What was answered, department by department, with what was said of each in words. @param {StatementSheet} sheet */
function answeredIn({ questions, opinions }) {
  return byDepartment(questions).flatMap(({ name, questions: all }) => {
    const said = all.filter(isAnswered);
    const words = opinions.filter((one) => one.department === name).map(({ text }) => text);
    return said.length || words.length ? [{ name, questions: said, opinion: words.join(" ") }] : [];
  });
}

/** What became of it, in one sentence. @param {StatementSheet} sheet @param {Locale} locale @param {Gettext} _ @param {boolean} ofOwner */
function actWords({ act, filled, signed, signed_name, signed_relation, collect_at, reason }, locale, _, ofOwner) {
  const moment = collect_at && `${dayAndWeekday(dayOf(collect_at), locale)} ${clock(collect_at, locale)}`;
  switch (act) {
    case "handed_out":
      return ofOwner
        ? _("The owner received the survey's sheet. It is collected %(moment)s.", { moment })
        : _("You received the survey's sheet. We collect it %(moment)s.", { moment });
    case "put_off":
      return _("Not filled in yet. It is collected %(moment)s.", { moment });
    case "declined":
      return dotted(ofOwner ? _("The owner does not take part.") : _("You do not take part."), reason);
    default:
      if (filled !== "on_paper") return ofOwner ? _("What the owner answered") : _("What you answered");
      return signed
        ? dotted(
            _("Given back on paper, with the name %(name)s", { name: signed_name }),
            signed_relation && relationWords(signed_relation, _),
          )
        : _("Given back on paper, without a name");
  }
}

/** @param {StatementSheet} sheet @param {Gettext} _ @param {boolean} ofOwner */
function welcomeWords({ callback_welcome }, _, ofOwner) {
  if (!callback_welcome) return "";
  if (ofOwner)
    return callback_welcome === "yes" ? _("The owner may be called back.") : _("The owner wants no call back.");
  return callback_welcome === "yes" ? _("We may call you back about it.") : _("You want no call back about it.");
}

/** The same in plain lines. @param {StatementSheet} sheet @param {Locale} locale @param {Gettext} _ @returns {string[]} */
export function linesOf(sheet, locale, _) {
  const asked = answeredIn(sheet).flatMap(({ name, questions, opinion }) => [
    ...questions.flatMap((one) => (one.level ? [dotted(name, one.text, levelWords(one.level, _))] : [])),
    ...(opinion ? [dotted(name, opinion)] : []),
  ]);
  return [
    actWords(sheet, locale, _, false),
    ...asked,
    ...(sheet.overall ? [dotted(_("All in all"), levelWords(sheet.overall, _))] : []),
    welcomeWords(sheet, _, false),
  ].filter(Boolean);
}
