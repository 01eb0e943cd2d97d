// What the owner is asked at a visit: whether it was solved, whether they agree, whether they object to an end.

import { html, nothing } from "lit";
import { tell } from "../briefing.js";
import { isAnother, isOwners } from "../closing.js";
import { _, locale } from "../i18n.js";
import { isAboutTheEnd, lacksWords } from "../to_answer.js";
import { callUnwelcome, photosOfTheWork, whatItCanDo, whatWasSettled, whoCanAgree } from "./answers.js";
import { chip, section, segments, sentencesField } from "./bits.js";
import { beforeCamera, keepPhotoIn } from "./camera.js";
import { icon } from "./icon.js";
import { orderNumber, orderWords } from "./orders.js";
import { cameraButton, photoRow } from "./photos.js";
import { toldWords } from "./told.js";
import { day } from "./when.js";
import { dotted, gradeWords } from "./words.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../visit_kept.js").VisitKept} VisitKept */
/** @typedef {import("../types.js").IssueRow} IssueRow */
/** @typedef {import("../types.js").DraftAnswer} DraftAnswer */
/** @typedef {import("../types.js").Unit} Unit */

/** @param {App} app @param {VisitKept} kept @param {Map<string, IssueRow>} issues @param {Unit | undefined} unit */
export function callbacks(app, kept, issues, unit) {
  const answers = kept.draft.answers.filter((answer) => !answer.told);
  if (!answers.length) return nothing;
  return section(
    _("Callbacks: was it solved?"),
    html`${answers.map((answer) => callback(app, kept, answer, issues.get(answer.issue_id ?? ""), unit))}`,
    answeredOf(answers),
  );
}

/** @param {DraftAnswer[]} answers */
const answeredOf = (answers) =>
  _("%(done)s of %(all)s answered", {
    done: answers.filter((answer) => answer.answer).length,
    all: answers.length,
  });

/** Where an answer stands in the draft. @param {import("../types.js").Draft} draft @param {DraftAnswer} answer */
const mineIn = (draft, answer) =>
  draft.answers.find((one) =>
    answer.task_id ? one.task_id === answer.task_id : one.issue_id === answer.issue_id && !one.task_id,
  );

/** @param {App} app @param {VisitKept} kept @param {DraftAnswer} answer @param {IssueRow | undefined} issue @param {Unit | undefined} unit */
function callback(app, kept, answer, issue, unit) {
  const change = changing(kept, answer);
  const { order } = answer;
  const words = order?.text ?? issue?.doc.text ?? "";
  const done = order ? orderWords(order) : issue ? doneWords(issue.doc) : "";
  return html`<div class="card col" ?data-left=${!answer.answer}>
    <div class="callback">
      <div class="callback-words">
        <p><span class="name">${words}</span> ${issue?.doc.complaint ? chip(gradeWords(issue.doc.complaint), "late", "message-report") : nothing} ${answer.round > 1 ? chip(_("Round %(round)s", { round: answer.round }), "late") : nothing}</p>
        ${order ? html`<p class="muted num">${icon("tool", "line")} ${orderNumber(order)}</p>` : nothing}
        <p class="muted">${done || nothing}</p>
        ${issue ? html`${whatWasSettled(issue.doc)}${photosOfTheWork(issue.doc)}` : nothing}${callUnwelcome(app.engine.tasksAt(kept.draft.unit_id).find(({ id }) => id === answer.task_id))}
        ${whatItCanDo({ complaint: issue?.doc.complaint, order, round: answer.round, owners: isOwners(order ?? issue?.doc, unit) }, { method: kept.draft.method, relation: kept.draft.interviewee.relation, another: isAnother(kept.draft.interviewee, unit) })}
      </div>
    ${segments({
      label: words,
      value: answer.answer,
      options: [
        { value: "satisfied", words: _("Satisfied"), icon: "mood-happy", tone: "good" },
        { value: "dissatisfied", words: _("Dissatisfied"), icon: "mood-sad", tone: "late" },
      ],
      pick: (to) =>
        change((mine) => {
          mine.answer = mine.answer === to ? "" : to;
        }),
    })}
    </div>
    ${answer.answer === "dissatisfied" ? reasonField(answer, _("Why, in the owner's words"), change) : nothing}
    ${issue && kept.draft.method === "door" && (answer.answer || answer.photos?.length) ? photosAfter(app, kept, answer, issue.doc) : nothing}
  </div>`;
}

/** @param {VisitKept} kept @param {DraftAnswer} answer @returns {(change: (mine: DraftAnswer, draft: import("../types.js").Draft) => void) => unknown} */
const changing = (kept, answer) => (change) =>
  kept.change((draft) => {
    const mine = mineIn(draft, answer);
    if (mine) change(mine, draft);
  });

/** @param {DraftAnswer} answer @param {string} label @param {ReturnType<typeof changing>} change @param {boolean} [asked] */
function reasonField(answer, label, change, asked = false) {
  return sentencesField({
    label,
    wrong: asked && lacksWords(answer),
    value: answer.reason,
    write: (said) =>
      change((mine) => {
        mine.reason = said;
      }),
  });
}

/** How the work has become: taken here, a photo belongs to it. @param {App} app @param {VisitKept} kept @param {DraftAnswer} answer @param {import("../types.js").Issue} issue */
function photosAfter(app, kept, answer, issue) {
  const { photos = [] } = answer;
  const lacks = answer.answer === "satisfied" && !issue.photos_after && !photos.length;
  return html`${photoRow(app.engine, photos, (photo) => removePhoto(app, kept, answer, photo))}
    <div class="photo-after">
      ${lacks ? html`<p class="row top-aligned is-wait grow" data-testid="no-photo-after">${icon("camera-off", "line")}<span>${_("No photo shows the work done yet. Take one before you go.")}</span></p>` : nothing}
      ${cameraButton({
        words: photos.length ? _("Another photo") : _("Photo of the work done"),
        look: "btn small",
        before: () => beforeCamera(app, kept),
        take: async (file) => {
          const trouble = await keepPhotoIn(app, kept, () => photosIn(kept, answer), file);
          if (trouble) app.say(trouble);
          app.redraw();
        },
      })}
    </div>`;
}

/** A draft from before photos were taken here has no place for them yet. @param {VisitKept} kept @param {DraftAnswer} answer */
function photosIn({ draft }, answer) {
  const mine = mineIn(draft, answer);
  if (mine) mine.photos ??= [];
  return mine?.photos;
}

/** @param {App} app @param {VisitKept} kept @param {DraftAnswer} answer @param {import("../types.js").Photo} photo */
async function removePhoto(app, kept, answer, photo) {
  const change = changing(kept, answer);
  const at = photosIn(kept, answer)?.indexOf(photo) ?? -1;
  if (at < 0) return;
  await change((mine) => mine.photos?.splice(at, 1));
  app.say(_("Photo removed"), () => change((mine) => mine.photos?.splice(at, 0, photo)));
}

/**
 * What the owner is to be told here, and what they say to it.
 * @param {VisitKept} kept @param {Map<string, IssueRow>} issues @param {Unit | undefined} unit
 * @param {import("./telling.js").ScriptLine[]} tellable
 * @param {boolean} asked  for what is missing
 */
export function toTell(kept, issues, unit, tellable, asked) {
  const answers = kept.draft.answers.filter((answer) => answer.told && !isAboutTheEnd(answer));
  if (!answers.length) return nothing;
  return section(
    _("To tell the owner: do they agree?"),
    html`${answers.map((answer) => toldCard(kept, answer, issues.get(answer.issue_id ?? ""), unit, tellable, asked))}`,
    answeredOf(answers),
  );
}

/** @param {VisitKept} kept @param {DraftAnswer} answer @param {IssueRow | undefined} issue @param {Unit | undefined} unit @param {import("./telling.js").ScriptLine[]} tellable @param {boolean} asked */
function toldCard(kept, answer, issue, unit, tellable, asked) {
  const change = changing(kept, answer);
  const { told } = answer;
  if (!told) return nothing;
  const newDate = told.what === "new_date";
  const text = issue?.doc.text ?? "";
  const relation = kept.draft.interviewee.relation;
  return html`<div class="card col" data-testid="to-tell" ?data-left=${!answer.answer}>
    <div class="callback">
      <div class="callback-words">
        <p><span class="name">${text}</span> ${newDate ? chip(_("Another date"), "wait", "calendar-time") : chip(_("To be explained to the owner"), "wait", "message-2")}</p>
        <p>${toldWords(told)}</p>
        ${newDate ? nothing : whoCanAgree({ owners: isOwners(issue?.doc, unit), round: answer.round }, { relation })}
      </div>
      ${segments({
        label: text,
        value: answer.answer,
        options: [
          { value: "agreed", words: _("Agrees"), icon: "mood-happy", tone: "good" },
          { value: "disagreed", words: _("Disagrees"), icon: "mood-sad", tone: "late" },
        ],
        pick: (to) =>
          change((mine, draft) => {
            mine.answer = mine.answer === to ? "" : to;
            // Whoever answers to a new date has been told of it.
            const line = newDate && tellable.find(({ issueId }) => issueId === mine.issue_id);
            const under = line ? tellable.filter((one) => one.under === line.under) : [];
            if (line) tell(draft, [line], Boolean(mine.answer), under);
          }),
      })}
    </div>
    ${answer.answer === "agreed" && !newDate ? html`<p class="muted">${_("It goes on the list for the yearly review. It does not count as solved.")}</p>` : nothing}
    ${answer.answer === "disagreed" ? reasonField(answer, _("Why not, in the owner's words"), change, asked) : nothing}
  </div>`;
}

/** What ended within the days of objection: the owner may say that it is not right so. @param {VisitKept} kept @param {Map<string, IssueRow>} issues @param {boolean} asked */
export function ended(kept, issues, asked) {
  const answers = kept.draft.answers.filter(isAboutTheEnd);
  if (!answers.length) return nothing;
  const objected = answers.filter((answer) => answer.answer).length;
  return section(
    _("Ended lately: the owner can object"),
    html`${answers.map((answer) => endedCard(kept, answer, issues.get(answer.issue_id ?? ""), asked))}`,
    objected ? _("Objections: %(count)s", { count: objected }) : nothing,
  );
}

/** @param {VisitKept} kept @param {DraftAnswer} answer @param {IssueRow | undefined} issue @param {boolean} asked */
function endedCard(kept, answer, issue, asked) {
  const change = changing(kept, answer);
  const objects = answer.answer === "objected";
  return html`<div class="card col" data-testid="ended">
    <div class="callback">
      <div class="callback-words">
        <p class="name">${issue?.doc.text}</p>
        <p class="muted">${dotted(answer.told && toldWords(answer.told), answer.until && _("can object until %(day)s", { day: day(answer.until) }))}</p>
      </div>
      <button type="button" class="btn choice late" role="checkbox" aria-checked=${objects ? "true" : "false"}
        @click=${() =>
          change((mine) => {
            mine.answer = mine.answer ? "" : "objected";
          })}>
        ${icon("hand-stop")}${_("The owner objects")}
      </button>
    </div>
    ${objects ? reasonField(answer, _("Why not, in the owner's words"), change, asked) : nothing}
  </div>`;
}

/** What was done about it. @param {import("../types.js").Issue} issue */
export function doneWords(issue) {
  const what = issue.rectified_note || issue.measure || _("reported rectified");
  const holder = [issue.department?.[locale()], issue.responsible].filter(Boolean).join(" ");
  return dotted(what, issue.rectified_on && _("done %(day)s", { day: day(issue.rectified_on) }), holder);
}
