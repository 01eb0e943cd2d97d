// Today's doors: what is left, grouped as one walks, overdue first to the eye.

import { html, nothing } from "lit";
import { daysBetween } from "../days.js";
import { _, locale } from "../i18n.js";
import { forANewerApp, forTheAnswer, forTheSheet, forTheTalk, kindOf, toBeTold } from "../kinds.js";
import { chip, dueChip, empty, section } from "../parts/bits.js";
import { places, screen, topBar } from "../parts/frame.js";
import { halfWritten } from "../parts/half_written.js";
import { icon } from "../parts/icon.js";
import { goOnWithNew, moreButton, whenNearTheEnd } from "../parts/more.js";
import { newVersionCard, onItsWay, steps, syncPill } from "../parts/state.js";
import { clock, comingDay, day, dayAndWeekday, dayOf, month } from "../parts/when.js";
import {
  broughtWords,
  dotted,
  outcomeWords,
  ratingWords,
  signedWords,
  unreachableWords,
  whatIsDue,
} from "../parts/words.js";

/** @typedef {import("../types.js").TodayRow} TodayRow */
/** @typedef {import("../types.js").Today} Today */
/** @typedef {"all" | "visits" | "callbacks" | "tellings" | "surveys" | "overdue"} Only */

const NEW_OWNER_DAYS = 120;

/** What is agreed for so much later does not stand before the doors that one goes to now, ms. */
const SOON = 3 * 3_600_000;
/** As many later ones do no harm there. */
const A_FEW = 3;

/** Doors drawn at first, and with each time that the end of the list comes near. */
const FEW = 30;

/** @type {Only} remembered while the app is open */
let only = "all";
/** How many doors are drawn; remembered like the place in the list. */
let most = FEW;
/** Are those agreed for later today drawn, too? */
let unfolded = false;
/** @type {string} of whom it is remembered: who comes next sees all their doors */
let whose = "";

/** Records that somebody at the office wants something added to. @param {import("../app.js").App} app */
function sentBack(app) {
  const count = app.engine.records().filter((record) => record.mend).length;
  if (!count) return nothing;
  return html`<a class="card row wait" href="#/records" data-testid="sent-back">
    ${icon("arrow-back-up", "large is-wait")}
    <span class="grow">${_("Records sent back to you: %(count)s. Please add what is missing.", { count })}</span>
    ${icon("chevron-right")}
  </a>`;
}

/** What is new before one goes out. @param {import("../app.js").App} app @param {string} estateId */
function toRead(app, estateId) {
  const count = app.engine.briefing(estateId).filter((line) => line.unread).length;
  if (!count) return nothing;
  return html`<a class="card row" href="#/briefing" data-testid="to-read">
    ${icon("speakerphone", "large is-brand")}
    <span class="grow">${_("Briefing: not read yet %(count)s", { count })}</span>
    ${icon("chevron-right")}
  </a>`;
}

/** A note of an inspection that was begun and not saved. @param {import("../app.js").App} app */
function begunNote(app) {
  if (!app.engine.inspectionBegun(app.estateId)) return nothing;
  return html`<a class="card row wait" href="#/inspect" data-testid="note-begun">
    ${icon("pencil", "large is-wait")}
    <span class="grow">${_("A note of something noticed on the way is not saved yet.")}</span>
    ${icon("chevron-right")}
  </a>`;
}

/**
 * Visits begun where nothing is due of this officer, or nothing any more: they stand in no list of doors, and of an
 * estate that was taken from the officer not even under its units.
 * @param {import("../app.js").App} app
 * @param {Today} today
 */
function begunElsewhere(app, { agreed, groups }) {
  const listed = new Set([...agreed, ...groups.flatMap(({ rows }) => rows)].map(({ unit }) => unit.id));
  const others = app.engine.drafts().filter(({ unitId }) => !listed.has(unitId));
  return others.map(
    ({ unitId }) => html`<a class="card row wait" href="#/visit/${unitId}" data-testid="visit-begun">
      ${icon("pencil", "large is-wait")}
      <span class="grow">${_("A visit begun at %(place)s is not saved yet.", { place: app.engine.unitRow(unitId)?.label[locale()] ?? "" })}</span>
      ${icon("chevron-right")}
    </a>`,
  );
}

/** @type {import("../routes.js").PageMaker} */
export async function todayPage(app) {
  const { id } = app.engine.me().staff;
  if (id !== whose) [whose, only, most, unfolded] = [id, "all", FEW, false];

  /** @param {Only} to */
  function show(to) {
    only = to;
    most = FEW;
    app.redraw();
  }

  function showMore() {
    most += FEW;
    app.redraw();
  }

  function unfold() {
    unfolded = true;
    app.redraw();
  }

  return {
    leave: whenNearTheEnd(showMore),
    title: _("Today's visits"),
    view: () => {
      const today = app.engine.today(app.estateId || undefined);
      const estate = app.engine.estate(today.estateId);
      return screen({
        top: topBar({
          title: _("Today's visits"),
          sub: dotted(dayAndWeekday(today.date), estate?.name, app.engine.me().staff.name),
          aside: syncPill(app),
          extra: html`${progress(today)}${filters(today, show)}`,
        }),
        body: html`${newVersionCard(app)}${sentBack(app)}${begunNote(app)}${halfWritten(app)}${begunElsewhere(app, today)}${toRead(app, today.estateId)}${body(app, today, { show, showMore, unfold })}`,
        foot: places(app, "today"),
      });
    },
  };
}

/** @param {Today} today */
function progress({ counts }) {
  const share = counts.all ? Math.round((counts.done / counts.all) * 100) : 0;
  return html`<div class="row wrap">
    <div
      class="progress grow"
      role="progressbar"
      aria-label=${_("Done today")}
      aria-valuemin="0"
      aria-valuemax=${counts.all}
      aria-valuenow=${counts.done}
    >
      <b .style=${`width:${share}%`}></b>
    </div>
    <span class="num nowrap"><b>${counts.done}</b> / ${_("%(count)s doors", { count: counts.all })}</span>
    <a class="btn small" href="#/inspect" data-testid="inspect">${icon("eye")}${_("Inspect")}</a>
  </div>`;
}

/** @param {Today} today @param {(to: Only) => void} show */
function filters({ counts, later }, show) {
  /** @type {[Only, string, string][]} */
  const tellings =
    counts.tellings || only === "tellings"
      ? [["tellings", _("To tell %(count)s", { count: counts.tellings }), ""]]
      : [];
  /** @type {[Only, string, string][]} */
  const surveys =
    counts.surveys || later.length || only === "surveys"
      ? [["surveys", _("Surveys %(count)s", { count: counts.surveys }), ""]]
      : [];
  /** @type {[Only, string, string][]} */
  const all = [
    ["all", _("To do %(count)s", { count: counts.left }), ""],
    ["overdue", _("Overdue %(count)s", { count: counts.overdue }), counts.overdue ? "late" : ""],
    ["visits", _("Visits %(count)s", { count: counts.visits }), ""],
    ["callbacks", _("Callbacks %(count)s", { count: counts.callbacks }), ""],
    ...tellings,
    ...surveys,
  ];
  return html`<div class="chips filters" role="group" aria-label=${_("Which doors to show")}>
    ${all.map(
      ([key, words, tone]) => html`<button
        type="button"
        class="chip filter num ${tone}"
        aria-pressed=${only === key ? "true" : "false"}
        @click=${() => show(only === key ? "all" : key)}
      >
        ${words}
      </button>`,
    )}
  </div>`;
}

/** @param {import("../app.js").App} app @param {Today} today @param {{ show: (to: Only) => void, showMore: () => void, unfold: () => void }} on */
function body(app, today, { show, showMore, unfold }) {
  const groups = today.groups
    .map((group) => ({ ...group, rows: group.rows.filter(wanted) }))
    .filter((group) => group.rows.length);
  const agreed = today.agreed.filter(wanted);
  const { later, done } = today;
  if (!groups.length && !agreed.length && !later.length && !done.length) return nothingToday(app, today);
  const [drawn, hidden] = firstOf(groups, most);
  return html`${agreed.length ? atTheirTime(agreed, today, unfold) : nothing}${drawn.map((group) => groupOf(group, today))}
  ${hidden ? moreButton(_("More doors: %(count)s", { count: hidden }), showMore) : nothing}
  ${!groups.length && !agreed.length ? html`<p class="card muted">${only === "all" ? _("Every door of today is done.") : _("None of this kind is left.")}</p>` : nothing}
  ${later.length && !hidden ? laterDoors(today, show) : nothing}
  ${done.length && only === "all" && !hidden ? doneDoors(today) : nothing}`;
}

/** Where a sheet is collected another day: among the surveys' doors, elsewhere how many they are. @param {Today} today @param {(to: Only) => void} show */
function laterDoors(today, show) {
  const { later } = today;
  if (only === "surveys")
    return section(
      _("Collected on a later day"),
      html`<ul class="list">
        ${later.map((row) => html`<li>${doorRow(row, today, row.unit.label[locale()])}</li>`)}
      </ul>`,
      _("%(count)s doors", { count: later.length }),
    );
  if (only !== "all") return nothing;
  return html`<button type="button" class="card row" data-testid="later" @click=${() => goOnWithNew(() => show("surveys"))}>
    ${icon("clipboard-check", "large muted")}
    <span class="grow">${_("Sheets collected on a later day, as agreed: %(count)s", { count: later.length })}</span>
    ${icon("chevron-right")}
  </button>`;
}

/**
 * The first doors of all groups, and how many are left out. A month's plan is hundreds of doors, a screen shows ten.
 * @typedef {Today["groups"][number]} Group
 * @param {Group[]} groups
 * @param {number} count
 * @returns {[(Group & { left: number })[], number]}
 */
function firstOf(groups, count) {
  let room = count;
  const drawn = groups.map((group) => {
    const rows = group.rows.slice(0, room);
    room -= rows.length;
    return { ...group, rows, left: group.rows.length };
  });
  const hidden = drawn.reduce((sum, { rows, left }) => sum + left - rows.length, 0);
  return [drawn.filter(({ rows }) => rows.length), hidden];
}

/** @param {TodayRow} row */
function wanted(row) {
  if (only === "visits") return forTheTalk(row.tasks).length > 0;
  if (only === "callbacks") return forTheAnswer(row.tasks).length > 0;
  if (only === "tellings") return toBeTold(row.tasks).length > 0;
  if (only === "surveys") return forTheSheet(row.tasks).length > 0;
  if (only === "overdue") return row.overdueDays > 0;
  return true;
}

/** @param {Group & { left: number }} group @param {Today} today */
function groupOf({ building, entrance, rows, left }, today) {
  const title = entrance
    ? _("Building %(building)s, Entrance %(entrance)s", { building, entrance })
    : _("Building %(building)s", { building });
  return section(
    title,
    html`<ul class="list">
      ${rows.map((row) => html`<li>${doorRow(row, today)}</li>`)}
    </ul>`,
    _("%(count)s left", { count: left }),
  );
}

/** Doors that have a time of their own today, by the clock: the next one, and many of this evening in one line. @param {TodayRow[]} rows @param {Today} today @param {() => void} unfold */
function atTheirTime(rows, today, unfold) {
  const later = rows.slice(1).filter(isForLater);
  const folds = later.length > A_FEW && only === "all" && !unfolded;
  const drawn = folds ? rows.filter((row) => !later.includes(row)) : rows;
  const list = html`<ul class="list" data-testid="set-times">
    ${drawn.map((row) => html`<li>${doorRow(row, today, row.unit.label[locale()])}</li>`)}
  </ul>`;
  return section(
    _("At a set time"),
    html`${list}${folds ? laterToday(later, unfold) : nothing}`,
    _("%(count)s left", { count: rows.length }),
  );
}

/** What is late is not put off. @param {TodayRow} row */
const isForLater = ({ next, overdueDays }) => Boolean(next && !overdueDays && Date.parse(next.at) - Date.now() > SOON);

/** @param {TodayRow[]} rows @param {() => void} unfold */
function laterToday(rows, unfold) {
  const time = clock(rows[0].next?.at ?? "");
  return html`<button type="button" class="card row" data-testid="later-today" @click=${() => goOnWithNew(unfold)}>
    ${icon("calendar-time", "large muted")}
    <span class="grow">${_("Later today, from %(time)s: %(count)s doors", { time, count: rows.length })}</span>
    ${icon("chevron-down")}
  </button>`;
}

/** @param {TodayRow} row @param {Today} today @param {string} [place]  where no heading says it */
function doorRow(row, today, place = "") {
  return html`<a class="item door ${row.overdueDays ? "overdue" : ""}" href="#/${row.draft ? "visit" : "unit"}/${row.unit.id}">
    ${doorNumber(row)}
    <div class="door-what">
      <p><span class="name">${row.unit.name || _("Owner not known")}</span> <span class="muted beside">${place || lastWords(row, today.date)}</span></p>
      <div class="chips">${againChip(row, today.date)}${whatFor(row, today.date)}</div>
    </div>
    ${icon("chevron-right", "muted")}
  </a>`;
}

/** @param {TodayRow} row */
function doorNumber({ unit }) {
  return html`<div class="door-number num"><b>${unit.number}</b><span class="muted">${_("Floor %(floor)s", { floor: unit.floor })}</span></div>`;
}

/** How we left: the last visit, failed attempts, or that it is a new owner. @param {TodayRow} row @param {string} today */
function lastWords({ unit }, today) {
  if (unit.attempts > 1) return _("nobody met %(count)s times", { count: unit.attempts });
  if (unit.last && unit.last.rating !== "none") {
    return dotted(_("last %(day)s", { day: day(unit.last.on) }), ratingWords(unit.last.rating));
  }
  if (unit.last) return _("last %(day)s", { day: day(unit.last.on) });
  if (unit.handoverOn && daysBetween(unit.handoverOn, today) < NEW_OWNER_DAYS) {
    return _("new owner, handed over %(month)s", { month: month(unit.handoverOn) });
  }
  return "";
}

/** When one is expected there, and how; of a sheet the chip that it is to be collected says it. @param {TodayRow} row @param {string} today */
function againChip({ next }, today) {
  if (!next || next.sheet) return nothing;
  const [date, time] = [dayOf(next.at), timeWords(next.at, today)];
  const words = next.agreed ? _("Agreed %(time)s", { time }) : _("Next try %(time)s", { time });
  const tone = date > today ? "" : Date.parse(next.at) < Date.now() ? "late" : "brand";
  return chip(words, tone, next.method === "phone" ? "phone" : "calendar-time");
}

/** @param {TodayRow} row @param {string} today */
function whatFor(row, today) {
  const callbacks = forTheAnswer(row.tasks);
  const visits = forTheTalk(row.tasks).filter((task) => !task.title);
  const named = [
    ...forTheTalk(row.tasks).filter((task) => task.title),
    ...toBeTold(row.tasks),
    ...forTheSheet(row.tasks),
    ...forANewerApp(row.tasks),
  ];
  return html`${row.draft ? chip(_("Visit begun"), "brand", "pencil") : nothing}
  ${callbacks.length ? taskChip(callbackWords(callbacks), callbacks, "refresh", today) : nothing}
  ${visits.length ? taskChip(row.unit.last ? _("Visit") : _("First visit"), visits, "door-enter", today) : nothing}
  ${named.map((task) => taskChip(namedWords(task, today), [task], kindOf(task).icon, today))}
  ${row.tasks.some((task) => task.callUnwelcome) ? chip(_("Wanted no callback"), "wait", "phone-off") : nothing}
  ${row.unit.care.map((note) => chip(note, "", "heart"))}
  ${ringWords(row)}`;
}

/** A survey goes to every door: there its title says nothing new, but the time that was agreed. @param {import("../types.js").TaskRow} task @param {string} today */
function namedWords(task, today) {
  if (!task.sheetId) return whatIsDue(task);
  return dotted(kindOf(task).words(), task.agreedAt && timeWords(task.agreedAt, today));
}

/** By the clock, on another day than today with that day. @param {string} at @param {string} today */
const timeWords = (at, today) => (dayOf(at) === today ? clock(at) : `${comingDay(at, Date.now())} ${clock(at)}`);

/** One by what it is, several by how many. @param {import("../types.js").TaskRow[]} callbacks */
const callbackWords = (callbacks) =>
  callbacks.length > 1 ? _("Callbacks: %(count)s", { count: callbacks.length }) : kindOf(callbacks[0]).words();

/** Whether to ring before one goes there, or to go as ringing was in vain. @param {TodayRow} row */
function ringWords({ unit, callsInVain }) {
  if (callsInVain) return chip(unreachableWords(callsInVain), "wait", "phone-off");
  return unit.attempts > 1 ? chip(_("Better ring first"), "wait", "phone") : nothing;
}

/**
 * @param {string} words
 * @param {import("../types.js").TaskRow[]} tasks
 * @param {string} iconName
 * @param {string} today
 */
function taskChip(words, tasks, iconName, today) {
  const oneToday = tasks.some((task) => task.dueOn === today) && !tasks.some((task) => task.overdueDays > 0);
  return oneToday
    ? chip(_("%(what)s · due today", { what: words }), "wait", iconName)
    : dueChip(words, tasks, iconName);
}

/** @param {Today} today */
function doneDoors(today) {
  return section(
    _("Doors done"),
    html`<ul class="list">
      ${today.done.map((row) => html`<li>${doneRow(row)}</li>`)}
    </ul>`,
    _("%(count)s doors", { count: today.done.length }),
  );
}

/** @param {TodayRow} row */
function doneRow({ unit, record }) {
  return html`<a class="item door done stacks" href="#/unit/${unit.id}">
    <div class="door-number num"><b>${unit.number}</b></div>
    <p class="grow"><span class="name">${record?.name || unit.name}</span> <span class="muted num beside">${record ? doneWords(record) : nothing}</span></p>
    ${record ? html`<span class="end">${steps(record)}</span>` : nothing}
  </a>`;
}

/** @param {import("../types.js").RecordRow} record */
function doneWords(record) {
  const time = clock(record.at);
  if (record.kind === "attempt") return dotted(time, outcomeWords(record.outcome));
  return dotted(time, broughtWords(record), signedWords(record));
}

/** @param {import("../app.js").App} app @param {Today} today */
function nothingToday(app, today) {
  if (!today.estateId && app.engine.syncState().running) return onItsWay();
  if (!today.estateId) {
    return empty(
      "cloud-off",
      _("Nothing on this tablet yet"),
      _("With the network it fetches the estate, its owners and your doors."),
      html`<button type="button" class="btn" @click=${() => app.engine.sync()}>${icon("refresh")}${_("Try now")}</button>`,
    );
  }
  return empty(
    "checklist",
    _("No doors for today"),
    _(
      "Here stand the doors of your plan and the callbacks due. Your supervisor makes the plan; any door can be visited from Units.",
    ),
    html`<a class="btn" href="#/find">${icon("search")}${_("Find a unit")}</a>`,
  );
}
