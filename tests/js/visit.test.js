// A visit from the first tap to the office's receipt, and everything that must stand in between.

import assert from "node:assert/strict";
import { test } from "node:test";
import { evidenceHash, FIRST, sealHolds } from "../../static/tablet/evidence.js";
import { aJpeg, anOffice, aSignedVisit, aTablet, enrolled, idOf, reopened, UNIT } from "./support/tablet.js";

test("a visit saved offline survives a reload and reaches the office once, whole", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);
  tablet.fetch = () => Promise.reject(new TypeError("offline"));
  engine = await reopened(engine, tablet);

  const record = await engine.holdVisit(await aSignedVisit(engine, { photos: [aJpeg()] }));
  assert.equal(record.state, "here");
  tablet.fetch = office.fetch;
  engine = await reopened(engine, tablet);
  await engine.sync();

  const [after] = engine.records();
  assert.equal(after.opId, record.opId);
  assert.deepEqual([after.state, after.photos, after.receipt], ["complete", { total: 1, sent: 1 }, "HF-2611-0001"]);
  assert.equal(office.operations.size, 1);
  await engine.close();
});
