// What screens show and refuse, read from their templates over a real engine.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused } from "../../static/tablet/errors.js";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { anApp, atTheOffice } from "./support/app.js";
import { markup, pageModule, press } from "./support/screen.js";
import { aJpeg, awaited, ESTATE, idOf, UNIT } from "./support/tablet.js";

const { briefingPage } = await pageModule("briefing");
const { inspectPage } = await pageModule("inspect");
const { issuePage } = await pageModule("issue");
const { unitPage } = await pageModule("unit");
const { visitPage } = await pageModule("visit");
const { savedChip } = await import("../../static/tablet/parts/state.js");
const { App } = await import("../../static/tablet/app.js");
const { pageFor } = await import("../../static/tablet/routes.js");

const NEWS = {
  id: idOf(9001),
  kind: "work",
  version: 1,
  text: { zh: "电梯年检", en: "The lifts are inspected" },
  buildings: [],
  valid_from: "2026-11-01",
};

const anIssueRaised = (text) => ({
  id: crypto.randomUUID(),
  text,
  category: "security.parking",
  urgency: "ordinary",
  answered: false,
  answer: "",
  photos: [],
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

test("that a briefing could not be noted as read is said beside the button, however long the briefing is", async () => {
  const engine = await atTheOffice();
  engine.briefing = () => [{ ...NEWS, unread: true }];
  engine.readBriefing = () => Promise.reject(new Refused("storage:full", "The tablet is full."));
  const page = await briefingPage(anApp(engine));

  await press(page.view(), "I have read it");

  assert.match(markup(page.view()).split("<footer")[1], /The tablet is full/);
  await engine.close();
});
