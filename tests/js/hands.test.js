// In whose hands the tablet is, whichever of its windows somebody looks into.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../../static/tablet/engine.js";
import { setLocale } from "../../static/tablet/i18n.js";
import { Locks } from "./faults/tabs.js";
import { House } from "./support/house.js";
import { markup, pageModule, press } from "./support/screen.js";
import { anOffice, aSignedVisit, aTablet, awaited, ESTATE, enrolled, OFFICER, PIN, UNIT } from "./support/tablet.js";

const { mePage } = await pageModule("me");
const { officerPage } = await pageModule("officer");
const { App } = await import("../../static/tablet/app.js");

globalThis.requestAnimationFrame ??= () => 0;

const COLLEAGUE = { id: "01930000-0000-7000-8000-000000000002", name: "张华", locale: "zh" };
const SIX_MINUTES = 6 * 60_000;

test("while an owner holds the tablet no other window shows the officer's side, and afterwards none the owner's", async (t) => {
  const { house, first, second, tablet } = await twoWindows(t);
  const kept = await begun(first);

  await kept.handOver();
  first.handOver(UNIT);
  await comesTrue(house, () => second.handedOver === UNIT);
  assert.deepEqual(second.shown, ["with the owner"]);

  await kept.turn("officer");
  first.takeBack();
  await comesTrue(house, () => second.handedOver === "");
  assert.deepEqual(second.shown, ["with the owner", `visit/${UNIT}`]);
  tablet.clock.pass(SIX_MINUTES);
  await comesTrue(house, () => second.engine.state === "locked" && first.engine.state === "locked");
});

test("a visit saved in one window is left in the others, and they lock when idle", async (t) => {
  const { house, first, second, tablet } = await twoWindows(t);
  const draft = await aSignedVisit(first.engine);
  draft.phase = "thanks";
  await first.engine.saveDraft(UNIT, draft);
  await comesTrue(house, () => second.handedOver === UNIT);

  await first.engine.holdVisit(draft);
  tablet.clock.pass(1000);
  await comesTrue(house, () => second.handedOver === "");

  assert.equal(second.shown.at(-1), "today");
  assert.equal(await second.visit(UNIT), undefined);
  await second.engine.sync();
  assert.equal(await second.busy(), false);
  tablet.clock.pass(SIX_MINUTES);
  await comesTrue(house, () => second.engine.state === "locked");
});

test("whoever unlocks after the tablet was locked under an owner's hands is locked out when idle like anybody", async (t) => {
  const { house, office, first, second, tablet } = await twoWindows(t);
  const kept = await begun(first);
  await kept.handOver();
  first.handOver(UNIT);

  await second.engine.lock();
  await comesTrue(house, () => first.engine.state === "locked" && !first.handedOver);
  await first.engine.enrol({ code: office.code(COLLEAGUE, [ESTATE]), pin: "135790" });
  await first.engine.sync();
  assert.equal(await first.busy(), false);
  tablet.clock.pass(SIX_MINUTES);

  await comesTrue(house, () => first.engine.state === "locked");
});

test("wrong PINs that are tried in two windows at once count each", async (t) => {
  const { house, first, second } = await twoWindows(t);
  await first.engine.lock();
  await comesTrue(house, () => second.engine.state === "locked");
  const unlock = ({ engine }, pin) => engine.unlock({ staffId: OFFICER.id, pin });

  const wrong = [first, second, first, second, first].map((window) => unlock(window, "000000"));
  const told = await Promise.all(wrong.map((tried) => tried.catch(({ code }) => code)));

  assert.deepEqual(told, Array(5).fill("vault:wrong_pin"));
  await assert.rejects(unlock(second, PIN), { code: "vault:wait" });
});

test("a visit is saved by nobody but whose draft it is, and not once that was dropped", async (t) => {
  const { house, office, first, second } = await twoWindows(t);
  const draft = await aSignedVisit(first.engine);
  await second.engine.lock();
  await second.engine.enrol({ code: office.code(COLLEAGUE, [ESTATE]), pin: "135790" });
  await second.engine.sync();
  await comesTrue(house, () => first.engine.state === "open" && first.engine.me().staff.name === "张华");

  await assert.rejects(first.engine.holdVisit(draft), { code: "draft:gone" });
  await first.engine.lock();
  await first.engine.unlock({ staffId: OFFICER.id, pin: PIN });
  await comesTrue(house, () => first.shown.includes("today"));
  await first.engine.deleteDraft(UNIT);
  await assert.rejects(first.engine.holdVisit(draft), { code: "draft:gone" });

  await first.engine.sync();
  assert.equal(office.operations.size, 0);
});

test("the officer's own signature is asked for no longer where the visit was saved meanwhile", async (t) => {
  const { first } = await twoWindows(t);
  const draft = await aSignedVisit(first.engine);
  draft.phase = "officer";
  await first.engine.saveDraft(UNIT, draft);
  const page = await officerPage(first, { unit: UNIT });

  page.refresh("drafts");
  assert.deepEqual(first.shown, []);
  await first.engine.holdVisit(draft);
  page.refresh("drafts");

  assert.deepEqual(first.shown, ["today"]);
  page.leave();
});

test("a photo on its way is waited for by a lock that is asked for, and by an update in another window", async (t) => {
  const { house, first, second } = await twoWindows(t);
  const kept = await begun(first);
  await comesTrue(house, async () => !(await second.busy()));
  const shrunk = awaited();
  const taken = kept.takes(
    shrunk.promise.then(() => kept.change((draft) => Object.assign(draft, { wishes: "有照片" }))),
  );
  const page = await mePage(first);

  assert.equal(await second.busy(), true);
  const locked = press(page.view(), "Lock now");
  assert.match(markup(page.view()), /The photo is being kept/);
  shrunk.resolve();
  await Promise.all([taken, locked]);

  assert.equal(first.engine.state, "locked");
  await first.engine.unlock({ staffId: OFFICER.id, pin: PIN });
  assert.equal((await first.engine.draft(UNIT)).draft.wishes, "有照片");
});

/** Two windows of one tablet, the second at today's doors. */
async function twoWindows(t) {
  const [office, house] = [await anOffice(), new House()];
  const tablet = aTablet(office, { locks: new Locks() });
  const engines = [await enrolled(office, { ...tablet, channel: house.channel() })];
  engines.push(await openEngine({ ...tablet, channel: house.channel() }));
  await engines[1].sync();
  await house.quiet();
  setLocale("en");
  t.after(() => Promise.all(engines.map((engine) => engine.close())));
  // Of a browser's document only whether it fills the screen is asked.
  globalThis.document = /** @type {any} */ ({ fullscreenElement: null });
  t.after(() => Reflect.deleteProperty(globalThis, "document"));
  const [first, second] = engines.map((engine) => new Window(engine));
  return { office, house, tablet, first, second };
}

/** A visit begun there and ready for its owner. */
async function begun(window) {
  await window.engine.startVisit(UNIT);
  const kept = await window.visit(UNIT);
  await kept.change((draft) => Object.assign(draft, { rating: "satisfied" }));
  return kept;
}

/** A window of the app that remembers where it went instead of drawing it. */
class Window extends App {
  shown = [];

  constructor(engine) {
    super(engine, /** @type {any} */ ({}));
    engine.subscribe((change, elsewhere) => this.hears(change, elsewhere));
  }

  redraw() {}

  async show() {
    if (this.handedOver) this.shown.push("with the owner");
  }

  async replace(path) {
    this.shown.push(path);
  }
}

/** Both windows have heard all that was said, and it has come to this. */
async function comesTrue(house, what) {
  for (let turns = 0; turns < 5000; turns++) {
    await house.quiet();
    if (await what()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail(`it never came to this: ${what}`);
}
