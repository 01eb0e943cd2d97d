// Two tabs of one tablet: one storage, one sync at a time, the same state in both.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../../static/tablet/engine.js";
import { Store } from "../../static/tablet/store.js";
import { Schedule } from "../../static/tablet/sync.js";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { House } from "./support/house.js";
import { anOffice, aSignedVisit, aTablet, Clock, enrolled, idOf, OFFICER, PIN, UNIT } from "./support/tablet.js";

test("what one tab saves, locks or opens, the other shows", async () => {
  const office = await anOffice();
  const house = new House();
  const tablet = aTablet(office, { locks: new Locks() });
  const first = await enrolled(office, { ...tablet, channel: house.channel() });
  const second = await openEngine({ ...tablet, channel: house.channel() });

  await second.holdVisit(await aSignedVisit(second));
  await second.sync();
  await house.quiet();
  assert.deepEqual([first.records()[0].state, first.tasksAt(UNIT)], ["complete", []]);

  await first.lock();
  await house.quiet();
  assert.equal(second.state, "locked");
  await second.unlock({ staffId: OFFICER.id, pin: PIN });
  await house.quiet();
  assert.equal(first.state, "open");
  await Promise.all([first.close(), second.close()]);
});

test("two tabs that save at once give every record its own place, and sync does not send one twice", async () => {
  const office = await anOffice();
  const tablet = aTablet(office, { locks: new Locks() });
  const first = await enrolled(office, tablet);
  const second = await openEngine(tablet);

  const saving = [];
  for (let i = 0; i < 4; i++)
    for (const tab of [first, second])
      saving.push(tab.recordAttempt({ unitId: idOf(1102), outcome: "no_answer", note: `${i}` }));
  await Promise.all(saving);
  await Promise.all([first.sync(), second.sync()]);

  const operations = [...office.operations.values()].map(({ operation }) => operation);
  assert.deepEqual(operations.map(({ op_seq }) => op_seq).sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(new Set(operations.map(({ body }) => body.number)).size, 8);
  const sent = office.pushes.flatMap((push) => push.operations.map(({ op_id }) => op_id));
  assert.equal(sent.length, 8);
  await Promise.all([first.close(), second.close()]);
});

test("the same draft saved as a visit in two tabs is one visit", async () => {
  const office = await anOffice();
  const tablet = aTablet(office, { locks: new Locks() });
  const first = await enrolled(office, tablet);
  const draft = await aSignedVisit(first);
  const second = await openEngine(tablet);

  const [one, two] = await Promise.all([first.holdVisit(draft), second.holdVisit(draft)]);
  await first.sync();

  assert.equal(one.opId, two.opId);
  assert.equal(office.operations.size, 1);
  await Promise.all([first.close(), second.close()]);
});

test("a draft changed in two tabs and saved as a visit in one does not come back from the other", async () => {
  const office = await anOffice();
  const house = new House();
  const tablet = aTablet(office, { locks: new Locks() });
  const first = await enrolled(office, { ...tablet, channel: house.channel() });
  const second = await openEngine({ ...tablet, channel: house.channel() });
  const { draft } = await first.startVisit(UNIT).then(() => second.draft(UNIT));

  assert.notEqual(await first.saveDraft(UNIT, { ...draft, wishes: "上午" }), "");
  assert.notEqual(await second.saveDraft(UNIT, { ...draft, wishes: "下午" }), "");
  await house.quiet();
  assert.equal((await first.draft(UNIT)).draft.wishes, "下午");
  await first.holdVisit(await aSignedVisit(first));
  await first.sync();
  await house.quiet();

  assert.equal(await second.saveDraft(UNIT, { ...draft, wishes: "晚上" }), "");
  assert.equal(await second.draft(UNIT), undefined);
  assert.deepEqual([second.drafts(), second.records().length], [[], 1]);
  await Promise.all([first.close(), second.close()]);
});

test("a visit that another tab saves while drafts are read here disturbs nothing here", async () => {
  const office = await anOffice();
  const tablet = aTablet(office, { locks: new Locks() });
  const other = await enrolled(office, tablet);
  let between = async () => {};
  class Interrupted extends Store {
    async drafts(user) {
      const rows = await super.drafts(user);
      await between();
      return rows;
    }
  }
  const here = await openEngine({ ...tablet, store: new Interrupted({ indexedDB: tablet.indexedDB }) });
  const draft = await aSignedVisit(other);
  await other.startVisit(idOf(1102));
  between = async () => {
    between = async () => {};
    await other.holdVisit(draft);
  };

  await here.startVisit(idOf(401));

  const drafts = here.drafts().map(({ unitId }) => unitId);
  assert.deepEqual(drafts.sort(), [idOf(401), idOf(1102)]);
  assert.equal(await here.draft(UNIT), undefined);
  await Promise.all([here.close(), other.close()]);
});

test("what one tab wrote down is never written over by what another read before", async () => {
  const office = await anOffice();
  const tablet = aTablet(office, { locks: new Locks() });
  const first = await enrolled(office, tablet);
  const second = await openEngine(tablet);
  await first.startVisit(UNIT);
  const [here, there] = await Promise.all([first, second].map((tab) => VisitKept.open(tab, UNIT, () => {})));

  for (const words of ["水管漏水", "水管漏水，急"])
    await here.change((draft) => Object.assign(draft, { wishes: words }));
  await there.change((draft) => Object.assign(draft, { rating: "basic" }));

  assert.match(there.trouble, /another window|另一个窗口/);
  assert.deepEqual([there.draft.wishes, there.draft.rating], ["水管漏水，急", ""]);
  await there.change((draft) => Object.assign(draft, { rating: "basic" }));
  assert.equal(there.trouble, "");
  await here.readAgain();
  for (const { draft } of [here, await second.draft(UNIT)])
    assert.deepEqual([draft.wishes, draft.rating], ["水管漏水，急", "basic"]);
  await second.deleteDraft(UNIT);
  await here.readAgain();
  assert.match(here.trouble, /deleted|删除/);
  await Promise.all([first.close(), second.close()]);
});

test("a tablet is busy while something is signed or sent, in whichever tab", async () => {
  const office = await anOffice();
  const locks = new Locks();
  const tablet = aTablet(office, { locks });
  const first = await enrolled(office, tablet);
  const second = await openEngine(tablet);
  await Promise.all([first.sync(), second.sync()]);

  assert.equal(await second.busy(), false);
  first.suspendIdle(true);
  assert.deepEqual([await first.busy(), await second.busy()], [true, true]);
  first.suspendIdle(false);
  await locks.free("doorstep:signing");
  assert.deepEqual([await first.busy(), await second.busy()], [false, false]);
  await Promise.all([first.close(), second.close()]);
});

test("sync runs when the tablet is looked at, when the network returns and by the clock, later after each failure", async () => {
  const clock = new Clock();
  const [window, document] = [new EventTarget(), Object.assign(new EventTarget(), { visibilityState: "visible" })];
  let fine = true;
  let runs = 0;
  const schedule = new Schedule({
    clock,
    random: () => 1,
    run: async () => {
      runs += 1;
      return fine;
    },
  });
  const stop = schedule.listen({ window, document });

  await schedule.now();
  window.dispatchEvent(new Event("online"));
  await schedule.now();
  document.dispatchEvent(new Event("visibilitychange"));
  await schedule.now();
  document.visibilityState = "hidden";
  document.dispatchEvent(new Event("visibilitychange"));
  const before = runs;
  clock.pass(59_999);
  assert.equal(runs, before);
  clock.pass(1);
  await settled();
  assert.equal(runs, before + 1);

  fine = false;
  await schedule.now();
  const pauses = [];
  for (let i = 0; i < 9; i++) {
    const [at, count] = [clock.now(), runs];
    while (runs === count) {
      clock.pass(2500);
      await settled();
    }
    pauses.push((clock.now() - at) / 1000);
  }
  assert.deepEqual(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
  stop();
  await schedule.stop();
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** The browser's locks, of which this uses exclusive and shared ones without a waiting order. */
class Locks {
  #held = new Map();

  async request(name, { mode = "exclusive" }, work) {
    while (mode === "exclusive" && this.#held.has(name)) await this.#held.get(name);
    const done = Promise.resolve().then(() => work({ name }));
    this.#held.set(
      name,
      done.catch(() => {}),
    );
    try {
      return await done;
    } finally {
      this.#held.delete(name);
    }
  }

  async query() {
    return { held: [...this.#held.keys()].map((name) => ({ name })) };
  }

  async free(name) {
    await this.#held.get(name);
    await settled();
  }
}
