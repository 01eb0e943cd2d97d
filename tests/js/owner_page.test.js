// What the owner and a witness read and sign, and what stands in nobody's way there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCatalogue, setLocale } from "../../static/tablet/i18n.js";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { anApp, atTheOffice } from "./support/app.js";
import { markup, pageModule, press } from "./support/screen.js";
import { anOffice, aSignedVisit, aTablet, atRest, enrolled, idOf, reopened, UNIT } from "./support/tablet.js";

const { officerPage } = await pageModule("officer");
const { ownerPage } = await pageModule("owner");
const { takeBackSheet } = await pageModule("take_back");
const { App } = await import("../../static/tablet/app.js");
const { pageFor } = await import("../../static/tablet/routes.js");

/** Handed over, and the owner asks for English. */
async function readInEnglish(kept) {
  await kept.handOver();
  await kept.remakeStatement((draft) => {
    draft.locale = "en";
  });
}

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
  await engine.saveDraft(UNIT, draft);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  const app = anApp(engine, { visit: async () => kept });
  await readInEnglish(kept);
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
  await engine.saveDraft(UNIT, draft);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await readInEnglish(kept);
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

test("an owner reads in their own language, whichever the officer works in: as they chose last, or Chinese", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.setLocale("en");
  Object.assign(globalThis, { scrollTo: () => {} });
  const handedOver = async (on = engine, method = "door") => {
    const draft = await on.startVisit(UNIT, { method });
    const kept = await VisitKept.open(on, UNIT, () => {});
    await kept.handOver();
    return { draft, kept };
  };

  const { draft, kept } = await handedOver();
  assert.equal(kept.statement().locale, "zh");
  const page = await ownerPage(anApp(engine, { visit: async () => kept }), { unit: UNIT });
  await press(page.view(), ">English<");
  page.leave();
  await kept.turn("visit");
  await kept.handOver();
  assert.equal(kept.statement().locale, "en", "as they chose, though the officer had it in between");
  await engine.holdVisit(await aSignedVisit(engine));
  await engine.settled();

  const later = await reopened(engine, tablet);
  assert.equal(await later.languageOf(UNIT, draft.interviewee.name), "en");
  assert.equal(await later.languageOf(UNIT, "刘洋"), "zh", "another person there");
  assert.ok(!JSON.stringify((await atRest(tablet)).copies).includes(draft.interviewee.name));
  assert.equal((await handedOver(later)).kept.statement().locale, "en");
  await later.deleteDraft(UNIT);
  await later.setLocale("zh");
  assert.equal((await handedOver(later, "phone")).kept.statement().locale, "zh", "the officer reads it out");
  await later.close();
});

test("the PIN is asked in the language of the officer whose it is, and left in the owner's", async () => {
  const words = { "For staff: your PIN": "工作人员：请输入 PIN 码", OK: "确定", "Stay here": "留在这里" };
  await loadCatalogue(async () => Response.json(words));
  const engine = await atTheOffice();
  await engine.setLocale("en");
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.handOver();

  const asked = takeBackSheet(anApp(engine), kept, UNIT, "officer");
  assert.match(markup(asked()), /For staff: your PIN.*OK.*lang=zh-CN.*留在这里/s);
  setLocale("zh");
  assert.match(markup(asked()), /工作人员：请输入 PIN 码.*确定/s);
  await loadCatalogue(async () => Response.json({}));
  await engine.close();
});
