// One knock: everything due at a door is one visit under one signature, and each thing is settled by its own rule.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  forANewerApp,
  forTheAnswer,
  forTheSheet,
  forTheTalk,
  KINDS,
  kindOf,
  toBeTold,
} from "../../static/tablet/kinds.js";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import {
  anIssue,
  anOffice,
  aSignedVisit,
  aTablet,
  aTask,
  ESTATE,
  enrolled,
  idOf,
  reopened,
  shown,
  UNIT,
} from "./support/tablet.js";

const PLANNED = idOf(8001);
const CALLBACK = idOf(8002);
const SPECIAL = idOf(8400);
const UNKNOWN = idOf(8401);

/** What the executive ordered, and something that only a newer app knows. */
async function anOfficeWithMore() {
  const office = await anOffice();
  office.put("task", SPECIAL, ESTATE, aSpecial());
  office.put("task", UNKNOWN, ESTATE, aTask({ kind: "utilities_check", called: { zh: "燃气检查", en: "Gas check" } }));
  return office;
}

const aSpecial = (change = {}) =>
  aTask({
    kind: "special_visit",
    called: { zh: "专项走访", en: "Special visit" },
    title: "暖气打压前逐户确认",
    ask: "阀门是否打开",
    method: "door",
    due_on: "2026-11-25",
    ...change,
  });

const kindsAt = (engine) => engine.tasksAt(UNIT).map(({ kind }) => kind);

test("office and tablet have the same rows: category, and what settles it", () => {
  const { kinds } = JSON.parse(readFileSync(new URL("../vectors/due_kinds.json", import.meta.url), "utf8"));

  const rows = Object.entries(KINDS).map(([kind, row]) => [kind, [row.category, row.settledBy]]);

  assert.deepEqual(Object.fromEntries(rows), kinds);
  for (const [kind, row] of Object.entries(KINDS)) {
    assert.ok(row.icon && row.words(), kind);
    assert.equal(kindOf({ kind, called: null }), row);
  }
});

test("each task belongs to the talk, to a callback, to what is told, to a sheet or to a newer app, and to one of them only", () => {
  const tasks = [...Object.keys(KINDS), "utilities_check", "constructor"].map((kind) => ({ kind, called: null }));

  const parts = [forTheTalk(tasks), forTheAnswer(tasks), forANewerApp(tasks), toBeTold(tasks), forTheSheet(tasks)];

  assert.equal(parts.flat().length, tasks.length);
  assert.deepEqual(
    parts[2].map(({ kind }) => kind),
    ["utilities_check", "constructor"],
  );
  assert.equal(kindOf({ kind: "x", called: null }).words(), "Something new to this app");
  assert.equal(kindOf({ kind: "x", called: { zh: "发放", en: "Hand out" } }).words(), "发放");
});

test("a special visit reaches the list with what it is about, and one withdrawn leaves it", async () => {
  const office = await anOfficeWithMore();
  const engine = await enrolled(office);

  const special = engine.tasksAt(UNIT).find(({ id }) => id === SPECIAL);
  assert.deepEqual(
    [special.title, special.ask, special.method, special.mine, special.dueOn],
    ["暖气打压前逐户确认", "阀门是否打开", "door", true, "2026-11-25"],
  );
  const [first] = engine.today().groups[0].rows;
  assert.equal(first.tasks.length, 4);
  assert.deepEqual([engine.today().counts.visits, engine.today().counts.callbacks], [2, 1]);

  office.change("task", SPECIAL, { state: "cancelled" });
  await engine.sync();

  assert.deepEqual(kindsAt(engine).sort(), ["issue_callback", "planned_visit", "utilities_check"]);
  await engine.close();
});

test("one visit settles the planned and the special one and the callback that was answered, under one signature", async () => {
  const office = await anOfficeWithMore();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);
  tablet.fetch = () => Promise.reject(new TypeError("offline"));
  engine = await reopened(engine, tablet);

  const record = await engine.holdVisit(await aSignedVisit(engine));

  assert.deepEqual([record.signatures, record.answers], [2, 1]);
  assert.deepEqual(kindsAt(engine), ["utilities_check"]);
  tablet.fetch = office.fetch;
  engine = await reopened(engine, tablet);
  await engine.sync();
  const [{ operation }] = office.operations.values();
  assert.deepEqual(operation.body.task_ids.sort(), [PLANNED, CALLBACK, SPECIAL].sort());
  assert.deepEqual(
    operation.body.answers.map(({ task_id }) => task_id),
    [CALLBACK],
  );
  assert.deepEqual(kindsAt(engine), ["utilities_check"], "what the app does not know is neither dropped nor settled");
  await engine.close();
});

test("what is left for next time stays due, and may be taken up again before the signature", async () => {
  const office = await anOfficeWithMore();
  const engine = await enrolled(office);
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});

  await kept.takeUp(SPECIAL, false);
  await kept.takeUp(PLANNED, false);
  await kept.takeUp(PLANNED, true);

  const { draft } = await engine.draft(UNIT);
  assert.deepEqual(draft.task_ids, [PLANNED]);
  Object.assign(draft, { rating: "basic" });
  await engine.holdVisit(await shown(engine, draft));
  assert.deepEqual(kindsAt(engine).sort(), ["issue_callback", "special_visit", "utilities_check"]);
  await engine.sync();
  const [{ operation }] = office.operations.values();
  assert.deepEqual(operation.body.task_ids, [PLANNED]);
  await engine.close();
});

test("one that is ordered while the visit runs is offered, and only counts when the officer takes it up", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  await engine.startVisit(UNIT);
  office.put("task", SPECIAL, ESTATE, aSpecial());
  await engine.sync();
  const kept = await VisitKept.open(engine, UNIT, () => {});

  assert.deepEqual(kept.draft.task_ids, [PLANNED]);
  assert.ok(forTheTalk(engine.tasksAt(UNIT)).some(({ id }) => id === SPECIAL));
  await kept.takeUp(SPECIAL, true);

  const { draft } = await engine.draft(UNIT);
  assert.deepEqual(draft.task_ids, [PLANNED, SPECIAL]);
  await engine.close();
});

test("leaving something for next time changes nothing that the owner has signed", async () => {
  const office = await anOfficeWithMore();
  const engine = await enrolled(office);
  const draft = await aSignedVisit(engine);
  const before = draft.signing.sha256;

  draft.task_ids = [PLANNED];

  assert.equal((await engine.statement(draft)).sha256, before);
  await engine.holdVisit(draft);
  await engine.close();
});

test("nobody is asked about an issue whose words are not on the tablet: its callback stays due", async () => {
  const office = await anOffice();
  office.put("task", idOf(8600), ESTATE, aTask({ kind: "issue_callback", issue_id: idOf(9600), round: 1 }));
  const engine = await enrolled(office);

  const draft = await engine.startVisit(UNIT);

  assert.ok(!draft.answers.some(({ issue_id }) => issue_id === idOf(9600)));
  assert.ok(engine.tasksAt(UNIT).some(({ id, state }) => id === idOf(8600) && state === "due"));
  await engine.close();
});

test("the owner is shown what was done in the round that they are asked about, whatever the office did since", async () => {
  const office = await anOffice();
  const issue = anIssue({ state: "rectified", round: 1, measure: "补涂防水" });
  office.put("issue", idOf(9600), ESTATE, issue);
  office.put("task", idOf(8600), ESTATE, aTask({ kind: "issue_callback", issue_id: idOf(9600), round: 1 }));
  const engine = await enrolled(office);
  const draft = await engine.startVisit(UNIT);
  const asked = draft.answers.find(({ issue_id }) => issue_id === idOf(9600));
  asked.answer = "satisfied";

  office.change("issue", idOf(9600), { state: "accepted", round: 2, measure: "换水管" });
  await engine.sync();
  const { value } = await engine.statement(draft);

  const shown = value.callbacks.find(({ issue_id }) => issue_id === idOf(9600));
  assert.deepEqual([shown.round, shown.measure], [1, "补涂防水"]);
  await engine.close();
});
