// Where a record is, and what was decided about it later.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setLocale } from "../../static/tablet/i18n.js";
import { markup, pageModule, press } from "./support/screen.js";
import { anOffice, ESTATE, enrolled, idOf, OFFICER, UNIT } from "./support/tablet.js";

const { recordsPage } = await pageModule("records");

const DECIDED = { at: "2026-11-23T09:00:00.000Z", by: "孙丽华", note: "当面核实" };

for (const [status, outcome, state] of [
  ["applied", "applied", "complete"],
  ["set_aside", "set_aside", "set_aside"],
  ["rejected", "refused", "rejected"],
  ["held", "noted", "held"],
]) {
  test(`a record that waited for a decision shows that it is now ${state}, who decided, and why`, async () => {
    const office = await anOffice();
    office.judge = () => ({ status: "review", code: "operation:reassigned", reason: "这户已改由张华负责。" });
    const engine = await enrolled(office);
    const { opId, entityId } = await engine.recordAttempt({ unitId: UNIT, outcome: "nobody_home" });
    await engine.sync();
    assert.deepEqual([engine.records()[0].state, engine.records()[0].decided], ["review", null]);

    const decided = { ...DECIDED, outcome };
    office.put("record", entityId, ESTATE, aRecord({ op_id: opId, visit_id: entityId, status, decided }), OFFICER.id);
    await engine.sync();

    const [record] = engine.records();
    assert.deepEqual([record.state, record.decided], [state, decided]);
    assert.equal(record.reason, state === "complete" ? "" : "这户已改由张华负责。");
    await engine.close();
  });
}

test("a record that only the office holds says what was decided about it", async () => {
  const office = await anOffice();
  const decided = { ...DECIDED, outcome: "set_aside" };
  office.put("record", UNIT, ESTATE, aRecord({ status: "set_aside", decided }), OFFICER.id);

  const engine = await enrolled(office);

  const [record] = engine.records();
  assert.deepEqual([record.state, record.decided, record.unitNumber], ["set_aside", decided, "1202"]);
  await engine.close();
});

test("an attempt that only the office holds is told from a visit", async () => {
  const office = await anOffice();
  office.put("record", UNIT, ESTATE, aRecord({}), OFFICER.id);
  const engine = await enrolled(office);
  setLocale("en");

  const page = await recordsPage(/** @type {any} */ ({ engine }));
  assert.match(markup(page.view()), /Nobody met · Receipt HF-2611-0001/);
  await engine.close();
});

test("of a month's records the first stand there, the others come with scrolling, and no way is long to the tablet's own", async () => {
  const office = await anOffice();
  for (let n = 1; n <= 65; n++) {
    const [op_id, visit_id] = [idOf(30_000 + n), idOf(40_000 + n)];
    office.put("record", visit_id, ESTATE, aRecord({ op_id, visit_id }), OFFICER.id);
  }
  const engine = await enrolled(office);
  setLocale("en");
  const page = await recordsPage(/** @type {any} */ ({ engine, redraw: () => {} }));
  const drawn = () => markup(page.view()).split('data-testid="record"').length - 1;

  assert.equal(drawn(), 30);
  const html = markup(page.view());
  assert.ok(html.indexOf("<h2>This tablet") < html.indexOf("<h2>At the office"));

  press(page.view(), "More records: 35");
  assert.equal(drawn(), 60);
  press(page.view(), "More records: 5");
  assert.equal(drawn(), 65);
  assert.ok(!markup(page.view()).includes("More records"));
  await engine.close();
});

const aRecord = (change) => ({
  op_id: "01930000-0000-7000-8000-00000000aaaa",
  visit_id: UNIT,
  kind: "attempt",
  unit_id: UNIT,
  number: "T01-0001",
  receipt: "HF-2611-0001",
  status: "applied",
  complete: true,
  missing: [],
  at: "2026-11-23T04:00:00.000Z",
  ...change,
});
