// Answers that change after they were read: their owner reads them anew, and no other window saves them unsigned.

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginAgain, VisitKept } from "../../static/tablet/visit_kept.js";
import { anOfficeWithASurvey, FIRST, filledIn, REPAIRS, SECOND, SHEET } from "./support/survey.js";
import { aTablet, enrolled, ink, NOON, UNIT } from "./support/tablet.js";

/** Taken up on the screen, read to its end, rated and signed by the owner. */
async function answeredAndSigned() {
  const office = await anOfficeWithASurvey();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.takeUpSheet(SHEET, filledIn);
  await kept.handOver();
  await kept.remakeStatement((draft) => Object.assign(draft, { rating: "satisfied" }));
  kept.endSeen();
  await kept.sign("owner", ink());
  return { office, engine, kept };
}

/** @param {VisitKept} kept */
const levelRead = (kept) => kept.statement().surveys[0].questions[0].level;

test("an answer that was read can be changed before the visit is saved: its owner reads it anew and signs that", async () => {
  const { office, engine, kept } = await answeredAndSigned();
  assert.equal(levelRead(kept), "dissatisfied");

  await kept.turn("visit");
  await kept.change(() => Object.assign(kept.sheet(SHEET).levels, { [FIRST]: "satisfied" }));
  await kept.handOver();
  assert.deepEqual([levelRead(kept), kept.draft.signing.owner], ["satisfied", undefined]);
  await kept.remakeStatement((draft) => Object.assign(draft, { locale: "en" }));
  assert.deepEqual([levelRead(kept), kept.statement().surveys[0].questions[0].text], ["satisfied", "In time"]);

  await signedByBoth(kept);
  await engine.holdVisit(kept.draft);
  await engine.sync();
  const [{ operation }] = office.operations.values();
  const [read] = JSON.parse(operation.body.statement).surveys;
  assert.deepEqual([operation.body.surveys[0].levels[FIRST], read.questions[0].level], ["satisfied", "satisfied"]);
  await engine.close();
});

/** @param {VisitKept} kept */
async function signedByBoth(kept) {
  kept.endSeen();
  await kept.sign("owner", ink());
  await kept.ownerDone();
  await kept.turn("officer");
  await kept.sign("officer", ink());
}

test("an answer that another window changes under the owner's hands is saved under no signature", async () => {
  const { engine, kept } = await answeredAndSigned();
  const other = await VisitKept.open(engine, UNIT, () => {});
  await other.change(() => Object.assign(other.sheet(SHEET).levels, { [FIRST]: "very_satisfied" }));

  await kept.readAgain();
  await signedByBoth(kept);

  await assert.rejects(engine.holdVisit(kept.draft), { code: "statement:changed" });
  await assert.rejects(engine.holdVisit(other.draft), { code: "statement:changed" });
  await kept.turn("visit");
  await kept.handOver();
  assert.deepEqual(
    [levelRead(kept), kept.draft.signing.owner],
    ["very_satisfied", undefined],
    "it is to be read first",
  );
  await engine.close();
});

test("an answer that two windows change at once is the one that is on the disk, in both", async () => {
  const { engine, kept } = await answeredAndSigned();
  await kept.turn("visit");
  const other = await VisitKept.open(engine, UNIT, () => {});

  await kept.change(() => Object.assign(kept.sheet(SHEET).levels, { [FIRST]: "basic" }));
  await other.change(() => Object.assign(other.sheet(SHEET).levels, { [FIRST]: "satisfied" }));

  assert.match(other.trouble, /另一个窗口|another window/, "whoever was later is told");
  assert.deepEqual(
    [kept, other].map((one) => one.sheet(SHEET).levels[FIRST]),
    ["basic", "basic"],
  );
  await engine.close();
});

test("a visit that was dropped takes its taps up again", async () => {
  const engine = await enrolled(await anOfficeWithASurvey());
  const old = await engine.startVisit(UNIT);
  filledIn(old.surveys[0]);
  await engine.saveDraft(UNIT, old);
  await engine.deleteDraft(UNIT);

  await beginAgain(engine, old);

  const kept = await VisitKept.open(engine, UNIT, () => {});
  assert.deepEqual(kept.sheet(SHEET).levels, { [FIRST]: "dissatisfied", [SECOND]: "none" });
  assert.deepEqual([kept.sheetsLeft().length, kept.firstSheetGap(NOON)], [0, undefined]);
  await engine.close();
});

test("what was tapped outlives a tablet that was switched off", async () => {
  const office = await anOfficeWithASurvey();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.change(() => filledIn(kept.sheet(SHEET)));

  const again = await VisitKept.open(engine, UNIT, () => {});

  assert.equal(again.sheet(SHEET).opinions[REPAIRS], " 来得太慢 ");
  await engine.close();
});
