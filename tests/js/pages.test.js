// What screens show and refuse, read from their templates over a real engine.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setLocale } from "../../static/tablet/i18n.js";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { markup, pageModule, press, write } from "./support/screen.js";
import {
  aJpeg,
  anOffice,
  aSheetOut,
  aSignedVisit,
  aTask,
  aUnit,
  awaited,
  ESTATE,
  enrolled,
  idOf,
  ink,
  OFFICER,
  PIN,
  UNIT,
} from "./support/tablet.js";

const { addendumPage } = await pageModule("addendum");
const { callPage } = await pageModule("call");
const { inspectPage } = await pageModule("inspect");
const { issuePage } = await pageModule("issue");
const { nobodyPage } = await pageModule("nobody");
const { officerPage } = await pageModule("officer");
const { ownerPage } = await pageModule("owner");
const { savedPage } = await pageModule("saved");
const { todayPage } = await pageModule("today");
const { unitPage } = await pageModule("unit");
const { visitPage } = await pageModule("visit");
const { savedChip } = await import("../../static/tablet/parts/state.js");
const { App } = await import("../../static/tablet/app.js");
const { pageFor } = await import("../../static/tablet/routes.js");

const TYPED = "Please give the day and the time";

/** An app without a screen: it only remembers where it was sent. */
function anApp(engine, change = {}) {
  const app = {
    engine,
    list: "today",
    path: "",
    estateId: ESTATE,
    sent: [],
    redraw: () => {},
    say: () => {},
    hush: () => {},
  };
  const go = (path) => app.sent.push(path);
  return /** @type {any} */ (Object.assign(app, { go, replace: go }, change));
}

const anIssueRaised = (text) => ({
  id: crypto.randomUUID(),
  text,
  category: "security.parking",
  urgency: "ordinary",
  answered: false,
  answer: "",
  photos: [],
});

test("who wanted no callback in the survey is told of wherever one decides to ring or to go", async () => {
  const office = await anOffice();
  office.change("task", idOf(8002), { call_unwelcome: true });
  const engine = await enrolled(office);
  setLocale("en");
  const app = anApp(engine);
  const words = "In the survey the owner wanted no callback. They are asked all the same";

  assert.match(markup((await todayPage(app)).view()), /Wanted no callback/);
  assert.ok(markup((await unitPage(app, { unit: UNIT })).view()).includes(words));
  assert.ok(markup((await callPage(app, { unit: UNIT })).view()).includes(words));
  await engine.startVisit(UNIT);
  app.visit = (unit) => VisitKept.open(engine, unit, () => {});
  assert.ok(markup((await visitPage(app, { unit: UNIT })).view()).includes(words));
  await engine.close();
});

async function atTheOffice(...tasks) {
  const office = await anOffice();
  tasks.forEach((task, n) => {
    office.put("task", idOf(8100 + n), ESTATE, aTask(task));
  });
  const engine = await enrolled(office);
  setLocale("en");
  return engine;
}

test("another time that is not whole is asked for in words, and nothing is saved", async () => {
  const engine = await atTheOffice();
  const app = anApp(engine);
  const door = await nobodyPage(app, { unit: UNIT });
  const call = await callPage(app, { unit: UNIT });

  press(door.view(), "Another time");
  await press(door.view(), "Save: Nobody home");
  press(call.view(), "Phone not answered");
  press(call.view(), "Another time");
  await press(call.view(), "Save: Phone not answered");

  const [, atTheDoor] = markup(door.view()).split("<footer");
  const [, onThePhone] = markup(call.view()).split("<footer");
  assert.ok(atTheDoor.includes(TYPED), "beside the button that was tapped, in view however long the page is");
  assert.ok(onThePhone.includes(TYPED));
  assert.deepEqual([engine.records(), app.sent], [[], []]);

  press(door.view(), "Another time");
  await press(door.view(), "Save: Nobody home");
  assert.equal(engine.records().length, 1);
  await engine.close();
});

test("a call lists what each talk is about, and apart what only a newer app can settle", async () => {
  const engine = await atTheOffice(
    { kind: "special_visit", title: "暖气打压前逐户确认", ask: "家里有人在吗" },
    { kind: "meter_reading", called: { zh: "抄表", en: "Meter reading" } },
  );
  const page = await callPage(anApp(engine), { unit: UNIT });

  const html = markup(page.view());
  const [asked, apart] = html.split("Also due here");

  assert.ok(asked.includes("Special visit: 暖气打压前逐户确认") && asked.includes("家里有人在吗"));
  assert.ok(asked.includes("Planned visit") && !asked.includes("Meter reading"));
  assert.ok(apart.includes("Meter reading") && apart.includes("It stays due"));
  await engine.close();
});

test("with a visit begun a number still dials, and a call has no result of its own", async () => {
  const engine = await atTheOffice();
  const app = anApp(engine);
  const before = markup((await unitPage(app, { unit: UNIT })).view());
  await engine.startVisit(UNIT);

  const unit = markup((await unitPage(app, { unit: UNIT })).view());
  const call = markup((await callPage(app, { unit: UNIT })).view());

  assert.ok(!before.includes("tel:") && before.includes(`#/unit/${UNIT}/call/`));
  assert.ok(unit.includes("tel:13800136021") && unit.includes("138 **** 6021"));
  assert.ok(!unit.includes(`#/unit/${UNIT}/call/`));
  assert.ok(call.includes("tel:13800136021") && call.includes("Go on with the visit"));
  assert.ok(!call.includes("What came of the call?"));
  await engine.close();
});

test("a blank note is deleted on leaving, but not when its own page is shown anew or the tablet is locked", async () => {
  const engine = await atTheOffice();
  const begun = () => engine.startInspection(ESTATE);
  const noting = async () => ({ ...(await begun()), settled: Promise.resolve() });
  const app = anApp(engine, { noting, path: "inspect" });
  const page = await inspectPage(app, {});
  const kept = async (id) => (await begun()).draft.id === id;
  const { id } = (await begun()).draft;

  page.leave();
  await engine.settled();
  assert.ok(await kept(id));

  app.path = "today";
  page.leave();
  await engine.settled();
  assert.ok(!(await kept(id)));

  await engine.lock();
  page.leave();
  await engine.settled();
  await engine.close();
});

test("whoever is sent to an issue for what is missing reads at once what it is, in its place", async () => {
  const engine = await atTheOffice();
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  const app = anApp(engine, { visit: async () => kept });
  const visit = await visitPage(app, { unit: UNIT });
  press(visit.view(), "Note an issue");
  await kept.change((draft) => {
    draft.issues[0].text = "主卫天花板渗水";
  });

  await press(visit.view(), "Hand the tablet to the owner");

  const [makePage, params] = pageFor(app.sent.at(-1));
  const sentTo = await makePage(app, params);
  const opened = await issuePage(app, { unit: UNIT, issue: params.issue });
  const missing = "Choose a category: it says who takes care of it.";
  assert.equal(makePage, issuePage);
  assert.ok(markup(sentTo.view()).includes(missing));
  assert.ok(!markup(opened.view()).includes(missing));
  await engine.close();
});

test("a line just begun stays when its page is shown anew, as after a second tap, and goes with leaving it empty", async () => {
  const engine = await atTheOffice();
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  const { id: issue } = kept.addIssue();
  const app = anApp(engine, { visit: async () => kept, path: `visit/${UNIT}/issue/${issue}` });
  const first = await issuePage(app, { unit: UNIT, issue });
  const again = await issuePage(app, { unit: UNIT, issue });

  first.leave();
  assert.ok(markup(again.view()).includes("What does the owner say?"));

  app.path = `visit/${UNIT}`;
  again.leave();
  assert.deepEqual(kept.draft.issues, []);
  await engine.close();
});

test("nothing is called saved while a slow disk has not taken it", async (t) => {
  const engine = await atTheOffice();
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  const [saveDraft, disk] = [engine.saveDraft.bind(engine), awaited()];
  engine.saveDraft = (...args) => disk.promise.then(() => saveDraft(...args));
  t.mock.timers.enable({ apis: ["setTimeout"] });

  const saved = kept.change((draft) => {
    draft.wishes = "希望周末联系";
  });
  await Promise.resolve();
  t.mock.timers.tick(1000);

  assert.match(markup(savedChip(kept)), /Saving …/);
  t.mock.timers.reset();
  disk.resolve();
  await saved;
  assert.match(markup(savedChip(kept)), /Saved on this tablet/);
  await engine.close();
});

test("two taps of one thumb remove one issue, and one photo", async () => {
  const engine = await atTheOffice();
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  const photos = [
    await engine.savePhoto(kept.draft.id, aJpeg({ seed: 3 })),
    await engine.savePhoto(kept.draft.id, aJpeg()),
  ];
  await kept.change((draft) => {
    for (const text of ["门铃不响", "主卫天花板渗水"])
      draft.issues.push({ ...anIssueRaised(text), photos: text === "门铃不响" ? photos : [] });
  });
  const [{ id: issue }, other] = kept.draft.issues;
  let sheet;
  const openSheet = (view) => {
    sheet = view;
  };
  const app = anApp(engine, { visit: async () => kept, path: `visit/${UNIT}/issue/${issue}`, openSheet });
  const page = await issuePage(app, { unit: UNIT, issue });

  press(page.view(), "Remove photo 1", { detail: 1 });
  press(page.view(), "Remove photo 1", { detail: 2 });
  await kept.settled;
  assert.equal(kept.draft.issues[0].photos.length, 1);

  press(page.view(), "Remove");
  await Promise.all([press(sheet(), "Remove"), press(sheet(), "Remove")]);
  assert.deepEqual(kept.draft.issues, [other]);
  await engine.close();
});

test("while a photo is on its way the tablet is not handed over, and an update waits", async () => {
  const engine = await atTheOffice();
  await engine.sync();
  await engine.startVisit(UNIT);
  const app = new App(engine, /** @type {any} */ ({}));
  app.redraw = () => {};
  const kept = await app.visit(UNIT);
  const page = await visitPage(app, { unit: UNIT });
  const shrunk = awaited();
  const taken = kept.takes(shrunk.promise);

  assert.ok(markup(page.view()).includes("The photo is being kept"));
  assert.equal(await app.busy(), true);
  shrunk.resolve();
  await taken;
  await app.settled();

  assert.ok(markup(page.view()).includes("Hand the tablet to the owner"));
  assert.equal(await app.busy(), false);
  await engine.close();
});

test("a witness reads of the owner, and is never spoken to as if they were the owner", async () => {
  const engine = await atTheOffice();
  const draft = await engine.startVisit(UNIT);
  Object.assign(draft.answers[0], { answer: "dissatisfied", reason: "两天后又滴水" });
  const complaint = { nature: "delay", grade: "ordinary" };
  const issue = {
    id: idOf(1),
    text: "门禁坏了",
    category: "security.parking",
    urgency: "ordinary",
    photos: [],
    complaint,
  };
  draft.issues = [
    { ...issue, answered: true, answer: "当场修好" },
    { ...issue, id: idOf(2), answered: false, answer: "" },
  ];
  await engine.saveDraft(UNIT, { ...draft, locale: "en" });
  const kept = await VisitKept.open(engine, UNIT, () => {});
  const app = anApp(engine, { visit: async () => kept });
  await kept.handOver();
  globalThis.requestAnimationFrame ??= () => 0;
  const ownersWords = markup((await ownerPage(app, { unit: UNIT })).view());

  await kept.notSigned({ reason: "refused", note: "想再考虑一下" });
  const words = markup((await ownerPage(app, { unit: UNIT })).view());

  assert.match(ownersWords, /You: dissatisfied.*Your reason.*You: satisfied.*Your complaint.*answers you by/s);
  assert.match(
    words,
    /The owner: 两天后又滴水.*The owner's complaint: Not seen to in time.*to Security dept · answer promised/s,
  );
  assert.doesNotMatch(words.split("What the owner raised before")[1], /\b[Yy]ou(rs?)?\b/);
  await engine.close();
});

test("the owner reads when a repair was done in their own words, and of an issue that goes to nobody yet who follows it", async () => {
  const order = { id: idOf(9500), number: "WX-2611-0007", kind: "chargeable", text: "水槽漏水" };
  const done = { ...order, work_done: "更换软管", worker: "王师傅", finished_on: "2026-11-22" };
  const engine = await atTheOffice({ kind: "service_callback", order: done, round: 1 });
  const draft = await engine.startVisit(UNIT);
  for (const given of draft.answers) given.answer = given.order ? "satisfied" : "";
  const issue = { id: idOf(1), text: "想要儿童乐园", category: "elsewhere", urgency: "ordinary", photos: [] };
  draft.issues = [{ ...issue, answered: false, answer: "" }];
  await engine.saveDraft(UNIT, { ...draft, locale: "en" });
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.handOver();
  globalThis.requestAnimationFrame ??= () => 0;

  const words = markup((await ownerPage(anApp(engine, { visit: async () => kept }), { unit: UNIT })).view());

  assert.ok(words.includes("更换软管 · 王师傅 · done 22 Nov"), words);
  assert.match(words, /We take care of it and answer you by \d/);
  assert.doesNotMatch(words, /2026-11-22/);
  await engine.close();
});

test("nothing that the officer could take back stands on the owner's screen", async (t) => {
  const engine = await atTheOffice();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const app = new App(engine, /** @type {any} */ ({}));
  let takenBack = 0;
  const undo = () => {
    takenBack += 1;
  };
  app.say("Issue removed", undo);
  assert.equal(app.toast?.words, "Issue removed");

  app.handOver(UNIT);
  const atOnce = app.toast;
  app.say("Photo removed", undo);
  const late = app.toast;
  app.say("Your rating has changed: please sign again.");

  assert.deepEqual([atOnce, late, takenBack], [null, null, 0]);
  assert.equal(app.toast?.words, "Your rating has changed: please sign again.");
  t.mock.timers.reset();
  await engine.close();
});

test("once the owner is done, the way back leads to the officer's signature and to no page that writes in the visit", async () => {
  const engine = await atTheOffice();
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  const app = anApp(engine, { visit: async () => kept });
  const { id } = kept.addIssue();
  await kept.change((draft) => {
    Object.assign(draft.issues[0], { text: "访客车辆占用固定车位", category: "security.parking" });
  });
  await kept.turn("officer");

  for (const path of [
    `visit/${UNIT}`,
    `visit/${UNIT}/issue/${id}`,
    `visit/${UNIT}/issue/${id}/text`,
    `visit/${UNIT}/who`,
  ]) {
    const [makePage, params] = pageFor(path);
    await makePage(app, params);
  }
  await Promise.resolve();

  assert.deepEqual(app.sent, Array(4).fill(`visit/${UNIT}/officer`));
  await engine.close();
});

test("a rating given on the phone just before saving is the one that is saved", async () => {
  const engine = await atTheOffice();
  await engine.startVisit(UNIT, { method: "phone" });
  const kept = await VisitKept.open(engine, UNIT, () => {});
  const app = anApp(engine, { visit: async () => kept, forgetVisit: () => {} });
  await kept.handOver();
  const page = await officerPage(app, { unit: UNIT });
  const rated = (words) => press(page.view(), words);
  await rated("Satisfied");
  await kept.sign("officer", ink());

  await Promise.all([rated("Dissatisfied"), press(page.view(), "Sign and save")]);

  assert.deepEqual([engine.records(), kept.draft.rating], [[], "dissatisfied"]);
  assert.ok(markup(page.view()).includes("Please sign above"));
  await kept.sign("officer", ink());
  await press(page.view(), "Sign and save");
  assert.equal(engine.records().length, 1);
  page.leave();
  await engine.close();
});

test("of who answered by phone nobody says that they did not sign", async () => {
  const engine = await atTheOffice();
  await engine.startVisit(UNIT, { method: "phone" });
  const kept = await VisitKept.open(engine, UNIT, () => {});
  const app = anApp(engine, { visit: async () => kept, forgetVisit: () => {} });
  await kept.handOver();
  const page = await officerPage(app, { unit: UNIT });
  await press(page.view(), "Satisfied");
  await kept.sign("officer", ink());
  await press(page.view(), "Sign and save");
  page.leave();

  const [{ opId }] = engine.records();
  const saved = await savedPage(app, { op: opId });
  const shown = markup(saved.view());

  assert.match(shown, /told by phone/);
  assert.doesNotMatch(shown, /did not sign/);
  saved.leave();
  await engine.close();
});

test("as long as the officer's signature is asked for, somebody signs", async () => {
  const engine = await atTheOffice();
  await engine.sync();
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.turn("officer");
  const page = await officerPage(anApp(engine, { visit: async () => kept }), { unit: UNIT });
  assert.equal(await engine.busy(), true);

  page.leave?.();
  await engine.settled();

  assert.equal(await engine.busy(), false);
  await engine.close();
});

test("a visit begun where nothing is due any more stands among today's doors until it is saved", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  setLocale("en");
  const app = anApp(engine);
  await engine.startVisit(UNIT);
  await engine.startVisit(idOf(401));
  const begun = async () => {
    const shown = markup((await todayPage(app)).view());
    return [...shown.matchAll(/A visit begun at (.*?) is not saved/g)].map(([, place]) => place);
  };

  assert.deepEqual(await begun(), ["Building 3, Entrance 2, 0401"]);

  for (const reader of office.readers.values()) reader.estates = [];
  await engine.sync();

  assert.deepEqual((await begun()).sort(), ["Building 3, Entrance 1, 1202", "Building 3, Entrance 2, 0401"]);
  await engine.deleteDraft(UNIT);
  assert.deepEqual(await begun(), ["Building 3, Entrance 2, 0401"]);
  await engine.close();
});

test("sheets that are collected another day are told in one line, and stand among the surveys' doors", async () => {
  const office = await anOffice();
  office.put("unit", idOf(1801), ESTATE, aUnit({ building: "10", floor: 18, number: "1801" }));
  office.put("task", idOf(8201), ESTATE, aSheetOut({ unit_id: idOf(1801), due_on: "2026-11-27" }));
  const engine = await enrolled(office);
  setLocale("en");
  const page = await todayPage(anApp(engine));
  const home = "Building 10, Entrance 1, 1801";

  const all = page.view();
  assert.match(markup(all), /Sheets collected on a later day, as agreed: 1/);
  assert.ok(!markup(all).includes(home));

  press(all, "as agreed: 1");
  assert.ok(markup(page.view()).includes(home));
  await engine.close();
});

test("no unit is called missing while the exchange that brings it runs", async () => {
  const engine = await atTheOffice();
  const page = await unitPage(anApp(engine), { unit: idOf(9999) });
  const still = engine.syncState();

  engine.syncState = () => ({ ...still, running: true });
  assert.ok(markup(page.view()).includes("The estate is being fetched"));

  engine.syncState = () => ({ ...still, running: false });
  assert.ok(markup(page.view()).includes("This unit is not on the tablet"));
  await engine.close();
});

test("who comes next on a tablet sees all their doors, and not the kind that the one before picked out", async () => {
  const engine = await atTheOffice();
  setLocale("en");
  const app = anApp(engine);
  const pickedOut = async () => {
    const html = markup((await todayPage(app)).view());
    return html.match(/aria-pressed=true[^>]*>\s*(\w+)/)?.[1];
  };
  press((await todayPage(app)).view(), "Overdue");
  assert.equal(await pickedOut(), "Overdue");

  const me = engine.me();
  engine.me = () => ({ ...me, staff: { id: idOf(4242), name: "张华" } });

  assert.equal(await pickedOut(), "To");
  await engine.close();
});

test("a note that is being written is found again after a lock or a wrong tap, by whoever wrote it, until it is saved", async () => {
  const engine = await atTheOffice();
  setLocale("en");
  const app = anApp(engine);
  const visit = await engine.holdVisit(await aSignedVisit(engine));
  const addendum = (op = visit.opId) => addendumPage(app, { op });
  const door = () => nobodyPage(app, { unit: UNIT });

  write((await addendum()).view(), "厨房也渗水");
  write((await door()).view(), "周日才回来");
  await engine.lock();
  await engine.unlock({ staffId: OFFICER.id, pin: PIN });
  assert.ok(markup((await addendum()).view()).includes("厨房也渗水"));
  assert.ok(markup((await door()).view()).includes("周日才回来"));

  const me = engine.me.bind(engine);
  engine.me = () => ({ ...me(), staff: { id: idOf(4242), name: "张华" } });
  assert.ok(!markup((await door()).view()).includes("周日才回来"), "another person reads nothing of it");
  engine.me = me;

  await press((await addendum()).view(), "Save the note");
  await press((await door()).view(), "Save: Nobody home");
  assert.deepEqual(
    [markup((await addendum()).view()), markup((await door()).view())].map((html) =>
      /厨房也渗水|周日才回来/.test(html),
    ),
    [false, false],
  );
  await engine.close();
});
