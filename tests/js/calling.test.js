// A call, and an attempt at a door: what the screens ask, and what they keep.

import assert from "node:assert/strict";
import { test } from "node:test";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { anApp, atTheOffice } from "./support/app.js";
import { markup, pageModule, press } from "./support/screen.js";
import { ink, UNIT } from "./support/tablet.js";

const { callPage } = await pageModule("call");
const { nobodyPage } = await pageModule("nobody");
const { officerPage } = await pageModule("officer");
const { savedPage } = await pageModule("saved");
const { unitPage } = await pageModule("unit");

/** A visit by phone whose summary was made: the officer reads it out and signs. */
async function aTalkReadOut() {
  const engine = await atTheOffice();
  await engine.startVisit(UNIT, { method: "phone" });
  const kept = await VisitKept.open(engine, UNIT, () => {});
  const app = anApp(engine, { visit: async () => kept, forgetVisit: () => {} });
  await kept.handOver();
  return { engine, app, kept, page: await officerPage(app, { unit: UNIT }) };
}

const TYPED = "Please give the day and the time";

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

test("a rating given on the phone just before saving is the one that is saved", async () => {
  const { engine, kept, page } = await aTalkReadOut();
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
  const { engine, app, kept, page } = await aTalkReadOut();
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

test("what opens under a result is brought into view", async () => {
  const engine = await atTheOffice();
  const seen = [];
  const page = await callPage(anApp(engine), { unit: UNIT });
  const found = (part) => ({ scrollIntoView: ({ block }) => seen.push(`${part} ${block}`) });
  Object.assign(globalThis, { document: { querySelector: found } });

  press(page.view(), "Another time agreed");
  press(page.view(), "Phone not answered");
  press(page.view(), "Another time …");

  Reflect.deleteProperty(globalThis, "document");
  assert.deepEqual(seen, [".below nearest", ".below nearest", ".own-time nearest"]);
  await engine.close();
});
