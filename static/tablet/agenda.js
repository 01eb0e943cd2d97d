// What is due, as the officer should see it now: pulled state with the tablet's own unconfirmed work laid over it.
import { daysBetween } from "./days.js";
import { forTheAnswer, forTheSheet, forTheTalk, toBeTold } from "./kinds.js";
import { asOneWalks } from "./search.js";
import { nextTry, unreachable } from "./tries.js";

/** @typedef {import("./types.js").TaskRow} TaskRow */
/** @typedef {import("./types.js").TodayRow} TodayRow */
/** @typedef {import("./types.js").UnitRow} UnitRow */
/** @typedef {import("./types.js").RecordRow} RecordRow */
/** @typedef {import("./records.js").Kept} Kept */

/** Kinds of operations that change nothing of what is due at a unit. @type {Set<string>} */
const NOT_AT_A_UNIT = new Set(["visit.append", "briefing.read", "inspection.record"]);

/**
 * @typedef {object} Overlay  Work saved here that pulled documents do not show yet.
 * @property {Map<string, Kept>} settled  by task
 * @property {Map<string, Kept>} answered  by issue
 * @property {Map<string, { kept: Kept, sheet: import("./records.js").SheetBrief }>} sheets  what became last of a survey's sheet, by sheet
 * @property {Map<string, Kept[]>} units  by unit, oldest first
 * @property {Map<string, Kept[]>} corrections  of owner files, likewise
 */

/**
 * @param {Kept[]} kept
 * @param {{ has: (opId: string) => boolean }} confirmed  operations that the pulled documents show, or never will
 * @returns {Overlay}
 */
export function overlayOf(kept, confirmed) {
  /** @type {Overlay} */
  const overlay = {
    settled: new Map(),
    answered: new Map(),
    sheets: new Map(),
    units: new Map(),
    corrections: new Map(),
  };
  const open = kept.filter((each) => each.row.state !== "rejected" && !confirmed.has(each.row.opId));
  for (const each of open.sort((a, b) => (a.row.at < b.row.at ? -1 : 1))) {
    for (const task of each.brief.settles) overlay.settled.set(task, each);
    for (const issue of each.brief.answers) overlay.answered.set(issue, each);
    for (const sheet of each.brief.sheets ?? []) overlay.sheets.set(sheet.sheet_id, { kept: each, sheet });
    if (each.row.kind === "owner.correct") {
      overlay.corrections.set(each.row.unit, [...(overlay.corrections.get(each.row.unit) ?? []), each]);
      continue;
    }
    if (NOT_AT_A_UNIT.has(each.row.kind)) continue;
    overlay.units.set(each.row.unit, [...(overlay.units.get(each.row.unit) ?? []), each]);
  }
  return overlay;
}

/** @typedef {{ id: string, estate: string, v: number, gen: number, task: import("./types.js").Task }} PulledTask */

/**
 * Sheets that were handed out or put off here: they are collected as it was agreed, though the office does not know of
 * it yet and no task of its says so.
 * @param {Overlay} overlay
 * @param {readonly PulledTask[]} pulled
 * @param {{ me: string, name: string, dateOf: (estate: string, at: string) => string }} view
 * @returns {PulledTask[]} with no id
 */
export function toCollectFromHere({ sheets, settled }, pulled, { me, name, dateOf }) {
  const out = [...sheets.values()].filter(({ sheet }) => sheet.collect_at);
  if (!out.length) return [];
  const told = new Set(
    pulled.flatMap(({ id, task }) =>
      task.kind === "survey_collect" && task.state === "due" && !settled.has(id) ? [task.sheet_id] : [],
    ),
  );
  return out
    .filter(({ sheet }) => !told.has(sheet.sheet_id))
    .map(({ kept: { row }, sheet: { sheet_id, survey_id, number, collect_at } }) => ({
      id: "",
      estate: row.estate,
      v: 0,
      gen: 0,
      task: {
        kind: "survey_collect",
        unit_id: row.unit,
        survey_id,
        sheet_id,
        sheet_number: number,
        agreed_at: collect_at,
        due_on: dateOf(row.estate, collect_at),
        assignee: me,
        assignee_name: name,
        state: "due",
      },
    }));
}

/** A sheet that came back here, or that its household wants none of, is due in no way any more. @param {Overlay} overlay @param {import("./types.js").Task} task */
function endedHere({ sheets }, { sheet_id = "" }) {
  const last = sheets.get(sheet_id);
  return last && !last.sheet.collect_at ? last.kept : undefined;
}

/**
 * @param {PulledTask} pulled
 * @param {Overlay} overlay
 * @param {{ me: string, today: string, gen: number }} view  `gen`: the generation that is fetched by now
 * @returns {TaskRow}
 */
export function taskRow({ id, estate, v, gen, task }, overlay, { me, today, gen: now }) {
  const work = overlay.settled.get(id) ?? endedHere(overlay, task);
  const version = work?.row.receipt?.version ?? 0;
  // A document from before the office was put back counts its versions otherwise than a receipt of today.
  const settledHere = work && (version === 0 || gen !== now || v < version);
  const state = settledHere && task.state === "due" ? "done" : task.state;
  return {
    id,
    estate,
    unitId: task.unit_id,
    kind: task.complaint ? "complaint_callback" : task.kind,
    called: task.called ?? null,
    title: task.title ?? "",
    ask: task.ask ?? "",
    method: task.method ?? "",
    issueId: task.issue_id ?? "",
    callUnwelcome: task.call_unwelcome ?? false,
    order: task.order ?? null,
    surveyId: task.survey_id ?? "",
    sheetId: task.sheet_id ?? "",
    sheetNumber: task.sheet_number ?? "",
    agreedAt: task.agreed_at ?? "",
    round: task.round ?? 1,
    dueOn: task.due_on,
    overdueDays: state === "due" && task.due_on < today ? daysBetween(task.due_on, today) : 0,
    assignee: task.assignee,
    assigneeName: task.assignee_name,
    mine: task.assignee === me,
    state,
    ...(task.purpose && { purpose: task.purpose }),
    ...(task.time && { time: task.time }),
  };
}

/**
 * @param {UnitRow} row
 * @param {Overlay} overlay
 * @param {(at: string) => string} dateOf
 * @returns {UnitRow}
 */
export function overlaid(row, overlay, dateOf) {
  let unit = row;
  for (const { row: work, brief } of overlay.units.get(row.id) ?? []) {
    if (work.kind === "attempt.record") unit = { ...unit, attempts: unit.attempts + 1, tries: oneMore(unit, brief) };
    else unit = { ...unit, attempts: 0, tries: [], last: { on: dateOf(work.at), rating: brief.rating || "none" } };
  }
  return unit;
}

/** @param {UnitRow} unit @param {import("./records.js").Brief} brief */
const oneMore = ({ tries = [] }, { tried }) => (tried ? [...tries, tried] : tries);

/**
 * @param {{ date: string, estateId: string, tasks: TaskRow[], unitOf: (id: string) => UnitRow | undefined, records: RecordRow[], drafts: Set<string>, dateOf: (at: string) => string, phoneAttempts?: number }} known
 *   tasks: due and mine; records: of this date; dateOf: the day of a moment, in the estate; phoneAttempts: its setting
 * @returns {import("./types.js").Today}
 */
export function todayOf({ date, estateId, tasks, unitOf, records, drafts, dateOf, phoneAttempts }) {
  const doors = [...groupedBy(tasks, (task) => task.unitId)].flatMap(([unitId, due]) =>
    leftRow(unitOf(unitId), due, { date, dateOf, drafts, phoneAttempts }),
  );
  doors.sort((a, b) => asOneWalks(a.unit, b.unit));
  const later = doors.filter((row) => !row.draft && row.tasks.every((task) => isForLater(task, date)));
  const left = doors.filter((row) => !later.includes(row));
  const done = doneRows(records, new Set(left.map((row) => row.unit.id)), unitOf);
  const agreed = left.filter(({ next }) => next && dateOf(next.at) <= date).sort(soonestFirst);
  const rest = left.filter((row) => !agreed.includes(row));
  const groups = groupedBy(rest, ({ unit }) => JSON.stringify([unit.building, unit.entrance]));
  return {
    date,
    estateId,
    groups: [...groups.values()].map((rows) => ({
      building: rows[0].unit.building,
      entrance: rows[0].unit.entrance,
      rows,
    })),
    agreed,
    later: later.sort((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0)),
    done,
    counts: {
      all: left.length + done.length,
      left: left.length,
      done: done.length,
      visits: left.filter((row) => forTheTalk(row.tasks).length).length,
      callbacks: left.filter((row) => forTheAnswer(row.tasks).length).length,
      tellings: left.filter((row) => toBeTold(row.tasks).length).length,
      surveys: left.filter((row) => forTheSheet(row.tasks).length).length,
      overdue: left.filter((row) => row.overdueDays > 0).length,
    },
  };
}

/**
 * @param {UnitRow | undefined} unit
 * @param {TaskRow[]} due
 * @param {{ date: string, dateOf: (at: string) => string, drafts: Set<string>, phoneAttempts?: number }} known
 * @returns {TodayRow[]} none if the unit is not known (yet)
 */
function leftRow(unit, due, { date, dateOf, drafts, phoneAttempts }) {
  if (!unit) return [];
  const tasks = due.sort((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0));
  const overdueDays = Math.max(...tasks.map((task) => task.overdueDays));
  const tries = unit.tries ?? [];
  return [
    {
      unit,
      tasks,
      overdueDays,
      dueOn: tasks[0].dueOn,
      draft: drafts.has(unit.id),
      next: nextTry(tries) ?? agreedTime(tasks, (at) => dateOf(at) >= date),
      callsInVain: unreachable(
        tries,
        tasks.map((task) => task.id),
        phoneAttempts,
      ),
      record: null,
    },
  ];
}

/**
 * When a sheet is collected by agreement (R28). One whose day is over is overdue, and stands on the way as all such do.
 * @param {TaskRow[]} tasks
 * @param {(at: string) => boolean} isToCome
 * @returns {TodayRow["next"]}
 */
function agreedTime(tasks, isToCome) {
  const [at] = tasks.flatMap(({ agreedAt }) => (agreedAt && isToCome(agreedAt) ? [agreedAt] : [])).sort();
  return at ? { at, agreed: true, method: "door", sheet: true } : null;
}

/** @param {TodayRow} a @param {TodayRow} b */
const soonestFirst = (a, b) => ((a.next?.at ?? "") < (b.next?.at ?? "") ? -1 : 1);

/** @param {RecordRow} record */
const isVisit = ({ kind, state }) => kind === "visit" && state !== "rejected";

/** A sheet that is with its owner until another day keeps no door open today. @param {TaskRow} task @param {string} date */
const isForLater = ({ kind, dueOn }, date) => kind === "survey_collect" && dueOn > date;

/**
 * @param {RecordRow[]} records
 * @param {Set<string>} stillLeft
 * @param {(id: string) => UnitRow | undefined} unitOf
 * @returns {TodayRow[]}
 */
function doneRows(records, stillLeft, unitOf) {
  const visits = records.filter((record) => isVisit(record) && !stillLeft.has(record.unitId));
  const latest = new Map(visits.toReversed().map((record) => [record.unitId, record]));
  return [...latest.values()]
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .flatMap((record) => {
      const unit = unitOf(record.unitId);
      return unit ? [{ unit, tasks: [], overdueDays: 0, dueOn: "", draft: false, record }] : [];
    });
}

/**
 * @template T
 * @param {T[]} things
 * @param {(thing: T) => string} keyOf
 * @returns {Map<string, T[]>}
 */
function groupedBy(things, keyOf) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group) group.push(thing);
    else groups.set(key, [thing]);
  }
  return groups;
}
