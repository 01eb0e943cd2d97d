// Wherever a PIN is typed: what was wrong with it is said in words, beside the keys.

import assert from "node:assert/strict";
import { test } from "node:test";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { anApp, atTheOffice } from "./support/app.js";
import { markup, pageModule, press } from "./support/screen.js";
import { PIN, UNIT } from "./support/tablet.js";

const { enrolPage } = await pageModule("enrol");
const { mePage } = await pageModule("me");
const { takeBackSheet } = await pageModule("take_back");

const OTHER = "135791";

/** Tap the digits, then the key that ends them. */
async function type(view, pin, end) {
  for (const digit of pin) press(view(), `>${digit}<`);
  await press(view(), end);
}

/** What stands in red, beside the keys. */
const complaints = (view) =>
  [...markup(view()).matchAll(/role="alert".*?<span>(.*?)<\/span>/gs)].map(([, words]) => words).filter(Boolean);

test("two PINs that differ while a tablet is set up are told apart, and nothing is said any more once they agree", async () => {
  const engine = await atTheOffice();
  const enrolled = [];
  engine.enrol = async ({ pin }) => enrolled.push(pin);
  const { view } = await enrolPage(anApp(engine, { path: "enrol" }), { code: "ABCDEFGH" });

  await type(view, PIN, "Next");
  await type(view, OTHER, "Done");
  assert.deepEqual([complaints(view), enrolled], [["The two PINs differ. Choose again."], []]);
  await type(view, PIN, "Next");
  assert.deepEqual(complaints(view), []);
  await type(view, PIN, "Done");
  assert.deepEqual(enrolled, [PIN]);
  await engine.close();
});

test("a new PIN that is not typed twice alike is not taken, and it is said why", async () => {
  const engine = await atTheOffice();
  const app = anApp(engine, { openSheet: (sheet) => Object.assign(app, { sheet }), version: "" });
  press((await mePage(app)).view(), "Change the PIN");

  await type(app.sheet, PIN, "Next");
  await type(app.sheet, OTHER, "Next");
  await type(app.sheet, PIN, "Done");

  assert.deepEqual(complaints(app.sheet), ["The two PINs differ. Choose again."]);
  assert.ok(await engine.checkPin(PIN));
  await engine.close();
});

test("a PIN that does not take the tablet back from its owner is said to be wrong", async () => {
  const engine = await atTheOffice();
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.handOver();
  const sheet = takeBackSheet(anApp(engine), kept, UNIT, "officer");

  await type(sheet, OTHER, "OK");

  assert.deepEqual(complaints(sheet), ["This PIN is not right."]);
  assert.equal(kept.phase, "owner");
  await engine.close();
});
