// An office restored from a backup: tablets notice, send again what they keep, and never show less than they had.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  aJpeg,
  anOffice,
  aSignedVisit,
  aTablet,
  atRest,
  enrolled,
  OFFICER,
  PIN,
  reopened,
  UNIT,
} from "./support/tablet.js";

const HOUR = 3_600_000;
const offline = () => Promise.reject(new TypeError("offline"));
const unlock = (engine) => engine.unlock({ staffId: OFFICER.id, pin: PIN });

test("a locked tablet notices that the office was restored, and sends again what it keeps", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const backup = office.backup();
  await engine.holdVisit(await aSignedVisit(engine, { photos: [aJpeg()] }));
  await engine.sync();
  await engine.lock();
  const [before] = office.operations.keys();
  office.restore(backup);
  assert.equal(office.operations.size, 0);

  tablet.clock.pass(11 * 60_000);
  await engine.sync();

  assert.deepEqual([...office.operations.keys()], [before]);
  assert.ok([...office.blobs.values()].every((blob) => blob.complete) && office.blobs.size === 1);
  await unlock(engine);
  await engine.sync();
  assert.equal(engine.records()[0].state, "complete");
  assert.equal(office.safe.size, 1);
  assert.equal(office.escrows.length, 2, "the safe may be older than the key in it");
  await engine.close();
});

test("what a locked tablet sent to a restored office is not due again when it opens", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const backup = office.backup();
  const due = engine.tasksAt(UNIT).map(({ id }) => id);
  for (let nth = 0; nth < 20; nth++) for (const id of due) office.change("task", id, {});
  await engine.sync();
  const { fetch } = tablet;
  tablet.fetch = offline;
  const away = await reopened(engine, tablet);
  await away.holdVisit(await aSignedVisit(away));
  await away.lock();
  office.restore(backup);
  tablet.fetch = fetch;
  const locked = await reopened(away, tablet);
  tablet.clock.pass(11 * 60_000);
  await locked.sync();
  assert.equal(office.operations.size, 1);
  tablet.fetch = offline;

  const open = await reopened(locked, tablet);
  await unlock(open);

  assert.ok(due.length > 0);
  assert.equal(open.records()[0].state, "complete");
  assert.deepEqual(open.tasksAt(UNIT), []);
  await open.close();
});

test("a record whose photo came late is kept for as long after as any other", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const { fetch } = tablet;
  tablet.fetch = (url, init) => (url.includes("/blobs/") ? offline() : fetch(url, init));
  let now = await reopened(engine, tablet);
  await now.holdVisit(await aSignedVisit(now, { photos: [aJpeg()] }));
  await now.sync();
  office.now += 29 * 24 * HOUR;
  tablet.fetch = fetch;
  now = await reopened(now, tablet);
  await now.sync();
  office.now += 20 * 24 * HOUR;
  await now.sync();
  assert.equal((await atRest(tablet)).operations.length, 1, "49 days after its receipt, 20 after its photo");

  office.now += 11 * 24 * HOUR;
  await now.sync();

  assert.equal((await atRest(tablet)).operations.length, 0);
  await now.close();
});
