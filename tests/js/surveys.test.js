// A survey's sheet at a door: what can become of it, what is said and sent of it, and that what is signed says it all.

import assert from "node:assert/strict";
import { test } from "node:test";
import { overlayOf, taskRow } from "../../static/tablet/agenda.js";
import { setLocale, speaking } from "../../static/tablet/i18n.js";
import { stillSays } from "../../static/tablet/statement.js";
import {
  answeredOf,
  go,
  hasBegun,
  lackOf,
  settledSheet,
  sheetsDue,
  sheetsNow,
  waysOf,
} from "../../static/tablet/surveys.js";
import { bodyOf, requireWhole, worthAWitness } from "../../static/tablet/visit.js";
import { beginAgain, VisitKept } from "../../static/tablet/visit_kept.js";
import { markup, pageModule, press } from "./support/screen.js";
import {
  aJpeg,
  anOffice,
  aSignedVisit,
  aTablet,
  aTask,
  ESTATE,
  enrolled,
  idOf,
  ink,
  NOON,
  reopened,
  shown,
  UNIT,
} from "./support/tablet.js";

const { officerPage } = await pageModule("officer");
const { recordsPage } = await pageModule("records");
const { savedPage } = await pageModule("saved");
const { surveyPage } = await pageModule("survey");
const { todayPage } = await pageModule("today");
const { visitPage } = await pageModule("visit");
const { setZone } = await import("../../static/tablet/parts/when.js");
const { linesOf } = await import("../../static/tablet/parts/survey_said.js");

const SURVEY = idOf(8700);
const SHEET = idOf(8701);
const TASK = idOf(8702);
const [FIRST, SECOND, REPAIRS] = [idOf(8710), idOf(8711), idOf(7002)];
const COLLECT_AT = "2026-11-25T10:00:00.000Z";

const aSurvey = () => ({
  number: "2026-1",
  form: "satisfaction",
  state: "out",
  title: { zh: "2026 年业主满意度调查", en: "Owner satisfaction 2026" },
  purpose: { zh: "了解您对物业服务的评价。", en: "To learn what you think of our service." },
  key_items: { zh: ["维修是否及时", "楼道是否清洁"], en: ["Are repairs in time", "Are the stairs clean"] },
  issue_from: "2026-11-20",
  issue_until: "2026-11-30",
  collect_until: "2026-12-10",
  departments: [
    {
      id: REPAIRS,
      name: { zh: "工程维修部", en: "Repairs" },
      questions: [
        { id: FIRST, text: { zh: "维修及时", en: "In time" } },
        { id: SECOND, text: { zh: "上门有礼", en: "Polite" } },
      ],
    },
  ],
});

const dueTask = (change = {}) =>
  aTask({
    kind: "survey_hand_out",
    called: { zh: "待发调查表", en: "Survey to hand out" },
    title: "2026 年业主满意度调查",
    survey_id: SURVEY,
    sheet_id: SHEET,
    sheet_number: "2026-1-0001",
    ...change,
  });

async function anOfficeWithASurvey(change = {}) {
  const office = await anOffice();
  office.put("survey", SURVEY, ESTATE, aSurvey());
  office.put("task", TASK, ESTATE, dueTask(change));
  return office;
}

/** A sheet of a draft that is due. */
const aSheet = (out = false) => {
  const row = { id: TASK, kind: out ? "survey_collect" : "survey_hand_out", surveyId: SURVEY, sheetId: SHEET };
  return sheetsDue([{ ...row, sheetNumber: "2026-1-0001", agreedAt: "" }], new Map([[SURVEY, aSurvey()]]))[0];
};

const filledIn = (sheet) => {
  go(sheet, "on_screen");
  Object.assign(sheet.levels, { [FIRST]: "dissatisfied", [SECOND]: "none" });
  sheet.opinions[REPAIRS] = " 来得太慢 ";
  Object.assign(sheet, { overall: "basic", callback_welcome: "yes" });
};

test("by phone nothing is handed over, and only what is with its owner can be put off", () => {
  assert.deepEqual(waysOf({ out: false }, "door"), ["handed_out", "on_screen", "on_paper", "declined"]);
  assert.deepEqual(waysOf({ out: true }, "door"), ["on_paper", "on_screen", "put_off", "declined"]);
  assert.deepEqual(waysOf({ out: false }, "phone"), ["by_phone", "declined"]);
  assert.deepEqual(waysOf({ out: true }, "phone"), ["by_phone", "put_off", "declined"]);
});

test("before the day of handing out a sheet is neither handed over nor asked, but what is out can come back", () => {
  const begun = (out, today) => hasBegun({ out }, aSurvey(), today);
  assert.deepEqual(
    [begun(false, "2026-11-19"), begun(false, "2026-11-20"), begun(true, "2026-11-19")],
    [false, true, true],
  );
  assert.deepEqual(waysOf({ out: false }, "door", false), ["declined"]);
});

test("what is answered is counted beside each department, of its own questions", () => {
  const sheet = aSheet();
  filledIn(sheet);
  const [repairs] = aSurvey().departments;

  assert.equal(answeredOf(sheet, repairs.questions), 2);
  assert.equal(answeredOf(sheet, [...repairs.questions.slice(1), { id: idOf(8799) }]), 1);
});

test("of each way only what belongs to it is said, and nothing before something became of it", () => {
  const sheet = aSheet();
  assert.deepEqual(settledSheet(sheet), []);
  filledIn(sheet);
  Object.assign(sheet, {
    purpose_told: true,
    collect_at: COLLECT_AT,
    reason: "没时间",
    bears_name: "yes",
    signed_name: "陈建国",
  });

  const common = { sheet_id: SHEET, survey_id: SURVEY, task_id: TASK };
  const [answered] = settledSheet(sheet);
  assert.deepEqual(answered, {
    ...common,
    act: "collected",
    purpose_told: true,
    key_items_told: false,
    filled: "on_screen",
    signed: false,
    signed_name: "",
    levels: { [FIRST]: "dissatisfied", [SECOND]: "none" },
    opinions: { [REPAIRS]: "来得太慢" },
    overall: "basic",
    callback_welcome: true,
  });

  Object.assign(sheet, { bears_name: "no", signed_relation: "owner" });
  go(sheet, "on_paper");
  const [blank] = settledSheet(sheet);
  assert.deepEqual([blank.signed, blank.signed_name, "signed_relation" in blank], [false, "", false]);

  go(sheet, "handed_out");
  const told = { purpose_told: true, key_items_told: false };
  assert.deepEqual(settledSheet(sheet), [{ ...common, act: "handed_out", ...told, collect_at: COLLECT_AT }]);
  go(sheet, "declined");
  const nothing = { purpose_told: false, key_items_told: false };
  assert.deepEqual(settledSheet(sheet), [{ ...common, act: "declined", ...nothing, reason: "没时间" }]);
  go(sheet, "");
  assert.deepEqual(settledSheet(sheet), []);
  assert.equal(sheet.levels[FIRST], "dissatisfied", "what was tapped is kept in the draft");
});

test("what a sheet lacks is said before its owner reads it", () => {
  const sheet = aSheet(true);
  /** @param {any} way @param {object} [change] */
  const lack = (way, change = {}) => {
    go(sheet, way);
    Object.assign(sheet, change);
    return lackOf(sheet, NOON, "陈建国");
  };

  assert.equal(lack("put_off"), "when");
  assert.equal(lack("put_off", { collect_at: "2026-11-23T03:00:00.000Z" }), "past");
  assert.equal(lack("put_off", { collect_at: COLLECT_AT }), "");
  assert.equal(lack("on_screen"), "answers");
  assert.equal(lack("on_paper"), "name", "R29: whether it bears a name");
  assert.equal(lack("on_paper", { bears_name: "no" }), "copy", "nobody can copy it once the visit is saved");
  assert.equal(lack("on_paper", { came_blank: true }), "", "a blank one comes back too");
  assert.equal(lack("on_paper", { came_blank: undefined, levels: { [FIRST]: "basic" } }), "");
  assert.equal(lack("on_paper", { bears_name: "yes" }), "whose");
  assert.equal(lack("on_paper", { signed_name: "陈建国 " }), "");
  assert.equal(lack("on_paper", { signed_name: "李芳" }), "relation", "not the name of whoever gives it back: whose?");
  assert.equal(lack("on_paper", { signed_relation: "spouse" }), "");
  assert.equal(lack("on_screen", { overall: "none" }), "");
  assert.equal(lack("declined"), "");
});

test("what was answered is what its owner reads, in their language, and what is sent", async () => {
  const office = await anOfficeWithASurvey();
  const engine = await enrolled(office);
  assert.equal(engine.today().counts.surveys, 1);

  const draft = await aSignedVisit(engine, { change: ({ surveys }) => filledIn(surveys[0]) });
  await engine.holdVisit(draft);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  const [sent] = operation.body.surveys;
  const statement = JSON.parse(operation.body.statement);
  const [read] = statement.surveys;
  assert.equal(operation.v, 9);
  assert.ok(operation.body.task_ids.includes(TASK));
  assert.deepEqual(sent.levels, { [FIRST]: "dissatisfied", [SECOND]: "none" });
  assert.deepEqual(
    [read.title, read.number, read.act, read.overall, read.callback_welcome],
    ["2026 年业主满意度调查", "2026-1-0001", "collected", "basic", "yes"],
  );
  assert.deepEqual(read.questions[0], { id: FIRST, department: "工程维修部", text: "维修及时", level: "dissatisfied" });
  assert.deepEqual(read.opinions, [{ department_id: REPAIRS, department: "工程维修部", text: "来得太慢" }]);
  assert.deepEqual(
    engine.tasksAt(UNIT).filter(({ surveyId }) => surveyId),
    [],
  );
  const english = JSON.parse((await engine.statement({ ...draft, locale: "en" })).text).surveys[0];
  assert.deepEqual([english.title, english.questions[1].text], ["Owner satisfaction 2026", "Polite"]);
  await engine.close();
});

test("a visit without a survey reads as it always did", async () => {
  const engine = await enrolled(await anOfficeWithASurvey());

  const draft = await aSignedVisit(engine);

  assert.ok(!("surveys" in JSON.parse(draft.signing.text)));
  const body = bodyOf(draft, estateOf(engine), { signing: draft.signing, endedAt: "2026-11-23T04:20:00.000Z" });
  assert.deepEqual([body.surveys, body.task_ids.includes(TASK)], [[], false]);
  await engine.close();
});

const estateOf = (engine) => ({ ...engine.estate(ESTATE), ...{ answer_days: { urgent: 1, ordinary: 3, major: 1 } } });

test("whatever is tapped after it was shown must be read and signed anew", async () => {
  const engine = await enrolled(await anOfficeWithASurvey());
  const draft = await aSignedVisit(engine, { change: ({ surveys }) => filledIn(surveys[0]) });
  const estate = estateOf(engine);
  assert.ok(stillSays(draft.signing, draft, estate));

  for (const change of [
    (sheet) => Object.assign(sheet.levels, { [FIRST]: "satisfied" }),
    (sheet) => Object.assign(sheet.opinions, { [REPAIRS]: "很快" }),
    (sheet) => Object.assign(sheet, { overall: "satisfied" }),
    (sheet) => Object.assign(sheet, { callback_welcome: "no" }),
    (sheet) => go(sheet, "declined"),
    (sheet) => go(sheet, ""),
  ]) {
    const changed = structuredClone(draft);
    change(changed.surveys[0]);
    assert.ok(!stillSays(changed.signing, changed, estate), String(change));
  }
  const filled = structuredClone(draft);
  filled.surveys[0].collect_at = COLLECT_AT;
  assert.ok(stillSays(filled.signing, filled, estate), "what is not said is not compared");
  await engine.close();
});

test("a survey that is over meanwhile is still what its owner was asked", async () => {
  const office = await anOfficeWithASurvey();
  const engine = await enrolled(office);
  const draft = await engine.startVisit(UNIT);
  office.remove("survey", SURVEY);
  office.change("task", TASK, { state: "cancelled" });
  await engine.sync();
  assert.equal(engine.survey(SURVEY)?.number, "2026-1");

  filledIn(draft.surveys[0]);
  draft.rating = "none";
  await shown(engine, draft);
  await engine.holdVisit(draft);

  assert.equal(JSON.parse(draft.signing.text).surveys[0].questions.length, 2);
  assert.equal(engine.survey(SURVEY), undefined);
  await engine.close();
});

/** A visit that was begun before the survey went out, and what the tablet fetched since. */
async function begunBefore() {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.change((draft) => Object.assign(draft, { wishes: "少打电话", rating: "none" }));
  const goOut = async () => {
    office.put("survey", SURVEY, ESTATE, aSurvey());
    office.put("task", TASK, ESTATE, dueTask());
    await engine.sync();
  };
  return { office, tablet, engine, kept, goOut };
}

test("a sheet that comes after the knock stands in the visit, and belongs to it once something becomes of it", async () => {
  const { office, engine, kept, goOut } = await begunBefore();
  assert.deepEqual(kept.sheets(), []);
  await goOut();
  assert.deepEqual(
    kept.sheetsLeft().map(({ sheet_id, number, out }) => [sheet_id, number, out]),
    [[SHEET, "2026-1-0001", false]],
  );
  assert.deepEqual([kept.draft.surveys, kept.draft.wishes], [[], "少打电话"], "nothing is written before a tap");

  await kept.takeUpSheet(SHEET, filledIn);
  office.remove("survey", SURVEY);
  office.change("task", TASK, { state: "cancelled" });
  await engine.sync();
  assert.equal(engine.survey(SURVEY)?.number, "2026-1", "its words stay with the visit, over or not");
  await shown(engine, kept.draft);
  await engine.holdVisit(kept.draft);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  const [read] = JSON.parse(operation.body.statement).surveys;
  assert.deepEqual([read.number, read.questions.length, operation.body.wishes], ["2026-1-0001", 2, "少打电话"]);
  assert.ok(operation.body.task_ids.includes(TASK));
  await engine.close();
});

test("a sheet that comes after the knock stands on the visit's screen at once, and a tap on it leads to its page", async () => {
  const { engine, kept, goOut } = await begunBefore();
  setLocale("en");
  const went = [];
  const app = { engine, redraw: () => {}, say: () => {}, go: (path) => went.push(path), visit: async () => kept };
  const visit = await visitPage(app, { unit: UNIT });
  assert.doesNotMatch(markup(visit.view()), /Owner satisfaction 2026/);
  await goOut();
  assert.match(markup(visit.view()), /Owner satisfaction 2026.*To hand out/s);

  await press(visit.view(), "Fill in now");
  await kept.settled;

  assert.deepEqual(went, [`visit/${UNIT}/survey/${SHEET}`]);
  assert.match(markup((await surveyPage(app, { unit: UNIT, sheet: SHEET })).view()), /In time/);
  assert.doesNotMatch(markup(visit.view()), /To hand out/, "something became of it");
  await engine.close();
});

test("a sheet that came after the knock is still there in a tablet that was switched off, its survey over or not", async () => {
  const { office, tablet, engine, kept, goOut } = await begunBefore();
  await goOut();
  await kept.takeUpSheet(SHEET, filledIn);
  office.remove("survey", SURVEY);
  await engine.sync();

  const again = await reopened(engine, tablet);

  assert.equal(again.survey(SURVEY)?.title.en, "Owner satisfaction 2026");
  const draft = (await VisitKept.open(again, UNIT, () => {})).draft;
  const [read] = JSON.parse((await again.statement(draft)).text).surveys;
  assert.deepEqual(read.opinions[0].text, "来得太慢");
  await again.close();
});

test("a sheet that comes while the owner reads changes nothing of what they sign", async () => {
  const { engine, kept, goOut } = await begunBefore();
  await shown(engine, kept.draft);
  const { signing } = structuredClone(kept.draft);

  await goOut();

  assert.ok(stillSays(kept.draft.signing, kept.draft, estateOf(engine)));
  assert.deepEqual([kept.draft.signing, kept.draft.surveys], [signing, []]);
  await engine.holdVisit(kept.draft);
  assert.equal(engine.tasksAt(UNIT).filter(({ surveyId }) => surveyId).length, 1, "it stays due");
  await engine.close();
});

test("of a sheet of which nothing became it counts how it stands with the office, of any other what was tapped", () => {
  const [untouched, tapped] = [aSheet(), aSheet()];
  go(tapped, "handed_out");
  const now = { ...aSheet(true), task_id: idOf(8703), agreed_at: COLLECT_AT };
  const stands = ([{ task_id, out, agreed_at, act }]) => [task_id, out, agreed_at, act];

  assert.deepEqual(stands(sheetsNow([untouched], [now])), [idOf(8703), true, COLLECT_AT, ""]);
  assert.deepEqual(stands(sheetsNow([tapped], [now])), [TASK, false, "", "handed_out"]);
  assert.deepEqual(stands(sheetsNow([untouched], [])), [TASK, false, "", ""]);
});

const sheetsDueAt = (engine) =>
  engine
    .tasksAt(UNIT)
    .flatMap(({ id, kind, sheetId, agreedAt, dueOn, mine }) =>
      sheetId ? [{ id, kind, sheetId, agreedAt, dueOn, mine }] : [],
    );

const handOut = (sheet, collect_at = COLLECT_AT) => {
  go(sheet, "handed_out");
  Object.assign(sheet, { collect_at });
};

/** Offline: nothing is sent before the tablet is told to. */
async function handedOut({ collectAt = COLLECT_AT } = {}) {
  const office = await anOfficeWithASurvey();
  const engine = await enrolled(office);
  const draft = await aSignedVisit(engine, { change: ({ surveys }) => handOut(surveys[0], collectAt) });
  await engine.holdVisit(draft);
  return { office, engine };
}

test("what was handed out offline is to be collected as agreed, before the office knows of it", async () => {
  const { engine } = await handedOut();

  const [collect, ...others] = sheetsDueAt(engine);

  assert.deepEqual(others, [], "nothing is to be handed out any more");
  const agreed = { agreedAt: COLLECT_AT, dueOn: "2026-11-25", mine: true };
  assert.deepEqual(collect, { id: "", kind: "survey_collect", sheetId: SHEET, ...agreed });
  assert.deepEqual(
    [engine.today().counts.surveys, engine.today().done.map(({ unit }) => unit.number)],
    [0, ["1202"]],
    "a sheet that its owner keeps until another day leaves the door done today",
  );
  await engine.startVisit(UNIT);
  assert.deepEqual(
    [engine.today().counts.surveys, engine.today().done],
    [1, []],
    "but not while somebody is there again",
  );
  await engine.close();
});

test("a visit that handed a sheet out says so wherever its record stands", async () => {
  const { engine } = await handedOut();
  setLocale("en");
  const [{ opId }] = engine.records();
  const app = /** @type {any} */ ({ engine, estateId: ESTATE, redraw: () => {} });

  const saved = await savedPage(app, { op: opId });
  for (const page of [saved, await recordsPage(app), await todayPage(app)])
    assert.match(markup(page.view()), /Survey sheets: 1/);
  assert.ok(!markup(saved.view()).includes("Issues: 0"), "it was not for nothing");
  saved.leave();
  await engine.close();
});

test("what is collected the same day still offline comes back in a visit of its own, and is due no more", async () => {
  const { office, engine } = await handedOut({ collectAt: "2026-11-23T10:00:00.000Z" });
  assert.equal(engine.today().counts.surveys, 1, "agreed for today: the door is still to be done");
  setLocale("en");
  setZone("Asia/Shanghai");
  const page = await todayPage({ engine, estateId: ESTATE, redraw: () => {} });
  assert.match(markup(page.view()), /Survey to collect · 18:00/, "at the time that was agreed");
  const tried = await engine.recordAttempt({ unitId: UNIT, outcome: "nobody_home" });

  const draft = await engine.startVisit(UNIT);
  const [sheet] = draft.surveys;
  assert.deepEqual([sheet.out, sheet.number], [true, "2026-1-0001"]);
  filledIn(sheet);
  draft.rating = "none";
  await shown(engine, draft);
  await engine.holdVisit(draft);

  assert.deepEqual(sheetsDueAt(engine), []);
  const body = bodyOf(draft, estateOf(engine), { signing: draft.signing, endedAt: "2026-11-23T10:20:00.000Z" });
  assert.deepEqual([body.task_ids, "task_id" in body.surveys[0]], [[], false]);
  await engine.sync();
  const { operation } = office.operations.get(tried.opId);
  assert.deepEqual(operation.body.task_ids, [], "what has no number at the office yet is named in no attempt");
  await engine.close();
});

test("once the office has it, its own task to collect stands, and a sheet put off moves with it", async () => {
  const { office, engine } = await handedOut();
  await engine.sync();
  office.put("task", idOf(8703), ESTATE, dueTask({ kind: "survey_collect", agreed_at: COLLECT_AT }));
  await engine.sync();
  assert.deepEqual(
    sheetsDueAt(engine).map(({ id }) => id),
    [idOf(8703)],
  );

  const draft = await engine.startVisit(UNIT);
  go(draft.surveys[0], "put_off");
  Object.assign(draft.surveys[0], { collect_at: "2026-12-01T02:00:00.000Z" });
  draft.rating = "none";
  await shown(engine, draft);
  await engine.holdVisit(draft);

  const [moved] = sheetsDueAt(engine);
  assert.deepEqual([moved.id, moved.dueOn], ["", "2026-12-01"]);
  await engine.close();
});

test("what came back or was declined here is due no more, also where its task came meanwhile", () => {
  const pulled = { id: idOf(8703), estate: ESTATE, v: 9, gen: 1, task: dueTask({ kind: "survey_collect" }) };
  const stateAfter = (collect_at) => {
    const sheets = [{ sheet_id: SHEET, survey_id: SURVEY, number: "2026-1-0001", collect_at }];
    const row = { opId: idOf(1), kind: "visit.hold", unit: UNIT, state: "here", at: "2026-11-23T04:00:00.000Z" };
    const overlay = overlayOf([{ row, brief: { settles: [], answers: [], sheets } }], new Map());
    return taskRow(pulled, overlay, { me: "", today: "2026-11-23", gen: 1 }).state;
  };

  assert.deepEqual([stateAfter(""), stateAfter(COLLECT_AT)], ["done", "due"]);
});

test("of a survey that is over nothing that was handed out here is collected", async () => {
  const { office, engine } = await handedOut();
  office.remove("survey", SURVEY);
  office.change("task", TASK, { state: "cancelled" });
  await engine.sync();

  assert.deepEqual(sheetsDueAt(engine), []);
  await engine.close();
});

test("a department that is renamed while its owner signs keeps the name that they read, and the next owner reads the new one", async () => {
  const office = await anOfficeWithASurvey();
  const engine = await enrolled(office);
  const draft = await aSignedVisit(engine, { change: ({ surveys }) => filledIn(surveys[0]) });

  const [department] = aSurvey().departments;
  const renamed = { ...department, name: { zh: "维修中心", en: "Repair centre" } };
  office.change("survey", SURVEY, { departments: [renamed] });
  await engine.sync();

  assert.ok(stillSays(draft.signing, draft, estateOf(engine)), "what was signed stands");
  const names = (text) => JSON.parse(text).surveys[0].questions.map((one) => one.department);
  assert.deepEqual(names((await engine.statement(draft)).text), ["维修中心", "维修中心"]);
  const { opId } = await engine.holdVisit(draft);
  await engine.sync();
  assert.deepEqual(names(office.operations.get(opId).operation.body.statement), ["工程维修部", "工程维修部"]);
  await engine.close();
});

test("on the phone a sheet is read out as one thing, with all its answers", async () => {
  const engine = await enrolled(await anOfficeWithASurvey());
  setLocale("en");
  await engine.startVisit(UNIT, { method: "phone" });
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.takeUpSheet(SHEET, (sheet) => {
    filledIn(sheet);
    sheet.filled = "by_phone";
  });
  await kept.handOver();
  const page = await officerPage(/** @type {any} */ ({ engine, visit: async () => kept }), { unit: UNIT });

  const things = markup(page.view()).split("<li").slice(1);
  const sheet = things.filter((thing) => /2026 年业主满意度调查 · What you answered/.test(thing));
  assert.equal(sheet.length, 1);
  for (const said of ["维修及时 · Dissatisfied", "来得太慢", "All in all · Mostly satisfied"])
    assert.ok(sheet[0].includes(said), said);
  page.leave();
  await engine.close();
});

test("of a sheet of paper of which nothing is copied somebody says that it is blank, or it is left for next time", async () => {
  const office = await anOfficeWithASurvey({ kind: "survey_collect", agreed_at: COLLECT_AT });
  const engine = await enrolled(office);
  setLocale("en");
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.takeUpSheet(SHEET, (sheet) => {
    go(sheet, "on_paper");
    sheet.bears_name = "no";
  });
  const app = /** @type {any} */ ({ engine, visit: async () => kept, redraw: () => {}, say: () => {} });
  const page = await surveyPage(app, { unit: UNIT, sheet: SHEET });
  const stopped = { preventDefault: () => stopped.count++, count: 0 };

  globalThis.document = /** @type {any} */ ({ querySelector: () => null });
  press(page.view(), "Done", stopped);
  Reflect.deleteProperty(globalThis, "document");
  assert.equal(stopped.count, 1);
  assert.match(
    markup(page.view()),
    /Copy what stands on it, or tick that it is blank\. No time now\? Leave it for next time/,
  );

  press(page.view(), "The sheet is blank");
  press(page.view(), "Done", stopped);
  assert.equal(stopped.count, 1);
  assert.match(markup((await visitPage(app, { unit: UNIT })).view()), /Came back blank/);

  press(page.view(), "Satisfied");
  assert.ok(!markup(page.view()).includes("What stands on it"), "something stands on it");
  await engine.close();
});

test("what is not whole is not saved", async () => {
  const engine = await enrolled(await anOfficeWithASurvey());
  const draft = await aSignedVisit(engine, { change: ({ surveys }) => go(surveys[0], "handed_out") });

  assert.throws(() => requireWhole(draft, estateOf(engine)), { code: "survey:not_whole" });

  assert.ok(worthAWitness({ ...draft, answers: [], issues: [] }), "a witness can confirm that it was taken");
  await engine.close();
});

test("photos of a sheet of paper are signed and sent with it", async () => {
  const office = await anOfficeWithASurvey({ kind: "survey_collect", agreed_at: COLLECT_AT });
  const engine = await enrolled(office);
  const draft = await engine.startVisit(UNIT);
  const [sheet] = draft.surveys;
  assert.deepEqual([sheet.out, sheet.agreed_at], [true, COLLECT_AT]);
  go(sheet, "on_paper");
  Object.assign(sheet, { bears_name: "no", photos: [await engine.savePhoto(draft.id, aJpeg())] });
  draft.rating = "none";
  await shown(engine, draft);

  const record = await engine.holdVisit(draft);

  assert.equal(record.photos.total, 1);
  const [photo] = JSON.parse(draft.signing.text).photos;
  assert.deepEqual([photo.issue_id, photo.sha256], [SHEET, sheet.photos[0].sha256]);
  await engine.close();
});

test("a sheet of paper that comes back by another's hand says whose name it bears, to whoever signs and to the office", async () => {
  const office = await anOfficeWithASurvey({ kind: "survey_collect", agreed_at: COLLECT_AT });
  const engine = await enrolled(office);
  const draft = await engine.startVisit(UNIT);
  const [sheet] = draft.surveys;
  Object.assign(draft, { interviewee: { name: "李芳", relation: "spouse" }, rating: "none" });
  go(sheet, "on_paper");
  Object.assign(sheet, { bears_name: "yes", signed_name: "陈建国" });
  await shown(engine, draft);
  assert.throws(() => requireWhole(draft, estateOf(engine)), { code: "survey:not_whole" });

  sheet.signed_relation = "owner";
  assert.ok(!stillSays(draft.signing, draft, estateOf(engine)), "what was signed did not say so");
  await shown(engine, draft);
  const [read] = JSON.parse(draft.signing.text).surveys;
  assert.deepEqual([read.signed_name, read.signed_relation], ["陈建国", "owner"]);
  assert.match(linesOf(read, "en", speaking("en"))[0], /陈建国.·.Owner$/u);
  await engine.holdVisit(draft);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  assert.equal(operation.body.surveys[0].signed_relation, "owner");
  await engine.close();
});

/** Taken up on the screen, read to its end, rated and signed by the owner. */
async function answeredAndSigned() {
  const office = await anOfficeWithASurvey();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.takeUpSheet(SHEET, filledIn);
  await kept.handOver();
  await kept.remakeStatement((draft) => Object.assign(draft, { rating: "satisfied" }));
  kept.endSeen();
  await kept.sign("owner", ink());
  return { office, engine, kept };
}

/** @param {VisitKept} kept */
const levelRead = (kept) => kept.statement().surveys[0].questions[0].level;

test("an answer that was read can be changed before the visit is saved: its owner reads it anew and signs that", async () => {
  const { office, engine, kept } = await answeredAndSigned();
  assert.equal(levelRead(kept), "dissatisfied");

  await kept.turn("visit");
  await kept.change(() => Object.assign(kept.sheet(SHEET).levels, { [FIRST]: "satisfied" }));
  await kept.handOver();
  assert.deepEqual([levelRead(kept), kept.draft.signing.owner], ["satisfied", undefined]);
  await kept.remakeStatement((draft) => Object.assign(draft, { locale: "en" }));
  assert.deepEqual([levelRead(kept), kept.statement().surveys[0].questions[0].text], ["satisfied", "In time"]);

  await signedByBoth(kept);
  await engine.holdVisit(kept.draft);
  await engine.sync();
  const [{ operation }] = office.operations.values();
  const [read] = JSON.parse(operation.body.statement).surveys;
  assert.deepEqual([operation.body.surveys[0].levels[FIRST], read.questions[0].level], ["satisfied", "satisfied"]);
  await engine.close();
});

/** @param {VisitKept} kept */
async function signedByBoth(kept) {
  kept.endSeen();
  await kept.sign("owner", ink());
  await kept.ownerDone();
  await kept.turn("officer");
  await kept.sign("officer", ink());
}

test("an answer that another window changes under the owner's hands is saved under no signature", async () => {
  const { engine, kept } = await answeredAndSigned();
  const other = await VisitKept.open(engine, UNIT, () => {});
  await other.change(() => Object.assign(other.sheet(SHEET).levels, { [FIRST]: "very_satisfied" }));

  await kept.readAgain();
  await signedByBoth(kept);

  await assert.rejects(engine.holdVisit(kept.draft), { code: "statement:changed" });
  await assert.rejects(engine.holdVisit(other.draft), { code: "statement:changed" });
  await kept.turn("visit");
  await kept.handOver();
  assert.deepEqual(
    [levelRead(kept), kept.draft.signing.owner],
    ["very_satisfied", undefined],
    "it is to be read first",
  );
  await engine.close();
});

test("an answer that two windows change at once is the one that is on the disk, in both", async () => {
  const { engine, kept } = await answeredAndSigned();
  await kept.turn("visit");
  const other = await VisitKept.open(engine, UNIT, () => {});

  await kept.change(() => Object.assign(kept.sheet(SHEET).levels, { [FIRST]: "basic" }));
  await other.change(() => Object.assign(other.sheet(SHEET).levels, { [FIRST]: "satisfied" }));

  assert.match(other.trouble, /另一个窗口|another window/, "whoever was later is told");
  assert.deepEqual(
    [kept, other].map((one) => one.sheet(SHEET).levels[FIRST]),
    ["basic", "basic"],
  );
  await engine.close();
});

test("a visit that was dropped takes its taps up again", async () => {
  const engine = await enrolled(await anOfficeWithASurvey());
  const old = await engine.startVisit(UNIT);
  filledIn(old.surveys[0]);
  await engine.saveDraft(UNIT, old);
  await engine.deleteDraft(UNIT);

  await beginAgain(engine, old);

  const kept = await VisitKept.open(engine, UNIT, () => {});
  assert.deepEqual(kept.sheet(SHEET).levels, { [FIRST]: "dissatisfied", [SECOND]: "none" });
  assert.deepEqual([kept.sheetsLeft().length, kept.firstSheetGap(NOON)], [0, undefined]);
  await engine.close();
});

test("what was tapped outlives a tablet that was switched off", async () => {
  const office = await anOfficeWithASurvey();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.change(() => filledIn(kept.sheet(SHEET)));

  const again = await VisitKept.open(engine, UNIT, () => {});

  assert.equal(again.sheet(SHEET).opinions[REPAIRS], " 来得太慢 ");
  await engine.close();
});
