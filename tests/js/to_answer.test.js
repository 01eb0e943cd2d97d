// What an owner is told or may say at a door beside callbacks, and photos of how the work has become.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setLocale } from "../../static/tablet/i18n.js";
import { answerWords, toldWords } from "../../static/tablet/parts/told.js";
import { whatIsDue } from "../../static/tablet/parts/words.js";
import { lacksWords, toAnswer } from "../../static/tablet/to_answer.js";
import { worthAWitness } from "../../static/tablet/visit.js";
import { beginAgain, VisitKept } from "../../static/tablet/visit_kept.js";
import { markup, pageModule, press } from "./support/screen.js";
import {
  aJpeg,
  anIssue,
  anOffice,
  aSignedVisit,
  aTablet,
  aTask,
  ESTATE,
  enrolled,
  idOf,
  NOON,
  reopened,
  shown,
  UNIT,
} from "./support/tablet.js";

const { visitPage } = await pageModule("visit");
const { ownerPage } = await pageModule("owner");
const { officerPage } = await pageModule("officer");

const DAY = 86_400_000;
const dateOf = (at) => at.slice(0, 10);
const daysAgo = (days) => new Date(NOON - days * DAY).toISOString();
const line = (kind, at, note) => ({ kind: `issue:${kind}`, at, round: 1, ...(note && { note }) });

const EXPLAINED = idOf(9101);
const PUT_OFF = idOf(9102);
const CLOSED = idOf(9103);
const WHY = "须等外墙大修";

const explained = {
  state: "explained",
  round: 1,
  cannot: "for_now",
  history: [line("cannot_be_solved", daysAgo(2), WHY)],
};
const putOff = {
  state: "accepted",
  round: 1,
  due_on: "2026-12-05",
  deferred: { from_on: "2026-11-20", to_on: "2026-12-05", reason: "防水材料未到", told: false },
  history: [line("deferred", daysAgo(2))],
};
const closed = (days) => ({ state: "closed", round: 1, history: [line("owner_satisfied", daysAgo(days))] });
const unsatisfied = {
  state: "closed_unsatisfied",
  round: 1,
  history: [line("closed_unsatisfied", daysAgo(3), "失联")],
};
const carried = { state: "carried_over", round: 1, history: [line("owner_agreed", daysAgo(3))] };

const OWNER = { relation: "owner", name: "陈建国", since: "2020-01-01" };
const ground = { unit: { people: [OWNER] }, days: 7, now: NOON, dateOf };
const row = (change, more = {}) => ({ id: "one", pending: false, doc: anIssue(change), ...more });
const asked = (change, more) => toAnswer([row(change, more)], ground).map(({ told, until }) => [told.what, until]);

// --- what is asked ---

for (const [what, change, expected] of [
  ["an explanation is to be given", explained, [["explained", undefined]]],
  ["another date is to be told", putOff, [["new_date", undefined]]],
  ["with other work it was merged into too", { ...putOff, state: "merged" }, [["new_date", undefined]]],
  ["unless that work has another date by now", { ...putOff, state: "merged", due_on: "2026-12-30" }, []],
  ["a date that the owner knows is not told again", { ...putOff, deferred: { ...putOff.deferred, told: true } }, []],
  ["what is being rectified needs no word", { state: "accepted", round: 1 }, []],
  ["what was closed can be objected to", closed(6), [["closed", "2026-11-24"]]],
  ["after the days it cannot", closed(8), []],
  ["nor can what was closed before its present round", { ...closed(2), state: "rectified" }, []],
  ["what the management closed can be objected to", unsatisfied, [["closed_unsatisfied", "2026-11-27"]]],
  ["and what the owner had agreed to leave", carried, [["carried_over", "2026-11-27"]]],
  ["what a former owner closed is none of the next one's", { ...closed(2), raised_on: "2019-05-01" }, []],
]) {
  test(`${what}`, () => assert.deepEqual(asked(change), expected));
}

test("what was answered on this tablet is not asked once more", () => {
  assert.deepEqual(asked(explained, { pending: true }), []);
});

test("whoever does not agree says why; whoever agrees need not", () => {
  const given = (answer, reason = "") => lacksWords({ answer, reason });

  assert.deepEqual(
    ["objected", "disagreed", "agreed", "dissatisfied", ""].map((one) => given(one)),
    [true, true, false, false, false],
  );
  assert.equal(given("objected", "又渗水"), false);
});

test("what was told and what is answered have words of their own each", () => {
  setLocale("en");
  const told = ["explained", "new_date", "closed", "carried_over", "closed_unsatisfied"].map((what) =>
    toldWords({ what, words: "because", from_on: "2026-11-20", to_on: "2026-12-05", on: "2026-11-21" }),
  );
  const answers = ["agreed", "disagreed", "objected"].flatMap((answer) =>
    ["explained", "new_date"].map((what) => answerWords({ answer, told: { what, words: "" } }, (words) => words)[0]),
  );

  assert.equal(new Set(told).size, 5);
  assert.equal(new Set(answers).size, 5, "only an objection is one whatever it is to");
});

// --- at the door ---

/** A unit with one of each, beside a callback. */
async function anOfficeThatWaits() {
  const office = await anOffice();
  office.put("issue", EXPLAINED, ESTATE, anIssue({ ...explained, text: "外墙渗水", number: "WT-2611-0200" }));
  office.put("issue", PUT_OFF, ESTATE, anIssue({ ...putOff, text: "单元门松动", number: "WT-2611-0201" }));
  office.put("issue", CLOSED, ESTATE, anIssue({ ...closed(2), text: "地漏返味", number: "WT-2611-0202" }));
  return office;
}

const byIssue = (answers) => answers.toSorted((a, b) => (a.issue_id < b.issue_id ? -1 : 1));

const about = (draft, id) => draft.answers.find((one) => one.issue_id === id);

/** The owner does not agree to wait, agrees with the new date, objects to what was closed. */
function answerAll(draft) {
  Object.assign(about(draft, EXPLAINED), { answer: "disagreed", reason: "已经等了两年" });
  Object.assign(about(draft, PUT_OFF), { answer: "agreed" });
  Object.assign(about(draft, CLOSED), { answer: "objected", reason: "又返味了" });
}

test("one signature covers what the owner says to an explanation, to a new date and to what was closed", async () => {
  const office = await anOfficeThatWaits();
  const engine = await enrolled(office);
  const draft = await aSignedVisit(engine, { change: answerAll });
  const statement = JSON.parse(draft.signing.text);

  await engine.holdVisit(draft);
  const pending = (await engine.issuesAt(UNIT)).filter(({ pending }) => pending);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  assert.equal(pending.length, 4, "until the office has it, none of them is asked again");
  const [callback, ...others] = byIssue(operation.body.answers);
  assert.equal(callback.task_id, idOf(8002));
  assert.deepEqual(others, [
    { issue_id: EXPLAINED, round: 1, answer: "disagreed", reason: "已经等了两年" },
    { issue_id: PUT_OFF, round: 1, answer: "agreed", reason: "", new_date: "2026-12-05" },
    { issue_id: CLOSED, round: 1, answer: "objected", reason: "又返味了" },
  ]);
  assert.deepEqual(operation.body.task_ids, [idOf(8001), idOf(8002)], "nothing is settled that is no task");
  const read = byIssue(statement.callbacks).map(({ told }) => told && [told.what, told.words]);
  assert.deepEqual(read, [undefined, ["explained", WHY], ["new_date", "防水材料未到"], ["closed", ""]]);
  await engine.close();
});

test("offline, and after the tablet was switched off, what was not answered is asked again and nobody must object", async () => {
  const office = await anOfficeThatWaits();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);
  tablet.fetch = () => Promise.reject(new TypeError("offline"));
  engine = await reopened(engine, tablet);

  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});

  assert.deepEqual(
    byIssue(kept.unanswered()).map(({ issue_id }) => issue_id),
    [idOf(9001), EXPLAINED, PUT_OFF],
  );
  await engine.close();
});

test("without the owner's words an objection is not saved, and changed after it was shown it is shown again", async () => {
  const engine = await enrolled(await anOfficeThatWaits());
  const draft = await aSignedVisit(engine, {
    change: (one) => Object.assign(about(one, CLOSED), { answer: "objected" }),
  });
  await assert.rejects(engine.holdVisit(draft), { code: "answer:no_words" });

  about(draft, CLOSED).reason = "又返味了";
  await assert.rejects(engine.holdVisit(draft), { code: "statement:changed" });
  await engine.holdVisit(await shown(engine, draft));

  assert.equal(engine.records().length, 1);
  await engine.close();
});

test("to agree that it waits is worth a witness, to agree with a date is not", () => {
  const visit = (answer, what) => ({ method: "door", issues: [], answers: [{ answer, told: { what, words: "" } }] });

  assert.deepEqual(
    [visit("agreed", "explained"), visit("agreed", "new_date"), visit("objected", "closed")].map(worthAWitness),
    [true, false, false],
  );
});

// --- as tasks ---

const TASKS = { [EXPLAINED]: idOf(8301), [PUT_OFF]: idOf(8302) };

/** The same, where both are tasks of the officer. */
async function anOfficeThatSends() {
  const office = await anOfficeThatWaits();
  const due = { unit_id: UNIT, round: 1, due_on: "2026-11-23" };
  for (const [issue_id, kind, title] of [
    [EXPLAINED, "issue_explanation", "外墙渗水"],
    [PUT_OFF, "new_date", "单元门松动"],
  ])
    office.put("task", TASKS[issue_id], ESTATE, aTask({ ...due, kind, issue_id, title }));
  return office;
}

test("a door where something is to be told is one of today's, counted apart from visits and callbacks", async () => {
  const office = await anOffice();
  const door = idOf(401);
  const told = { unit_id: door, kind: "new_date", issue_id: PUT_OFF, title: "单元门松动" };
  office.put("task", idOf(8302), ESTATE, aTask(told));
  const engine = await enrolled(office);

  const { groups, counts } = engine.today();

  const row = groups.flatMap(({ rows }) => rows).find(({ unit }) => unit.id === door);
  setLocale("en");
  assert.deepEqual(
    row.tasks.map((task) => whatIsDue(task)),
    ["Tell the new date: 单元门松动"],
  );
  assert.deepEqual([counts.left, counts.visits, counts.callbacks, counts.tellings], [3, 2, 1, 1]);
  await engine.close();
});

test("what was told and answered is done on the tablet at once, and the office is told which task it was", async () => {
  const office = await anOfficeThatSends();
  const engine = await enrolled(office);
  const left = () => engine.tasksAt(UNIT).map(({ kind }) => kind);
  const before = left();

  await engine.holdVisit(await aSignedVisit(engine, { change: answerAll }));
  const after = left();
  await engine.sync();

  const [{ operation }] = office.operations.values();
  assert.deepEqual(before.toSorted(), ["issue_callback", "issue_explanation", "new_date", "planned_visit"]);
  assert.deepEqual(after, []);
  assert.deepEqual(operation.body.task_ids.toSorted(), [idOf(8001), idOf(8002), ...Object.values(TASKS)]);
  const told = operation.body.answers.filter(({ answer }) => answer === "agreed" || answer === "disagreed");
  assert.ok(
    told.every((given) => !("task_id" in given)),
    "an answer names the task of a callback only",
  );
  await engine.close();
});

test("another date is done once it was told, an explanation only with the owner's word", async () => {
  const engine = await enrolled(await anOfficeThatSends());
  const draft = await aSignedVisit(engine, {
    change: (one) => Object.assign(one, { told: { lines: [], issues: [EXPLAINED, PUT_OFF] } }),
  });

  await engine.holdVisit(draft);

  assert.deepEqual(
    engine.tasksAt(UNIT).map(({ kind }) => kind),
    ["issue_explanation"],
  );
  await engine.close();
});

// --- photos of how the work has become ---

test("photos taken at a callback stand in what the owner signs and go to that issue", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const started = await engine.startVisit(UNIT);
  const photo = await engine.savePhoto(started.id, aJpeg());
  const draft = await aSignedVisit(engine, { change: (one) => one.answers[0].photos.push(photo) });

  const record = await engine.holdVisit(draft);
  await engine.sync();

  assert.deepEqual(JSON.parse(draft.signing.text).photos, [{ sha256: photo.sha256, issue_id: idOf(9001) }]);
  const [{ operation }] = office.operations.values();
  assert.deepEqual(operation.body.answers[0].photos, [photo]);
  assert.deepEqual(engine.records().find(({ opId }) => opId === record.opId).photos, { total: 1, sent: 1 });
  await engine.close();
});

// --- on the screen ---

/** The page of a visit in words, and what may be pressed on it. */
async function aScreen(engine) {
  setLocale("en");
  const app = /** @type {any} */ ({ engine, list: "today", redraw: () => {}, say: () => {}, go: () => {} });
  const kept = await VisitKept.open(engine, UNIT, () => {});
  app.visit = async () => kept;
  const page = await visitPage(app, { unit: UNIT });
  return { app, kept, view: () => page.view(), words: () => markup(page.view()) };
}

test("beside callbacks stands what is to be told and what ended; one tap takes the answer, the words follow", async () => {
  const engine = await enrolled(await anOfficeThatWaits());
  await engine.startVisit(UNIT);
  const { kept, view, words } = await aScreen(engine);

  const before = words();
  press(view(), "The owner objects");
  const objected = words();

  assert.ok(before.includes(`It cannot be solved for now: ${WHY}`) && before.includes("instead of"));
  assert.ok(before.includes("Ended lately: the owner can object") && before.includes("地漏返味"));
  assert.equal(about(kept.draft, CLOSED).answer, "objected");
  assert.ok(!before.includes("Objections: 1") && objected.includes("Objections: 1"));
  assert.ok(kept.lacksWords());
  press(view(), "The owner objects");
  assert.equal(about(kept.draft, CLOSED).answer, "");
  await engine.close();
});

test("words that are missing come to the middle of the screen, clear of what says that they are", async (t) => {
  const engine = await enrolled(await anOfficeThatWaits());
  await engine.startVisit(UNIT);
  const { view } = await aScreen(engine);
  const seen = [];
  const field = { value: " ", scrollIntoView: ({ block }) => seen.push(block), focus: () => seen.push("focus") };
  globalThis.document = /** @type {any} */ ({ querySelectorAll: () => [{ value: "已经等了两年" }, field] });
  t.after(() => Reflect.deleteProperty(globalThis, "document"));
  press(view(), "The owner objects");

  await press(view(), "Hand the tablet to the owner");

  assert.deepEqual(seen, ["center", "focus"]);
  await engine.close();
});

test("whoever answers to a new date was told of it: its line of the opening words is ticked", async () => {
  const engine = await enrolled(await anOfficeThatWaits());
  await engine.startVisit(UNIT);
  const { kept, view } = await aScreen(engine);

  press(view().values ? cardOf(view(), "单元门松动") : view(), "Agrees");

  assert.deepEqual([kept.draft.told.issues, kept.draft.script.measures], [[PUT_OFF], true]);
  await engine.close();
});

/** The card of the page that says this. */
function cardOf(piece, text) {
  const inside = [piece].flat().flatMap((one) => (one?.values ? one.values.flat() : []));
  const found = inside.find((one) => one?.strings && markup(one).includes(text) && one.strings[0].includes("to-tell"));
  if (found) return found;
  for (const one of inside) {
    const deeper = one?.values && cardOf(one, text);
    if (deeper) return deeper;
  }
  return undefined;
}

test("with a tenant it is said, before anything is asked, that the owner's matters are the owner's to call good", async () => {
  const engine = await enrolled(await anOfficeThatWaits());
  await engine.startVisit(UNIT);
  const { kept, words } = await aScreen(engine);
  const withOwner = words();

  await kept.change((draft) => Object.assign(draft, { interviewee: { name: "王芳", relation: "tenant" } }));
  const withTenant = words();

  assert.ok(!withOwner.includes("The owner raised this"));
  assert.ok(withTenant.includes("if the tenant finds it good, it stays open"));
  assert.ok(withTenant.includes("only the owner can agree"));
  await engine.close();
});

test("with a tenant it is said of an order that an owner reported, and of no other", async () => {
  const told = async (more) => {
    const office = await anOffice();
    const order = { id: idOf(9500), number: "WX-2611-0007", kind: "chargeable", text: "厨房 · 水槽漏水", ...more };
    const called = { zh: "有偿服务回访", en: "Chargeable-service callback" };
    office.put("task", idOf(8500), ESTATE, aTask({ kind: "service_callback", called, order, round: 1 }));
    const engine = await enrolled(office);
    await engine.startVisit(UNIT);
    const { kept, words } = await aScreen(engine);
    await kept.change((draft) => Object.assign(draft, { interviewee: { name: "王芳", relation: "tenant" } }));
    await engine.close();
    return words().split("if the tenant finds it good, it stays open").length;
  };

  assert.equal(await told({ by_owner: true }), (await told({})) + 1);
});

test("good without a photo of the work: it is said, and the camera is one tap away", async () => {
  const engine = await enrolled(await anOffice());
  await engine.startVisit(UNIT);
  const { kept, words } = await aScreen(engine);
  const say = (answer, photos = []) => kept.change((draft) => Object.assign(draft.answers[0], { answer, photos }));
  const lacks = async (...given) => {
    await say(...given);
    return words().includes("No photo shows the work done yet");
  };
  const photo = await engine.savePhoto(kept.draft.id, aJpeg());

  assert.deepEqual(
    [await lacks("dissatisfied"), await lacks("satisfied"), await lacks("satisfied", [photo])],
    [false, true, false],
  );
  assert.ok(words().includes("Another photo"));
  await engine.close();
});

test("the owner reads what they were told, what they said to it, and that it is opened again", async () => {
  const engine = await enrolled(await anOfficeThatWaits());
  const draft = await engine.startVisit(UNIT);
  answerAll(draft);
  await engine.saveDraft(UNIT, { ...draft, locale: "en" });
  const { app, kept } = await aScreen(engine);
  await kept.handOver();
  globalThis.requestAnimationFrame ??= () => 0;

  const words = markup((await ownerPage(app, { unit: UNIT })).view());

  for (const said of ["You: object, it is opened again", "Your reason: 又返味了", "You: agree with the new date", WHY])
    assert.ok(words.includes(said), said);
  await engine.close();
});

test("by phone the officer reads out what was told and what the owner says to it", async () => {
  const engine = await enrolled(await anOfficeThatWaits());
  const draft = await engine.startVisit(UNIT, { method: "phone" });
  answerAll(draft);
  await engine.saveDraft(UNIT, { ...draft, locale: "en" });
  const { app, kept } = await aScreen(engine);
  await kept.handOver();

  const words = markup((await officerPage(app, { unit: UNIT })).view());

  assert.ok(
    words.includes(`It cannot be solved for now: ${WHY} · You: do not agree, it is looked at again · 已经等了两年`),
  );
  assert.ok(words.includes("You: object, it is opened again · 又返味了"));
  await engine.close();
});

test("a visit begun again has its old answers, each to what it was about", async () => {
  const engine = await enrolled(await anOfficeThatWaits());
  const draft = await engine.startVisit(UNIT);
  answerAll(draft);
  await engine.deleteDraft(UNIT);

  await beginAgain(engine, draft);

  const fresh = (await engine.draft(UNIT)).draft;
  const answers = (one) => byIssue(one.answers).map(({ issue_id, answer, reason }) => [issue_id, answer, reason]);
  assert.deepEqual(answers(fresh), answers(draft));
  await engine.close();
});
