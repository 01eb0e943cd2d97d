// Before I knock: promises not yet kept above everything, then what this owner can be told.

import { html, nothing } from "lit";
import { _, locale } from "../i18n.js";
import { chip, empty, section } from "../parts/bits.js";
import { categoryIcon, pathTo } from "../parts/categories.js";
import { foot, screen, topBar, wayBack } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { moreButton, whenNearTheEnd } from "../parts/more.js";
import { syncPill } from "../parts/state.js";
import { day, month } from "../parts/when.js";
import { methodWords, occupancyWords, ratingWords, relationWords } from "../parts/words.js";

/** @typedef {import("../types.js").IssueRow} IssueRow */
/** @typedef {import("../types.js").TaskRow} TaskRow */
/** @typedef {import("../types.js").Estate} Estate */
/** @typedef {import("../types.js").Person} Person */

const OVER = new Set(["closed", "closed_unsatisfied", "verified", "merged", "carried_over"]);

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
          sub: unitWords(unit),
          aside: syncPill(app),
        }),
        body: html`${people(unit)}${promises(issues, tasks, estate)}${lastVisit(unit)}${toTell(estate)}${toDo(tasks)}${earlier(issues, estate, most, showMore)}`,
        foot: waysOn(app, id),
      });
    },
  };
}

/** @param {import("../app.js").App} app */
function unknown(app) {
  return screen({
    top: topBar({ lead: wayBack(app.list), title: _("Unit") }),
    body: empty(
      "home-off",
      _("This unit is not on the tablet"),
      _("It may have moved to a colleague. What you saved here is kept and sent."),
    ),
  });
}

/** @param {import("../types.js").Unit} unit */
function unitWords(unit) {
  return [
    unit.area ? `${unit.area} ㎡` : "",
    unit.handover_on ? _("handed over %(month)s", { month: month(unit.handover_on) }) : "",
    occupancyWords(unit.occupancy),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** @param {import("../types.js").Unit} unit */
function people(unit) {
  return html`<div class="card col">
    ${unit.people.length ? unit.people.map(personLine) : html`<p class="muted">${_("Owner not known")}</p>`}
    ${
      unit.do_not_disturb || unit.care.length
        ? html`<div class="chips">
            ${unit.do_not_disturb ? chip(_("Do not disturb %(hours)s", { hours: unit.do_not_disturb }), "wait", "clock-off") : nothing}
            ${unit.care.map((note) => chip(note, "", "heart"))}
          </div>`
        : nothing
    }
  </div>`;
}

/** @param {Person} person */
function personLine(person) {
  return html`<div class="row wrap person">
    <p class="grow"><span class="name">${person.name}</span> <span class="muted">${relationWords(person.relation)}</span></p>
    ${
      person.phone
        ? html`<a class="btn num" href="tel:${person.phone.replace(/[^+\d]/g, "")}" aria-label=${`${_("Call %(name)s", { name: person.name })} ${masked(person.phone)}`}>
            ${icon("phone")}${masked(person.phone)}
          </a>`
        : nothing
    }
  </div>`;
}

/** `138 **** 6021`: enough to tell which phone, not enough for the next in line. @param {string} phone */
function masked(phone) {
  const digits = phone.replace(/\D/g, "");
  return digits.length > 7 ? `${digits.slice(0, 3)} **** ${digits.slice(-4)}` : `*** ${digits.slice(-2)}`;
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
  const callback = tasks.find((task) => task.issueId === issue.id);
  return callback ? 1 + callback.overdueDays : 0;
}

/** @param {IssueRow} issue @param {TaskRow[]} tasks @param {Estate} estate */
function promise(issue, tasks, estate) {
  const { doc } = issue;
  const callback = tasks.find((task) => task.issueId === issue.id);
  const tone = callback?.overdueDays || doc.round > 1 ? "is-late" : callback ? "is-good" : "is-wait";
  return html`<div class="item stacks">
    ${icon(categoryIcon(pathTo(estate, doc.category)), `large ${tone}`)}
    <div class="grow">
      <p><span class="name">${doc.text}</span> ${doc.round > 1 ? chip(_("Round %(round)s", { round: doc.round }), "late") : nothing}</p>
      <p class="muted">${promiseWords(issue, callback)}</p>
    </div>
    <span class="end">${whereItStands(issue, callback)}</span>
  </div>`;
}

/** Who holds it, how far they are, what was promised. @param {IssueRow} issue @param {TaskRow | undefined} callback */
function promiseWords({ doc }, callback) {
  const holder = [doc.department?.[locale()], doc.responsible].filter(Boolean).join(" ");
  return [
    holder,
    doc.rectified_on
      ? _("%(day)s: %(done)s", { day: day(doc.rectified_on), done: doc.rectified_note || _("reported rectified") })
      : doc.measure,
    promisedWords(doc, callback),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** @param {import("../types.js").Issue} issue @param {TaskRow | undefined} callback */
function promisedWords(issue, callback) {
  if (callback) return _("callback by %(day)s", { day: day(callback.dueOn) });
  if (issue.due_on) return _("to be done by %(day)s", { day: day(issue.due_on) });
  return issue.promised_on ? _("answer promised by %(day)s", { day: day(issue.promised_on) }) : "";
}

/** @param {IssueRow} issue @param {TaskRow | undefined} callback */
function whereItStands(issue, callback) {
  if (issue.pending) return chip(_("Answered, to be sent"), "good");
  if (callback?.overdueDays) return chip(_("%(days)s d overdue", { days: callback.overdueDays }), "late", "alarm");
  if (callback) return chip(_("Call back"), "wait", "refresh");
  if (issue.doc.state === "accepted") return chip(_("Being rectified"), "info");
  return chip(_("With the department"), "info");
}

/** @param {import("../types.js").Unit} unit */
function lastVisit({ last_visit: last, attempts }) {
  if (!last) {
    return attempts
      ? section(
          _("Last visit"),
          html`<p class="card muted">${_("Nobody met %(count)s times. Better ring first.", { count: attempts })}</p>`,
        )
      : nothing;
  }
  const what = _("Answered on the spot: %(answered)s, routed: %(routed)s.", {
    answered: last.answered,
    routed: last.routed,
  });
  return section(
    _("Last visit · %(day)s · %(officer)s", { day: day(last.on), officer: last.officer }),
    html`<div class="card"><p>${last.wishes} <span class="muted">${what}</span></p></div>`,
    last.rating === "none" ? nothing : chip(ratingWords(last.rating), last.rating === "dissatisfied" ? "late" : ""),
  );
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
    String(over.length),
  );
}

/** @param {IssueRow} issue @param {Estate} estate */
function past({ doc }, estate) {
  return html`<div class="item">
    ${icon(categoryIcon(pathTo(estate, doc.category)), "large muted")}
    <div class="grow">
      <p>${doc.text}</p>
      <p class="muted num">${[doc.number, doc.raised_on && day(doc.raised_on), doc.measure].filter(Boolean).join(" · ")}</p>
    </div>
  </div>`;
}

/** @param {Estate} estate */
function toTell(estate) {
  if (!estate.news.length && !estate.measures.length) return nothing;
  return section(
    _("What you can tell this owner"),
    html`<ul class="card col">
      ${estate.news.map((news) => html`<li class="row top-aligned">${icon("check", "is-good line")}<span>${news[locale()]}</span></li>`)}
      ${estate.measures.map((measure) => html`<li class="row top-aligned">${icon("tool", "is-brand line")}<span>${measure[locale()]}</span></li>`)}
    </ul>`,
  );
}

/** @param {TaskRow[]} tasks */
function toDo(tasks) {
  const visits = tasks.filter((task) => task.kind === "planned_visit");
  const callbacks = tasks.filter((task) => task.kind === "issue_callback");
  const others = new Set(tasks.filter((task) => !task.mine).map((task) => task.assigneeName));
  const due = html`${visits.length ? chip(_("Planned visit"), "brand", "door-enter") : nothing}
  ${visits.map(planned)}
  ${callbacks.length ? chip(_("Callbacks: %(count)s", { count: callbacks.length }), "brand", "refresh") : nothing}
  ${[...others].map((name) => chip(_("With %(name)s", { name }), "wait", "user"))}`;
  const words = tasks.length ? _("One knock, one signature") : _("Nothing is due. A visit can be made all the same.");
  return section(
    _("To do at this door"),
    html`<div class="chips tall">${due}<span class="muted">${words}</span></div>`,
  );
}

/** What the plan says of a visit: when, how if not at the door, what for. @param {TaskRow} visit */
function planned({ time, method, purpose }) {
  return html`${time ? chip(time, "", "clock") : nothing}
  ${method ? chip(methodWords(method), "", "phone") : nothing}
  ${purpose ? chip(purpose, "", "flag") : nothing}`;
}

/** @param {import("../app.js").App} app @param {string} id */
function waysOn(app, id) {
  const begun = app.engine.drafts().some((draft) => draft.unitId === id);
  if (begun) {
    return foot(
      html`<a class="btn primary big" href="#/visit/${id}">${icon("pencil")}${_("Go on with the visit")}</a>`,
    );
  }
  return foot(html`<a class="btn side" href="#/unit/${id}/nobody">${icon("door-off")}${_("Nobody home")}</a>
    <button type="button" class="btn primary big" @click=${() => knock(app, id)}>${icon("hand-stop")}${_("Knock, start the visit")}</button>`);
}

/** @param {import("../app.js").App} app @param {string} id */
async function knock(app, id) {
  try {
    await app.engine.startVisit(id, { method: "door" });
    app.go(`visit/${id}`);
  } catch (error) {
    app.say(/** @type {Error} */ (error).message);
  }
}
