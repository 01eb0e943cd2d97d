// Before I knock: promises not yet kept and what is due above everything, then what this owner can be told.

import { html, nothing } from "lit";
import { aboutTheOwner, metThisOwner, settledWords } from "../briefing.js";
import { inWords } from "../errors.js";
import { _, locale } from "../i18n.js";
import { forANewerApp, forTheAnswer, forTheSheet, forTheTalk, kindOf, toBeTold } from "../kinds.js";
import { callUnwelcome, photosOfTheWork } from "../parts/answers.js";
import { chip, dueChip, empty, section } from "../parts/bits.js";
import { categoryIcon, pathTo } from "../parts/categories.js";
import { foot, screen, topBar, wayBack } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { moreButton, whenNearTheEnd } from "../parts/more.js";
import { deadChip, dialled, masked } from "../parts/numbers.js";
import { orderWords } from "../parts/orders.js";
import { alsoKnown, pendingOf, somethingWrong } from "../parts/owner_file.js";
import { onItsWay, syncPill } from "../parts/state.js";
import { linesToTell } from "../parts/telling.js";
import { toldWords } from "../parts/told.js";
import { clock, clockOrDay, comingDay, day, dayOf } from "../parts/when.js";
import {
  dotted,
  gradeWords,
  methodWords,
  namesOf,
  outcomeWords,
  ratingWords,
  relationWords,
  unreachableWords,
  whatIsDue,
} from "../parts/words.js";
import { earlierRounds, isSettled } from "../rounds.js";
import { toldOf } from "../to_answer.js";
import { nextTry, numbersOf, unreachable } from "../tries.js";

/** @typedef {import("../types.js").IssueRow} IssueRow */
/** @typedef {import("../types.js").TaskRow} TaskRow */
/** @typedef {import("../types.js").Estate} Estate */
/** @typedef {import("../types.js").Person} Person */
/** @typedef {import("../parts/telling.js").Here} Here */

const OVER = new Set(["closed", "closed_unsatisfied", "verified", "carried_over"]);

/** Earlier issues drawn at first, and with each time that the end of the card comes near. */
const FEW = 5;

/** @type {import("../routes.js").PageMaker} */
export async function unitPage(app, { unit: id }) {
  let most = FEW;
  let unit = await app.engine.unit(id);
  let issues = await app.engine.issuesAt(id);

  function showMore() {
    most += FEW;
    app.redraw();
  }

  return {
    title: unit?.label[locale()] ?? "",
    leave: whenNearTheEnd(showMore),
    refresh: async () => {
      unit = await app.engine.unit(id);
      issues = await app.engine.issuesAt(id);
    },
    view: () => {
      const estate = unit && app.engine.estate(unit.estate);
      if (!unit || !estate) return unknown(app);
      const tasks = app.engine.tasksAt(id);
      return screen({
        top: topBar({
          lead: wayBack(app.list),
          title: unit.label[locale()],
          look: "at-unit",
          sub: namesOf(app.engine.unitRow(id)),
          aside: syncPill(app),
        }),
        body: html`${promises(issues, tasks, estate)}${toDo(tasks, issues)}${people(unit, inVain(unit, tasks, estate), isBegun(app, id))}${beforeTheKnock(app, unit)}${lastVisit(app, unit)}${triesSince(unit)}${told(app, unit, issues)}${earlier(issues, estate, most, showMore)}`,
        foot: waysOn(app, id, unit),
      });
    },
  };
}

/** @param {import("../app.js").App} app */
function unknown(app) {
  return screen({
    top: topBar({ lead: wayBack(app.list), title: _("Unit") }),
    body: app.engine.syncState().running
      ? onItsWay()
      : empty(
          "home-off",
          _("This unit is not on the tablet"),
          _("It may have moved to a colleague. What you saved here is kept and sent."),
        ),
  });
}

/** Calls in vain, if there were so many that somebody goes there. @param {import("../types.js").Unit} unit @param {TaskRow[]} tasks @param {Estate} estate */
const inVain = ({ tries = [] }, tasks, estate) =>
  unreachable(
    tries,
    tasks.map((task) => task.id),
    estate.phone_attempts,
  );

/** @param {import("../app.js").App} app @param {string} id */
const isBegun = (app, id) => app.engine.drafts().some((draft) => draft.unitId === id);

/** @param {import("../types.js").Unit & { id: string }} unit @param {number} calls  in vain @param {boolean} begun  a visit */
function people(unit, calls, begun) {
  const numbers = numbersOf(unit);
  return html`<div class="card col">
    ${
      unit.people.length
        ? unit.people.map((person) => html`${personLine(unit.id, person, numbers, begun)}${pendingOf(unit, person.id)}`)
        : html`<p class="muted">${_("Owner not known")}</p>`
    }
    ${
      calls || unit.do_not_disturb || unit.care.length
        ? html`<div class="chips">
            ${calls ? chip(_("%(what)s. Please go to the door.", { what: unreachableWords(calls) }), "wait", "phone-off") : nothing}
            ${unit.do_not_disturb ? chip(_("Do not disturb %(hours)s", { hours: unit.do_not_disturb }), "wait", "clock-off") : nothing}
            ${unit.care.map((note) => chip(note, "", "heart"))}
          </div>`
        : nothing
    }
    ${alsoKnown(unit)}${pendingOf(unit)}${somethingWrong(`unit/${unit.id}/correct`)}
  </div>`;
}

/** @param {string} id @param {Person} person @param {ReturnType<typeof numbersOf>} numbers @param {boolean} begun */
function personLine(id, person, numbers, begun) {
  return html`<div class="row wrap person">
    <p class="grow"><span class="name">${person.name}</span> <span class="muted">${relationWords(person.relation)}</span></p>
    ${numbers.filter((one) => one.person.id === person.id).map((one) => numberLine(id, one, begun))}
  </div>`;
}

/**
 * The way to the call; with a visit begun it dials at once, for what comes of the call belongs to that visit.
 * @param {string} id
 * @param {ReturnType<typeof numbersOf>[number]} one
 * @param {boolean} begun
 */
function numberLine(id, { person, number, called, dead }, begun) {
  return html`${dead ? deadChip(dead) : nothing}<a
      class="btn num"
      href=${begun ? dialled(number) : `#/unit/${id}/call/${person.id}/${called.index}`}
      aria-label=${`${_("Call %(name)s", { name: person.name })} ${masked(number)}`}
    >
      ${icon(dead ? "phone-x" : "phone")}${masked(number)}
    </a>`;
}

/** @param {IssueRow[]} issues @param {TaskRow[]} tasks @param {Estate} estate */
function promises(issues, tasks, estate) {
  const open = issues
    .filter((issue) => !OVER.has(issue.doc.state))
    .sort((one, other) => weight(other, tasks) - weight(one, tasks));
  if (!open.length) return nothing;
  return section(
    _("Promised"),
    html`<ul class="list">
      ${open.map((issue) => html`<li>${promise(issue, tasks, estate)}</li>`)}
    </ul>`,
  );
}

/** Overdue first, then what waits for the owner's answer. @param {IssueRow} issue @param {TaskRow[]} tasks */
function weight(issue, tasks) {
  const due = tasks.find((task) => task.issueId === issue.id);
  return due ? 1 + due.overdueDays : 0;
}

/** @param {IssueRow} issue @param {TaskRow[]} tasks @param {Estate} estate */
function promise(issue, tasks, estate) {
  const { doc } = issue;
  const callback = forTheAnswer(tasks).find((task) => task.issueId === issue.id);
  const tone = callback?.overdueDays || doc.round > 1 ? "is-late" : callback ? "is-good" : "is-wait";
  return html`<div class="item stacks">
    ${icon(categoryIcon(pathTo(estate, doc.category)), `large ${tone}`)}
    <div class="grow">
      <p><span class="name">${doc.text}</span> ${doc.complaint ? chip(gradeWords(doc.complaint), "late", "message-report") : nothing} ${doc.round > 1 ? chip(_("Round %(round)s", { round: doc.round }), "late") : nothing}</p>
      <p class="muted">${promiseWords(issue, callback)}</p>
      ${callUnwelcome(tasks.find((task) => task.issueId === issue.id && task.callUnwelcome))}${photosOfTheWork(doc)}${earlierRounds(doc).map((one) => html`<p class="muted">${roundWords(one)}</p>`)}
    </div>
    <span class="end">${whereItStands(issue, callback)}</span>
  </div>`;
}

/** `第 1 轮：补涂防水 · 业主：两天后又滴水`. @param {import("../rounds.js").EarlierRound} round */
const roundWords = ({ round, measure, reason }) =>
  dotted(
    _("Round %(round)s: %(measure)s", { round, measure: measure || "–" }),
    reason && _("The owner: %(reason)s", { reason }),
  );

/** Who holds it, how far they are, what was promised. @param {IssueRow} issue @param {TaskRow | undefined} callback */
function promiseWords({ doc }, callback) {
  if (!isSettled(doc)) return dotted(doc.department?.[locale()], doc.round > 1 ? "" : toAnswerWords(doc));
  const holder = [doc.department?.[locale()], doc.responsible].filter(Boolean).join(" ");
  return dotted(
    doc.rectified_on
      ? _("%(day)s: %(done)s", { day: day(doc.rectified_on), done: doc.rectified_note || _("reported rectified") })
      : settledWords(doc),
    holder,
    promisedWords(doc, callback),
  );
}

/** @param {import("../types.js").Issue} issue @param {TaskRow | undefined} callback */
function promisedWords(issue, callback) {
  if (callback) return _("callback by %(day)s", { day: day(callback.dueOn) });
  if (issue.due_on) return _("to be done by %(day)s", { day: day(issue.due_on) });
  return toAnswerWords(issue);
}

/** The first answer that was promised at the door. @param {import("../types.js").Issue} issue */
const toAnswerWords = ({ promised_on }) =>
  promised_on ? _("answer promised by %(day)s", { day: day(promised_on) }) : "";

/** @param {IssueRow} issue @param {TaskRow | undefined} callback */
function whereItStands(issue, callback) {
  if (issue.pending) return chip(_("Answered, to be sent"), "good");
  if (callback?.overdueDays) return chip(_("%(days)s d overdue", { days: callback.overdueDays }), "late", "alarm");
  if (callback) return chip(_("Call back"), "wait", "refresh");
  if (toldOf(issue.doc)?.what === "new_date") return chip(_("Another date"), "wait", "calendar-time");
  if (issue.doc.state === "accepted") return chip(_("Being rectified"), "info");
  if (issue.doc.state === "deferred") return chip(_("Another date asked for"), "wait", "calendar-time");
  if (issue.doc.state === "explained") return chip(_("To be explained to the owner"), "wait", "message-2");
  return chip(_("With the department"), "info");
}

/** Of what was saved here today. @param {import("../app.js").App} app @param {import("../types.js").Unit & { id: string }} unit */
function copyToday(app, { id, last_visit: last }) {
  const held = app.engine.records().find((record) => record.copy && record.unitId === id);
  if (!held || dayOf(held.at) !== last?.on) return nothing;
  return html`<a class="btn small start" href="#/unit/${id}/copy/${held.opId}" data-testid="give-copy">${icon("qrcode")}${_("Give the owner a copy")}</a>`;
}

/** @param {import("../app.js").App} app @param {import("../types.js").Unit & { id: string }} unit */
function lastVisit(app, unit) {
  const { last_visit: last } = unit;
  if (!last) return nothing;
  const what = _("Answered on the spot: %(answered)s, routed: %(routed)s.", {
    answered: last.answered,
    routed: last.routed,
  });
  return section(
    dotted(_("Last visit"), day(last.on), last.officer),
    metThisOwner(unit)
      ? html`<div class="card col"><p>${last.wishes} <span class="muted">${what}</span></p>${copyToday(app, unit)}</div>`
      : html`<p class="card muted">${_("That was with the owner before. What they said stays with them.")}</p>`,
    last.rating === "none" || !metThisOwner(unit)
      ? nothing
      : chip(ratingWords(last.rating), last.rating === "dissatisfied" ? "late" : ""),
  );
}

/** Tries that met nobody, the newest first, and when the next one is to be. @param {import("../types.js").Unit} unit */
function triesSince({ tries = [], attempts }) {
  if (!attempts) return nothing;
  const next = nextTry(tries);
  return section(
    _("Nobody met"),
    html`<ul class="card col" data-testid="tries">
      ${next ? html`<li class="row wrap">${icon(next.method === "phone" ? "phone" : "door-enter", "is-brand line")}<b class="num">${nextWords(next)}</b></li>` : nothing}
      ${tries
        .slice(-FEW)
        .toReversed()
        .map(
          (one) =>
            html`<li class="row">${icon(one.method === "phone" ? "phone-off" : "door-off", "muted line")}<span class="num">${tryWords(one)}</span></li>`,
        )}
      ${tries.length ? nothing : html`<li class="muted">${_("Nobody met %(count)s times. Better ring first.", { count: attempts })}</li>`}
    </ul>`,
    _("%(count)s times", { count: attempts }),
  );
}

/** @param {import("../types.js").Try} one */
const tryWords = (one) => dotted(clockOrDay(one.at, Date.now()), methodWords(one.method), outcomeWords(one.outcome));

/** @param {{ at: string, agreed: boolean }} next */
function nextWords({ at, agreed }) {
  const moment = `${comingDay(at, Date.now())} ${clock(at)}`;
  return agreed ? _("Agreed with the household: %(moment)s", { moment }) : _("Next try: %(moment)s", { moment });
}

/**
 * What was raised here before and is over, newest first.
 * @param {IssueRow[]} issues
 * @param {Estate} estate
 * @param {number} most
 * @param {() => void} showMore
 */
function earlier(issues, estate, most, showMore) {
  const over = issues.filter((issue) => OVER.has(issue.doc.state));
  if (!over.length) return nothing;
  return section(
    _("Earlier issues"),
    html`<ul class="list">
        ${over.slice(0, most).map((issue) => html`<li>${past(issue, estate)}</li>`)}
      </ul>
      ${over.length > most ? moreButton(_("More earlier issues: %(count)s", { count: over.length - most }), showMore) : nothing}`,
    _("Issues: %(count)s", { count: over.length }),
  );
}

/** @param {IssueRow} issue @param {Estate} estate */
function past({ doc, pending }, estate) {
  return html`<div class="item">
    ${icon(categoryIcon(pathTo(estate, doc.category)), "large muted")}
    <div class="grow">
      <p>${doc.text}</p>
      <p class="muted num">${dotted(doc.number, doc.raised_on && day(doc.raised_on), doc.measure)}</p>
    </div>
    ${pending ? html`<span class="end">${chip(_("Answered, to be sent"), "good")}</span>` : nothing}
    ${doc.state === "carried_over" ? html`<span class="end">${chip(_("Carried over"), "", "archive")}</span>` : nothing}
    ${doc.state === "closed_unsatisfied" ? html`<span class="end">${chip(_("Closed without satisfaction"), "", "circle-x")}</span>` : nothing}
  </div>`;
}

/** @param {import("../app.js").App} app @param {Here} unit @param {IssueRow[]} issues */
function told(app, unit, issues) {
  const lines = linesToTell(app, unit, issues);
  return lines === nothing ? nothing : section(_("What you can tell this owner"), lines);
}

/** What is known of the company that owns it (R05): for the officer's eyes. @param {import("../app.js").App} app @param {Here} unit */
function beforeTheKnock(app, unit) {
  const facts = aboutTheOwner(unit, app.engine.briefing(unit.estate));
  if (!facts.length) return nothing;
  return section(
    _("Before you knock"),
    html`<ul class="card col" data-testid="about-owner">
      ${facts.map((fact) => html`<li class="row top-aligned">${icon("building-community", "line")}<span>${fact.text[locale()]}</span></li>`)}
    </ul>`,
    chip(_("Not for telling"), "", "eye-off"),
  );
}

/** @param {TaskRow[]} tasks @param {IssueRow[]} issues */
function toDo(tasks, issues) {
  const visits = forTheTalk(tasks).filter((task) => !task.title);
  const talks = forTheTalk(tasks).filter((task) => task.title);
  const named = [...talks, ...toBeTold(tasks), ...forTheSheet(tasks), ...forANewerApp(tasks)];
  const callbacks = forTheAnswer(tasks);
  named.push(...callbacks.filter((task) => task.order));
  const others = new Set(tasks.filter((task) => !task.mine).map((task) => task.assigneeName));
  const due = html`${visits.length ? dueChip(_("Planned visit"), visits, "door-enter", "brand") : nothing}
  ${visits.map(planned)}
  ${callbacks.length ? dueChip(_("Callbacks: %(count)s", { count: callbacks.length }), callbacks, "refresh", "brand") : nothing}
  ${[...others].map((name) => chip(_("With %(name)s", { name }), "wait", "user"))}`;
  const words = tasks.length ? _("One knock, one signature") : _("Nothing is due. A visit can be made all the same.");
  return section(
    _("To do at this door"),
    html`${named.length ? html`<ul class="list">${named.map((task) => html`<li>${namedLine(task, issues.find(({ id }) => id === task.issueId)?.doc)}</li>`)}</ul>` : nothing}
      <div class="chips tall">${due}<span class="muted">${words}</span></div>`,
  );
}

/** What the plan says of a visit: when, how if not at the door, what for. @param {TaskRow} visit */
function planned({ time, method, purpose }) {
  return html`${time ? chip(time, "", "clock") : nothing}
  ${method === "phone" ? chip(methodWords(method), "", "phone") : nothing}
  ${purpose ? chip(purpose, "", "flag") : nothing}`;
}

/** When a survey's sheet is collected, as that was agreed with the household. @param {TaskRow} task */
const agreedWords = ({ agreedAt }) =>
  agreedAt &&
  _("Agreed with the household: %(moment)s", { moment: `${comingDay(agreedAt, Date.now())} ${clock(agreedAt)}` });

/**
 * Something with words of its own: what it is about, what to tell or ask, by when.
 * @param {TaskRow} task @param {import("../types.js").Issue} [issue]
 */
function namedLine(task, issue) {
  const words = issue && toldOf(issue);
  const late = task.overdueDays > 0;
  const by = late ? _("%(days)s d overdue", { days: task.overdueDays }) : _("by %(day)s", { day: day(task.dueOn) });
  return html`<div class="item stacks" data-testid="due" data-kind=${task.kind}>
    ${icon(kindOf(task).icon, "large is-brand")}
    <div class="grow">
      <p class="name">${whatIsDue(task)}</p>
      <p class="muted">${dotted(words && toldWords(words), task.ask, task.order && orderWords(task.order), agreedWords(task), task.method === "phone" && methodWords("phone"))}</p>
    </div>
    <span class="end">${task.id ? nothing : chip(_("Agreed here, to be sent"), "good")}${chip(by, late ? "late" : "", late ? "alarm" : "")}</span>
  </div>`;
}

/** @param {import("../app.js").App} app @param {string} id @param {import("../types.js").Unit} unit */
function waysOn(app, id, unit) {
  if (isBegun(app, id)) {
    return foot(
      html`<a class="btn primary big" href="#/visit/${id}">${icon("pencil")}${_("Go on with the visit")}</a>`,
    );
  }
  return foot(html`<a class="btn side" href="#/unit/${id}/nobody">${icon("door-off")}${_("Nobody home")}</a>
    ${numbersOf(unit).length ? html`<a class="btn side" href="#/unit/${id}/call">${icon("phone")}${_("Call")}</a>` : nothing}
    <button type="button" class="btn primary big" @click=${() => knock(app, id)}>${icon("hand-stop")}${_("Knock, start the visit")}</button>`);
}

/** @param {import("../app.js").App} app @param {string} id */
async function knock(app, id) {
  try {
    await app.engine.startVisit(id, { method: "door" });
    app.go(`visit/${id}`);
  } catch (error) {
    app.say(inWords(error));
  }
}
