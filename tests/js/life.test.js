// The life of a tablet: lost and handed in, silent for too long, its PIN forgotten, several people on it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../../static/tablet/engine.js";
import { locale } from "../../static/tablet/i18n.js";
import { Store } from "../../static/tablet/store.js";
import { Life } from "./support/faults.js";
import {
  aJpeg,
  anOffice,
  aSignedVisit,
  aTablet,
  atRest,
  awaited,
  ESTATE,
  enrolled,
  idOf,
  OFFICER,
  PIN,
  reopened,
  UNIT,
} from "./support/tablet.js";

const refused = (code) => (error) => error.name === "Refused" && error.code === code;
const HOUR = 3_600_000;
const OTHER = { id: "01930000-0000-7000-8000-000000000002", name: "张华", locale: "zh" };
const offline = () => Promise.reject(new TypeError("offline"));
const unlock = (engine, pin = PIN) => engine.unlock({ staffId: OFFICER.id, pin });

function aCanary() {
  const kept = new Map();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

/** A tablet on which a visit with a photo was saved, and another begun, without the office hearing of it. */
async function aLostTablet(change = {}) {
  const office = await anOffice();
  const tablet = aTablet(office, { canary: aCanary(), ...change });
  const engine = await enrolled(office, tablet);
  tablet.fetch = offline;
  const away = await reopened(engine, tablet);
  await away.holdVisit(await aSignedVisit(away, { photos: [aJpeg()] }));
  await away.startVisit(idOf(1102));
  await away.close();
  office.withdraw(office.devices.get("send-1").key);
  return { office, tablet };
}

const aFullStore = () => {
  throw new DOMException("full", "QuotaExceededError");
};

function opened(indexedDB) {
  const request = indexedDB.open("doorstep");
  return new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
}

const rowsIn = async (tablet) => Object.values(await atRest(tablet)).flat().length;

// ---- Called otherwise -----------------------------------------------------------------------------

test("whoever was renamed at the office is called so after the next pull, locked and open, in what owners read", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const told = [];
  engine.subscribe((what) => told.push(what));
  for (const reader of office.readers.values()) reader.staff = { ...reader.staff, name: "李敏慧" };

  await engine.sync();

  assert.equal(engine.me().staff.name, "李敏慧");
  assert.ok(told.includes("documents"), "what stands on the screen is drawn anew");
  const { text } = await engine.statement(await engine.startVisit(UNIT));
  assert.equal(JSON.parse(text).officer.name, "李敏慧");
  await engine.lock();
  assert.deepEqual(engine.users(), [{ staffId: OFFICER.id, name: "李敏慧" }]);
  const again = await reopened(engine, tablet);
  await unlock(again);
  assert.equal(again.me().staff.name, "李敏慧");
});

// ---- Lost -----------------------------------------------------------------------------------------

test("a withdrawn tablet hands in all it holds, says so, and is empty", async () => {
  const { office, tablet } = await aLostTablet();
  tablet.fetch = office.fetch;

  const engine = await openEngine(tablet);
  await engine.sync();

  assert.equal(JSON.parse([...office.operations.values()][0].receipt).status, "review");
  assert.ok([...office.blobs.values()].every((blob) => blob.complete));
  assert.deepEqual(office.emptied, [{ device: "T01", drafts: 1 }]);
  assert.deepEqual([engine.state, engine.syncState().withdrawn, engine.syncState().wiped], ["new", "emptied", false]);
  assert.equal(await rowsIn(tablet), 0);
  assert.equal(tablet.canary.kept.has("doorstep:enrolled"), false);
  await engine.close();
  const later = await openEngine(tablet);
  assert.deepEqual([later.state, later.syncState().withdrawn], ["new", "emptied"]);
  await later.close();
});

test("a withdrawn tablet whose browser remembers nothing more is emptied all the same", async () => {
  const { office, tablet } = await aLostTablet();
  tablet.fetch = office.fetch;
  tablet.canary.setItem = aFullStore;

  const engine = await openEngine(tablet);
  await engine.sync();

  assert.deepEqual([office.emptied.length, engine.state, engine.syncState().wiped], [1, "new", false]);
  assert.equal(await rowsIn(tablet), 0);
  await engine.close();
});

test("a tablet is enrolled and fetches its documents where the browser remembers nothing more", async () => {
  const canary = { ...aCanary(), setItem: aFullStore };
  const office = await anOffice();
  const engine = await enrolled(office, aTablet(office, { canary }));

  assert.deepEqual([engine.state, engine.estates().length], ["open", 1]);
  await engine.close();
});

test("a withdrawn tablet says that it is empty though another window never lets go of the storage", async () => {
  const { office, tablet } = await aLostTablet();
  tablet.fetch = office.fetch;
  const stubborn = await opened(tablet.indexedDB);
  const told = awaited();

  const engine = await openEngine({ ...tablet, onBlocked: () => told.resolve() });
  const synced = engine.sync();
  await told.promise;

  assert.deepEqual([engine.state, engine.syncState().withdrawn], ["new", "emptied"]);
  stubborn.close();
  await synced;
  await engine.close();
});

test("the office hears of drafts that will be dropped before they are", async () => {
  const { office, tablet } = await aLostTablet();
  tablet.fetch = office.fetch;

  const engine = await openEngine(tablet);
  await engine.sync();

  assert.deepEqual([office.pushes.at(-1).unsent.drafts, office.emptied[0].drafts], [1, 1]);
  await engine.close();
});

test("a tablet in use that is withdrawn notices at its next contact, whether or not it has anything to hand in", async () => {
  const office = await anOffice();
  const tablet = aTablet(office, { canary: aCanary() });
  const engine = await enrolled(office, tablet);
  await engine.sync();
  office.withdraw(office.devices.get("send-1").key);

  await engine.sync();

  assert.deepEqual([engine.state, engine.syncState().withdrawn], ["new", "emptied"]);
  assert.equal(office.emptied.length, 1);
  await engine.close();
});

test("a withdrawn tablet keeps everything while one photo is not complete at the office", async () => {
  const { office, tablet } = await aLostTablet();
  tablet.fetch = (url, init) => (url.includes("/blobs/") ? offline() : office.fetch(url, init));

  const engine = await openEngine(tablet);
  await engine.sync();
  await engine.sync();

  assert.deepEqual([office.emptied, engine.state, engine.syncState().withdrawn], [[], "locked", "handing in"]);
  assert.equal((await atRest(tablet)).operations.length, 1);
  tablet.fetch = office.fetch;
  const later = await reopened(engine, tablet);
  await later.sync();
  assert.equal(later.state, "new");
  await later.close();
});

for (const [why, change] of [
  ["there is no receipt", (receipts) => receipts.slice(1)],
  [
    "the office holds other bytes under its id",
    (receipts) => receipts.map((one) => ({ ...one, status: "rejected", code: "operation:digest_differs" })),
  ],
]) {
  test(`a withdrawn tablet keeps a record of which ${why}`, async () => {
    const { office, tablet } = await aLostTablet();
    tablet.fetch = async (url, init) => {
      const answer = await office.fetch(url, init);
      if (!url.endsWith("/push")) return answer;
      const told = await answer.json();
      return new Response(JSON.stringify({ ...told, receipts: change(told.receipts) }));
    };

    const engine = await openEngine(tablet);
    await engine.sync();

    assert.deepEqual([office.emptied, engine.state], [[], "locked"]);
    assert.equal((await atRest(tablet)).operations.length, 1);
    await engine.close();
  });
}

test("a withdrawn tablet does not open, whatever PIN is typed", async () => {
  const { office, tablet } = await aLostTablet();
  tablet.fetch = (url, init) => (url.includes("/blobs/") ? offline() : office.fetch(url, init));
  const engine = await openEngine(tablet);
  await engine.sync();

  await assert.rejects(unlock(engine), refused("vault:withdrawn"));

  assert.deepEqual([engine.state, engine.search("1202")], ["locked", []]);
  await engine.close();
});

test("nobody is interrupted while an owner signs: the tablet empties itself after", async () => {
  const { office, tablet } = await aLostTablet();
  const engine = await openEngine(tablet);
  engine.suspendIdle(true);
  tablet.fetch = office.fetch;
  await engine.close();
  const again = await openEngine(tablet);
  again.suspendIdle(true);
  await again.sync();
  assert.deepEqual([again.state, office.emptied], ["open", []]);

  again.suspendIdle(false);
  await again.sync();

  assert.equal(again.state, "new");
  await again.close();
});

test("a tablet is not emptied while an officer signs below the owner, and says how many visits it dropped", async () => {
  const { office, tablet } = await aLostTablet();
  const engine = await openEngine(tablet);
  await engine.close();
  tablet.fetch = office.fetch;
  const again = await openEngine(tablet);
  const done = again.signing();
  await again.sync();
  assert.deepEqual([again.state, await again.busy(), office.emptied], ["open", true, []]);

  done();
  await again.sync();

  assert.deepEqual([again.state, again.syncState().dropped, office.emptied[0].drafts], ["new", 1, 1]);
  await again.close();
  const later = await openEngine(tablet);
  assert.equal(later.syncState().dropped, 1);
  await later.close();
});

test("a tablet switched off anywhere between handing in and being empty loses nothing and ends empty", async () => {
  let steps = 0;
  for (let whole = false; !whole; steps++) {
    const { office, tablet } = await aLostTablet();
    tablet.fetch = office.fetch;
    const life = new Life(steps);
    const engine = await openEngine(life.of(tablet)).catch(() => undefined);
    await engine?.sync();
    await engine?.close();
    life.over();
    whole = life.left > 0;
    const empty = (await atRest(tablet)).operations.length === 0;
    const safe = office.operations.size === 1 && [...office.blobs.values()].some((blob) => blob.complete);
    assert.ok(!empty || safe, `after ${steps} steps it was empty and the office had not everything`);

    const later = await openEngine(tablet);
    await later.sync();
    assert.deepEqual([later.state, await rowsIn(tablet), office.operations.size], ["new", 0, 1], `${steps} steps`);
    assert.equal(later.syncState().withdrawn, "emptied");
    await later.close();
  }

  assert.ok(steps > 15, `${steps} steps`);
});

test("a tablet that was found and enrolled again for one of its people is not emptied", async () => {
  const { office, tablet } = await aLostTablet();
  tablet.fetch = office.fetch;
  const found = await openEngine({
    ...tablet,
    fetch: (url, init) => (url.endsWith("/push") ? offline() : office.fetch(url, init)),
  });

  await found.enrol({ code: office.code(OFFICER, [ESTATE]), pin: PIN });
  const engine = await reopened(found, tablet);
  await engine.sync();

  assert.deepEqual([engine.state, office.emptied, office.operations.size], ["open", [], 1]);
  assert.ok(await engine.draft(idOf(1102)));
  await engine.close();
});

test("what the office receives while somebody unlocks does not stand there as unsent", async (t) => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const road = { up: true, down: true };
  const { fetch } = tablet;
  tablet.fetch = (url, init) => (road[String(url).includes("/sync/pull") ? "down" : "up"] ? fetch : offline)(url, init);
  const engine = await enrolled(office, tablet);
  Object.assign(road, { up: false, down: false });
  await engine.holdVisit(await aSignedVisit(engine));
  await engine.sync();
  await engine.lock();
  road.up = true;
  const { device } = Store.prototype;
  t.after(() => Object.assign(Store.prototype, { device }));
  Store.prototype.device = async function handedInMeanwhile(id) {
    Store.prototype.device = device;
    await engine.sync();
    return this.device(id);
  };

  await unlock(engine);
  await engine.sync();

  assert.equal(office.operations.size, 1);
  assert.deepEqual(
    engine.records().map(({ state }) => state),
    ["complete"],
  );
  await engine.close();
});

// ---- Silent for too long --------------------------------------------------------------------------

async function aSilentTablet(hours = 48) {
  const office = await anOffice();
  office.leaseHours = hours;
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const { fetch } = tablet;
  tablet.fetch = offline;
  return { office, tablet, fetch, engine: await reopened(engine, tablet) };
}

test("a tablet that was silent for too long opens only after the office was heard", async () => {
  const { tablet, fetch, engine } = await aSilentTablet();
  await engine.lock();
  tablet.clock.jump(48 * HOUR + 1);
  await assert.rejects(unlock(engine), refused("vault:lease"));

  tablet.fetch = fetch;
  const back = await reopened(engine, tablet);
  await unlock(back);

  assert.equal(back.state, "open");
  await back.close();
});

test("within the time the office allows, a silent tablet opens", async () => {
  const { tablet, engine } = await aSilentTablet();
  await engine.lock();
  tablet.clock.jump(47 * HOUR);

  await unlock(engine);

  assert.equal(engine.state, "open");
  await engine.close();
});

for (const [how, steps] of [
  ["backwards", [-25, -25]],
  ["forwards", [49]],
  ["back again after each day", [24, -24, 24, -24]],
  ["to 1970", [-24 * 365 * 50]],
]) {
  test(`a clock set ${how} does not make a silent tablet open for longer`, async () => {
    const { tablet, engine } = await aSilentTablet();
    await engine.lock();
    let now = engine;

    for (const hours of steps) {
      tablet.clock.jump(hours * HOUR);
      now = await reopened(now, tablet);
      await now.sync();
    }

    await assert.rejects(unlock(now), refused("vault:lease"));
    await now.close();
  });
}

test("an open tablet locks when its time is over, but not in an owner's hands", async () => {
  const { tablet, engine } = await aSilentTablet(1);
  engine.suspendIdle(true);
  tablet.clock.jump(2 * HOUR);
  await engine.sync();
  assert.equal(engine.state, "open");

  engine.suspendIdle(false);
  await engine.sync();

  assert.equal(engine.state, "locked");
  await engine.close();
});

test("work that was saved goes out of a tablet that was silent for too long", async () => {
  const { office, tablet, fetch, engine } = await aSilentTablet();
  await engine.holdVisit(await aSignedVisit(engine));
  tablet.clock.jump(100 * HOUR);
  tablet.fetch = fetch;

  const back = await reopened(engine, tablet);
  await back.sync();

  assert.equal(office.operations.size, 1);
  await back.close();
});

test("an office that says nothing of silence lets a tablet be silent", async () => {
  const { tablet, engine } = await aSilentTablet(0);
  await engine.lock();
  tablet.clock.jump(9999 * HOUR);

  await unlock(engine);

  assert.equal(engine.state, "open");
  await engine.close();
});

// ---- A forgotten PIN ------------------------------------------------------------------------------

async function aForgottenPin() {
  const office = await anOffice();
  office.passwords.set(OFFICER.id, "office password");
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.sync();
  const { fetch } = tablet;
  tablet.fetch = offline;
  const away = await reopened(engine, tablet);
  await away.holdVisit(await aSignedVisit(away, { photos: [aJpeg()] }));
  const draft = await away.startVisit(idOf(1102));
  await away.lock();
  tablet.fetch = fetch;
  return { office, tablet, draft, engine: await reopened(away, tablet) };
}

test("a forgotten PIN is replaced with the office password, and nothing on the tablet is lost", async () => {
  const { draft, engine } = await aForgottenPin();

  await engine.recover({ staffId: OFFICER.id, password: "office password" });
  await engine.setNewPin("777777");

  assert.equal(engine.state, "open");
  assert.equal(engine.unitRow(UNIT)?.name, "陈建国");
  assert.equal((await engine.draft(idOf(1102)))?.draft.id, draft.id);
  await engine.sync();
  assert.equal(engine.records()[0].state, "complete");
  await engine.lock();
  await assert.rejects(unlock(engine), refused("vault:wrong_pin"));
  await unlock(engine, "777777");
  await engine.close();
});

test("a PIN tried too often is no obstacle to a new one", async () => {
  const { engine } = await aForgottenPin();
  for (let i = 0; i < 5; i++) await assert.rejects(unlock(engine, "000000"), refused("vault:wrong_pin"));

  await engine.recover({ staffId: OFFICER.id, password: "office password" });
  await engine.setNewPin("777777");

  assert.equal(engine.state, "open");
  await engine.close();
});

test("a wrong password, no network or a short PIN change nothing", async () => {
  const { tablet, engine } = await aForgottenPin();

  await assert.rejects(engine.setNewPin("777777"), refused("recover:begin_again"));
  await assert.rejects(engine.recover({ staffId: OFFICER.id, password: "a guess" }), refused("recover:wrong_password"));
  await engine.recover({ staffId: OFFICER.id, password: "office password" });
  await assert.rejects(engine.setNewPin("123"), refused("pin:too_short"));
  engine.dropRecovered();
  await assert.rejects(engine.setNewPin("777777"), refused("recover:begin_again"));
  tablet.fetch = offline;
  const away = await reopened(engine, tablet);
  await assert.rejects(away.recover({ staffId: OFFICER.id, password: "office password" }), refused("recover:offline"));

  await unlock(away);
  assert.equal(away.state, "open");
  await away.close();
});

test("a key of another vault is not taken", async () => {
  const { office, engine } = await aForgottenPin();
  const stranger = await enrolled(office, aTablet(office), { staff: OTHER });
  await stranger.sync();
  office.safe.set(office.devices.get("send-1").id, office.safe.get(office.devices.get("send-2").id));

  await assert.rejects(
    engine.recover({ staffId: OFFICER.id, password: "office password" }),
    refused("recover:other_key"),
  );

  await stranger.close();
  await engine.close();
});

test("enrolled again, a person's key is in the office's safe again", async () => {
  const { office, engine } = await aForgottenPin();
  await unlock(engine);
  await engine.enrol({ code: office.code(OFFICER, [ESTATE]), pin: PIN });
  await engine.sync();
  await engine.lock();

  await engine.recover({ staffId: OFFICER.id, password: "office password" });
  await engine.setNewPin("777777");

  assert.equal(engine.me().device.code, "T02");
  await engine.close();
});

// ---- Several people -------------------------------------------------------------------------------

test("one person's token that the office does not know does not hold up the other's records and photos", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);
  await engine.enrol({ code: office.code(OTHER, [ESTATE]), pin: "135790" });
  await engine.sync();
  const { fetch } = tablet;
  tablet.fetch = offline;
  engine = await reopened(engine, tablet);
  await engine.holdVisit(await aSignedVisit(engine, { photos: [aJpeg()] }));
  await engine.lock();
  await unlock(engine);
  await engine.holdVisit(await aSignedVisit(engine, { unitId: idOf(1102), photos: [aJpeg({ seed: 9 })] }));
  office.devices.delete("send-1");
  tablet.fetch = fetch;

  engine = await reopened(engine, tablet);
  await engine.sync();

  assert.equal(engine.syncState().error?.code, "auth:token");
  assert.deepEqual(
    [...office.operations.values()].map(({ operation }) => operation.author),
    [OTHER.id],
  );
  assert.equal([...office.blobs.values()].filter((blob) => blob.complete).length, 1);
  assert.deepEqual([engine.syncState().unsent, engine.syncState().unsentPhotos], [1, 1]);
  await engine.close();
});

test("each person's draft of one home is their own, and locking deletes nobody's", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const mine = await engine.startVisit(UNIT);
  await engine.lock();

  await engine.enrol({ code: office.code(OTHER, [ESTATE]), pin: "135790" });
  await engine.sync();
  const theirs = await engine.startVisit(UNIT);
  await engine.lock();
  await unlock(engine);

  assert.notEqual(mine.id, theirs.id);
  assert.equal((await engine.draft(UNIT))?.draft.id, mine.id);
  assert.deepEqual(
    engine.users().map(({ name }) => name),
    ["李敏", "张华"],
  );
  await engine.close();
});

test("a tablet that was emptied by something else says so with every push, once enrolled again", async () => {
  const office = await anOffice();
  const canary = aCanary();
  await (await enrolled(office, aTablet(office, { canary }))).close();
  const engine = await openEngine(aTablet(office, { canary }));
  assert.equal(engine.syncState().wiped, true);

  await engine.enrol({ code: office.code(OFFICER, [ESTATE]), pin: PIN });
  await engine.sync();

  assert.equal(office.pushes.at(-1).storage.wiped, true);
  await engine.close();
});

test("the office is asked in the language that is spoken on the tablet", async () => {
  const office = await anOffice();
  const asked = new Set();
  const fetch = (url, init) => {
    asked.add(new Headers(init.headers).get("Accept-Language"));
    return office.fetch(url, init);
  };
  const engine = await enrolled(office, aTablet(office, { fetch }), { staff: { ...OTHER, locale: "en" } });
  asked.clear();

  await engine.sync();

  assert.deepEqual([...asked], ["en"]);
  await engine.close();
});

test("whoever chose a language while enrolling reads it on, whatever their office login speaks", async () => {
  const office = await anOffice();
  const engine = await openEngine(await aTablet(office));

  await engine.enrol({ code: office.code({ ...OFFICER, locale: "zh" }, [ESTATE]), pin: PIN, locale: "en" });

  assert.equal(engine.me().locale, "en");
  assert.equal(locale(), "en");
  await engine.close();
});
