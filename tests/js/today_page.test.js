// Today's doors as they stand on the screen.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setLocale } from "../../static/tablet/i18n.js";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { anApp, atTheOffice } from "./support/app.js";
import { markup, pageModule, press } from "./support/screen.js";
import { anOffice, aSheetOut, aUnit, ESTATE, enrolled, idOf, NOON, UNIT } from "./support/tablet.js";

const { callPage } = await pageModule("call");
const { todayPage } = await pageModule("today");
const { unitPage } = await pageModule("unit");
const { visitPage } = await pageModule("visit");
const { moreButton } = await import("../../static/tablet/parts/more.js");
const { setZone } = await import("../../static/tablet/parts/when.js");

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

test("many doors agreed for this evening stand in one line in the morning, but none that is late", async (t) => {
  t.mock.method(Date, "now", () => NOON);
  setZone("Asia/Shanghai");
  const office = await anOffice();
  const evening = "2026-11-23T11:00:00.000Z";
  for (let n = 1; n <= 6; n++) {
    const [unit_id, number] = [idOf(1800 + n), `180${n}`];
    office.put("unit", unit_id, ESTATE, aUnit({ building: "10", floor: 18, number }));
    const [id, sheet_id, agreed_at] = [idOf(8200 + n), idOf(9600 + n), n === 1 ? "2026-11-23T09:00:00.000Z" : evening];
    office.put(
      "task",
      id,
      ESTATE,
      aSheetOut({ unit_id, sheet_id, agreed_at, due_on: n === 2 ? "2026-11-20" : "2026-11-23" }),
    );
  }
  const engine = await enrolled(office);
  setLocale("en");
  const page = await todayPage(anApp(engine));
  const drawn = () => markup(page.view()).match(/180\d/g) ?? [];
  press(page.view(), "To do");

  assert.match(markup(page.view()), /Later today, from 19:00: 4 doors/);
  assert.deepEqual([...new Set(drawn())], ["1801", "1802"], "the next one, and what is late");
  press(page.view(), "Later today");
  assert.equal(new Set(drawn()).size, 6);
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

for (const [what, way] of [
  ["a door's link", "its link"],
  ["a record, which leads nowhere", null],
]) {
  test(`whoever asks for more rows goes on with the first that came: ${what}`, () => {
    const focused = [];
    const focus = (name) => ({ focus: () => focused.push(name) });
    const row = (n) => ({ ...focus(`row ${n}`), querySelector: () => way && focus(`${way} ${n}`) });
    const rows = [row(1), row(2)];
    Object.assign(globalThis, { document: { querySelectorAll: () => rows } });

    press(
      moreButton("More doors: 2", () => rows.push(row(3), row(4))),
      "More doors",
    );

    Reflect.deleteProperty(globalThis, "document");
    assert.deepEqual(focused, [way ? `${way} 3` : "row 3"]);
  });
}
