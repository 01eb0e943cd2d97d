// A tablet that dies between any two steps: what was called saved is saved, and nothing is doubled.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../../static/tablet/engine.js";
import { Killed, Life } from "./support/faults.js";
import {
  aJpeg,
  anOffice,
  aSignedVisit,
  aTablet,
  aTask,
  ESTATE,
  enrolled,
  idOf,
  reopened,
  UNIT,
} from "./support/tablet.js";

test("a tablet switched off after any step of a visit loses nothing that it called saved, and sends nothing twice", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  await (await enrolled(office, tablet)).close();

  let steps = 0;
  for (let whole = false; !whole; steps++) {
    whole = await dieAfter(steps, office, tablet);
    assert.ok(steps < 500);
  }

  // Far fewer would mean that lives end before anything is saved: then this test would prove little.
  assert.ok(steps > 20, `${steps} steps`);
});

test("a tablet switched off after any step of a pull ends with the office's documents", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  await (await enrolled(office, tablet)).close();

  for (let steps = 0, whole = false; !whole; steps++) {
    office.put("task", idOf(8500 + steps), ESTATE, aTask({ unit_id: idOf(401) }));
    office.change("unit", UNIT, { attempts: steps % 3 });
    if (steps > 0) office.remove("task", idOf(8500 + steps - 1));
    const life = new Life(steps);
    const engine = await openEngine(life.of(tablet)).catch(orKilled);
    await engine?.sync();
    await engine?.close();
    life.over();
    whole = life.left > 0;

    const later = await openEngine(tablet);
    await later.sync();
    assert.deepEqual([later.syncState().error, later.unitRow(UNIT).attempts], [null, steps % 3]);
    assert.deepEqual(
      later.tasksAt(idOf(401)).map(({ id }) => id),
      [idOf(8500 + steps)],
    );
    await later.close();
  }
});

test("a tablet switched off after any step of enrolling is new or enrolled, nothing between", async () => {
  for (let steps = 0, whole = false; !whole; steps++) {
    const office = await anOffice();
    const tablet = aTablet(office);
    const life = new Life(steps);
    // A request that dies looks like a network that is gone: the last word is "offline", or nothing.
    const engine = await enrolled(office, life.of(tablet)).catch((error) => assert.equal(life.left, 0, error));
    await engine?.close();
    life.over();
    whole = life.left > 0 && engine !== undefined;

    const later = await openEngine(tablet);
    assert.ok(["new", "open"].includes(later.state));
    if (later.state === "open") {
      await later.sync();
      assert.deepEqual([later.syncState().error, later.unitRow(UNIT).number], [null, "1202"]);
    }
    await later.close();
  }
});

/**
 * One visit by a tablet that dies after so many steps; then everything that was promised is checked.
 * @returns {Promise<boolean>} it did not die
 */
async function dieAfter(steps, office, tablet) {
  const told = { draft: undefined, record: undefined };
  const known = new Set(office.operations.keys());
  const life = new Life(steps);
  const engine = await openEngine(life.of(tablet)).catch(orKilled);
  await visit(engine, told, steps).catch(orKilled);
  await engine?.close();
  life.over();

  const later = await reopened(await openEngine(tablet), tablet);
  const draft = (await later.draft(UNIT))?.draft;
  const records = later.records().filter(({ opId }) => !known.has(opId));
  assert.ok(records.length <= 1);
  if (told.record) assert.equal(records[0]?.opId, told.record.opId, `step ${steps}: a saved visit is gone`);
  if (told.draft && !records.length) assert.deepEqual(draft, told.draft, `step ${steps}: a saved draft is gone`);
  assert.ok(!(draft && records.length), `step ${steps}: a visit and its draft`);
  if (draft)
    for (const photo of draft.issues.flatMap((issue) => issue.photos)) assert.ok(await later.photo(photo.sha256));

  if (draft) {
    const again = await later.savePhoto(draft.id, aJpeg({ seed: steps + 1 }));
    assert.ok(await later.photo(again.sha256), `step ${steps}: the photo taken again is there`);
    await later.deleteDraft(UNIT);
  }
  await later.sync();
  await later.sync();
  const arrived = [...office.operations.keys()].filter((opId) => !known.has(opId));
  assert.deepEqual(
    arrived,
    records.map(({ opId }) => opId),
    `step ${steps}: what was saved is what arrived`,
  );
  for (const { state, opId } of later.records()) assert.equal(state, "complete", `step ${steps}: ${opId}`);
  await later.close();
  return life.left > 0;
}

async function visit(engine, told, seed) {
  if (!engine) return;
  const draft = await aSignedVisit(engine, { photos: [aJpeg({ seed: seed + 1 })] });
  told.draft = structuredClone(draft);
  told.record = await engine.holdVisit(draft);
  await engine.sync();
}

/** @param {unknown} error @returns {undefined} */
function orKilled(error) {
  if (error instanceof Killed) return undefined;
  throw error;
}
