// The vault: what a thief finds, what a reload needs, what a wrong PIN gets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compactDecrypt } from "jose";
import { openEngine } from "../../static/tablet/engine.js";
import {
  aJpeg,
  anOffice,
  aSignedVisit,
  aTablet,
  atRest,
  ESTATE,
  enrolled,
  OFFICER,
  PIN,
  reopened,
  UNIT,
} from "./support/tablet.js";

const refused = (code) => (error) => error.name === "Refused" && error.code === code;

test("at rest nobody reads an owner's name, phone or words, nor the reading token", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const draft = await aSignedVisit(engine, { photos: [aJpeg()] });
  await engine.holdVisit(draft);
  await engine.startVisit(UNIT);
  await engine.recordAttempt({ unitId: UNIT, outcome: "nobody_home" });
  await engine.sync();
  await engine.close();

  const rows = await atRest(tablet);
  const text = readable(rows);

  assert.ok(rows.docs.length > 8 && rows.operations.length === 2 && rows.drafts.length === 1);
  for (const secret of ["陈建国", "13800136021", "chen jian", "墙角仍有水印", "访客车辆", "锦绣花园", "read-1", PIN]) {
    assert.ok(!text.includes(secret), `${secret} lies in clear`);
  }
  assert.ok(text.includes("send-1"));
  assert.ok(
    !Object.values(rows)
      .flat()
      .some((row) => row.value?.privateKey?.extractable || row.value?.key?.extractable),
  );
});

test("after a reload while unlocked no PIN is asked for, after the idle time it is", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);

  engine = await reopened(engine, tablet);
  assert.equal(engine.state, "open");
  assert.equal(engine.unitRow(UNIT)?.name, "陈建国");

  await engine.close();
  tablet.clock.jump(5 * 60_000 + 1);
  engine = await openEngine(tablet);
  assert.equal(engine.state, "locked");
  assert.deepEqual(
    [engine.users(), engine.search("1202"), engine.records()],
    [[{ staffId: OFFICER.id, name: "李敏" }], [], []],
  );
  await engine.close();
});

test("the idle lock comes after five minutes without a touch, and not in owner mode", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const state = nextChange(engine, "state");

  tablet.clock.pass(4 * 60_000);
  engine.touch();
  tablet.clock.pass(4 * 60_000);
  assert.equal(engine.state, "open");
  engine.suspendIdle(true);
  tablet.clock.pass(60 * 60_000);
  assert.equal(engine.state, "open");
  engine.suspendIdle(false);
  tablet.clock.pass(6 * 60_000);
  await state;

  assert.equal(engine.state, "locked");
  await assert.rejects(engine.draft(UNIT), refused("vault:locked"));
  await engine.close();
});

test("a tablet that slept for longer than the idle time is locked as soon as it is woken or touched", async () => {
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const wakings = [(engine) => engine.touch(), () => document.dispatchEvent(new Event("visibilitychange"))];
  for (const woken of wakings) {
    const office = await anOffice();
    const tablet = aTablet(office, { events: { document } });
    const engine = await enrolled(office, tablet);

    tablet.clock.jump(4 * 60_000);
    woken(engine);
    engine.touch();
    assert.equal(engine.state, "open");
    const state = nextChange(engine, "state");
    tablet.clock.jump(6 * 60_000);
    woken(engine);
    await state;

    assert.equal(engine.state, "locked");
    await engine.close();
  }
});

test("wrong PINs have to wait, and the right one too until then", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.lock();
  const unlock = (pin) => engine.unlock({ staffId: OFFICER.id, pin });

  for (let i = 0; i < 5; i++) await assert.rejects(unlock("000000"), refused("vault:wrong_pin"));
  await assert.rejects(unlock(PIN), refused("vault:wait"));
  tablet.clock.pass(30_001);
  await unlock(PIN);

  assert.equal(engine.state, "open");
  assert.equal(await engine.checkPin("000000"), false);
  assert.equal(await engine.checkPin(PIN), true);
  await engine.close();
});

test("the office's safe gets the data key once, readable by the office only", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.sync();

  assert.equal(office.escrows.length, 1);
  const { plaintext } = await compactDecrypt(office.escrows[0], office.keys.privateKey);
  assert.equal(plaintext.length, 32);
  await engine.close();
});

test("a code that the office does not know is refused in the office's words; without a network nothing is spent", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await openEngine(tablet);

  await assert.rejects(engine.enrol({ code: "NOTACODE", pin: PIN }), refused("enrol:code_unknown"));
  await assert.rejects(engine.enrol({ code: office.code(OFFICER, [ESTATE]), pin: "123" }), refused("pin:too_short"));
  await engine.close();
  const offline = await openEngine({ ...tablet, fetch: () => Promise.reject(new TypeError("offline")) });
  await assert.rejects(offline.enrol({ code: "CODE0001", pin: PIN }), refused("enrol:offline"));

  assert.equal(offline.state, "new");
  assert.equal(office.codes.size, 1);
  await offline.close();
});

test("two people on one tablet: each sees their own, one's work goes out under its author while the other is in", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const other = { id: "01930000-0000-7000-8000-000000000002", name: "张华", locale: "en" };
  let engine = await enrolled(office, tablet);
  const { fetch } = tablet;
  tablet.fetch = () => Promise.reject(new TypeError("offline"));
  engine = await reopened(engine, tablet);
  await engine.holdVisit(await aSignedVisit(engine));
  await engine.lock();

  tablet.fetch = fetch;
  engine = await reopened(engine, tablet);
  await engine.enrol({ code: office.code(other, [ESTATE]), pin: "135790" });
  await engine.sync();

  assert.equal(engine.me().staff.name, "张华");
  assert.deepEqual(engine.records(), []);
  const [{ operation, device }] = office.operations.values();
  assert.equal(operation.author, OFFICER.id);
  assert.equal(device, office.devices.get("send-1").id);
  await engine.lock();
  await engine.unlock({ staffId: OFFICER.id, pin: PIN });
  assert.equal(engine.records()[0].state, "complete");
  await engine.close();
});

test("a locked tablet goes on sending", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);
  tablet.fetch = () => Promise.reject(new TypeError("offline"));
  engine = await reopened(engine, tablet);
  await engine.holdVisit(await aSignedVisit(engine, { photos: [aJpeg()] }));
  await engine.lock();

  tablet.fetch = office.fetch;
  engine = await reopened(engine, tablet);
  await engine.sync();

  assert.equal(engine.state, "locked");
  assert.equal(office.operations.size, 1);
  assert.deepEqual([engine.syncState().unsent, engine.syncState().unsentPhotos], [0, 0]);
  await engine.close();
});

test("enrolling the same person again keeps the vault and what lies in it", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const draft = await engine.startVisit(UNIT);
  const code = office.code(OFFICER, [ESTATE]);

  await assert.rejects(engine.enrol({ code, pin: "999999" }), refused("vault:wrong_pin"));
  await engine.enrol({ code, pin: PIN });

  assert.equal((await engine.draft(UNIT))?.draft.id, draft.id);
  assert.equal(engine.me().device.code, "T02");
  await engine.sync();
  assert.equal(engine.syncState().error, null);
  await engine.close();
});

test("storage that was emptied behind the app's back is noticed", async () => {
  const office = await anOffice();
  const kept = new Map();
  const canary = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const tablet = aTablet(office, { canary });
  const engine = await enrolled(office, tablet);
  await engine.close();

  const wiped = await openEngine(aTablet(office, { canary }));

  assert.equal(wiped.syncState().wiped, true);
  await wiped.close();
});

/** Every string and every byte in the rows, whichever way it is stored. */
function readable(rows) {
  const parts = [];
  const walk = (value) => {
    if (typeof value === "string") parts.push(value);
    else if (value instanceof Uint8Array) parts.push(Buffer.from(value).toString("utf8"));
    else if (value && typeof value === "object" && !(value instanceof CryptoKey)) Object.values(value).forEach(walk);
  };
  walk(rows);
  return parts.join("\n");
}

function nextChange(engine, kind) {
  return new Promise((resolve) => {
    const stop = engine.subscribe((change) => {
      if (change !== kind) return;
      stop();
      resolve(undefined);
    });
  });
}
