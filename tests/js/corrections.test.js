// A correction of an owner file noted at the door: saved offline, shown as waiting, decided by the office.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PARTS } from "../../static/tablet/corrections.js";
import { saidWords, standingWords } from "../../static/tablet/parts/owner_file.js";
import { anOffice, aTablet, atRest, enrolled, OFFICER, reopened, UNIT } from "./support/tablet.js";

const refused = (code) => (error) => error.name === "Refused" && error.code === code;
const offline = () => Promise.reject(new TypeError("offline"));

async function atTheDoor() {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const [person] = (await engine.unit(UNIT)).people;
  return { office, tablet, engine, person };
}

const aPhone = (person, change = {}) => ({
  unitId: UNIT,
  about: "phone",
  personId: person.id,
  value: { phone: " 13900001111 " },
  remark: "业主当面告知",
  ...change,
});

test("a correction saved offline shows beside the old value, survives a reload, and reaches the office once", async () => {
  const { office, tablet, engine, person } = await atTheDoor();
  tablet.fetch = offline;

  const saved = await engine.correctOwner(aPhone(person));
  let again = await reopened(engine, tablet);
  const here = await again.unit(UNIT);
  tablet.fetch = office.fetch;
  again = await reopened(again, tablet);
  await again.sync();

  assert.deepEqual([saved.kind, saved.state, saved.correction.value.phone], ["correction", "here", "13900001111"]);
  assert.equal(here.people[0].phone, person.phone);
  assert.deepEqual(
    here.corrections.map(({ about, value, by }) => [about, value.phone, by]),
    [["phone", "13900001111", OFFICER.name]],
  );
  const sent = [...office.operations.values()].map(({ operation }) => operation);
  assert.equal(sent.length, 1);
  assert.deepEqual([sent[0].kind, sent[0].v, sent[0].entity_id], ["owner.correct", 1, saved.entityId]);
  const { noted_at: _at, ...body } = sent[0].body;
  assert.deepEqual(body, {
    number: "T01-0001",
    unit_id: UNIT,
    person_id: person.id,
    about: "phone",
    value: { phone: "13900001111" },
    base: { phone: person.phone },
    remark: "业主当面告知",
  });
  await again.close();
});

test("once the office has it, it waits there and stands on the unit card once, for a colleague too", async () => {
  const { office, engine, person } = await atTheDoor();
  await engine.correctOwner(aPhone(person));
  await engine.sync();
  const colleague = { ...OFFICER, id: OFFICER.id.replace(/1$/, "2"), name: "周敏" };

  const other = await enrolled(office, aTablet(office), { staff: colleague });

  for (const each of [engine, other]) {
    const { corrections } = await each.unit(UNIT);
    assert.deepEqual(
      corrections.map(({ value, by }) => [value.phone, by]),
      [["13900001111", OFFICER.name]],
    );
  }
  const [record] = engine.records();
  assert.deepEqual([record.state, record.correction.state], ["complete", "waiting"]);
  assert.deepEqual(other.records(), []);
  await engine.close();
  await other.close();
});

for (const [state, reason] of [
  ["accepted", ""],
  ["refused", "业主来电确认原号码有效"],
]) {
  test(`a correction that the office ${state} stands so in its record and no more on the unit card`, async () => {
    const { office, engine, person } = await atTheDoor();
    const { entityId } = await engine.correctOwner(aPhone(person));
    await engine.sync();

    const at = "2026-11-24T02:00:00.000Z";
    office.change("record", entityId, { correction: { about: "phone", state, by: "孙丽华", at, reason } });
    office.change("unit", UNIT, { corrections: [] });
    await engine.sync();

    assert.equal((await engine.unit(UNIT)).corrections?.length ?? 0, 0);
    const [{ correction }] = engine.records();
    assert.deepEqual([correction.state, correction.by, correction.reason], [state, "孙丽华", reason]);
    assert.equal(correction.value.phone, "13900001111");
    await engine.close();
  });
}

test("a correction is no visit: what is due, attempts and the last visit stay", async () => {
  const { engine, person } = await atTheDoor();
  const [due, row] = [engine.today().counts, engine.unitRow(UNIT)];

  await engine.correctOwner(aPhone(person));

  assert.deepEqual(engine.today().counts, due);
  assert.deepEqual(engine.unitRow(UNIT), row);
  await engine.close();
});

test("a correction that the office could not read shows on the unit card no more and in Records as trouble", async () => {
  const { office, engine, person } = await atTheDoor();
  office.judge = () => ({ status: "rejected", code: "operation:body_unreadable", reason: "看不懂" });

  await engine.correctOwner(aPhone(person));
  await engine.sync();

  assert.equal((await engine.unit(UNIT)).corrections, undefined);
  const [record] = engine.records();
  assert.equal(record.state, "rejected");
  assert.equal(standingWords(record), "");
  await engine.close();
});

test("what is not sent, rejected or set aside as it arrives waits for nobody; what was decided says so all the same", () => {
  const correction = { about: "phone", state: "waiting", value: null };
  const words = (state, change = {}) => standingWords({ state, correction: { ...correction, ...change } });

  assert.deepEqual([words("here"), words("rejected"), words("set_aside")], ["", "", ""]);
  for (const state of ["review", "held", "received", "complete"]) assert.notEqual(words(state), "");
  assert.match(words("set_aside", { state: "refused", by: "孙丽华", reason: "查无此人" }), /查无此人/);
  assert.equal(standingWords({ state: "complete", correction: null }), "");
});

test("a telephone number that was noted is shown so that one knows which, never whole", () => {
  assert.equal(saidWords("phone", { phone: "13900001111" }), "139 **** 1111");
  assert.equal(saidWords("tenant", { name: "许文", phone: "13900002222" }), "许文 139 **** 2222");
  assert.equal(saidWords("tenant", { name: "许文", phone: "" }), "许文");
  assert.equal(saidWords("plates", { plate: "浙A12345" }), "浙A12345");
});

for (const [code, change] of [
  ["correction:empty", { value: { phone: "  " } }],
  ["correction:phone", { value: { phone: "12" } }],
  ["correction:same", { value: { phone: "13800136021" } }],
  ["correction:nobody", { personId: "" }],
  ["unit:unknown", { unitId: "01930000-0000-7000-8000-00000000dead" }],
]) {
  test(`nothing is saved and ${code} is said where a correction does not hold together`, async () => {
    const { engine, person } = await atTheDoor();

    await assert.rejects(engine.correctOwner(aPhone(person, change)), refused(code));

    assert.equal(engine.records().length, 0);
    await engine.close();
  });
}

test("what was noted lies encrypted on the tablet", async () => {
  const { tablet, engine, person } = await atTheDoor();

  await engine.correctOwner(aPhone(person));

  assert.ok(!JSON.stringify(await atRest(tablet)).includes("13900001111"));
  await engine.close();
});

test("tablet and office have the same table of parts", () => {
  const rules = readFileSync(new URL("../../app/estates/file_rules.py", import.meta.url), "utf8");
  const table = rules.slice(rules.indexOf("PARTS: dict"), rules.indexOf('"""What a correction says'));
  const office = [...table.matchAll(/About\.(\w+): \(([^)]*)\)/g)].map(([, about, parts]) => [
    about.toLowerCase(),
    [...parts.matchAll(/"(\w+)"/g)].map(([, part]) => part),
  ]);
  assert.deepEqual(Object.fromEntries(office), PARTS);
});
