// Today's doors: grouped as one walks, what was done at the end, in the estate's own day.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  anOffice,
  aSheetOut,
  aSignedVisit,
  aTablet,
  aTask,
  aUnit,
  ESTATE,
  enrolled,
  idOf,
  UNIT,
} from "./support/tablet.js";

test("doors stand by building, entrance and floor downwards, with all that is due at each", async () => {
  const office = await anOffice();
  office.put("unit", idOf(1801), ESTATE, aUnit({ building: "10", floor: 18, number: "1801" }));
  for (const [n, unit] of [
    [1, idOf(401)],
    [2, idOf(1801)],
  ])
    office.put("task", idOf(8100 + n), ESTATE, aTask({ unit_id: unit }));
  office.put("task", idOf(8200), ESTATE, aTask({ unit_id: idOf(1801), assignee: idOf(77), assignee_name: "张华" }));
  office.put("task", idOf(8201), ESTATE, aTask({ unit_id: idOf(1801), state: "cancelled" }));
  const engine = await enrolled(office);

  const today = engine.today();

  assert.deepEqual(
    today.groups.map(({ building, entrance, rows }) => [building, entrance, rows.map(({ unit }) => unit.number)]),
    [
      ["3", "1", ["1202", "1102"]],
      ["3", "2", ["0401"]],
      ["10", "1", ["1801"]],
    ],
  );
  const [first] = today.groups[0].rows;
  assert.deepEqual(
    [first.tasks.map(({ kind }) => kind), first.overdueDays, first.dueOn],
    [["issue_callback", "planned_visit"], 1, "2026-11-22"],
  );
  assert.deepEqual(today.counts, {
    all: 4,
    left: 4,
    done: 0,
    visits: 4,
    callbacks: 1,
    tellings: 0,
    surveys: 0,
    overdue: 1,
  });
  assert.equal(engine.tasksAt(idOf(1801)).length, 2);
  await engine.close();
});

test("a door visited moves to what is done; one with something left stays", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.startVisit(idOf(1102));
  await engine.holdVisit(await aSignedVisit(engine));

  let today = engine.today();
  assert.deepEqual(
    [today.groups[0].rows.map(({ unit, draft }) => [unit.number, draft]), today.done.map(({ unit }) => unit.number)],
    [[["1102", true]], ["1202"]],
  );
  assert.deepEqual([today.counts.left, today.counts.done, today.done[0].record.receipt], [1, 1, ""]);
  await engine.sync();
  assert.equal(engine.today().done[0].record.receipt, "HF-2611-0001");

  office.put("task", idOf(8300), ESTATE, aTask());
  await engine.sync();
  today = engine.today();
  assert.deepEqual([today.counts.left, today.counts.done], [2, 0]);
  await engine.close();
});

test("at midnight of the estate, not of Greenwich, a new day begins", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.holdVisit(await aSignedVisit(engine));
  assert.deepEqual([engine.today().date, engine.today().done.length], ["2026-11-23", 1]);

  tablet.clock.jump(12 * 3600_000 + 1);

  assert.deepEqual([engine.today().date, engine.today().done.length], ["2026-11-24", 0]);
  assert.equal(engine.tasksDue()[0].overdueDays, 1);
  assert.equal(engine.tasksAt(UNIT).length, 0);
  await engine.close();
});

test("a sheet that is collected at an agreed time has that time: today by the clock, one that passed on the way", async () => {
  const office = await anOffice();
  const collect = (unit_id, agreed_at) =>
    aTask({ kind: "survey_collect", unit_id, survey_id: idOf(8700), sheet_id: idOf(8701), agreed_at });
  office.put("task", idOf(8101), ESTATE, collect(UNIT, "2026-11-23T11:00:00Z"));
  office.put("task", idOf(8102), ESTATE, collect(idOf(401), "2026-11-25T02:00:00Z"));
  office.put("task", idOf(8103), ESTATE, collect(idOf(1102), "2026-11-21T11:00:00Z"));
  const engine = await enrolled(office);

  const { agreed, groups } = engine.today();

  const times = (rows) => rows.map(({ unit, next }) => [unit.number, next?.at ?? "", next?.agreed ?? false]);
  assert.deepEqual(times(agreed), [["1202", "2026-11-23T11:00:00Z", true]]);
  assert.deepEqual(times(groups.flatMap(({ rows }) => rows)), [
    ["1102", "", false],
    ["0401", "2026-11-25T02:00:00Z", true],
  ]);
  await engine.close();
});

test("a sheet that is collected another day opens no door today; with anything else that is due there it stands beside it", async () => {
  const office = await anOffice();
  const collected = (unit, due_on) => aSheetOut({ unit_id: unit, due_on, agreed_at: `${due_on}T06:00:00.000Z` });
  office.put("unit", idOf(1801), ESTATE, aUnit({ building: "10", floor: 18, number: "1801" }));
  office.put("unit", idOf(1901), ESTATE, aUnit({ building: "10", floor: 19, number: "1901" }));
  office.put("task", idOf(8201), ESTATE, collected(idOf(1801), "2026-11-27"));
  office.put("task", idOf(8202), ESTATE, collected(idOf(1901), "2026-11-25"));
  office.put("task", idOf(8203), ESTATE, collected(UNIT, "2026-11-27"));
  const engine = await enrolled(office);

  const { groups, later, counts } = engine.today();

  const left = groups.flatMap(({ rows }) => rows);
  assert.deepEqual(
    later.map(({ unit }) => unit.number),
    ["1901", "1801"],
  );
  assert.ok(!left.some(({ unit }) => ["1801", "1901"].includes(unit.number)));
  assert.ok(left.find(({ unit }) => unit.id === UNIT)?.tasks.some(({ kind }) => kind === "survey_collect"));
  assert.deepEqual([counts.left, counts.surveys], [left.length, 1]);
  await engine.startVisit(idOf(1901));
  assert.deepEqual(
    engine.today().later.map(({ unit }) => unit.number),
    ["1801"],
  );
  await engine.close();
});
