// A survey's sheet on the screens: asked on its own page, said in the visit, read out on the phone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setLocale } from "../../static/tablet/i18n.js";
import { go } from "../../static/tablet/surveys.js";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { anApp } from "./support/app.js";
import { markup, pageModule, press } from "./support/screen.js";
import { anOfficeWithASurvey, COLLECT_AT, FIRST, filledIn, REPAIRS, SECOND, SHEET } from "./support/survey.js";
import { enrolled, UNIT } from "./support/tablet.js";

const { ownerPage } = await pageModule("owner");
const { officerPage } = await pageModule("officer");
const { surveyPage } = await pageModule("survey");
const { visitPage } = await pageModule("visit");

test("a tap beside the one that was meant turns no answers into a refusal", async () => {
  const engine = await enrolled(await anOfficeWithASurvey());
  setLocale("en");
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.takeUpSheet(SHEET, filledIn);
  const app = anApp(engine, { visit: async () => kept, closeSheet: () => {} });
  app.openSheet = (sheet) => Object.assign(app, { sheet });
  const page = await visitPage(app, { unit: UNIT });

  press(page.view(), "Does not take part");
  press(app.sheet(), "Keep the answers");
  assert.deepEqual([kept.sheet(SHEET).act, app.sent], ["collected", []]);

  press(page.view(), "Filled in on paper");
  assert.deepEqual(kept.sheet(SHEET).filled, "on_paper", "the same answers, given otherwise");

  press(page.view(), "Does not take part");
  press(app.sheet(), "Does not take part");
  assert.deepEqual([kept.sheet(SHEET).act, app.sent.length], ["declined", 2]);
  await engine.close();
});

test("on the phone a sheet is read out as one thing, with all its answers", async () => {
  const engine = await enrolled(await anOfficeWithASurvey());
  setLocale("en");
  await engine.startVisit(UNIT, { method: "phone" });
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.takeUpSheet(SHEET, (sheet) => {
    filledIn(sheet);
    sheet.filled = "by_phone";
  });
  await kept.handOver();
  const page = await officerPage(/** @type {any} */ ({ engine, visit: async () => kept }), { unit: UNIT });

  const things = markup(page.view()).split("<li").slice(1);
  const sheet = things.filter((thing) => /2026 年业主满意度调查 · What you answered/.test(thing));
  assert.equal(sheet.length, 1);
  for (const said of ["维修及时 · Dissatisfied", "来得太慢", "All in all · Mostly satisfied"])
    assert.ok(sheet[0].includes(said), said);
  page.leave();
  await engine.close();
});

test("that nothing is answered yet is said beside the button that was tapped", async () => {
  const engine = await enrolled(await anOfficeWithASurvey());
  setLocale("en");
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.takeUpSheet(SHEET, (sheet) => go(sheet, "on_screen"));
  const page = await surveyPage(anApp(engine, { visit: async () => kept }), { unit: UNIT, sheet: SHEET });
  const said = () => markup(page.view()).split("<footer")[1].includes("Nothing was answered yet");
  assert.equal(said(), false);

  globalThis.document = /** @type {any} */ ({ querySelector: () => null });
  press(page.view(), "Done", { preventDefault: () => {} });
  Reflect.deleteProperty(globalThis, "document");
  assert.equal(said(), true);

  press(page.view(), "Satisfied");
  assert.equal(said(), false);
  await engine.close();
});

test("of a sheet of paper of which nothing is copied somebody says that it is blank, or it is left for next time", async () => {
  const office = await anOfficeWithASurvey({ kind: "survey_collect", agreed_at: COLLECT_AT });
  const engine = await enrolled(office);
  setLocale("en");
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.takeUpSheet(SHEET, (sheet) => {
    go(sheet, "on_paper");
    sheet.bears_name = "no";
  });
  const app = /** @type {any} */ ({ engine, visit: async () => kept, redraw: () => {}, say: () => {} });
  const page = await surveyPage(app, { unit: UNIT, sheet: SHEET });
  const stopped = { preventDefault: () => stopped.count++, count: 0 };

  globalThis.document = /** @type {any} */ ({ querySelector: () => null });
  press(page.view(), "Done", stopped);
  Reflect.deleteProperty(globalThis, "document");
  assert.equal(stopped.count, 1);
  assert.match(
    markup(page.view()),
    /Copy what stands on it, or tick that it is blank\. No time now\? Leave it for next time/,
  );

  press(page.view(), "The sheet is blank");
  press(page.view(), "Done", stopped);
  assert.equal(stopped.count, 1);
  assert.match(markup((await visitPage(app, { unit: UNIT })).view()), /Came back blank/);

  press(page.view(), "Satisfied");
  assert.ok(!markup(page.view()).includes("What stands on it"), "something stands on it");
  await engine.close();
});

for (const [levels, once, answered] of [
  [{}, "None of the 2 questions was answered", []],
  [{ [FIRST]: "satisfied" }, "Not answered: 1 of 2 questions", ["维修及时"]],
  [{ [FIRST]: "satisfied", [SECOND]: "none" }, "", ["维修及时", "上门有礼"]],
]) {
  test(`what was not answered is said once, and can be looked up: ${once || "nothing is left"}`, async () => {
    const engine = await enrolled(await anOfficeWithASurvey());
    setLocale("en");
    await engine.startVisit(UNIT);
    const kept = await VisitKept.open(engine, UNIT, () => {});
    await kept.takeUpSheet(SHEET, (sheet) => {
      go(sheet, "on_paper");
      Object.assign(sheet, { levels, opinions: { [REPAIRS]: "来得太慢" } });
    });
    globalThis.requestAnimationFrame ??= () => 0;
    await kept.handOver();
    const page = await ownerPage(anApp(engine, { visit: async () => kept }), { unit: UNIT });

    const [, said] = markup(page.view()).split('data-testid="survey-said"');
    const [before, folded = ""] = said.split("<details");

    assert.ok(before.includes("来得太慢"), "what was said in words, though nothing was tapped");
    for (const question of ["维修及时", "上门有礼"]) {
      assert.equal(before.includes(question), answered.includes(question), question);
      assert.equal(folded.includes(question), !answered.includes(question), question);
    }
    assert.ok(folded.includes(once));
    page.leave();
    await engine.close();
  });
}
