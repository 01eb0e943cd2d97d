// A tablet that is full: words, nothing lost, and work goes on when there is room.

import assert from "node:assert/strict";
import { test } from "node:test";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { roomAgain, roomFor } from "./faults/full.js";
import {
  aJpeg,
  anOffice,
  aSignedVisit,
  aTablet,
  aTask,
  atRest,
  ESTATE,
  enrolled,
  idOf,
  reopened,
  UNIT,
} from "./support/tablet.js";

const full = (error) => error.name === "Refused" && error.code === "storage:full" && error.message.length > 20;

for (const when of ["write", "commit"]) {
  test(`a draft that finds no room (at ${when}) stays on the screen with a word, and is kept when there is room`, async () => {
    const { engine, tablet } = await aTabletAtWork();
    await engine.startVisit(UNIT);
    const kept = await VisitKept.open(engine, UNIT, () => {});

    roomFor(0, { when });
    await kept.change((draft) => {
      draft.wishes = "希望周末下午联系";
    });
    assert.match(kept.trouble, /storage is full|存储/);
    assert.equal((await engine.draft(UNIT)).draft.wishes, "");

    roomAgain();
    await kept.save();
    assert.equal(kept.trouble, "");
    const later = await reopened(engine, tablet);
    assert.equal((await later.draft(UNIT)).draft.wishes, "希望周末下午联系");
    await later.close();
  });

  test(`a photo that finds no room (at ${when}) is refused whole, and the draft with its earlier photo stands`, async () => {
    const { engine, tablet } = await aTabletAtWork();
    const { id } = await engine.startVisit(UNIT);
    const first = await engine.savePhoto(id, aJpeg({ seed: 3 }));

    roomFor(1, { when });
    await assert.rejects(engine.savePhoto(id, aJpeg({ seed: 5 })), full);
    roomAgain();

    const rows = await atRest(tablet);
    assert.deepEqual([rows.photos.length, rows.frozen.length], [1, 1]);
    assert.ok(await engine.photo(first.sha256));
    assert.ok((await engine.savePhoto(id, aJpeg({ seed: 5 }))).sealed);
    await engine.close();
  });

  test(`a visit that finds no room (at ${when}) is still a draft with its ink, and is saved once when there is room`, async () => {
    const { engine, office } = await aTabletAtWork();
    const draft = await aSignedVisit(engine, { photos: [aJpeg()] });

    roomFor(2, { when });
    await assert.rejects(engine.holdVisit(draft), full);
    assert.deepEqual([engine.records(), (await engine.draft(UNIT)).draft], [[], draft]);
    roomAgain();
    await engine.holdVisit(draft);
    await engine.sync();

    assert.equal(office.operations.size, 1);
    assert.equal(engine.records()[0].state, "complete");
    await engine.close();
  });

  test(`a page of documents that finds no room (at ${when}) is fetched again when there is room`, async () => {
    const { engine, office } = await aTabletAtWork();
    for (let n = 0; n < 8; n++) office.put("task", idOf(8500 + n), ESTATE, aTask({ unit_id: idOf(401) }));

    roomFor(0, { when });
    await engine.sync();
    const { code, message } = engine.syncState().error;
    assert.deepEqual([code, engine.tasksAt(idOf(401)).length], ["storage:full", 0]);
    assert.ok(message);
    roomAgain();
    await engine.sync();

    assert.deepEqual([engine.syncState().error, engine.tasksAt(idOf(401)).length], [null, 8]);
    await engine.close();
  });

  test(`readable copies of photos that arrived make room (at ${when}); what is sent stays, frozen`, async () => {
    const { engine, tablet, office } = await aTabletAtWork();
    await engine.holdVisit(await aSignedVisit(engine, { photos: [aJpeg({ seed: 3 }), aJpeg({ seed: 5 })] }));
    await engine.sync();
    const { id } = await engine.startVisit(idOf(401));
    const fresh = await engine.savePhoto(id, aJpeg({ seed: 9 }));
    const before = await atRest(tablet);

    const watch = roomOnceCopiesGo();
    roomFor(0, { when });
    await engine.savePhoto(id, aJpeg({ seed: 11 }));
    watch.end();

    const after = await atRest(tablet);
    assert.equal(before.copies.length - after.copies.length, 1);
    assert.equal(after.frozen.length, before.frozen.length + 1);
    assert.ok(await engine.photo(fresh.sha256));
    office.restore({ ...office.backup(), operations: new Map(), blobs: new Map() });
    await engine.sync();
    await engine.sync();
    assert.deepEqual([office.operations.size, office.blobs.size], [1, 2]);
    await engine.close();
  });
}

test("the user is told how full the storage is, and whether it is protected", async () => {
  const storage = {
    persist: async () => true,
    persisted: async () => true,
    estimate: async () => ({ usage: 850_000_000, quota: 1_000_000_000 }),
  };
  const office = await anOffice();

  const engine = await enrolled(office, aTablet(office, { storage }));

  const { persisted, usage, quota } = engine.syncState();
  assert.deepEqual([persisted, usage, quota], [true, 850_000_000, 1_000_000_000]);
  assert.equal(office.pushes.at(-1).storage.usage, 850_000_000);
  await engine.close();
});

async function aTabletAtWork() {
  const office = await anOffice();
  const tablet = aTablet(office);
  return { office, tablet, engine: await enrolled(office, tablet) };
}

/** The browser has room again as soon as copies are deleted. */
function roomOnceCopiesGo() {
  const { delete: drop } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.delete = function (...args) {
    if (this.name === "copies") roomAgain();
    return drop.apply(this, args);
  };
  return {
    end: () => {
      IDBObjectStore.prototype.delete = drop;
    },
  };
}
