// A visit being written down: saved at every change, found again at the same place, signed for what was shown.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DraftKept } from "../../static/tablet/draft_kept.js";
import { Refused } from "../../static/tablet/errors.js";
import { beginAgain, gapOf, VisitKept } from "../../static/tablet/visit_kept.js";
import { aJpeg, anOffice, aTablet, awaited, enrolled, ink, reopened, UNIT } from "./support/tablet.js";

const never = () => {};
const A_DAY = 86_400_000;

/** A visit with one issue and every callback answered. */
async function aVisit(engine, redraw = never) {
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, redraw);
  const issue = kept.addIssue();
  await kept.change((draft) => {
    Object.assign(issue, { text: "访客车辆占用固定车位", category: "security.parking" });
    for (const given of draft.answers) given.answer = "satisfied";
    draft.wishes = "希望周末下午联系";
  });
  return kept;
}

/** Handed over, read to its end, rated and signed by the owner. */
async function signedByOwner(kept) {
  await kept.handOver();
  await kept.remakeStatement((draft) => {
    draft.rating = "satisfied";
  });
  kept.endSeen();
  await kept.sign("owner", ink());
}

test("after a reload in the owner's hands the tablet is still there, with the same words and the same ink", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const kept = await aVisit(engine);
  await signedByOwner(kept);
  const shown = kept.draft.signing.text;

  const again = await VisitKept.open(await reopened(engine, tablet), UNIT, never);

  assert.ok(again.isWithOwner());
  assert.equal(again.draft.signing.text, shown);
  assert.deepEqual(again.draft.signing.owner.ink, ink());
  assert.ok(again.draft.signing.end_seen_at);
});

test("a visit left and taken up on another day is that day's, as its owner reads and as it is counted", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const kept = await aVisit(engine);
  const begun = kept.draft.started_at;

  tablet.clock.jump(A_DAY);
  await signedByOwner(kept);
  const { date, started_at } = kept.statement().visit;

  assert.equal(date, "2026-11-24");
  assert.equal(Date.parse(started_at), Date.parse(begun) + A_DAY);
  assert.equal(kept.draft.started_at, started_at);
  await kept.sign("officer", ink());
  await engine.holdVisit(kept.draft);
  await engine.sync();
  const [{ operation }] = office.operations.values();
  assert.equal(operation.body.started_at, started_at);
  await engine.close();
});

test("what an owner signed keeps its day, whenever its officer signs below or the clock is set", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const kept = await aVisit(engine);
  await signedByOwner(kept);
  const signed = structuredClone(kept.draft.signing);

  tablet.clock.jump(A_DAY);
  await kept.turn("visit");
  await kept.handOver();

  assert.deepEqual(kept.draft.signing, signed);

  tablet.clock.jump(-3 * A_DAY);
  await kept.remakeStatement((draft) => {
    draft.rating = "basic";
  });
  assert.equal(kept.statement().visit.date, "2026-11-23");
  await engine.close();
});

test("whatever is typed while one save runs is on disk when the last change resolves", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const kept = await aVisit(engine);

  const typed = ["希", "希望", "希望周日"].map((words) =>
    kept.change((draft) => {
      draft.wishes = words;
    }),
  );
  await Promise.all(typed);

  assert.equal(kept.busy, false);
  const again = await VisitKept.open(await reopened(engine, tablet), UNIT, never);
  assert.equal(again.draft.wishes, "希望周日");
});

test("what a browser says in its own words is told in ours, and goes to the console", async (context) => {
  const engine = await enrolled(await anOffice());
  const kept = await aVisit(engine);
  const told = context.mock.method(console, "error", never);
  const failed = new DOMException("Failed to execute 'objectStore' on 'IDBTransaction'", "InvalidStateError");

  engine.saveDraft = () => Promise.reject(failed);
  await kept.change((draft) => {
    draft.wishes = "还没有存上";
  });

  assert.match(kept.trouble, /tell the office|请告知办公室/);
  assert.deepEqual(told.mock.calls[0].arguments, [failed]);
});

test("a change that cannot be saved says why, and the next one that can takes it along", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await aVisit(engine);
  const saveDraft = engine.saveDraft.bind(engine);

  engine.saveDraft = () => Promise.reject(new Refused("storage:full", "storage is full"));
  await kept.change((draft) => {
    draft.wishes = "还没有存上";
  });
  assert.equal(kept.trouble, "storage is full");
  engine.saveDraft = saveDraft;
  await kept.save();

  assert.equal(kept.trouble, "");
  assert.equal((await engine.draft(UNIT)).draft.wishes, "还没有存上");
});

test("a change to a draft that is gone says so in words, and the time of the last saving stays", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await aVisit(engine);
  const { savedAt } = kept;
  await engine.deleteDraft(UNIT);

  await kept.change((draft) => {
    draft.wishes = "太晚了";
  });

  assert.match(kept.trouble, /draft|草稿/);
  assert.equal(kept.savedAt, savedAt);
  assert.ok(savedAt);
  assert.ok(new DraftKept(engine, kept.draft, "", never).trouble);
});

test("a dropped visit begins once more with its old words, a number of its own, no ink and no photos", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await aVisit(engine);
  const photo = await engine.savePhoto(kept.draft.id, aJpeg());
  await kept.change((draft) => {
    draft.issues[0].photos = [photo];
    draft.interviewee = { name: "王芳", relation: "spouse" };
    draft.task_ids = [];
  });
  await signedByOwner(kept);
  const old = structuredClone(kept.draft);
  await engine.deleteDraft(UNIT);

  await beginAgain(engine, kept.draft);

  const again = await VisitKept.open(engine, UNIT, never);
  const { draft } = again;
  assert.notEqual(draft.id, old.id);
  assert.notEqual(draft.number, old.number);
  assert.deepEqual([draft.signing, again.phase], [undefined, "visit"]);
  assert.deepEqual(
    [draft.interviewee, draft.answers, draft.wishes, draft.rating, draft.task_ids, draft.started_at],
    [old.interviewee, old.answers, old.wishes, old.rating, [], old.started_at],
  );
  assert.deepEqual(draft.issues, [{ ...old.issues[0], photos: [] }]);

  await signedByOwner(again);
  await again.turn("officer");
  await again.sign("officer", ink());
  assert.equal((await engine.holdVisit(again.draft)).number, draft.number);
});

test("a visit that was begun anew meanwhile keeps its own words", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await aVisit(engine);
  await engine.deleteDraft(UNIT);
  const { id } = await engine.startVisit(UNIT);

  await beginAgain(engine, kept.draft);

  const { draft } = await engine.draft(UNIT);
  assert.deepEqual([draft.id, draft.wishes], [id, ""]);
});

test("another rating or language makes the statement anew and clears the ink", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await aVisit(engine);
  await signedByOwner(kept);
  const before = kept.draft.signing.sha256;

  await kept.remakeStatement((draft) => {
    draft.locale = "en";
  });

  assert.notEqual(kept.draft.signing.sha256, before);
  assert.equal(kept.statement().locale, "en");
  assert.equal(kept.draft.signing.owner, undefined);
  assert.equal(kept.draft.signing.end_seen_at, undefined);
});

test("whoever confirms while the summary is made anew has not signed the new one, and is not thanked", async () => {
  const engine = await enrolled(await anOffice());
  const kept = await aVisit(engine);
  await signedByOwner(kept);

  const remade = kept.remakeStatement((draft) => {
    draft.rating = "dissatisfied";
  });
  await Promise.all([remade, kept.ownerDone()]);

  assert.deepEqual([kept.phase, kept.draft.signing.owner], ["owner", undefined]);
  kept.endSeen();
  await kept.sign("owner", ink());
  await kept.ownerDone();
  assert.equal(kept.phase, "thanks");
});

test("handed over again with the same words the ink stays; with other words it goes", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await aVisit(engine);
  await signedByOwner(kept);

  await kept.turn("visit");
  await kept.handOver();
  assert.deepEqual(kept.draft.signing.owner.ink, ink());

  await kept.turn("visit");
  await kept.change((draft) => {
    draft.wishes = "还有一件事";
  });
  await kept.handOver();
  assert.equal(kept.draft.signing.owner, undefined);
});

test("a mark keeps its witness when its ink is cleared, and is saved as a mark", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await aVisit(engine);
  await kept.handOver();
  await kept.beginMark();
  await kept.change((draft) => Object.assign(draft.signing.owner, { witness: "周涛", read_aloud: true }));
  await kept.sign("owner", ink());

  await kept.remakeStatement((draft) => {
    draft.rating = "basic";
  });
  assert.equal(kept.draft.signing.owner.witness, "周涛");
  assert.deepEqual(kept.draft.signing.owner.ink.strokes, []);

  kept.endSeen();
  await kept.sign("owner", ink());
  await kept.sign("officer", ink());
  const record = await engine.holdVisit(kept.draft);
  assert.deepEqual([record.ownerSigned, record.signatures], [true, 2]);
});

test("an owner who does not sign is asked for a reason, and the visit stands", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await aVisit(engine);
  await kept.handOver();

  await kept.notSigned({ reason: "refused", note: "想再考虑一下" });
  assert.equal(kept.statement().rating, "none");
  assert.ok(kept.isWithOwner());
  await kept.noWitness();
  await kept.turn("officer");
  await kept.sign("officer", ink());
  const record = await engine.holdVisit(kept.draft);

  assert.deepEqual([record.ownerSigned, record.signatures], [false, 1]);
});

/** An owner who called the callback solved and does not sign. */
async function refusedThoughSatisfied(engine) {
  const kept = await aVisit(engine);
  await kept.change((draft) => {
    for (const given of draft.answers) Object.assign(given, { answer: "satisfied", reason: "" });
  });
  await kept.handOver();
  await kept.notSigned({ reason: "refused", note: "从不在屏幕上签字" });
  return kept;
}

test("where something was called solved and the owner does not sign, a witness signs under words that say so", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await refusedThoughSatisfied(engine);

  assert.deepEqual([kept.phase, kept.isWithOwner()], ["witness", true]);
  assert.ok(kept.statement().unsigned.words.includes("从不在屏幕上签字"));
  await kept.nameWitness({ name: "王刚", relation: "neighbour" });
  await kept.sign("witness", ink());
  await kept.turn("officer");
  await kept.sign("officer", ink());
  await assert.rejects(engine.holdVisit(kept.draft), (error) => error.code === "statement:end_not_seen");
  kept.endSeen();
  const record = await engine.holdVisit(kept.draft);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  const { body } = operation;
  assert.deepEqual([record.ownerSigned, record.signatures], [false, 2]);
  assert.deepEqual(
    body.signatures.map(({ role, signer, statement }) => [role, signer.name, signer.relation, statement]),
    [
      ["witness", "王刚", "neighbour", kept.draft.signing.sha256],
      ["officer", "李敏", "officer", kept.draft.signing.sha256],
    ],
  );
  assert.deepEqual(body.unsigned, { reason: "refused", note: "从不在屏幕上签字" });
});

test("another name for the witness needs another signature, and the owner's own name is no witness", async () => {
  const engine = await enrolled(await anOffice());
  const kept = await refusedThoughSatisfied(engine);
  kept.endSeen();
  await kept.nameWitness({ name: "王刚", relation: "neighbour" });
  await kept.sign("witness", ink());

  await kept.nameWitness({ name: kept.draft.interviewee.name });

  assert.equal(kept.draft.signing.witness, undefined);
  await kept.sign("witness", ink());
  await kept.turn("officer");
  await kept.sign("officer", ink());
  await assert.rejects(engine.holdVisit(kept.draft), (error) => error.code === "signature:no_witness");
});

test("with nobody to witness it the visit stands as before", async () => {
  const engine = await enrolled(await anOffice());
  const kept = await refusedThoughSatisfied(engine);

  await kept.noWitness();
  await kept.turn("officer");
  await kept.sign("officer", ink());
  const record = await engine.holdVisit(kept.draft);

  assert.deepEqual([kept.statement().unsigned, record.signatures], [undefined, 1]);
});

test("an owner who signs after all is asked for no witness any more", async () => {
  const engine = await enrolled(await anOffice());
  const kept = await refusedThoughSatisfied(engine);
  await kept.nameWitness({ name: "王刚", relation: "neighbour" });
  await kept.turn("visit");

  await kept.handOver();

  assert.deepEqual([kept.phase, kept.draft.unsigned, kept.draft.witness], ["owner", undefined, undefined]);
  assert.equal(kept.statement().unsigned, undefined);
});

test("on the phone the summary goes to the officer, not into owner mode", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await aVisit(engine);
  await kept.change((draft) => {
    draft.method = "phone";
  });

  await kept.handOver();

  assert.equal(kept.phase, "officer");
  assert.equal(kept.isWithOwner(), false);
});

test("what was read before a change was saved does not take its place", async () => {
  const engine = await enrolled(await anOffice());
  const kept = await aVisit(engine);
  const [draft, slow] = [engine.draft.bind(engine), awaited()];
  engine.draft = async (unit) => {
    const found = await draft(unit);
    await slow.promise;
    return found;
  };

  const reading = kept.readAgain();
  engine.draft = draft;
  await kept.change((mine) => {
    mine.wishes = "新写的话";
  });
  slow.resolve();
  await reading;

  assert.equal(kept.draft.wishes, "新写的话");
});

test("a screen that cannot be drawn keeps no later change from the disk", async () => {
  const engine = await enrolled(await anOffice());
  let broken = false;
  const kept = await aVisit(engine, () => {
    if (broken && !kept.busy) throw new Error("cannot be drawn");
  });
  broken = true;
  await assert.rejects(kept.save(), /cannot be drawn/);
  broken = false;

  await kept.change((draft) => {
    draft.wishes = "后来的话";
  });

  assert.equal((await engine.draft(UNIT)).draft.wishes, "后来的话");
});

test("two taps of one thumb begin one line", async () => {
  const engine = await enrolled(await anOffice());
  const kept = await aVisit(engine);

  const [first, second] = [kept.addIssue(), kept.addIssue()];

  assert.equal(first, second);
  await kept.change(() => Object.assign(second, { text: "门铃不响" }));
  assert.notEqual(kept.addIssue(), first);
});

test("a photo still on its way keeps its line, and the owner reads the summary only with it", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await aVisit(engine);
  const [{ id }, shrunk] = [kept.addIssue(), awaited()];
  const brought = shrunk.promise.then(async () => {
    const photo = await engine.savePhoto(kept.draft.id, aJpeg());
    await kept.change(() => kept.issue(id).photos.push(photo));
  });
  kept.takes(brought);

  kept.dropEmptyIssues();
  assert.ok(kept.issue(id));
  const handed = kept.handOver();
  assert.ok(kept.taking);
  shrunk.resolve();
  await handed;

  assert.equal(kept.taking, false);
  assert.deepEqual(
    kept.statement().photos.map(({ issue_id }) => issue_id),
    [id],
  );
});

test("a photo that could not be kept holds nothing up", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await aVisit(engine);
  const taken = kept.takes(Promise.reject(new Error("no picture")));

  await kept.handOver();

  await assert.rejects(taken, /no picture/);
  assert.deepEqual([kept.taking, kept.phase], [false, "owner"]);
});

test("a line begun and left empty is no issue; one begun and not finished says what it lacks", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const kept = await aVisit(engine);
  kept.addIssue();

  kept.dropEmptyIssues();
  assert.equal(kept.draft.issues.length, 1);
  assert.equal(kept.firstGap(), null);

  const [issue] = kept.draft.issues;
  assert.equal(gapOf({ ...issue, text: " " }), "text");
  assert.equal(gapOf({ ...issue, category: "" }), "category");
  assert.equal(gapOf({ ...issue, answered: true }), "answer");
});
