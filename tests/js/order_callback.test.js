// A finished work order at the door: one of the callbacks of the one knock, on the signed statement, settled with it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { anOffice, aSignedVisit, aTask, ESTATE, enrolled, idOf, UNIT } from "./support/tablet.js";

const DUE = idOf(8500);
const ORDER = {
  id: idOf(9500),
  number: "WX-2611-0007",
  kind: "chargeable",
  text: "厨房 · 水槽漏水",
  work_done: "更换软管",
  worker: "王师傅",
  finished_on: "2026-11-22",
};

/** A chargeable repair was finished, in its first round or after rework. */
async function anOfficeWithAnOrder(round = 1) {
  const office = await anOffice();
  const called = { zh: "有偿服务回访", en: "Chargeable-service callback" };
  office.put("task", DUE, ESTATE, aTask({ kind: "service_callback", called, order: ORDER, round }));
  return office;
}

test("a finished order is due at the door with what was done, among the callbacks", async () => {
  const engine = await enrolled(await anOfficeWithAnOrder());

  const due = engine.tasksAt(UNIT).find(({ id }) => id === DUE);

  assert.deepEqual([due.kind, due.order, due.issueId, due.round], ["service_callback", ORDER, "", 1]);
  assert.deepEqual([engine.today().counts.visits, engine.today().counts.callbacks], [2, 1]);
  await engine.close();
});

test("the owner's answer stands on the statement that is signed, and goes up naming the order", async () => {
  const office = await anOfficeWithAnOrder(2);
  const engine = await enrolled(office);
  const draft = await aSignedVisit(engine);
  const { callbacks } = JSON.parse(draft.signing.text);

  const record = await engine.holdVisit(draft);
  await engine.sync();

  assert.deepEqual(
    [record.answers, draft.answers.filter(({ answer }) => answer).length],
    [2, 2],
    "its record counts it",
  );
  assert.deepEqual(
    callbacks.find(({ order_id }) => order_id),
    {
      order_id: ORDER.id,
      number: "WX-2611-0007",
      text: "厨房 · 水槽漏水",
      round: 2,
      measure: "更换软管 · 王师傅",
      done_on: "2026-11-22",
      answer: "dissatisfied",
      reason: "墙角仍有水印",
    },
  );
  const [{ operation }] = office.operations.values();
  assert.deepEqual(
    operation.body.answers.find(({ task_id }) => task_id === DUE),
    { task_id: DUE, order_id: ORDER.id, round: 2, answer: "dissatisfied", reason: "墙角仍有水印" },
  );
  assert.ok(operation.body.task_ids.includes(DUE));
  assert.ok(!engine.tasksAt(UNIT).some(({ id }) => id === DUE), "it is due no more");
  await engine.close();
});

test("not answered it stays due and is on no statement", async () => {
  const office = await anOfficeWithAnOrder();
  const engine = await enrolled(office);
  const draft = await aSignedVisit(engine, {
    change: (begun) => {
      for (const given of begun.answers) if (given.order) given.answer = "";
    },
  });

  await engine.holdVisit(draft);

  assert.deepEqual(
    JSON.parse(draft.signing.text).callbacks.map(({ order_id }) => order_id),
    [undefined],
  );
  assert.ok(engine.tasksAt(UNIT).some(({ id }) => id === DUE));
  await engine.close();
});

test("another answer after it was shown asks for showing it again", async () => {
  const engine = await enrolled(await anOfficeWithAnOrder());
  const draft = await aSignedVisit(engine);

  for (const given of draft.answers) if (given.order) given.answer = "satisfied";

  await assert.rejects(engine.holdVisit(draft), { code: "statement:changed" });
  await engine.close();
});
