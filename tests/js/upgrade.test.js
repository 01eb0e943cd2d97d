// The storage of an older app under a newer one: an upgrade never shrinks the outbox (invariant 13).

import assert from "node:assert/strict";
import { test } from "node:test";
import { forceCloseDatabase } from "fake-indexeddb";
import { openEngine } from "../../static/tablet/engine.js";
import { VERSIONS } from "../../static/tablet/schema.js";
import { Store } from "../../static/tablet/store.js";
import { aJpeg, anOffice, aSignedVisit, aTablet, atRest, enrolled, idOf, reopened, UNIT } from "./support/tablet.js";

/** The first shape that tablets out there have. Frozen: it is never brought up to date with the code. */
const FIRST = {
  version: 1,
  stores: {
    settings: "name",
    users: "staffId",
    devices: "id",
    scopes: "user",
    docs: "[user+type+id], [user+unit], [user+estate], [user+gen+type+id+v]",
    chunks: "[user+estate+n]",
    operations: "opId, user, entity, state",
    photos: "sealed, draft, op, complete, [user+sha256]",
    frozen: "id",
    copies: "id",
    drafts: "[user+unit], id",
  },
};

/** A shape that is to come: one more index, and every record of an operation touched. */
const NEXT = {
  version: Math.max(...VERSIONS.map(({ version }) => version)) + 1,
  stores: { operations: "opId, user, entity, state, at" },
  upgrade: (transaction) =>
    transaction
      .table("operations")
      .toCollection()
      .modify((row) => {
        row.upgraded = true;
      }),
};

const refused = (code) => (error) => error.name === "Refused" && error.code === code;

test("a shape that was released is never changed afterwards", () => {
  assert.deepEqual(VERSIONS[0], FIRST);
});

for (const [name, versions] of [
  ["today's app", VERSIONS],
  ["the next app", [...VERSIONS, NEXT]],
]) {
  test(`${name} opens the first app's storage with everything unsent in it, and sends it`, async () => {
    const { office, tablet, unsent, draft } = await aTabletOfTheFirstApp();

    const engine = await openEngine(with_(tablet, versions));
    assert.deepEqual(await unsentOn(engine, tablet), unsent);
    assert.deepEqual((await engine.draft(idOf(401))).draft, draft);
    tablet.fetch = office.fetch;
    const later = await reopened(engine, with_(tablet, versions));
    await later.sync();

    assert.deepEqual([...office.operations.keys()].sort(), unsent.operations);
    assert.deepEqual(
      later.records().map(({ state }) => state),
      ["complete", "complete"],
    );
    await later.close();
  });
}

test("a tablet that dies in the middle of an upgrade has all of the old shape, and upgrades the next time", async () => {
  const { tablet, unsent } = await aTabletOfTheFirstApp();
  const deadly = {
    ...NEXT,
    upgrade: async (transaction) => {
      await transaction.table("operations").toCollection().delete();
      await transaction.table("photos").toCollection().delete();
      throw new Error("the tablet is off");
    },
  };

  await assert.rejects(openEngine(with_(tablet, [...VERSIONS, deadly])));
  const old = await openEngine(with_(tablet, [FIRST]));
  assert.deepEqual(await unsentOn(old, tablet), unsent);
  await old.close();

  const engine = await openEngine(with_(tablet, [...VERSIONS, NEXT]));
  assert.deepEqual(await unsentOn(engine, tablet), unsent);
  assert.ok((await atRest(tablet)).operations.every((row) => row.upgraded));
  await engine.close();
});

test("two windows with the old app let go of the storage, ask to be loaded anew, and write nothing old into it", async () => {
  const { tablet, unsent } = await aTabletOfTheFirstApp();
  const windows = [await openEngine(with_(tablet, [FIRST])), await openEngine(with_(tablet, [FIRST]))];
  const told = [];
  for (const old of windows) old.subscribe((change) => told.push(change));

  const engine = await openEngine(with_(tablet, [...VERSIONS, NEXT]));

  assert.deepEqual(
    told.filter((change) => change === "state"),
    ["state", "state"],
  );
  for (const old of windows) {
    assert.equal(old.state, "outdated");
    await assert.rejects(old.recordAttempt({ unitId: UNIT, outcome: "nobody_home" }), refused("storage:outdated"));
    await old.sync();
    await old.close();
  }
  assert.deepEqual(await unsentOn(engine, tablet), unsent);
  await engine.recordAttempt({ unitId: UNIT, outcome: "nobody_home" });
  await engine.sync();
  assert.equal(engine.syncState().unsent, 3);
  await engine.close();
});

test("a draft typed in a window that was left behind is refused in words, not lost without one", async () => {
  const { tablet, draft } = await aTabletOfTheFirstApp();
  const old = await openEngine(with_(tablet, [FIRST]));
  const engine = await openEngine(with_(tablet, [...VERSIONS, NEXT]));

  await assert.rejects(old.saveDraft(draft.unit_id, { ...draft, wishes: "?" }), refused("storage:outdated"));

  assert.deepEqual((await engine.draft(draft.unit_id)).draft, draft);
  await Promise.all([old.close(), engine.close()]);
});

test("a window whose storage was deleted under it says that, and never that all is kept", async () => {
  const { tablet, draft } = await aTabletOfTheFirstApp();
  const engine = await openEngine(tablet);

  await new Promise((done) => {
    tablet.indexedDB.deleteDatabase("doorstep").onsuccess = done;
  });

  assert.equal(engine.state, "outdated");
  assert.match(engine.whyOutdated(), /deleted/);
  await assert.rejects(engine.saveDraft(draft.unit_id, draft), { code: "storage:outdated", message: /deleted/ });
  await engine.close();
});

test("storage that a browser empties under an open window is never taken for one from which all was sent", async () => {
  const { tablet, unsent } = await aTabletOfTheFirstApp();
  const connections = [];
  const { indexedDB } = tablet;
  const watched = new Proxy(indexedDB, {
    get: (factory, name) => (name === "open" ? openWatched : factory[name].bind(factory)),
  });
  function openWatched(...how) {
    const request = indexedDB.open(...how);
    request.addEventListener("success", () => connections.push(request.result));
    return request;
  }
  const engine = await openEngine({
    ...tablet,
    indexedDB: watched,
    fetch: () => Promise.reject(new TypeError("offline")),
  });
  await engine.sync();
  const count = unsent.operations.length;
  assert.ok(count && engine.syncState().unsent === count);

  for (const connection of connections) forceCloseDatabase(connection);
  await new Promise((done) => {
    indexedDB.deleteDatabase("doorstep").onsuccess = done;
  });
  await engine.sync();

  assert.equal(engine.state, "outdated");
  assert.match(engine.whyOutdated(), /deleted/);
  assert.equal(engine.syncState().unsent, count);
  assert.deepEqual(await indexedDB.databases(), []);
  await engine.close();
});

test("an upgrade that another window holds up says so, and goes on by itself", async () => {
  const { tablet, unsent } = await aTabletOfTheFirstApp();
  const stubborn = await opened(tablet.indexedDB);
  let blocked = 0;
  const onBlocked = () => {
    blocked += 1;
    stubborn.close();
  };

  const engine = await openEngine({ ...with_(tablet, [...VERSIONS, NEXT]), onBlocked });

  assert.equal(blocked, 1);
  assert.deepEqual(await unsentOn(engine, tablet), unsent);
  await engine.close();
});

test("an old app does not touch a newer app's storage", async () => {
  const { tablet, unsent } = await aTabletOfTheFirstApp();
  const newer = with_(tablet, [...VERSIONS, NEXT]);
  await (await openEngine(newer)).close();

  await assert.rejects(openEngine(with_(tablet, VERSIONS)), refused("storage:newer"));

  const engine = await openEngine(with_(tablet, [...VERSIONS, NEXT]));
  assert.deepEqual(await unsentOn(engine, tablet), unsent);
  await engine.close();
});

/** A visit with photos and an attempt unsent, a draft with a photo begun; the network is gone. */
async function aTabletOfTheFirstApp() {
  const office = await anOffice();
  const tablet = aTablet(office);
  const first = await enrolled(office, with_(tablet, [FIRST]));
  tablet.fetch = () => Promise.reject(new TypeError("offline"));
  const engine = await reopened(first, with_(tablet, [FIRST]));
  await engine.holdVisit(await aSignedVisit(engine, { photos: [aJpeg({ seed: 3 }), aJpeg({ seed: 5 })] }));
  await engine.recordAttempt({ unitId: idOf(1102), outcome: "nobody_home" });
  const { draft } = await engine.startVisit(idOf(401)).then(async (begun) => {
    await engine.savePhoto(begun.id, aJpeg({ seed: 7 }));
    await engine.saveDraft(begun.unit_id, { ...begun, wishes: "周末联系" });
    return engine.draft(idOf(401));
  });
  await engine.sync();
  const unsent = await unsentOn(engine, tablet);
  await engine.close();
  assert.deepEqual([unsent.operations.length, unsent.photos.length, unsent.drafts.length], [2, 3, 1]);
  return { office, tablet, unsent, draft };
}

const with_ = (tablet, versions) => ({ ...tablet, store: new Store({ indexedDB: tablet.indexedDB, versions }) });

/** Everything that only this tablet has, by name, and the bytes that will be sent. */
async function unsentOn(engine, tablet) {
  const rows = await atRest(tablet);
  assert.equal(engine.syncState().unsent, rows.operations.filter((row) => row.state === "here").length);
  return {
    operations: rows.operations.map(({ opId }) => opId).sort(),
    photos: rows.photos.map(({ sealed }) => sealed).sort(),
    drafts: rows.drafts.map(({ id }) => id),
    frozen: rows.frozen,
  };
}

function opened(indexedDB) {
  const request = indexedDB.open("doorstep");
  return new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
}
