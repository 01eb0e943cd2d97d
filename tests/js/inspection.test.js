// Noticed on the way: a draft like a visit's, saved like everything else, and never a door's.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  aJpeg,
  anOffice,
  aSignedVisit,
  aTablet,
  atRest,
  ESTATE,
  enrolled,
  OFFICER,
  reopened,
  UNIT,
} from "./support/tablet.js";

const refused = (code) => (error) => error.name === "Refused" && error.code === code;
const offline = () => Promise.reject(new TypeError("offline"));
const LIFT = { building: "3", entrance: "1", floor: "2", place: " 电梯厅 " };

async function anInspector() {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.sync();
  return { office, tablet, engine };
}

/** A note begun and filled in. */
async function noted(engine, change = {}) {
  const { draft } = await engine.startInspection(ESTATE);
  Object.assign(draft, { where: LIFT, text: "墙砖松动 ", category: "leak", ...change });
  await engine.saveDraft(draft.unit_id, draft);
  return draft;
}

test("two notes of one round, made offline with a photo, reach the office once each", async () => {
  const { office, tablet, engine } = await anInspector();
  tablet.fetch = offline;
  const first = await noted(engine);
  first.photos.push(await engine.savePhoto(first.id, aJpeg()));
  await engine.saveDraft(first.unit_id, first);
  const one = await engine.recordInspection(first);
  const { draft: second } = await engine.startInspection(ESTATE, first.where);
  assert.deepEqual([second.where, second.text], [LIFT, ""]);
  await engine.recordInspection({ ...second, text: "灯不亮", category: "leak" });

  tablet.fetch = office.fetch;
  const again = await reopened(engine, tablet);
  await again.sync();

  const sent = [...office.operations.values()].map(({ operation }) => operation);
  assert.deepEqual(
    sent.map(({ kind, v, base_version }) => [kind, v, base_version]),
    [
      ["inspection.record", 1, 0],
      ["inspection.record", 1, 0],
    ],
  );
  const { body, entity_id, author } = sent[0];
  assert.deepEqual([entity_id, author], [one.entityId, OFFICER.id]);
  assert.deepEqual(
    [body.number, body.estate_id, body.text, body.category, body.urgency, body.photos.length],
    ["T01-0001", ESTATE, "墙砖松动", "leak", "ordinary", 1],
  );
  assert.deepEqual(body.where, { building: "3", entrance: "1", floor: 2, place: "电梯厅" });
  assert.equal(new Set(sent.map((each) => each.body.issue_id)).size, 2);
  const record = again.records().find(({ opId }) => opId === one.opId);
  assert.deepEqual(
    [record.kind, record.note, record.state, record.photos.sent, record.unitLabel.zh],
    ["inspection", "墙砖松动", "complete", 1, "3 栋 1 单元 · 2 层 · 电梯厅"],
  );
  await again.close();
});

test("what was begun is there after the camera killed the app, photo included, and lies encrypted", async () => {
  const { tablet, engine } = await anInspector();
  const draft = await noted(engine);
  draft.photos.push(await engine.savePhoto(draft.id, aJpeg()));
  await engine.saveDraft(draft.unit_id, draft);

  const again = await reopened(engine, tablet);

  assert.equal(again.inspectionBegun(ESTATE), true);
  const found = await again.startInspection(ESTATE, { ...LIFT, place: "别处" });
  assert.deepEqual([found.draft.id, found.draft.text, found.draft.photos.length], [draft.id, "墙砖松动 ", 1]);
  assert.ok(await again.photo(draft.photos[0].sha256));
  assert.ok(!JSON.stringify(await atRest(tablet)).includes("墙砖松动"));
  await again.recordInspection(found.draft);
  assert.equal(again.inspectionBegun(ESTATE), false);
  await again.close();
});

test("saved twice it is one record, and another note of the round is another", async () => {
  const { engine } = await anInspector();
  const draft = await noted(engine);

  const [one, same] = await Promise.all([engine.recordInspection(draft), engine.recordInspection(draft)]);
  const other = await engine.recordInspection(await noted(engine));

  assert.equal(one.opId, same.opId);
  assert.notEqual(other.opId, one.opId);
  assert.equal(engine.records().length, 2);
  await engine.close();
});

test("without a place, words or a category it is not saved and stays a draft", async () => {
  const { engine } = await anInspector();
  const nowhere = { building: "", entrance: "1", floor: "2", place: " " };

  await assert.rejects(
    engine.recordInspection(await noted(engine, { where: nowhere })),
    refused("inspection:no_place"),
  );
  await assert.rejects(engine.recordInspection(await noted(engine, { text: " " })), refused("inspection:no_words"));
  await assert.rejects(
    engine.recordInspection(await noted(engine, { category: "" })),
    refused("inspection:no_category"),
  );
  await assert.rejects(
    engine.recordInspection(await noted(engine, { text: "长".repeat(4001) })),
    refused("inspection:too_long"),
  );

  assert.equal(engine.records().length, 0);
  assert.equal(engine.inspectionBegun(ESTATE), true);
  await engine.close();
});

test("a note dropped is gone with its photos, and one begun in the same breath is not", async () => {
  const { engine } = await anInspector();
  const draft = await noted(engine);
  draft.photos.push(await engine.savePhoto(draft.id, aJpeg()));

  const [, begun] = await Promise.all([engine.deleteDraft(draft.unit_id), engine.startInspection(ESTATE)]);

  assert.notEqual(begun.draft.id, draft.id);
  assert.ok(await engine.saveDraft(begun.draft.unit_id, { ...begun.draft, text: "新的" }));
  assert.equal(await engine.photo(draft.photos[0].sha256), undefined);
  await engine.close();
});

test("an inspection is no visit: doors, drafts of visits and what is due do not change", async () => {
  const { engine } = await anInspector();
  await engine.startVisit(UNIT);
  const [today, unit, drafts] = [engine.today().counts, engine.unitRow(UNIT), engine.drafts()];

  const draft = await noted(engine);
  assert.deepEqual(engine.drafts(), drafts);
  await engine.recordInspection(draft);

  assert.deepEqual([engine.today().counts, engine.unitRow(UNIT), engine.drafts()], [today, unit, drafts]);
  const visit = await engine.holdVisit(await aSignedVisit(engine));
  assert.equal(visit.kind, "visit");
  await engine.close();
});
