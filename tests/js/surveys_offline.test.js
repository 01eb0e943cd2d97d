// What was handed out, put off or brought back offline: it is due, or due no more, before the office knows of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { overlayOf, taskRow } from "../../static/tablet/agenda.js";
import { setLocale } from "../../static/tablet/i18n.js";
import { go } from "../../static/tablet/surveys.js";
import { bodyOf } from "../../static/tablet/visit.js";
import { markup, pageModule } from "./support/screen.js";
import { anOfficeWithASurvey, COLLECT_AT, dueTask, estateOf, filledIn, SHEET, SURVEY, TASK } from "./support/survey.js";
import { aSignedVisit, ESTATE, enrolled, idOf, shown, UNIT } from "./support/tablet.js";

const { recordsPage } = await pageModule("records");
const { savedPage } = await pageModule("saved");
const { todayPage } = await pageModule("today");
const { setZone } = await import("../../static/tablet/parts/when.js");

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

test("a household that declined here and wishes to be asked once more is due again, with what it said", async () => {
  const office = await anOfficeWithASurvey();
  const engine = await enrolled(office);
  const draft = await aSignedVisit(engine, {
    change: ({ surveys }) => {
      go(surveys[0], "declined");
      surveys[0].reason = "没有时间";
    },
  });
  await engine.holdVisit(draft);
  assert.deepEqual(sheetsDueAt(engine), []);
  await engine.sync();

  office.put("task", idOf(8704), ESTATE, dueTask({ ask: "来电说愿意参加" }));
  await engine.sync();

  assert.deepEqual(
    engine.tasksAt(UNIT).flatMap(({ sheetId, kind, ask }) => (sheetId ? [[sheetId, kind, ask]] : [])),
    [[SHEET, "survey_hand_out", "来电说愿意参加"]],
  );
  await engine.close();
});
