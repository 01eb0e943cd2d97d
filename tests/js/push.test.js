// Handing in: every record exactly once, whatever the network does, and no record in another's way.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS, thinLine } from "./support/faults.js";
import { messageIn } from "./support/office.js";
import { anOffice, aSignedVisit, aTablet, atRest, enrolled, idOf, OFFICER, reopened, UNIT } from "./support/tablet.js";

for (const [name, fault] of Object.entries(FAULTS)) {
  test(`a push that goes wrong (${name}) ends with one receipt`, async () => {
    const { office, tablet, engine } = await aSavedVisit();
    let wrong = 0;
    tablet.fetch = (url, init) =>
      url.endsWith("/sync/push") && wrong++ === 0 ? fault(office.fetch, url, init) : office.fetch(url, init);

    const later = await reopened(engine, tablet);
    await later.sync();
    await later.sync();

    assert.equal(office.operations.size, 1);
    assert.deepEqual(
      [later.records()[0].state, later.syncState().unsent, later.syncState().error],
      ["complete", 0, null],
    );
    assert.deepEqual(new Set(sentBytes(office)).size, 1);
    await later.close();
  });
}

test("an answer in another order finds its records", async () => {
  const { office, tablet, engine } = await aSavedVisit();
  await engine.recordAttempt({ unitId: idOf(1102), outcome: "refused" });
  tablet.fetch = async (url, init) => {
    const answer = await office.fetch(url, init);
    if (!url.endsWith("/sync/push")) return answer;
    const message = await answer.json();
    return new Response(JSON.stringify({ ...message, receipts: message.receipts.reverse() }));
  };

  const later = await reopened(engine, tablet);
  await later.sync();

  assert.deepEqual(
    later
      .records()
      .map(({ kind, state, receipt }) => [kind, state, receipt])
      .sort(),
    [
      ["attempt", "complete", "HF-2611-0002"],
      ["visit", "complete", "HF-2611-0001"],
    ],
  );
  await later.close();
});

test("a refused record says why and holds up nobody", async () => {
  const { office, tablet, engine } = await aSavedVisit();
  await engine.recordAttempt({ unitId: idOf(1102), outcome: "refused" });
  office.judge = ({ kind }) =>
    kind === "visit.hold" ? { status: "rejected", code: "unit:unknown", reason: "没有这户" } : {};
  tablet.fetch = office.fetch;

  const later = await reopened(engine, tablet);
  await later.sync();

  const states = Object.fromEntries(later.records().map((record) => [record.kind, record]));
  assert.equal(states.attempt.state, "complete");
  assert.deepEqual(
    [states.visit.state, states.visit.code, states.visit.reason],
    ["rejected", "unit:unknown", "没有这户"],
  );
  assert.deepEqual([later.syncState().unsent, later.syncState().error], [0, null]);
  // What was refused is not done: it is due again, as the office says.
  assert.equal(later.tasksAt(UNIT).length, 2);
  await later.close();
});

test("a record under review, or of a version that the office does not know yet, is received and said to wait", async () => {
  for (const status of ["review", "held"]) {
    const { office, tablet, engine } = await aSavedVisit();
    office.judge = () => ({ status, code: `visit:${status}`, reason: "等主管确认" });
    tablet.fetch = office.fetch;

    const later = await reopened(engine, tablet);
    await later.sync();

    assert.deepEqual([later.records()[0].state, later.records()[0].reason], [status, "等主管确认"]);
    assert.equal(later.syncState().unsent, 0);
    await later.close();
  }
});

test("a message that is refused as a whole is split until only its cause is left behind", async () => {
  const { office, tablet, engine } = await aSavedVisit();
  const records = [];
  for (let i = 0; i < 4; i++) records.push(await engine.recordAttempt({ unitId: UNIT, outcome: "no_answer" }));
  const poison = records[1].opId;
  tablet.fetch = async (url, init) => {
    if (!url.endsWith("/sync/push")) return office.fetch(url, init);
    const hit = (await messageIn(init)).operations.some(({ op_id }) => op_id === poison);
    return hit ? new Response('{"code":"message:unreadable","message":"?"}', { status: 400 }) : office.fetch(url, init);
  };

  const later = await reopened(engine, tablet);
  await later.sync();

  assert.equal(office.operations.size, 4);
  assert.deepEqual(
    later
      .records()
      .filter(({ state }) => state === "here")
      .map(({ opId }) => opId),
    [poison],
  );
  assert.equal(later.syncState().error.code, "message:unreadable");
  await later.close();
});

test("a receipt for other bytes is no receipt for ours", async () => {
  const { office, tablet, engine } = await aSavedVisit();
  tablet.fetch = async (url, init) => {
    const answer = await office.fetch(url, init);
    if (!url.endsWith("/sync/push")) return answer;
    const message = await answer.json();
    for (const receipt of message.receipts) receipt.digest = "0".repeat(64);
    return new Response(JSON.stringify(message));
  };

  const later = await reopened(engine, tablet);
  await later.sync();

  assert.equal(later.records()[0].state, "here");
  assert.equal(later.syncState().unsent, 1);
  await later.close();
});

test("bytes damaged on the way are sent again, not called refused", async () => {
  const { office, tablet, engine } = await aSavedVisit();
  const states = [];
  let later;
  tablet.fetch = async (url, init) => {
    states.push(later?.records()[0].state);
    if (!url.endsWith("/sync/push") || states.length > 1) return office.fetch(url, init);
    const [{ op_id, digest }] = (await messageIn(init)).operations;
    const damaged = { op_id, digest, status: "rejected", code: "operation:hash_differs", version: 0, missing: [] };
    return new Response(JSON.stringify({ receipts: [damaged] }));
  };

  later = await reopened(engine, tablet);
  await later.sync();
  await later.sync();

  assert.ok(!states.includes("rejected"));
  assert.equal(later.records()[0].state, "complete");
  assert.equal(office.operations.size, 1);
  await later.close();
});

test("a revoked token keeps everything on the tablet, to be exported as it would be sent", async () => {
  const { office, tablet, engine } = await aSavedVisit();
  tablet.fetch = office.fetch;
  office.devices.clear();

  const later = await reopened(engine, tablet);
  await later.sync();

  assert.deepEqual([later.syncState().error.code, later.syncState().unsent], ["auth:token", 1]);
  const [head, first, end] = (await (await later.exportUnsent()).text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual([head.format, head.v, end], ["doorstep/unsent", 2, { end: { operations: 1, blobs: 0 } }]);
  const operation = JSON.parse(await office.decrypted(first.operation.jwe, "doorstep-op"));
  assert.equal(operation.author, OFFICER.id);
  await later.close();
});

test("the office hears how the tablet is, also when there is nothing to hand in", async () => {
  const office = await anOffice();
  const storage = {
    persisted: async () => true,
    estimate: async () => ({ usage: 1234, quota: 99999 }),
    persist: async () => true,
  };
  const tablet = aTablet(office, { storage });
  const engine = await enrolled(office, tablet);
  office.pushes.length = 0;

  await engine.sync();
  assert.equal(office.pushes.length, 0);
  tablet.clock.pass(11 * 60_000);
  await engine.sync();

  assert.deepEqual(
    office.pushes.map(({ device_time: _time, ...push }) => push),
    [
      {
        app_version: "test",
        unsent: { count: 0, photos: 0, drafts: 0 },
        storage: { persisted: true, usage: 1234, quota: 99999, wiped: false },
        operations: [],
      },
    ],
  );
  await engine.close();
});

test("the state of sync says how much is here, since when, and when all last went through", async () => {
  const { engine } = await aSavedVisit();

  await engine.sync();

  const { online, unsent, oldestAt, lastOkAt, error } = engine.syncState();
  assert.deepEqual([online, unsent, oldestAt, error.code], [false, 1, "2026-11-23T04:00:00.000Z", "sync:offline"]);
  assert.equal(lastOkAt, "2026-11-23T04:00:00.000Z");
  await engine.close();
});

test("two hundred records go in messages of a hundred", async () => {
  const { office, tablet, engine } = await aSavedVisit();
  for (let i = 0; i < 120; i++) await engine.recordAttempt({ unitId: UNIT, outcome: "no_answer" });
  tablet.fetch = office.fetch;

  const later = await reopened(engine, tablet);
  await later.sync();

  assert.deepEqual(office.pushes.map(({ operations }) => operations.length).filter(Boolean), [100, 21]);
  const seqs = office.pushes.flatMap(({ operations }) => operations.map(({ op_seq }) => op_seq));
  assert.deepEqual(
    seqs,
    seqs.toSorted((a, b) => a - b),
  );
  await later.close();
});

test("over a line too thin for a day's records at once they go in smaller messages", async () => {
  const { office, tablet, engine } = await aSavedVisit();
  for (let i = 0; i < 60; i++) await engine.recordAttempt({ unitId: UNIT, outcome: "no_answer" });
  tablet.fetch = thinLine(tablet, office.fetch, 20_000);
  const later = await reopened(engine, tablet);

  for (let tries = 0; tries < 8 && later.syncState().unsent; tries++) await later.sync();

  const sent = () => office.pushes.map(({ operations }) => operations.length).filter(Boolean);
  assert.deepEqual(
    [later.syncState().unsent, sent().reduce((all, some) => all + some), office.operations.size],
    [0, 61, 61],
  );
  assert.ok(sent().length > 2);
  await later.close();
});

test("what is confirmed is forgotten only after the office could not have lost it any more, by the office's clock", async () => {
  const { office, tablet, engine } = await aSavedVisit();
  tablet.fetch = office.fetch;
  const later = await reopened(engine, tablet);
  await later.sync();

  tablet.clock.jump(400 * 86_400_000);
  office.now += 29 * 86_400_000;
  await later.sync();
  assert.equal(keptBy(later).length, 1);
  tablet.clock.jump(-360 * 86_400_000);
  office.now += 2 * 86_400_000;
  await later.sync();

  assert.deepEqual([keptBy(later), later.records(), (await atRest(tablet)).frozen], [[], [], []]);
  await later.close();
});

/** A visit on a tablet without a network. */
async function aSavedVisit() {
  const office = await anOffice();
  const tablet = aTablet(office);
  const before = await enrolled(office, tablet);
  tablet.fetch = () => Promise.reject(new TypeError("offline"));
  const engine = await reopened(before, tablet);
  await engine.holdVisit(await aSignedVisit(engine));
  office.pushes.length = 0;
  return { office, tablet, engine };
}

/** Records that the tablet itself still keeps: only these know how many signatures they have. */
const keptBy = (engine) => engine.records().filter((record) => record.signatures > 0);

const sentBytes = (office) => office.pushes.flatMap(({ operations }) => operations.map(({ jwe }) => jwe));
