// Tries that met nobody: counted per task, shown with their numbers and times, on this tablet and on a colleague's.

import assert from "node:assert/strict";
import { test } from "node:test";
import { afterCall, callsMade, nextTry, numbersOf, unreachable } from "../../static/tablet/tries.js";
import { anOffice, aTablet, aTask, ESTATE, enrolled, idOf, OFFICER, reopened, UNIT } from "./support/tablet.js";

const refused = (code) => (error) => error.name === "Refused" && error.code === code;
const offline = () => Promise.reject(new TypeError("offline"));

const AGREED = "2026-11-23T07:30:00.000Z"; // 15:30 today in the estate
const LATER = "2026-11-28T02:30:00.000Z";

const call = (outcome = "no_answer", tasks = ["visit"]) => ({ at: "", method: "phone", outcome, tasks });
const knock = (tasks = ["visit"]) => ({ at: "", method: "door", outcome: "nobody_home", tasks });

test("calls are counted per task, and the one rung about most counts", () => {
  const tries = [call(), call(), knock(), call("no_answer", ["visit", "callback"])];

  assert.equal(callsMade(tries, ["visit"]), 3);
  assert.equal(callsMade(tries, ["callback"]), 1);
  assert.equal(callsMade(tries, ["visit", "callback"]), 3);
  assert.equal(callsMade(tries, ["another"]), 0);
  assert.equal(callsMade(tries, []), 3);
});

for (const [words, tries, limit, expected] of [
  ["two calls of three", [call(), call()], 3, 0],
  ["three calls", [call(), call(), call("suspended")], 3, 3],
  ["knocks are no calls", [call(), knock(), knock()], 3, 0],
  ["another limit", [call(), call()], 2, 2],
  ["the policy's limit without a setting", [call(), call(), call()], undefined, 3],
  ["somebody answered and agreed on a time", [call(), call(), call("rescheduled")], 3, 0],
  ["and then was rung in vain again", [call(), call("rescheduled"), call(), call(), call()], 3, 3],
]) {
  test(`unreachable by phone: ${words}`, () => {
    assert.equal(unreachable(tries, ["visit"], limit), expected);
  });
}

test("what the newest try says of the next one holds", () => {
  const agreed = { ...call("rescheduled"), again_at: AGREED };

  assert.deepEqual(nextTry([knock(), agreed]), { at: AGREED, agreed: true, method: "phone" });
  assert.deepEqual(nextTry([{ ...knock(), again_at: LATER }]), { at: LATER, agreed: false, method: "door" });
  assert.equal(nextTry([agreed, knock()]), null);
  assert.equal(nextTry([]), null);
});

test("a dead number is known by person, place and ending, until it rings or is put right", () => {
  const person = { id: "p", phone: "138 0013 6021", other_phones: ["0571-8888 1234"] };
  const [first, second] = numbersOf({ people: [person] });
  const dead = afterCall([], second.called, "suspended", "2026-11-23");

  const marks = (/** @type {any} */ one) =>
    numbersOf({ people: [one], dead_numbers: dead }).map((each) => each.dead?.on);
  assert.deepEqual([first.called.ending, second.called], ["6021", { person_id: "p", index: 1, ending: "1234" }]);
  assert.deepEqual(marks(person), [undefined, "2026-11-23"]);
  assert.deepEqual(marks({ ...person, other_phones: ["0571-8888 9999"] }), [undefined, undefined]);
  assert.deepEqual(afterCall(dead, second.called, "no_answer", "2026-11-24"), []);
});

test("a time agreed by phone offline stands first on today's list, also after a reload and at the office", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);
  tablet.fetch = offline;
  engine = await reopened(engine, tablet);

  const [{ called }] = numbersOf(await engine.unit(idOf(1102)));
  await engine.recordAttempt({ unitId: idOf(1102), outcome: "rescheduled", method: "phone", againAt: AGREED, called });
  const here = engine.today();
  engine = await reopened(engine, tablet);
  const reloaded = engine.today();
  tablet.fetch = office.fetch;
  engine = await reopened(engine, tablet);
  await engine.sync();

  for (const today of [here, reloaded, engine.today()]) {
    assert.deepEqual(
      today.agreed.map(({ unit, next }) => [unit.number, next?.at ?? ""]),
      [["1102", AGREED]],
    );
    assert.deepEqual(
      today.groups.map(({ rows }) => rows.map(({ unit }) => unit.number)),
      [["1202"]],
    );
    assert.deepEqual([today.counts.all, today.counts.left], [2, 2]);
  }
  const [{ operation }] = [...office.operations.values()];
  assert.deepEqual(
    [operation.v, operation.body.again_at, operation.body.number_called, operation.body.task_ids],
    [2, AGREED, called, [idOf(8003)]],
  );
  assert.ok(!JSON.stringify(operation).includes("13800136021"), "the number itself stays at home");
  await engine.close();
});

test("the colleague who gets the task sees the time that was agreed", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  await engine.recordAttempt({ unitId: idOf(1102), outcome: "rescheduled", method: "phone", againAt: AGREED });
  await engine.sync();
  const colleague = { id: idOf(2), name: "张伟", locale: "zh" };
  office.put("task", idOf(8003), ESTATE, aTask({ unit_id: idOf(1102), assignee: colleague.id }));

  const other = await enrolled(office, aTablet(office), { staff: colleague });

  assert.deepEqual(
    other.today().agreed.map(({ unit, next }) => [unit.number, next?.at ?? ""]),
    [["1102", AGREED]],
  );
  await engine.close();
  await other.close();
});

test("several times of today stand by the clock, one of another day with its building", async () => {
  const office = await anOffice();
  office.put("task", idOf(8004), ESTATE, aTask({ unit_id: idOf(401) }));
  const engine = await enrolled(office);

  await engine.recordAttempt({ unitId: UNIT, outcome: "rescheduled", againAt: "2026-11-23T11:00:00.000Z" });
  await engine.recordAttempt({ unitId: idOf(401), outcome: "rescheduled", againAt: AGREED });
  await engine.recordAttempt({ unitId: idOf(1102), outcome: "nobody_home", againAt: LATER });

  const { agreed, groups } = engine.today();
  assert.deepEqual(
    agreed.map(({ unit }) => unit.number),
    ["0401", "1202"],
  );
  assert.deepEqual(
    groups.map(({ rows }) => rows.map(({ unit, next }) => [unit.number, next?.at ?? ""])),
    [[["1102", LATER]]],
  );
  await engine.close();
});

test("a time that passed without a try stays in sight, and somebody met takes it away", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.recordAttempt({ unitId: idOf(1102), outcome: "rescheduled", againAt: AGREED });

  tablet.clock.jump(2 * 86_400_000);
  const missed = engine.today().agreed.map(({ unit }) => unit.number);
  await engine.sync();
  office.change("unit", idOf(1102), { attempts: 0, tries: [] });
  await engine.sync();

  assert.deepEqual(missed, ["1102"]);
  assert.deepEqual(engine.today().agreed, []);
  await engine.close();
});

test("a number found wrong is marked on the card at once, whoever found it", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const [{ called }] = numbersOf(await engine.unit(UNIT));

  await engine.recordAttempt({ unitId: UNIT, outcome: "wrong_number", method: "phone", called });

  const [{ dead }] = numbersOf(await engine.unit(UNIT));
  assert.deepEqual([dead.outcome, dead.on], ["wrong_number", "2026-11-23"]);
  await engine.close();
});

test("an agreement without a time, and a next try in the past, are refused in words and nothing is kept", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const attempt = { unitId: UNIT, outcome: "rescheduled", method: "phone" };

  await assert.rejects(engine.recordAttempt(attempt), refused("attempt:no_time"));
  await assert.rejects(
    engine.recordAttempt({ ...attempt, againAt: "2026-11-23T03:59:00.000Z" }),
    refused("attempt:time_passed"),
  );
  assert.deepEqual([engine.records(), engine.unitRow(UNIT).attempts], [[], 0]);
  await engine.close();
});

test("of a child alone at the door nothing is written down", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);

  await engine.recordAttempt({ unitId: UNIT, outcome: "child_only", note: "女孩，约八岁，独自在家" });
  await engine.sync();

  const [{ operation }] = [...office.operations.values()];
  assert.deepEqual([operation.body.note, operation.author], ["", OFFICER.id]);
  await engine.close();
});
