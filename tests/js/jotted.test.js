// What is half written on a page without a draft: kept through a reload and a lock, its writer's alone, gone once saved.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../../static/tablet/engine.js";
import { setLocale } from "../../static/tablet/i18n.js";
import { anApp } from "./support/app.js";
import { House } from "./support/house.js";
import { markup, pageModule, press, write } from "./support/screen.js";
import {
  anOffice,
  aPerson,
  aSignedVisit,
  aTablet,
  atRest,
  aUnit,
  awaited,
  ESTATE,
  enrolled,
  idOf,
  NOON,
  OFFICER,
  PIN,
  reopened,
  UNIT,
} from "./support/tablet.js";

const { addendumPage } = await pageModule("addendum");
const { callPage } = await pageModule("call");
const { correctPage } = await pageModule("correct");
const { nobodyPage } = await pageModule("nobody");
const { todayPage } = await pageModule("today");

const COLLEAGUE = { id: "01930000-0000-7000-8000-000000000002", name: "王强", locale: "en" };
const HALF = "业主来电：厨房也";

async function aTabletInHand(change = {}) {
  const office = await anOffice();
  const tablet = aTablet(office, change);
  const engine = await enrolled(office, tablet);
  setLocale("en");
  return { office, tablet, engine };
}

/** As after the app was killed, or an update came in. */
async function killed(engine, tablet) {
  await engine.settled();
  const again = await reopened(engine, tablet);
  setLocale("en");
  return again;
}

const jottedRows = async (tablet) => (await atRest(tablet)).copies.filter(({ id }) => id.startsWith("jotted:"));

/** Each page on which something is written without a draft: how it is opened, and what leads to its last field. */
const PAGES = {
  "a note on a visit": {
    open: (engine) => addendumPage(anApp(engine), { op: engine.records().find(({ kind }) => kind === "visit").opId }),
    begin: () => {},
    save: "Save the note",
  },
  "a note on nobody met": {
    open: (engine) => nobodyPage(anApp(engine), { unit: UNIT }),
    begin: () => {},
    save: "Save: Nobody home",
  },
  "a note on a call": {
    open: (engine) => callPage(anApp(engine), { unit: UNIT }),
    begin: (page) => press(page.view(), "Phone not answered"),
    save: "Save: Phone not answered",
  },
  "a remark on a correction": {
    open: (engine) => correctPage(anApp(engine), { unit: UNIT }),
    begin: (page) => {
      onAPage(() => press(page.view(), "Who lives there"));
      press(page.view(), "Vacant");
    },
    save: "Save: Who lives there",
  },
};

for (const [what, { open, begin, save }] of Object.entries(PAGES)) {
  test(`${what} outlives a kill and a lock, sealed, and goes with the record that is made of it`, async () => {
    const { tablet, engine } = await aTabletInHand();
    await engine.holdVisit(await aSignedVisit(engine));
    const page = await open(engine);
    begin(page);
    write(page.view(), HALF);

    const again = await killed(engine, tablet);
    assert.ok(markup((await open(again)).view()).includes(HALF));
    assert.ok(!JSON.stringify(await atRest(tablet)).includes(HALF));
    await again.lock();
    await again.unlock({ staffId: OFFICER.id, pin: PIN });
    setLocale("en");
    const found = await open(again);
    assert.ok(markup(found.view()).includes(HALF));

    const before = again.records().length;
    await press(found.view(), save);
    assert.equal(again.records().length, before + 1);
    const last = await killed(again, tablet);
    assert.ok(!markup((await open(last)).view()).includes(HALF));
    assert.deepEqual(await jottedRows(tablet), []);
    await last.close();
  });
}

test("what one officer has half written nobody else finds on the same tablet", async () => {
  const { office, tablet, engine } = await aTabletInHand();
  write((await nobodyPage(anApp(engine), { unit: UNIT })).view(), HALF);
  await engine.lock();
  await engine.enrol({ code: office.code(COLLEAGUE, [ESTATE]), pin: PIN });
  await engine.sync();

  const theirs = await nobodyPage(anApp(engine), { unit: UNIT });
  assert.ok(!markup(theirs.view()).includes(HALF));
  write(theirs.view(), "门铃坏了");
  await press(theirs.view(), "Save: Nobody home");

  await engine.lock();
  await engine.unlock({ staffId: OFFICER.id, pin: PIN });
  assert.ok(markup((await nobodyPage(anApp(engine), { unit: UNIT })).view()).includes(HALF));
  assert.equal((await jottedRows(tablet)).length, 1);
  await engine.close();
});

test("what was written and taken away again is not kept", async () => {
  const { tablet, engine } = await aTabletInHand();
  await engine.holdVisit(await aSignedVisit(engine));
  const page = await PAGES["a note on a visit"].open(engine);
  write(page.view(), HALF);
  write(page.view(), "");
  await engine.settled();

  assert.deepEqual(await jottedRows(tablet), []);
  await engine.close();
});

test("a note written in one window stands in the other, and saved in one it is saved once", async () => {
  const house = new House();
  const { tablet, engine: first } = await aTabletInHand({ channel: house.channel() });
  const second = await openEngine({ ...tablet, channel: house.channel() });
  const here = await nobodyPage(anApp(first), { unit: UNIT });
  const there = await nobodyPage(anApp(second), { unit: UNIT });
  const heard = () =>
    new Promise((resolve) => {
      const deaf = second.subscribe(async (change) => {
        if (change !== "drafts") return;
        deaf();
        await there.refresh(change);
        resolve(undefined);
      });
    });

  const told = heard();
  write(here.view(), HALF);
  await told;
  assert.ok(markup(there.view()).includes(HALF));

  await press(here.view(), "Save: Nobody home");
  const toldAgain = heard();
  tablet.clock.pass(1000);
  await toldAgain;
  assert.ok(!markup(there.view()).includes(HALF));
  assert.equal(second.records().length, 1);
  await Promise.all([first.close(), second.close()]);
});

test("what is typed while a note is being saved does not come back as a note of its own", async () => {
  const { tablet, engine } = await aTabletInHand();
  await engine.holdVisit(await aSignedVisit(engine));
  const page = await PAGES["a note on a visit"].open(engine);
  write(page.view(), HALF);

  const saving = press(page.view(), "Save the note");
  write(page.view(), `${HALF}渗水`);
  await saving;

  assert.deepEqual(
    engine.records().map(({ note }) => note),
    ["", HALF],
  );
  await engine.settled();
  assert.deepEqual(await jottedRows(tablet), []);
  await engine.close();
});

test("a note that could not be saved is kept as it was typed last", async () => {
  const { tablet, engine } = await aTabletInHand();
  await engine.holdVisit(await aSignedVisit(engine));
  const page = await PAGES["a note on a visit"].open(engine);
  write(page.view(), HALF);
  const { promise, reject } = awaited();
  engine.appendToVisit = () => promise;

  const saving = press(page.view(), "Save the note");
  write(page.view(), `${HALF}渗水`);
  reject(new Error("no"));
  await saving;

  const again = await killed(engine, tablet);
  assert.ok(markup((await PAGES["a note on a visit"].open(again)).view()).includes(`${HALF}渗水`));
  await again.close();
});

test("a note that finds no room is said so under the eyes of whoever writes", async () => {
  const { engine } = await aTabletInHand();
  const page = await nobodyPage(anApp(engine), { unit: UNIT });
  engine.jot = () => Promise.reject(new DOMException("full", "QuotaExceededError"));

  write(page.view(), HALF);
  await new Promise(setImmediate);

  const [, foot] = markup(page.view()).split("<footer");
  assert.match(foot, /class="complaint"/);
  await engine.close();
});

test("what was chosen of a try is found again on the same day, and of an earlier day only the note", async (t) => {
  const { tablet, engine } = await aTabletInHand();
  t.mock.timers.enable({ apis: ["Date"], now: NOON });
  const page = await nobodyPage(anApp(engine), { unit: UNIT });
  press(page.view(), "Did not want to talk");
  press(page.view(), "Another time");
  write(page.view(), HALF);

  const again = await killed(engine, tablet);
  const found = markup((await nobodyPage(anApp(again), { unit: UNIT })).view());
  assert.ok(found.includes("Save: Did not want to talk") && found.includes('type="time"') && found.includes(HALF));

  t.mock.timers.setTime(NOON + 86_400_000);
  const later = markup((await nobodyPage(anApp(again), { unit: UNIT })).view());
  assert.ok(later.includes("Save: Nobody home") && !later.includes('type="time"') && later.includes(HALF));
  await again.close();
});

test("what came of a call and of which number is found again on the same day", async () => {
  const { office, tablet, engine } = await aTabletInHand();
  const person = { ...aPerson("陈建国", "cjg", "chen jian guo"), other_phones: ["13900139000"] };
  office.put("unit", UNIT, ESTATE, aUnit({ people: [person] }));
  await engine.sync();
  const page = await callPage(anApp(engine), { unit: UNIT });
  press(page.view(), "139 **** 9000");
  press(page.view(), "Number not allocated");

  const again = await killed(engine, tablet);
  const found = await callPage(anApp(again), { unit: UNIT });

  await press(found.view(), "Save: Number not allocated");
  const dead = (await again.unit(UNIT)).dead_numbers;
  assert.deepEqual([dead.length, dead[0].ending, dead[0].index], [1, "9000", 1]);
  await again.close();
});

test("today says what is half written and leads back to it, until it is saved or dropped", async () => {
  const { tablet, engine } = await aTabletInHand();
  const visit = await engine.holdVisit(await aSignedVisit(engine));
  write((await PAGES["a note on a visit"].open(engine)).view(), HALF);
  write((await nobodyPage(anApp(engine), { unit: idOf(1102) })).view(), HALF);
  const begun = async (at) => {
    const cards = markup((await todayPage(anApp(at))).view()).split('data-testid="half-written"');
    return cards.slice(0, -1).map((html) => html.split('href="#/').at(-1).split('"')[0]);
  };

  const again = await killed(engine, tablet);
  const pages = [`records/${visit.opId}/add`, `unit/${idOf(1102)}/nobody`];
  assert.deepEqual((await begun(again)).sort(), pages.sort());

  const app = anApp(again, { say: (_words, back) => Object.assign(app, { undo: back }) });
  const page = await nobodyPage(app, { unit: idOf(1102) });
  press(page.view(), "Drop what is written here");
  await again.settled();
  assert.equal((await begun(again)).length, 1);
  assert.ok(!markup(page.view()).includes(HALF));
  app.undo();
  await again.settled();
  assert.ok(markup(page.view()).includes(HALF));
  assert.equal((await begun(again)).length, 2);

  await press(page.view(), "Save: Nobody home");
  tablet.clock.pass(1000);
  await again.settled();
  await again.unit(UNIT);
  assert.ok(!markup((await nobodyPage(anApp(again), { unit: idOf(1102) })).view()).includes(HALF));
  await again.close();
});

test("a day that was chosen stays though news come in before its time is", async () => {
  const { engine } = await aTabletInHand();
  const page = await callPage(anApp(engine), { unit: UNIT });
  press(page.view(), "Another time agreed");
  const [day, time] = [...fieldsOf(page.view())];
  const date = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);

  day({ target: { value: date } });
  await engine.settled();
  await page.refresh("documents");
  time({ target: { value: "10:00" } });

  await press(page.view(), "Save: Another time agreed");
  const [{ again_at }] = (await engine.unit(UNIT)).tries;
  assert.equal(again_at, `${date}T02:00:00.000Z`);
  await engine.close();
});

/** What is told when a day or a time is chosen. */
function* fieldsOf(piece) {
  for (const one of [piece].flat()) {
    if (!one?.strings) continue;
    for (const [at, text] of one.strings.entries()) if (text.endsWith("@change=")) yield one.values[at];
    for (const value of one.values) yield* fieldsOf(value);
  }
}

/** Where fields are looked for, and none is there. @param {() => void} act */
function onAPage(act) {
  Object.assign(globalThis, { document: { querySelector: () => null }, scrollTo: () => {} });
  act();
  Reflect.deleteProperty(globalThis, "document");
}
