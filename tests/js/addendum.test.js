// A later fact to a visit: saved like everything else, beside what was signed; and work that the office only keeps.

import assert from "node:assert/strict";
import { test } from "node:test";
import { anOffice, aSignedVisit, aTablet, ESTATE, enrolled, idOf, OFFICER, reopened, UNIT } from "./support/tablet.js";

const refused = (code) => (error) => error.name === "Refused" && error.code === code;
const offline = () => Promise.reject(new TypeError("offline"));

async function afterAVisit(change = {}) {
  const office = await anOffice();
  Object.assign(office, change);
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const visit = await engine.holdVisit(await aSignedVisit(engine));
  return { office, tablet, engine, visit };
}

test("a note added offline survives a reload and reaches the office once, with a number of its own", async () => {
  const { office, tablet, engine, visit } = await afterAVisit();
  await engine.sync();
  tablet.fetch = offline;
  let again = await reopened(engine, tablet);

  const note = await again.appendToVisit(visit.entityId, "  业主来电：厨房也渗水 ");
  tablet.fetch = office.fetch;
  again = await reopened(again, tablet);
  await again.sync();

  const sent = [...office.operations.values()].map(({ operation }) => operation);
  assert.deepEqual(
    sent.map(({ kind }) => kind),
    ["visit.hold", "visit.append"],
  );
  const { body, entity_id } = sent[1];
  assert.equal(entity_id, note.entityId);
  assert.deepEqual([body.visit_id, body.text, body.number], [visit.entityId, "业主来电：厨房也渗水", "T01-0002"]);
  const record = again.records().find(({ opId }) => opId === note.opId);
  assert.deepEqual(
    [record.kind, record.note, record.state, record.unitNumber],
    ["addendum", "业主来电：厨房也渗水", "complete", "1202"],
  );
  assert.equal(again.unitRow(UNIT).attempts, 0);
  await again.close();
});

test("a note is not a visit: what is due and what was done today do not change", async () => {
  const { engine, visit } = await afterAVisit();
  await engine.sync();
  const [due, unit] = [engine.today().counts, engine.unitRow(UNIT)];

  await engine.appendToVisit(visit.entityId, "补充");

  assert.deepEqual(engine.today().counts, due);
  assert.deepEqual(engine.unitRow(UNIT), unit);
  await engine.close();
});

test("nothing, or a visit that nobody knows here, cannot be added to", async () => {
  const { engine, visit } = await afterAVisit();

  await assert.rejects(engine.appendToVisit(visit.entityId, "  "), refused("addendum:empty"));
  await assert.rejects(engine.appendToVisit(idOf(4711), "补充"), refused("visit:unknown"));
  assert.equal(engine.records().length, 1);
  await engine.close();
});

/** As the office says it of a visit that somebody there sent back. */
function sentBack(office, visit, at = visit.at) {
  const mend = { act: idOf(77), by: "孙丽华", at: "2026-11-24T02:00:00.000Z", reason: "请写明渗水位置" };
  const doc = {
    op_id: visit.opId,
    visit_id: visit.entityId,
    kind: "visit",
    unit_id: UNIT,
    number: visit.number,
    receipt: "HF-2611-0001",
    status: "applied",
    entered: true,
    complete: true,
    missing: [],
    mend,
    at,
  };
  office.put("record", visit.entityId, ESTATE, doc, OFFICER.id);
  return mend;
}

test("a record sent back asks for a note, until one was written here that names what it mends", async () => {
  const { office, tablet, engine, visit } = await afterAVisit();
  await engine.sync();
  const mend = sentBack(office, visit);
  await engine.sync();
  const asked = () => engine.records().find(({ opId }) => opId === visit.opId)?.mend;
  assert.deepEqual(asked(), mend);
  tablet.fetch = offline;

  await engine.appendToVisit(visit.entityId, "在厨房吊柜后面", mend.act);

  assert.equal(asked(), null);
  tablet.fetch = office.fetch;
  await engine.sync();
  const { operation } = [...office.operations.values()].at(-1);
  assert.deepEqual([operation.kind, operation.v, operation.body.mends], ["visit.append", 2, mend.act]);
  await engine.close();
});

test("a note that the office refused leaves what is asked for standing", async () => {
  const { office, engine, visit } = await afterAVisit();
  await engine.sync();
  const mend = sentBack(office, visit);
  await engine.sync();
  office.judge = () => ({ status: "rejected", code: "operation:body_unreadable", reason: "看不懂" });

  await engine.appendToVisit(visit.entityId, "在厨房吊柜后面", mend.act);
  await engine.sync();

  assert.deepEqual(engine.records().find(({ opId }) => opId === visit.opId)?.mend, mend);
  await engine.close();
});

test("a note of another kind leaves what is asked for standing", async () => {
  const { office, engine, visit } = await afterAVisit();
  await engine.sync();
  const mend = sentBack(office, visit);
  await engine.sync();

  await engine.appendToVisit(visit.entityId, "业主来电");

  assert.deepEqual(engine.records().find(({ opId }) => opId === visit.opId)?.mend, mend);
  await engine.close();
});

test("a record sent back is shown however long ago the visit was", async () => {
  const { office, engine, visit } = await afterAVisit();
  await engine.sync();
  const old = { ...visit, opId: idOf(901), entityId: idOf(902), number: "T09-0001" };

  sentBack(office, old, "2025-01-05T02:00:00.000Z");
  await engine.sync();

  assert.equal(engine.records().find(({ opId }) => opId === old.opId)?.mend?.reason, "请写明渗水位置");
  await engine.close();
});

for (const [status, shown] of [
  ["held", "done"],
  ["set_aside", "due"],
]) {
  test(`work that the office has ${status} leaves what it was for ${shown}`, async () => {
    const { office, engine, visit } = await afterAVisit({ judge: () => ({ status: "held", code: "unknown" }) });
    await engine.sync();
    office.put(
      "record",
      visit.opId,
      ESTATE,
      {
        op_id: visit.opId,
        visit_id: visit.entityId,
        kind: "visit",
        unit_id: UNIT,
        number: visit.number,
        receipt: "",
        status,
        entered: false,
        complete: false,
        missing: [],
        at: visit.at,
      },
      OFFICER.id,
    );
    await engine.sync();

    assert.equal(engine.tasksAt(UNIT).length === 0 ? "done" : "due", shown);
    await engine.close();
  });
}
