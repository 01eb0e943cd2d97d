// A survey's sheet at a door: what can become of it, what is said and sent of it, and that what is signed says it all.

import assert from "node:assert/strict";
import { test } from "node:test";
import { speaking } from "../../static/tablet/i18n.js";
import { stillSays } from "../../static/tablet/statement.js";
import { answeredOf, go, hasBegun, lackOf, settledSheet, waysOf } from "../../static/tablet/surveys.js";
import { bodyOf, requireWhole, worthAWitness } from "../../static/tablet/visit.js";
import "./support/screen.js";
import {
  anOfficeWithASurvey,
  aSheet,
  aSurvey,
  COLLECT_AT,
  estateOf,
  FIRST,
  filledIn,
  REPAIRS,
  SECOND,
  SHEET,
  SURVEY,
  TASK,
} from "./support/survey.js";
import { aJpeg, aSignedVisit, enrolled, idOf, NOON, shown, UNIT } from "./support/tablet.js";

const { linesOf } = await import("../../static/tablet/parts/survey_said.js");

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
