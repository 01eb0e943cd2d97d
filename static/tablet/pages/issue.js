// One issue in the owner's words: one sentence, then its kind, how urgent, and whether it was answered on the spot.

import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { complaint, section, segments, sentencesField, tick } from "../parts/bits.js";
import { beforeCamera, keepPhotoIn } from "../parts/camera.js";
import { categoryChoice, departmentWords, isLeaf, pathTo } from "../parts/categories.js";
import { elsewhere, foot, screen, topBar, wayBack } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { cameraButton, photoRow } from "../parts/photos.js";
import { question } from "../parts/sheet.js";
import { savedChip } from "../parts/state.js";
import { day } from "../parts/when.js";
import { gradeWords, natureWords, urgencyWords } from "../parts/words.js";
import { liableAt } from "../statement.js";
import { gapOf } from "../visit_kept.js";

/** @typedef {import("../types.js").IssueRaised} IssueRaised */
/** @typedef {import("../visit_kept.js").VisitKept} VisitKept */
/** @typedef {import("../app.js").App} App */

/** @type {import("../types.js").Urgency[]} */
const URGENCIES = ["ordinary", "urgent", "major"];
/** @type {import("../types.js").Grade[]} */
const GRADES = ["ordinary", "important", "major"];
/** @type {import("../types.js").Nature[]} */
const NATURES = ["attitude", "quality", "delay", "charges", "safety", "environment", "neighbours", "other"];

/** @type {import("../routes.js").PageMaker} */
export async function issuePage(app, { unit: id, issue: issueId, lacks = "" }) {
  const found = await app.visit(id);
  if (!found?.issue(issueId)) return elsewhere(app, `visit/${id}`);
  if (found.phase === "officer") return elsewhere(app, `visit/${id}/officer`);
  const kept = found;
  const estate = app.engine.estate(kept.draft.estate_id);
  const back = `visit/${id}`;
  const unit = await app.engine.unit(id);
  const choice = categoryChoice({
    estate: () => estate,
    chosen: () => issue().category,
    pick: (code) =>
      change((one) => {
        one.category = code;
      }),
    redraw: () => app.redraw(),
  });
  // Whoever was sent here for what is missing sees where it is missing.
  let asked = lacks !== "";
  let photoTrouble = "";

  function issue() {
    return /** @type {IssueRaised} */ (kept.issue(issueId));
  }

  /** @param {(issue: IssueRaised) => void} change */
  function change(change) {
    return kept.change(() => change(issue()));
  }

  /** @param {Event} event */
  function done(event) {
    const gap = gapOf(issue());
    if (!gap) return;
    event.preventDefault();
    asked = true;
    if (gap === "category") choice.begin();
    app.redraw();
    showGap(gap);
  }

  return {
    title: _("Issue"),
    arrived: () => lacks && showGap(lacks),
    leave: () => {
      // Shown anew, this page goes on with the same line, that may still be empty.
      if (!app.path.startsWith(`${back}/issue/`)) kept.dropEmptyIssues();
    },
    view: () => {
      const one = kept.issue(issueId);
      if (!one) return html``;
      const number = kept.draft.issues.indexOf(one) + 1;
      return screen({
        top: topBar({
          lead: wayBack(back),
          title: _("Issue %(number)s", { number }),
          look: "at-unit",
          aside: savedChip(kept),
        }),
        body: html`${sentence(one)}${kind(one)}${urgency(one)}${asComplaint(one)}${answer(one)}`,
        foot: foot(html`<button type="button" class="btn danger side" @click=${() => askToRemove(one)}>${icon("trash")}${_("Remove")}</button>
          <a class="btn primary big" href="#/${back}" @click=${done}>${icon("check")}${_("Done")}</a>`),
      });
    },
  };

  /** @param {IssueRaised} one */
  function sentence(one) {
    return html`<div class="card col" data-part="text">
      <label class="field">
        <span>${_("What does the owner say?")}</span>
        <textarea
          class="input"
          rows="2"
          maxlength="4000"
          ?autofocus=${!one.text}
          aria-invalid=${asked && !one.text.trim() ? "true" : "false"}
          placeholder=${_("One sentence, in the owner's words")}
          .value=${one.text}
          @input=${(/** @type {InputEvent} */ event) =>
            change((mine) => {
              mine.text = /** @type {HTMLTextAreaElement} */ (event.target).value;
            })}
        ></textarea>
      </label>
      ${complaint(asked && !one.text.trim() ? lackWords("text") : "")}
      ${photoRow(app.engine, one.photos, (photo) => removePhoto(photo))}
      <div class="row wrap">
        ${cameraButton({
          words: one.photos.length ? _("Another photo") : _("Take a photo"),
          before: () => beforeCamera(app, kept),
          take: async (file) => {
            photoTrouble = await keepPhoto(app, kept, issueId, file);
            app.redraw();
          },
        })}
      </div>
      ${complaint(photoTrouble, "photo-complaint")}
    </div>`;
  }

  /** @param {IssueRaised} one */
  function kind(one) {
    const path = pathTo(estate, one.category);
    return section(
      _("Category"),
      html`<div class="col" data-part="category">
        ${choice.view()}${complaint(asked && !isLeaf(path) ? lackWords("category") : "", "category-complaint")}
      </div>`,
    );
  }

  /** @param {IssueRaised} one */
  function urgency(one) {
    return section(
      _("How urgent"),
      segments({
        label: _("How urgent"),
        value: one.urgency,
        options: URGENCIES.map((value) => ({
          value,
          words: urgencyWords(value),
          tone: value === "urgent" ? "late" : value === "major" ? "wait" : "",
        })),
        pick: (value) =>
          change((mine) => {
            mine.urgency = value;
          }),
      }),
    );
  }

  /** One tap makes it a complaint; of what nature and how grave is put right beside it. @param {IssueRaised} one */
  function asComplaint(one) {
    const made = one.complaint;
    return section(
      _("Complaint"),
      html`<div class="card col" data-part="complaint">
        ${tick(_("This is a complaint"), Boolean(made), (on) =>
          change((mine) => {
            mine.complaint = on ? { nature: "other", grade: "ordinary" } : undefined;
          }),
        )}
        ${made ? html`<p class="muted">${_("It has its own record and a shorter limit. Only the owner's signature closes it.")}</p>` : nothing}
        ${
          made
            ? html`<p class="label" aria-hidden="true">${_("How serious")}</p>
              ${segments({
                label: _("How serious"),
                value: made.grade,
                options: GRADES.map((value) => ({
                  value,
                  words: gradeWords(value),
                  tone: value === "major" ? "late" : value === "important" ? "wait" : "",
                })),
                pick: (value) => change((mine) => complained(mine, { grade: value })),
              })}`
            : nothing
        }
        ${
          made
            ? html`<p class="label" aria-hidden="true">${_("Nature")}</p>
              ${segments({
                label: _("Nature"),
                value: made.nature,
                options: NATURES.map((value) => ({ value, words: natureWords(value) })),
                pick: (value) => change((mine) => complained(mine, { nature: value })),
              })}`
            : nothing
        }
      </div>`,
    );
  }

  /** @param {IssueRaised} mine @param {Partial<import("../types.js").Complaint>} part */
  function complained(mine, part) {
    mine.complaint = { nature: "other", grade: "ordinary", ...mine.complaint, ...part };
  }

  /** @param {IssueRaised} one */
  function answer(one) {
    const where = estate && unit && liableAt(estate, unit, kept.draft);
    const department = departmentWords(pathTo(estate, one.category), where);
    return section(
      _("What happens with it"),
      html`<div class="col" data-part="answer">
        ${segments({
          label: _("What happens with it"),
          value: one.answered ? "answered" : "routed",
          options: [
            { value: "answered", words: _("Answered on the spot"), icon: "checks", tone: "good" },
            {
              value: "routed",
              words: department ? _("Route to %(department)s", { department }) : _("Route to a department"),
              icon: "send",
              tone: "wait",
            },
          ],
          pick: (value) =>
            change((mine) => {
              mine.answered = value === "answered";
            }),
        })}
        ${one.answered ? answerField(one) : promised(one)}
      </div>`,
    );
  }

  /** @param {IssueRaised} one */
  function answerField(one) {
    return html`${sentencesField({
      label: _("The answer given"),
      placeholder: _("The answer given, or what was done at once"),
      wrong: asked && !one.answer.trim(),
      value: one.answer,
      write: (said) =>
        change((mine) => {
          mine.answer = said;
        }),
    })}
      ${complaint(asked && !one.answer.trim() ? lackWords("answer") : "", "answer-complaint")}`;
  }

  /** @param {IssueRaised} one */
  function promised(one) {
    const by = one.promised_on || app.engine.promisedOn(kept.draft.estate_id, one.urgency);
    return html`<p class="row">
        ${icon("calendar-due", "is-wait")}<span>${_("Promise the owner a first answer by %(day)s.", { day: day(by) })}</span>
      </p>
      <div data-part="report-up">
        ${tick(_("I cannot solve this: report it to supervisor and manager at once"), Boolean(one.report_up), (on) =>
          change((mine) => {
            mine.report_up = on || undefined;
          }),
        )}
      </div>`;
  }

  /** @param {import("../types.js").Photo} photo */
  async function removePhoto(photo) {
    const at = issue().photos.indexOf(photo);
    if (at < 0) return;
    await change((one) => {
      one.photos.splice(at, 1);
    });
    app.say(_("Photo removed"), () =>
      change((one) => {
        one.photos.splice(at, 0, photo);
      }),
    );
  }

  /** @param {IssueRaised} one */
  function askToRemove(one) {
    if (!one.text.trim() && !one.photos.length) {
      remove(one);
      return;
    }
    app.openSheet(() =>
      question({
        title: _("Remove this issue?"),
        words: one.text,
        answers: [
          { words: _("Keep it"), look: "primary", act: () => app.closeSheet() },
          { words: _("Remove"), icon: "trash", look: "danger", act: () => remove(one) },
        ],
      }),
    );
  }

  /** @param {IssueRaised} one */
  async function remove(one) {
    const at = kept.draft.issues.indexOf(one);
    // Gone with the tap before.
    if (at < 0) return;
    await kept.change((draft) => {
      draft.issues.splice(at, 1);
    });
    await app.replace(back);
    app.say(_("Issue removed"), () =>
      kept.change((draft) => {
        draft.issues.splice(at, 0, one);
      }),
    );
  }
}

/** What is missing comes into view, ready to be written. @param {string} gap */
function showGap(gap) {
  const part = document.querySelector(`[data-part="${gap}"]`);
  part?.scrollIntoView({ block: "center" });
  /** @type {HTMLElement | null | undefined} */ (part?.querySelector("textarea, button"))?.focus({
    preventScroll: true,
  });
}

/** What an issue still needs. @param {NonNullable<ReturnType<typeof gapOf>>} gap */
function lackWords(gap) {
  if (gap === "text") return _("One sentence is needed.");
  if (gap === "category") return _("Choose a category: it says who takes care of it.");
  return _("What was answered? The owner will read it.");
}

/**
 * @param {App} app
 * @param {VisitKept} kept
 * @param {string} issueId
 * @param {File} file
 * @returns {Promise<string>} why it could not be kept; "" if it was
 */
export function keepPhoto(app, kept, issueId, file) {
  return keepPhotoIn(app, kept, () => kept.issue(issueId)?.photos, file);
}
