// The visit, in one scroll: opening words, callbacks before new issues, what else the owner wishes.

import { html, nothing } from "lit";
import { tell, wasTold } from "../briefing.js";
import { inWords } from "../errors.js";
import { _ } from "../i18n.js";
import { forANewerApp, forTheTalk, kindOf } from "../kinds.js";
import { callbacks, ended, toTell } from "../parts/answer_cards.js";
import { chip, section, tick } from "../parts/bits.js";
import { beforeCamera } from "../parts/camera.js";
import { categoryIcon, departmentWords, isLeaf, pathTo, pathWords } from "../parts/categories.js";
import { elsewhere, foot, screen, topBar, wayBack } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { cameraButton } from "../parts/photos.js";
import { question } from "../parts/sheet.js";
import { savedChip } from "../parts/state.js";
import { surveyCards } from "../parts/survey_cards.js";
import { linesOfScript } from "../parts/telling.js";
import { clock, day } from "../parts/when.js";
import { dotted, gradeWords, methodWords, relationWords, urgencyWords, whatIsDue } from "../parts/words.js";
import { liableAt } from "../statement.js";
import { beginAgain } from "../visit_kept.js";
import { keepPhoto } from "./issue.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../visit_kept.js").VisitKept} VisitKept */
/** @typedef {import("../types.js").TaskRow} TaskRow */
/** @typedef {import("../types.js").IssueRaised} IssueRaised */
/** @typedef {import("../types.js").Estate} Estate */
/** @typedef {import("../types.js").Unit} Unit */

/** @type {import("../routes.js").PageMaker} */
export async function visitPage(app, { unit: id }) {
  const found = await app.visit(id);
  const row = app.engine.unitRow(id);
  if (!found || !row) return notBegun(app, id);
  const kept = found;
  if (kept.phase === "officer") return elsewhere(app, `visit/${id}/officer`);
  const issues = new Map((await app.engine.issuesAt(id)).map((issue) => [issue.id, issue]));
  const estate = app.engine.estate(kept.draft.estate_id);
  const unit = await app.engine.unit(id);
  const tellable = unit ? linesOfScript(app, unit, [...issues.values()]) : [];
  kept.dropEmptyIssues();
  // Whoever wanted to go on without the owner's words sees where they are missing.
  let asked = false;

  function goOn() {
    asked = kept.lacksWords();
    return handOver(app, kept, id);
  }

  return {
    title: _("Visit %(number)s", { number: row.number }),
    view: () =>
      screen({
        top: topBar({
          lead: wayBack("today", "x", _("Close; the draft stays")),
          title: dotted(row.number, kept.draft.interviewee.name || row.name),
          look: "at-unit",
          sub: _("%(how)s · begun %(time)s", {
            how: methodWords(kept.draft.method),
            time: clock(kept.draft.started_at),
          }),
          aside: savedChip(kept),
        }),
        body: html`${whoAnswers(kept, id)}${purposes(kept, app.engine.tasksAt(id))}${opening(kept, tellable)}${callbacks(app, kept, issues, unit)}${surveyCards(app, kept)}${toTell(kept, issues, unit, tellable, asked)}${ended(kept, issues, asked)}${news(kept, tellable)}${raised(app, kept, estate, unit)}${wishes(kept)}${putAway(app, kept, id)}`,
        foot: foot(html`<button type="button" class="btn primary big" ?disabled=${kept.taking} @click=${goOn}>
          ${
            kept.taking
              ? html`${icon("camera")}${_("The photo is being kept …")}`
              : kept.draft.method === "phone"
                ? html`${icon("phone")}${_("Read it out and ask for the rating")}`
                : html`${icon("device-tablet-share")}${_("Hand the tablet to the owner")}`
          }
        </button>`),
      }),
  };
}

/** No draft here: the card before the knock. @param {App} app @param {string} id */
function notBegun(app, id) {
  return elsewhere(app, app.engine.unitRow(id) ? `unit/${id}` : "today");
}

/** @param {VisitKept} kept @param {string} id */
function whoAnswers(kept, id) {
  const { name, relation } = kept.draft.interviewee;
  return html`<a class="card row choice-row" href="#/visit/${id}/who">
    ${icon("user-circle", "large muted")}
    <span class="grow">${_("Talking with")} <b class="name">${name || _("not chosen yet")}</b> <span class="muted">${name ? relationWords(relation) : nothing}</span></span>
    <span class="is-brand strong nowrap">${_("Somebody else?")}</span>
  </a>`;
}

/**
 * What this visit is for, where that is more than the planned talk: each can be left for next time and stays due.
 * @param {VisitKept} kept
 * @param {TaskRow[]} tasks
 */
function purposes(kept, tasks) {
  const talked = forTheTalk(tasks);
  const unknown = forANewerApp(tasks);
  if (talked.length < 2 && !talked.some((task) => task.title) && !unknown.length) return nothing;
  const chosen = talked.filter((task) => kept.draft.task_ids.includes(task.id));
  return section(
    _("What this visit is for"),
    html`<div class="list">
      ${talked.map((task) => purpose(kept, task, chosen.includes(task)))}
      ${unknown.map(notKnownYet)}
    </div>`,
    _("%(done)s of %(all)s this time", { done: chosen.length, all: talked.length }),
  );
}

/** @param {VisitKept} kept @param {TaskRow} task @param {boolean} chosen */
function purpose(kept, task, chosen) {
  const kind = kindOf(task).words();
  const words = dotted(task.title && kind, task.ask, !task.mine && _("With %(name)s", { name: task.assigneeName }));
  return html`<button
    type="button"
    class="item stacks purpose"
    role="checkbox"
    data-testid="purpose"
    aria-checked=${chosen ? "true" : "false"}
    @click=${() => kept.takeUp(task.id, !chosen)}
  >
    ${icon(chosen ? "circle-check" : "circle", chosen ? "large is-good" : "large muted")}
    <span class="grow"><span class="name">${task.title || kind}</span><span class="muted">${words}</span></span>
    ${chosen ? nothing : html`<span class="end">${chip(_("Next time"), "wait", "calendar-time")}</span>`}
  </button>`;
}

/** Due, but nothing that can be settled here. @param {TaskRow} task */
export function notKnownYet(task) {
  return html`<div class="item" data-testid="not-known">
    ${icon(kindOf(task).icon, "large muted")}
    <div class="grow"><p class="name">${whatIsDue(task)}</p>
      <p class="muted">${_("This app cannot do this yet. It stays due; a newer version of the app will.")}</p></div>
  </div>`;
}

/**
 * The opening words (R06). Recent work and measures are told line by line, or all at once by their own tick.
 * @param {VisitKept} kept
 * @param {import("../parts/telling.js").ScriptLine[]} tellable
 */
function opening(kept, tellable) {
  const { script } = kept.draft;
  /** @type {[keyof typeof script, string][]} */
  const lines = [
    ["introduced", _("Introduced myself")],
    ["purpose", _("Said the purpose")],
    ["recent_work", _("Recent work")],
    ["measures", _("Measures on known problems")],
  ];
  const ticked = lines.filter(([key]) => script[key]).length;
  return section(
    _("Opening words"),
    html`<div class="card ticks">
        ${lines.map(([key, words]) => tick(words, script[key], (to) => say(kept, key, to, tellable)))}
      </div>`,
    _("%(done)s of %(all)s said", { done: ticked, all: lines.length }),
  );
}

/**
 * @param {VisitKept} kept
 * @param {keyof import("../types.js").Script} key
 * @param {boolean} to
 * @param {import("../parts/telling.js").ScriptLine[]} tellable
 */
function say(kept, key, to, tellable) {
  const under = tellable.filter((one) => one.under === key);
  kept.change((draft) => {
    tell(draft, under, to, under);
    draft.script[key] = to;
  });
}

/**
 * What can be told, each to be ticked as told: long, and so after whatever waits for the owner's own answer.
 * @param {VisitKept} kept @param {import("../parts/telling.js").ScriptLine[]} tellable
 */
function news(kept, tellable) {
  if (!tellable.length) return nothing;
  /** @param {import("../parts/telling.js").ScriptLine} line @param {boolean} to */
  const told = (line, to) =>
    kept.change((draft) =>
      tell(
        draft,
        [line],
        to,
        tellable.filter(({ under }) => under === line.under),
      ),
    );
  const ticked = tellable.filter((line) => wasTold(kept.draft, line)).length;
  return section(
    _("What you tell the owner"),
    html`<div class="card told-lines" role="group" aria-label=${_("What you told")}>
      ${tellable.map((line) => tick(line.words, wasTold(kept.draft, line), (to) => told(line, to)))}
    </div>`,
    _("%(done)s of %(all)s told", { done: ticked, all: tellable.length }),
  );
}

/** @param {App} app @param {VisitKept} kept @param {Estate | undefined} estate @param {Unit | undefined} unit */
function raised(app, kept, estate, unit) {
  const id = kept.draft.unit_id;
  const { issues } = kept.draft;
  return section(
    _("Issues this time"),
    html`<div class="list">
      ${issues.map((issue) => issueRow(app, kept, issue, estate, unit))}
      <div class="item add-row">
        <button type="button" class="add" @click=${() => addIssue(app, kept, id)}>${icon("plus", "large")}<span>${issues.length ? _("One more issue") : _("Note an issue")}</span></button>
        ${cameraButton({
          words: _("Photo"),
          look: "btn small",
          before: () => beforeCamera(app, kept),
          take: async (file) => {
            const issue = kept.addIssue();
            const brought = keepPhoto(app, kept, issue.id, file);
            app.go(`visit/${id}/issue/${issue.id}`);
            const trouble = await brought;
            if (trouble) app.say(trouble);
          },
        })}
      </div>
    </div>`,
    issues.length ? _("Issues: %(count)s", { count: issues.length }) : nothing,
  );
}

/** @param {App} app @param {VisitKept} kept @param {string} id */
function addIssue(app, kept, id) {
  const issue = kept.addIssue();
  app.go(`visit/${id}/issue/${issue.id}`);
}

/** @param {App} app @param {VisitKept} kept @param {IssueRaised} issue @param {Estate | undefined} estate @param {Unit | undefined} unit */
function issueRow(app, kept, issue, estate, unit) {
  const path = pathTo(estate, issue.category);
  return html`<a class="item stacks" href="#/visit/${kept.draft.unit_id}/issue/${issue.id}">
    ${icon(categoryIcon(path), "large")}
    <div class="grow">
      <p class="name">${issue.text.trim() || _("Without words yet")}</p>
      <p class="muted">${issueWords(app, kept, issue, estate, unit)}</p>
    </div>
    <span class="end">
      ${issue.photos.length ? chip(issue.photos.length, "", "camera") : nothing}${urgencyChip(issue)}
      ${issue.complaint ? chip(gradeWords(issue.complaint.grade), "late", "message-report") : nothing}${issue.report_up && !issue.answered ? chip(_("Reported up"), "wait", "arrow-up") : nothing}${issueChip(issue, path)}
    </span>
  </a>`;
}

/** @param {App} app @param {VisitKept} kept @param {IssueRaised} issue @param {Estate | undefined} estate @param {Unit | undefined} unit */
function issueWords(app, kept, issue, estate, unit) {
  const where = estate && unit && liableAt(estate, unit, kept.draft);
  const path = pathTo(estate, issue.category);
  const parts = [pathWords(path)];
  if (issue.answered) parts.push(issue.answer);
  else if (isLeaf(path)) {
    parts.push(
      _("to %(department)s", { department: departmentWords(path, where) }),
      _("answer promised by %(day)s", {
        day: day(issue.promised_on || app.engine.promisedOn(kept.draft.estate_id, issue.urgency)),
      }),
    );
  }
  return dotted(...parts);
}

/** How urgent it is, where that is more than ordinary and still counts. @param {IssueRaised} issue */
function urgencyChip({ urgency, answered }) {
  if (answered || urgency === "ordinary") return nothing;
  return chip(urgencyWords(urgency), urgency === "urgent" ? "late" : "wait", "urgent");
}

/** @param {IssueRaised} issue @param {import("../types.js").Category[]} path */
function issueChip(issue, path) {
  if (!issue.text.trim() || !isLeaf(path) || (issue.answered && !issue.answer.trim()))
    return chip(_("To complete"), "late", "alert-circle");
  return issue.answered ? chip(_("Answered on the spot"), "good") : chip(_("Routed"), "wait");
}

/** @param {VisitKept} kept */
function wishes(kept) {
  return section(
    _("Other opinions and wishes"),
    html`<textarea
      class="input"
      rows="2"
      maxlength="4000"
      aria-label=${_("Other opinions and wishes")}
      placeholder=${_("For example: likes to be called on weekend afternoons")}
      .value=${kept.draft.wishes}
      @input=${(/** @type {InputEvent} */ event) =>
        kept.change((draft) => {
          draft.wishes = /** @type {HTMLTextAreaElement} */ (event.target).value;
        })}
    ></textarea>`,
  );
}

/** @param {App} app @param {VisitKept} kept @param {string} id */
function putAway(app, kept, id) {
  return html`<button type="button" class="btn ghost danger put-away" @click=${() => askToDelete(app, kept, id)}>
    ${icon("trash")}${_("Drop this visit …")}
  </button>`;
}

/** @param {App} app @param {VisitKept} kept @param {string} id */
function askToDelete(app, kept, id) {
  app.openSheet(() =>
    question({
      title: _("Drop this visit?"),
      words: _("Everything written here goes, photos included. The tasks stay due at this door."),
      answers: [
        { words: _("Keep it"), look: "primary", act: () => app.closeSheet() },
        { words: _("Drop it"), icon: "trash", look: "danger", act: () => drop(app, kept, id) },
      ],
    }),
  );
}

/** @param {App} app @param {VisitKept} kept @param {string} id */
async function drop(app, kept, id) {
  await app.engine.deleteDraft(id);
  app.forgetVisit(id);
  await app.replace(`unit/${id}`);
  app.say(_("Visit dropped"), () => undrop(app, kept, id));
}

/** @param {App} app @param {VisitKept} kept @param {string} id */
async function undrop(app, kept, id) {
  try {
    await beginAgain(app.engine, kept.draft);
    app.go(`visit/${id}`);
  } catch (error) {
    app.say(inWords(error));
  }
}

/** @param {App} app @param {VisitKept} kept @param {string} id */
async function handOver(app, kept, id) {
  kept.dropEmptyIssues();
  const gap = kept.firstGap();
  if (!kept.draft.interviewee.name.trim()) {
    app.say(_("Please write down whom you spoke with."));
    return app.go(`visit/${id}/who`);
  }
  // There it is said in its place, in view and under the pen.
  if (gap) return app.go(`visit/${id}/issue/${gap.issue}/${gap.lacks}`);
  const sheet = kept.firstSheetGap(Date.now());
  if (sheet) return app.go(`visit/${id}/survey/${sheet.sheet_id}/lacks`);
  if (kept.lacksWords()) {
    app.say(_("Please write down in the owner's words why they do not agree."));
    const fields = document.querySelectorAll("[data-testid='to-tell'] textarea, [data-testid='ended'] textarea");
    const empty = [...fields].find((field) => !(/** @type {HTMLTextAreaElement} */ (field).value.trim()));
    // In the middle: at the screen's foot it would lie under what was just said.
    empty?.scrollIntoView({ block: "center" });
    return /** @type {HTMLElement | undefined} */ (empty)?.focus({ preventScroll: true });
  }
  if (kept.unanswered().length || kept.sheetsLeft().length) return askAboutCallbacks(app, kept, id);
  await giveTo(app, kept, id);
}

/** @param {number} callbacks @param {number} sheets */
const leftWords = (callbacks, sheets) =>
  dotted(
    callbacks && _("Callbacks without an answer: %(count)s", { count: callbacks }),
    sheets && _("Survey sheets not spoken about: %(count)s", { count: sheets }),
  );

/** @param {App} app @param {VisitKept} kept @param {string} id */
function askAboutCallbacks(app, kept, id) {
  app.openSheet(() =>
    question({
      title: leftWords(kept.unanswered().length, kept.sheetsLeft().length),
      words: _("What is not answered now stays due and is asked again next time."),
      answers: [
        { words: _("Ask now"), look: "primary", act: () => askNow(app) },
        { words: _("Leave for next time"), act: () => giveTo(app, kept, id) },
      ],
    }),
  );
}

/** The first of what has no answer yet comes into view, ready to be tapped. @param {App} app */
function askNow(app) {
  app.closeSheet();
  const first = document.querySelector("[data-left]");
  first?.scrollIntoView({ block: "center" });
  first?.querySelector("button")?.focus({ preventScroll: true });
}

/** @param {App} app @param {VisitKept} kept @param {string} id */
async function giveTo(app, kept, id) {
  // Only inside the tap may the page fill the screen; the owner then sees nothing else.
  if (kept.draft.method === "door") document.documentElement.requestFullscreen?.().catch(() => {});
  // What can be undone is undone before the owner reads it: afterwards the summary would not say it.
  app.hush();
  await kept.handOver();
  if (kept.trouble) return app.say(kept.trouble);
  if (kept.phase === "officer") return app.go(`visit/${id}/officer`);
  app.handOver(id);
  app.go(`visit/${id}/owner`);
}
