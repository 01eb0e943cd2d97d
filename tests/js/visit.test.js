// A visit from the first tap to the office's receipt, and everything that must stand in between.

import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../static/tablet/canonical.js";
import { evidenceHash, FIRST, sealHolds } from "../../static/tablet/evidence.js";
import { Store } from "../../static/tablet/store.js";
import {
  aJpeg,
  anEstate,
  anOffice,
  aSignedVisit,
  aTablet,
  ESTATE,
  enrolled,
  idOf,
  ink,
  OFFICER,
  PIN,
  reopened,
  shown,
  UNIT,
} from "./support/tablet.js";

const refused = (code) => (error) => error.name === "Refused" && error.code === code;
const offline = () => Promise.reject(new TypeError("offline"));

test("a visit saved offline survives a reload and reaches the office once, whole", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);
  tablet.fetch = offline;
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
  assert.equal(engine.drafts().length, 0);
  await engine.close();
});

test("the office decrypts exactly what the tablet froze, and every part agrees with every other", async () => {
  const { office, engine, draft } = await aVisitReadyToSave({ photos: [aJpeg()] });

  await engine.holdVisit(draft);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  const { body } = operation;
  assert.deepEqual(
    [operation.kind, operation.v, operation.op_seq, operation.author, operation.estate_id, operation.entity_id],
    ["visit.hold", 9, 1, OFFICER.id, ESTATE, draft.id],
  );
  assert.equal(body.statement, draft.signing.text);
  assert.deepEqual(body.task_ids, [idOf(8001), idOf(8002)]);
  assert.deepEqual(body.answers, [
    { task_id: idOf(8002), issue_id: idOf(9001), round: 2, answer: "dissatisfied", reason: "墙角仍有水印" },
  ]);
  const statement = JSON.parse(body.statement);
  assert.deepEqual(statement.photos, [{ sha256: body.issues[0].photos[0].sha256, issue_id: body.issues[0].id }]);
  assert.deepEqual(
    [body.number, body.rating, body.issues[0].promised_on, statement.issues[0].department],
    ["T01-0001", "basic", "2026-11-26", "保卫部"],
  );
  await engine.close();
});

test("both signatures are sealed by the tablet's key and chained, owner first, and the next visit goes on from there", async () => {
  const { office, engine, draft } = await aVisitReadyToSave();
  await engine.holdVisit(draft);
  await engine.holdVisit(await aSignedVisit(engine, { unitId: idOf(1102) }));
  await engine.sync();

  const all = [...office.operations.values()].flatMap(({ operation }) => operation.body.signatures);
  const jwk = office.devices.get("send-1").key;
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
  let prev = FIRST;
  for (const evidence of all) {
    assert.equal(evidence.prev, prev);
    assert.equal(await sealHolds(evidence, key), true);
    assert.equal(await sealHolds({ ...evidence, signed_at: "2026-11-23T04:11:00.001Z" }, key), false);
    prev = await evidenceHash(evidence);
  }

  assert.deepEqual(
    all.map(({ role }) => role),
    ["owner", "officer", "owner", "officer"],
  );
  assert.equal(all[0].statement, draft.signing.sha256);
  assert.deepEqual(all[1].signer, { name: "李敏", relation: "officer", staff_id: OFFICER.id });
  await engine.close();
});

test("two visits saved at the same moment stand in one chain, each with its own number", async () => {
  const { office, engine, draft } = await aVisitReadyToSave();
  const other = await aSignedVisit(engine, { unitId: idOf(1102) });

  await Promise.all([engine.holdVisit(draft), engine.holdVisit(other)]);
  await engine.sync();

  const operations = [...office.operations.values()]
    .map(({ operation }) => operation)
    .sort((a, b) => a.op_seq - b.op_seq);
  assert.deepEqual(
    operations.map(({ op_seq }) => op_seq),
    [1, 2],
  );
  assert.equal(operations[1].body.signatures[0].prev, await evidenceHash(operations[0].body.signatures[1]));
  assert.deepEqual(operations.map(({ body }) => body.number).sort(), ["T01-0001", "T01-0002"]);
  await engine.close();
});

test("saving twice, as an impatient thumb does, saves once", async () => {
  const { office, engine, draft } = await aVisitReadyToSave();

  const [first, second] = await Promise.all([engine.holdVisit(draft), engine.holdVisit(draft)]);
  const third = await engine.holdVisit(draft);
  await engine.sync();

  assert.deepEqual([second.opId, third.opId], [first.opId, first.opId]);
  assert.equal(office.operations.size, 1);
  await engine.close();
});

/** An engine whose storage keeps what it is given, and once cannot be read just after. */
async function forgetful(office) {
  const tablet = aTablet(office);
  const store = new Store({ indexedDB: tablet.indexedDB });
  const engine = await enrolled(office, { ...tablet, store });
  const whatWasKept = store.whatWasKept.bind(store);
  return {
    engine,
    forget() {
      store.whatWasKept = () => {
        store.whatWasKept = whatWasKept;
        return Promise.reject(new Error("connection lost"));
      };
    },
  };
}

test("what was written and could not be read back is saved once, however it is tried again", async () => {
  const office = await anOffice();
  const { engine, forget } = await forgetful(office);
  const { entityId } = await engine.holdVisit(await aSignedVisit(engine));
  const acts = {
    attempt: () => engine.recordAttempt({ unitId: UNIT, outcome: "nobody_home", note: "灯亮着" }, "attempt"),
    addendum: () => engine.appendToVisit(entityId, "厨房也渗水", "", "addendum"),
    correction: () => engine.correctOwner({ unitId: UNIT, about: "care", value: { words: "有老人" } }, "correction"),
  };

  for (const [kind, act] of Object.entries(acts)) {
    forget();
    await assert.rejects(act, /connection lost/);
    await engine.jot(kind, { note: "kept on the page, since it could not be saved" });
    const [again, twice] = await Promise.all([act(), act()]);

    assert.equal(again.opId, twice.opId);
    assert.equal(await engine.jotted(kind), undefined, "nothing says any more that it is not saved");
    assert.equal(engine.records().filter((record) => record.kind === kind).length, 1);
    await act();
    assert.equal(engine.records().filter((record) => record.kind === kind).length, 2, "said once more it is another");
  }
  await engine.close();
});

test("a visit that was written and could not be read back is the same afterwards, down to the owner's link", async () => {
  const office = await anOffice();
  const { engine, forget } = await forgetful(office);
  const draft = await aSignedVisit(engine);
  forget();
  await assert.rejects(engine.holdVisit(draft), /connection lost/);

  const { opId } = await engine.holdVisit(draft);
  const { token } = await engine.takeAway(opId);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  assert.equal(await sha256(token), operation.body.copy_token_sha256);
  await engine.close();
});

test("a saved visit shows at once, and a reading that began before does not hide it", async () => {
  const office = await anOffice();
  const tablet = aTablet(office, { channel: Object.assign(new EventTarget(), { postMessage() {} }) });
  let release = () => {};
  let held = Promise.resolve();
  class SlowStore extends Store {
    async operations(user) {
      const rows = await super.operations(user);
      await held;
      return rows;
    }
  }
  tablet.store = new SlowStore({ indexedDB: tablet.indexedDB });
  const engine = await enrolled(office, tablet);
  const draft = await aSignedVisit(engine);
  held = new Promise((resolve) => {
    release = resolve;
  });
  tablet.channel.dispatchEvent(new MessageEvent("message", { data: "records" }));

  const record = await engine.holdVisit(draft);

  const shows = () => [engine.records().map(({ opId }) => opId), engine.drafts(), engine.today().done.length];
  assert.deepEqual(shows(), [[record.opId], [], 1]);
  const seen = [];
  engine.subscribe(() => seen.push(engine.records().length));
  release();
  await engine.sync();
  assert.deepEqual(new Set(seen), new Set([1]));
  assert.deepEqual(shows(), [[record.opId], [], 1]);
  await engine.close();
});

test("a draft saved too late does not come back after its visit", async () => {
  const { engine, draft } = await aVisitReadyToSave();

  await engine.holdVisit(draft);

  assert.equal(await engine.saveDraft(UNIT, draft), "");
  assert.deepEqual([engine.drafts(), await engine.draft(UNIT)], [[], undefined]);
  await engine.close();
});

test("a draft is whole after a reload, strokes and photos included, and the last word wins", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);
  const draft = await aSignedVisit(engine, { photos: [aJpeg()] });
  draft.wishes = "一";
  const first = engine.saveDraft(UNIT, draft);
  draft.wishes = "二";
  const last = engine.saveDraft(UNIT, draft);
  draft.wishes = "不再保存";
  await Promise.all([first, last]);

  engine = await reopened(engine, tablet);

  const found = await engine.draft(UNIT);
  assert.deepEqual(found.draft, { ...draft, wishes: "二" });
  assert.equal(await engine.startVisit(UNIT).then(({ id }) => id), draft.id);
  const photo = await engine.photo(draft.issues[0].photos[0].sha256);
  assert.equal(photo.size, draft.issues[0].photos[0].bytes);
  await engine.close();
});

test("deleting a draft takes its photos along", async () => {
  const { engine, draft } = await aVisitReadyToSave({ photos: [aJpeg()] });

  await engine.deleteDraft(UNIT);

  assert.equal(await engine.photo(draft.issues[0].photos[0].sha256), undefined);
  assert.deepEqual(engine.drafts(), []);
  await assert.rejects(engine.savePhoto(draft.id, aJpeg()), refused("draft:gone"));
  await engine.close();
});

test("what was shown is what is saved: any change to it asks for a new signature", async () => {
  const { engine, draft } = await aVisitReadyToSave({ photos: [aJpeg()] });
  const changes = [
    (d) => Object.assign(d, { rating: "satisfied" }),
    (d) => Object.assign(d, { wishes: "改了" }),
    (d) => Object.assign(d, { locale: "en" }),
    (d) => Object.assign(d.interviewee, { name: "陈建" }),
    (d) => Object.assign(d.interviewee, { relation: "spouse" }),
    (d) => Object.assign(d.answers[0], { answer: "satisfied" }),
    (d) => Object.assign(d.answers[0], { reason: "" }),
    (d) => Object.assign(d.issues[0], { text: "别的" }),
    (d) => Object.assign(d.issues[0], { answered: true, answer: "已说明" }),
    (d) => Object.assign(d.issues[0], { category: "security.gate" }),
    (d) => Object.assign(d.issues[0], { photos: [] }),
    (d) => d.issues.pop(),
  ];

  for (const change of changes) {
    const changed = structuredClone(draft);
    change(changed);
    await assert.rejects(engine.holdVisit(changed), refused("statement:changed"), String(change));
  }
  assert.equal(engine.records().length, 0);
  assert.ok(await engine.draft(UNIT));
  await engine.close();
});

test("other limits that the office sets while the owner signs do not change what was promised and shown", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const draft = await aSignedVisit(engine);
  office.change("estate", ESTATE, { answer_days: { urgent: 2, ordinary: 9, major: 2 } });
  await engine.sync();

  await engine.holdVisit(draft);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  const [shown] = JSON.parse(operation.body.statement).issues;
  assert.deepEqual([shown.promised_on, operation.body.issues[0].promised_on], ["2026-11-26", "2026-11-26"]);
  const another = await aSignedVisit(engine, { unitId: idOf(401) });
  another.issues[0].urgency = "urgent";
  await assert.rejects(engine.holdVisit(another), refused("statement:changed"));
});

test("what must not be missing", async () => {
  const { engine, draft } = await aVisitReadyToSave();
  /** @type {[string, (d: any) => void][]} */
  const cases = [
    ["visit:nobody_met", (d) => Object.assign(d.interviewee, { name: " " })],
    ["visit:no_rating", (d) => Object.assign(d, { rating: "" })],
    ["visit:not_shown", (d) => Object.assign(d, { signing: undefined })],
    ["visit:too_long", (d) => Object.assign(d, { wishes: "长".repeat(4001) })],
    ["visit:too_long", (d) => Object.assign(d.interviewee, { name: "长".repeat(121) })],
    ["visit:too_long", (d) => Object.assign(d.signing.owner, { how: "mark", witness: "长".repeat(121) })],
    ["signature:too_much_ink", (d) => d.signing.owner.ink.strokes.push(...Array(500).fill([[1, 1, 500, 9]]))],
    ["signature:too_much_ink", (d) => d.signing.officer.ink.strokes[0].push(...Array(10_000).fill([1, 1, 500, 9]))],
    ["issue:no_category", (d) => Object.assign(d.issues[0], { category: "" })],
    ["issue:no_words", (d) => Object.assign(d.issues[0], { text: " ", answer: "已说明" })],
    ["signature:missing", (d) => Object.assign(d.signing, { owner: undefined })],
    ["signature:missing", (d) => Object.assign(d.signing, { officer: undefined })],
    ["signature:too_little_ink", (d) => d.signing.owner.ink.strokes[0].splice(5)],
    ["signature:too_little_ink", (d) => Object.assign(d.signing.officer.ink, { strokes: [] })],
    ["signature:no_witness", (d) => Object.assign(d.signing.owner, { how: "mark" })],
    ["signature:no_witness", (d) => Object.assign(d.signing.owner, { how: "mark", witness: "王秀英" })],
    ["statement:end_not_seen", (d) => Object.assign(d.signing, { end_seen_at: undefined })],
  ];

  for (const [code, change] of cases) {
    const changed = structuredClone(draft);
    change(changed);
    await assert.rejects(engine.holdVisit(changed), refused(code), code);
  }
  await engine.close();
});

test("a witnessed mark needs hardly any ink, and says who witnessed it", async () => {
  const { office, engine, draft } = await aVisitReadyToSave();
  Object.assign(draft.signing.owner, { how: "mark", witness: "王秀英", read_aloud: true });
  draft.signing.owner.ink.strokes = [
    [
      [10, 10, 500, 0],
      [40, 40, 500, 20],
    ],
  ];

  await engine.holdVisit(draft);
  await engine.sync();

  const [owner] = [...office.operations.values()][0].operation.body.signatures;
  assert.deepEqual([owner.how, owner.witness, owner.read_aloud], ["mark", "王秀英", true]);
  await engine.close();
});

test("an owner who refuses to sign: the visit stands, with the reason and the officer's signature", async () => {
  const { office, engine, draft } = await aVisitReadyToSave();
  draft.unsigned = { reason: "refused", note: "赶时间" };

  const record = await engine.holdVisit(draft);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  assert.deepEqual(operation.body.unsigned, { reason: "refused", note: "赶时间" });
  assert.deepEqual(
    operation.body.signatures.map(({ role }) => role),
    ["officer"],
  );
  assert.deepEqual([record.ownerSigned, record.signatures], [false, 1]);
  await engine.close();
});

test("an unanswered callback stays due, an empty line is no issue, nothing of the screen's own is sent", async () => {
  const { office, engine, draft } = await aVisitReadyToSave({
    change: (d) => {
      Object.assign(d.answers[0], { answer: "" });
      d.issues.push({
        id: idOf(1),
        text: " ",
        category: "",
        urgency: "ordinary",
        answered: false,
        answer: "",
        photos: [],
      });
      Object.assign(d.issues[0], { open: true });
      Object.assign(d, { phase: "officer" });
    },
  });

  await engine.holdVisit(draft);
  assert.deepEqual(
    engine.tasksAt(UNIT).map(({ kind }) => kind),
    ["issue_callback"],
  );
  await engine.sync();

  const [{ operation }] = office.operations.values();
  assert.deepEqual([operation.body.answers, operation.body.task_ids], [[], [idOf(8001)]]);
  assert.deepEqual(Object.keys(operation.body.issues[0]).sort(), [
    "answer",
    "answered",
    "category",
    "id",
    "photos",
    "promised_on",
    "text",
    "urgency",
  ]);
  assert.ok(!("phase" in operation.body));
  await engine.close();
});

test("the statement speaks the owner's language and changes with rating and language", async () => {
  const { engine, draft } = await aVisitReadyToSave();

  const zh = await engine.statement(draft);
  const en = await engine.statement({ ...draft, locale: "en" });
  const better = await engine.statement({ ...draft, rating: "satisfied" });

  assert.equal(zh.text, draft.signing.text);
  assert.equal(new Set([zh.sha256, en.sha256, better.sha256]).size, 3);
  assert.deepEqual(
    [en.value.estate.company, en.value.unit.label, en.value.issues[0].category, en.value.issues[0].department],
    ["Splendid Property", "Building 3, Entrance 1, 1202", "Parking", "Security dept"],
  );
  assert.equal(en.value.callbacks[0].text, "主卫天花板渗水");
  await engine.close();
});

test("the date of a visit is the estate's, not the tablet's", async () => {
  const office = await anOffice();
  office.put("estate", ESTATE, ESTATE, anEstate({ time_zone: "Pacific/Auckland" }));
  const tablet = aTablet(office);
  tablet.clock.jump(8 * 3600_000);
  const engine = await enrolled(office, tablet);

  const { value } = await engine.statement(await engine.startVisit(UNIT));

  assert.deepEqual([value.visit.date, value.visit.started_at], ["2026-11-24", "2026-11-23T12:00:00.000Z"]);
  assert.equal(engine.promisedOn(ESTATE, "ordinary"), "2026-11-27");
  await engine.close();
});

test("an estate taken away during a visit does not take the visit away", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);
  const draft = await aSignedVisit(engine);

  office.readers.get("read-1").estates = [];
  await engine.sync();
  engine = await reopened(engine, tablet);

  assert.deepEqual([engine.search("1202"), engine.estates()], [[], []]);
  assert.equal(engine.unitRow(UNIT).number, "1202");
  const record = await engine.holdVisit((await engine.draft(UNIT)).draft);
  assert.deepEqual([record.unitNumber, record.name], ["1202", "陈建国"]);
  await engine.sync();
  assert.equal([...office.operations.values()][0].operation.entity_id, draft.id);
  await engine.close();
});

test("nobody home is counted at once and leaves the tasks due", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);
  tablet.fetch = offline;
  engine = await reopened(engine, tablet);

  const record = await engine.recordAttempt({ unitId: UNIT, outcome: "nobody_home" });

  assert.deepEqual(
    [record.kind, record.outcome, record.name, record.state],
    ["attempt", "nobody_home", "陈建国", "here"],
  );
  assert.equal(engine.unitRow(UNIT).attempts, 1);
  assert.equal((await engine.unit(UNIT)).attempts, 1);
  assert.equal(engine.tasksAt(UNIT).length, 2);
  tablet.fetch = office.fetch;
  engine = await reopened(engine, tablet);
  await engine.sync();
  assert.equal(engine.unitRow(UNIT).attempts, 1);
  assert.equal(engine.records()[0].state, "complete");
  await engine.close();
});

test("numbers go on where the office knows them to be, even on a tablet that forgot", async () => {
  const office = await anOffice();
  const record = {
    op_id: idOf(51),
    visit_id: idOf(52),
    kind: "visit",
    unit_id: UNIT,
    number: "T01-0041",
    receipt: "HF-2611-0007",
  };
  office.put(
    "record",
    idOf(52),
    ESTATE,
    { ...record, status: "applied", complete: true, missing: [], at: "2026-11-20T04:00:00.000Z" },
    OFFICER.id,
  );
  const engine = await enrolled(office);

  const draft = await engine.startVisit(UNIT);

  assert.equal(draft.number, "T01-0042");
  assert.deepEqual(
    engine.records().map(({ state, number, receipt }) => [state, number, receipt]),
    [["complete", "T01-0041", "HF-2611-0007"]],
  );
  await engine.close();
});

test("the user's language is remembered", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);

  await engine.setLocale("en");
  engine = await reopened(engine, tablet);

  assert.equal(engine.me().locale, "en");
  assert.deepEqual(engine.estates(), [{ id: ESTATE, name: "Splendid Garden" }]);
  await engine.changePin({ from: PIN, to: "112233" });
  assert.equal(engine.me().locale, "en");
  await engine.setLocale("zh");
  await engine.close();
});

test("a full disk is said in words, and nothing of the visit is lost or half kept", async () => {
  const { tablet, engine, draft } = await aVisitReadyToSave();
  const full = new DOMException("full", "QuotaExceededError");
  const { add, put } = IDBObjectStore.prototype;
  Object.assign(IDBObjectStore.prototype, {
    put(value, ...rest) {
      if (this.name === "copies") throw full;
      return put.call(this, value, ...rest);
    },
  });

  await assert.rejects(engine.holdVisit(draft), refused("storage:full"));
  Object.assign(IDBObjectStore.prototype, { add, put });

  const again = await reopened(engine, tablet);
  assert.deepEqual((await again.draft(UNIT)).draft, draft);
  assert.equal((await again.holdVisit(draft)).state, "here");
  await again.close();
});

async function aVisitReadyToSave(how = {}) {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const draft = await aSignedVisit(engine, how);
  assert.ok(draft.signing.owner.ink.strokes.length === ink().strokes.length);
  return { office, tablet, engine, draft, shown };
}
