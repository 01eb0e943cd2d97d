// What stands first on a screen, and what comes into view: read from the templates over a real engine.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setLocale } from "../../static/tablet/i18n.js";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { markup, pageModule, press } from "./support/screen.js";
import { anOffice, aUnit, ESTATE, enrolled, idOf, UNIT } from "./support/tablet.js";

const { correctPage } = await pageModule("correct");
const { issuePage } = await pageModule("issue");
const { refusalSheet } = await pageModule("not_signing");
const { todayPage } = await pageModule("today");
const { unitPage } = await pageModule("unit");
const { visitPage } = await pageModule("visit");

const NEWS = {
  kind: "work",
  version: 1,
  text: { zh: "电梯年检", en: "The lifts are inspected" },
  buildings: [],
  valid_from: "2026-11-01",
};

/** An app without a screen, and the visit begun at the unit. */
async function anApp(office) {
  const engine = await enrolled(office ?? (await anOffice()));
  setLocale("en");
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  const quiet = () => {};
  const app = {
    engine,
    list: "today",
    path: "",
    estateId: ESTATE,
    redraw: quiet,
    say: quiet,
    go: quiet,
    visit: () => kept,
  };
  return { app: /** @type {any} */ (app), engine, kept };
}

/** Whether these words stand on it, in this order. */
function assertInOrder(piece, ...words) {
  const html = markup(piece);
  const places = words.map((each) => html.indexOf(each));
  assert.ok(!places.includes(-1), `missing: ${words[places.indexOf(-1)]}`);
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
    words.join(" → "),
  );
}

/** A document in which everything looked for is there, and remembers that it was brought into view. */
function watching(t) {
  /** @type {string[]} */
  const seen = [];
  const field = { focus: () => seen.push("focus") };
  const found = (part) => ({ scrollIntoView: () => seen.push(part), querySelector: () => field, focus: field.focus });
  globalThis.document = /** @type {any} */ ({ querySelector: found });
  globalThis.scrollTo = () => seen.push("top");
  t.after(() => Reflect.deleteProperty(globalThis, "document"));
  return seen;
}

test("of today's filters overdue comes second, before what is only due", async () => {
  const { app, engine } = await anApp();

  const page = (await todayPage(app, {})).view();

  assertInOrder(page, "To do 2", "Overdue 1", "Visits 2", "Callbacks 1");
  await engine.close();
});

test("on a unit's card what was promised and what is due stand above who lives there", async () => {
  const { app, engine } = await anApp();

  const page = (await unitPage(app, { unit: UNIT })).view();

  assertInOrder(page, "<h2>Promised", "<h2>To do at this door", 'class="name">陈建国');
  await engine.close();
});

test("what is late is called late on the card of its unit too", async () => {
  const { app, engine } = await anApp();

  const page = (await unitPage(app, { unit: UNIT })).view();

  assertInOrder(page, "<h2>To do at this door", "Planned visit<", "Callbacks: 1 · 1 d overdue");
  await engine.close();
});

test("at the visit the callbacks come before what is told, and that before new issues", async () => {
  const office = await anOffice();
  office.put("briefing", idOf(9001), ESTATE, NEWS);
  const { app, engine } = await anApp(office);

  const page = (await visitPage(app, { unit: UNIT })).view();

  assertInOrder(
    page,
    "Introduced myself",
    "<h2>Callbacks: was it solved?",
    "The lifts are inspected",
    "<h2>Issues this time",
  );
  await engine.close();
});

test("a home without a known owner is called by its number alone", async () => {
  const office = await anOffice();
  office.put("unit", UNIT, ESTATE, aUnit({ people: [] }));
  const { app, engine, kept } = await anApp(office);
  await kept.change((draft) => {
    draft.interviewee = { name: "", relation: "owner" };
  });

  const html = markup((await visitPage(app, { unit: UNIT })).view());

  assert.match(html, /<h1[^>]*>1202<\/h1>/);
  await engine.close();
});

test("whoever is sent to an issue, or is not done with it, has what it lacks in view and under the pen", async (t) => {
  const { app, engine, kept } = await anApp();
  const seen = watching(t);
  const issue = kept.addIssue();
  await kept.change(() => Object.assign(issue, { text: "主卫天花板渗水", category: "leak", answered: true }));

  const sentTo = await issuePage(app, { unit: UNIT, issue: issue.id, lacks: "answer" });
  sentTo.arrived();
  assert.deepEqual(seen, ['[data-part="answer"]', "focus"]);

  const opened = await issuePage(app, { unit: UNIT, issue: issue.id });
  opened.arrived();
  assert.equal(seen.length, 2);
  press(opened.view(), "Done", { preventDefault: () => {} });
  assert.deepEqual(seen.slice(2), ['[data-part="answer"]', "focus"]);
  await engine.close();
});

test("whoever wants to ask now has the first thing without an answer in view and under the thumb", async (t) => {
  const { app, engine } = await anApp();
  const seen = watching(t);
  const page = await visitPage(app, { unit: UNIT });
  Object.assign(app, {
    openSheet: (sheet) => Object.assign(app, { sheet }),
    closeSheet: () => Object.assign(app, { sheet: null }),
  });

  await press(page.view(), "Hand the tablet to the owner");
  await press(app.sheet(), "Ask now");

  assert.deepEqual([app.sheet, seen], [null, ["[data-left]", "focus"]]);
  await engine.close();
});

test("that an issue is urgent stands in the visit, as long as it is not answered", async () => {
  const { app, engine, kept } = await anApp();
  const issue = kept.addIssue();
  const line = async (change) => {
    await kept.change(() => Object.assign(issue, { text: "主卫天花板渗水", category: "leak", ...change }));
    return markup((await visitPage(app, { unit: UNIT })).view()).split("Issues this time")[1];
  };

  assert.doesNotMatch(await line({}), /Urgent|Major/);
  assert.match(await line({ urgency: "urgent" }), /Urgent/);
  assert.match(await line({ urgency: "major" }), /Major/);
  assert.doesNotMatch(await line({ answered: true, answer: "已擦干" }), /Major/);
  await engine.close();
});

test("what a correction is about stands alone once it is chosen, and its field is next", async (t) => {
  const { app, engine } = await anApp();
  const seen = watching(t);
  const page = await correctPage(app, { unit: UNIT });
  const before = markup(page.view());

  press(page.view(), "Number plate");

  const chosen = markup(page.view());
  assert.ok(before.includes("Care note") && !before.includes("<input"));
  assert.ok(!chosen.includes("Care note"));
  assertInOrder(page.view(), "Number plate", "Choose another", "<h2>What should it be?", "<input");
  assert.deepEqual(seen, ["top", "focus"]);
  press(page.view(), "Choose another");
  assert.ok(markup(page.view()).includes("Care note"));
  await engine.close();
});

test("a refusal without its reason has the field marked", async (t) => {
  const { app, engine, kept } = await anApp();
  watching(t);
  const sheet = refusalSheet(app, kept, (words) => words);
  press(sheet(), "I do not want to sign");
  assert.ok(markup(sheet()).includes("aria-invalid=false"));

  await press(sheet(), "Finish without a signature");

  assert.ok(markup(sheet()).includes("aria-invalid=true"));
  assert.equal(kept.draft.unsigned, undefined);
  await engine.close();
});
