// What offices and people do to tablets meanwhile: nothing that was called saved is lost, none of it counts twice.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { NOON } from "../support/tablet.js";
import {
  anUpgradeNeverShrinksTheOutbox,
  checkAtAnyMoment,
  checkAtRest,
  resultsDoNotDependOnTheClock,
} from "./invariants.js";
import { FAULTS } from "./road.js";
import { World } from "./world.js";

/** @type {Awaited<ReturnType<typeof World.open>>} */
let place;
before(async () => {
  place = await World.open();
});
after(() => place.close());

test("work on what was given to a colleague meanwhile arrives whole, and the supervisor looks at it (cht-core#11306)", async () => {
  const world = await World.of(place, { shared: [1, 1] });
  const { hands, office, officers, units, tasks } = world;
  await day(hands[0], async (hand) => {
    await hand.engine.sync();
    await office.ask("reassign", { task: tasks[0], officer: officers[1].id });
    await hand.visits(units[0], { photos: [hand.picture()] });
  });

  const { seen } = await checkAtRest(world);

  assert.deepEqual(statuses(seen), [["review", "visit:reassigned"]]);
  assert.equal(seen.visits[0].officer, officers[0].id);
  assert.equal(seen.visits[0].complete, true);
  await day(hands[0], async ({ engine }) => {
    assert.deepEqual(
      engine.records().map(({ state, code }) => [state, code]),
      [["review", "visit:reassigned"]],
    );
  });
});

test("whoever serves an estate no more hands in what they did there, and keeps nothing of it (pouchdb#4047)", async () => {
  const world = await World.of(place, { units: 3 });
  const { hand, office, officers, units, estate } = world;
  await day(hand, async () => {
    await hand.engine.sync();
    await office.ask("end_role", { officer: officers[0].id, estate });
    await hand.visits(units[0], { photos: [hand.picture()] });
    await hand.engine.startVisit(units[1]);
  });

  const gone = await checkAtRest(world);
  assert.deepEqual(statuses(gone.seen), [["applied", ""]]);
  assert.deepEqual(gone.rows.get(hand).docs, []);

  await office.ask("give_role_again", { officer: officers[0].id, estate });
  const back = await checkAtRest(world);
  assert.ok(back.rows.get(hand).docs.length >= 7);
});

test("two officers answer one callback offline: the second answer is kept and looked at, and moves nothing twice", async () => {
  const world = await World.of(place, { units: 1, shared: [1, 1] });
  const { hands, office, units, estate, worker } = world;
  await day(hands[0], (hand) => hand.visits(units[0]));
  await checkAtRest(world);
  const { moved } = await office.ask("work_on_issues", { estate, worker });
  assert.equal(moved.length, 1);
  for (const hand of hands) await day(hand, ({ engine }) => engine.sync());

  for (const hand of hands) await offline(hand, () => hand.visits(units[0], { answer: "satisfied" }));
  const { seen } = await checkAtRest(world);

  assert.deepEqual(statuses(seen), [
    ["applied", ""],
    ["applied", ""],
    ["review", "visit:answer_kept"],
  ]);
  assert.deepEqual(seen.issues.find(({ id }) => id === moved[0]).state, "closed");
});

test("a record that the office refuses holds up no other, and says why", async () => {
  const world = await World.of(place, { units: 3 });
  const { hand, office, units, estate } = world;
  await day(hand, async () => {
    await hand.engine.sync();
    await office.ask("open_category", { estate, code: "other" });
    await office.ask("close_category", { estate, code: "leak" });
  });
  await offline(hand, async () => {
    await hand.visits(units[0], { photos: [hand.picture()] });
    await hand.knocks(units[1]);
  });

  const { seen } = await checkAtRest(world);

  assert.deepEqual(statuses(seen), [
    ["applied", ""],
    ["rejected", "issue:category_unknown"],
  ]);
});

test("a record of a version that this office does not know yet holds up no other, and is entered once the office does", async () => {
  const world = await World.of(place, { units: 2 });
  const { hand, office, units } = world;
  await office.ask("forget_version", { kind: "attempt.record", v: 2 });
  await day(hand, async () => {
    await hand.knocks(units[0]);
    await hand.visits(units[1]);
  });

  const { seen } = await checkAtRest(world);
  assert.deepEqual(statuses(seen), [
    ["applied", ""],
    ["held", "operation:unknown_version"],
  ]);
  assert.equal(seen.attempts.length, 0);

  await office.ask("update");
  const later = await checkAtRest(world);
  assert.equal(later.seen.attempts.length, 1);
  await day(hand, ({ engine }) =>
    assert.deepEqual(
      engine.records().map(({ state }) => state),
      ["complete", "complete"],
    ),
  );
});

test("an office put back to an old copy gets everything again that came since, photos too", async () => {
  const world = await World.of(place, { units: 3, shared: [2] });
  const { hand, office, officers, units } = world;
  await day(hand, (each) => each.visits(units[0], { photos: [each.picture()] }));
  await checkAtRest(world);
  await office.ask("backup");
  for (const person of officers)
    await day(hand, async () => {
      await hand.as(person);
      await hand.visits(units[1], { photos: [hand.picture()] });
      await hand.knocks(units[2]);
      await hand.engine.sync();
    });
  await checkAtRest(world);

  await office.restore();
  await checkAtAnyMoment(world);
  const { seen } = await checkAtRest(world);

  assert.equal(seen.operations.length, 5);
  assert.deepEqual(
    seen.visits.map(({ complete }) => complete),
    [true, true, true],
  );
});

test("a tablet whose clock was wrong for a while keeps what an office put back to an old copy will ask for", async () => {
  const world = await World.of(place, { units: 2 });
  const { hand, office, units } = world;
  await office.ask("backup");
  await day(hand, async () => {
    await hand.visits(units[0], { photos: [hand.picture()] });
    await hand.engine.sync();
    hand.tablet.clock.jump(400 * DAY);
    await hand.engine.sync();
    hand.tablet.clock.jump(-400 * DAY);
  });

  await office.restore();
  const { seen } = await checkAtRest(world);

  assert.equal(seen.operations.length, 1);
});

test("a tablet that was withdrawn hands in all it holds, photos too, for a person to decide about", async () => {
  const world = await World.of(place, { units: 2 });
  const { hand, office, units } = world;
  await offline(hand, async () => {
    await hand.visits(units[0], { photos: [hand.picture()] });
    await hand.knocks(units[1]);
  });
  const [{ id }] = (await hand.rows()).devices;
  await office.ask("withdraw", { device: id });
  await day(hand, ({ engine }) => engine.sync());

  const { seen } = await checkAtAnyMoment(world);

  assert.deepEqual(statuses(seen), Array(2).fill(["review", "device:revoked"]));
  const [{ sealed }] = hand.promised[0].said.photos;
  assert.ok(seen.uploads[sealed].readable);
});

test("what a tablet saved to a file is entered at the office, and once when it sends after all", async () => {
  const world = await World.of(place, { units: 2 });
  const { hand, office, units, estate } = world;
  let file;
  await offline(hand, async ({ engine }) => {
    await hand.visits(units[0], { photos: [hand.picture()] });
    await hand.knocks(units[1]);
    file = await (await engine.exportUnsent()).text();
  });

  const { taken } = await office.ask("take_in_file", { estate, text: file });
  await day(hand, ({ engine }) => engine.sync());

  assert.deepEqual(taken, { applied: 2, photos: 1 });
  const { seen } = await checkAtRest(world);
  assert.deepEqual(statuses(seen), Array(2).fill(["applied", ""]));
  const again = await office.ask("take_in_file", { estate, text: file });
  assert.deepEqual(again.taken, { known: 2, photos: 0 });
});

test("what one person left unsent goes out under their name while a colleague is logged in", async () => {
  const world = await World.of(place, { units: 2, shared: [2] });
  const { hand, officers, units } = world;
  await offline(hand, async () => {
    await hand.as(officers[0]);
    await hand.visits(units[0], { photos: [hand.picture()] });
    await hand.as(officers[1]);
    await hand.knocks(units[1]);
  });
  await day(hand, async () => {
    await hand.as(officers[1]);
    await hand.engine.sync();
  });

  const { seen } = await checkAtAnyMoment(world);

  assert.deepEqual(seen.operations.map(({ author }) => author).sort(), officers.map(({ id }) => id).sort());
  await checkAtRest(world);
});

test("two tabs that save and sync at once send everything, each thing once", async () => {
  const world = await World.of(place, { units: 4 });
  const { hand, road, units } = world;
  await hand.on();
  const tab = await hand.secondTab();
  await hand.engine.sync();
  for (let i = 0; i < 6; i++) road.breaks("answer lost", ({ path }) => path === "/sync/push");

  await Promise.all(
    units.flatMap((unit, i) => [
      hand.visits(unit, { engine: i % 2 ? tab : hand.engine }),
      hand.knocks(unit, { engine: i % 2 ? hand.engine : tab }),
    ]),
  );
  for (let i = 0; i < 4; i++) await Promise.all([hand.engine.sync(), tab.sync()]);
  await hand.off(tab);

  const { seen } = await checkAtRest(world);
  assert.equal(seen.operations.length, 8);
  assert.deepEqual(seen.operations.map(({ said }) => said.op_seq).sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("the same day by a right clock, by one years behind and by one that jumps ends alike", async () => {
  const lives = [];
  for (const { now, jump } of [
    { now: Date.now(), jump: 0 },
    { now: NOON - 9 * 365 * DAY, jump: 0 },
    { now: Date.now(), jump: 77 * DAY },
  ]) {
    const world = await World.of(place, { units: 3, now });
    const { hand, units, office, estate, worker, officers } = world;
    await day(hand, (each) => each.visits(units[0], { photos: [each.picture()] }));
    await checkAtRest(world);
    await office.ask("work_on_issues", { estate, worker });
    await day(hand, async () => {
      await hand.engine.sync();
      hand.tablet.clock.jump(jump);
      await hand.engine.sync();
      await hand.as(officers[0]);
      await hand.knocks(units[1]);
      hand.tablet.clock.jump(-2 * jump);
      await hand.engine.sync();
      await hand.as(officers[0]);
      await hand.visits(units[0], { answer: "satisfied" });
      await hand.knocks(units[1]);
    });
    lives.push((await checkAtRest(world)).seen);
  }

  const [right, ...wrong] = lives;
  assert.equal(right.operations.length, 4);
  for (const life of wrong) resultsDoNotDependOnTheClock(right, life);
});

test("an answer that comes after the tablet gave up waiting counts once", async () => {
  const world = await World.of(place, { units: 1 });
  const { hand, road, units } = world;
  road.requests = [];
  let release = () => {};
  road.breaks(
    async ({ forward, give }) => {
      await new Promise((resolve) => {
        release = () => resolve(undefined);
        hand.tablet.clock.pass(61_000);
      });
      give(await forward());
    },
    ({ path }) => path === "/sync/push",
  );

  await day(hand, async () => {
    await hand.knocks(units[0]);
    await hand.engine.sync();
    release();
    await hand.engine.sync();
  });
  const pushes = road.requests.filter(({ path, body }) => path === "/sync/push" && body.length > 600);

  const { seen } = await checkAtRest(world);
  assert.equal(pushes.length, 2);
  assert.equal(seen.operations.length, 1);
});

test("storage of the first release, with unsent work in it, opens in this one and everything goes out", async () => {
  const world = await World.of(place, { units: 2 });
  const { hand, units } = world;
  await offline(hand, async () => {
    await hand.visits(units[0], { photos: [hand.picture()] });
    await hand.knocks(units[1]);
  });
  const before = await hand.rows();
  hand.tablet.indexedDB = await inFirstRelease(before);

  await offline(hand, async () => {});
  await anUpgradeNeverShrinksTheOutbox(before, await hand.rows());
  const { seen } = await checkAtRest(world);

  assert.equal(seen.operations.length, 2);
});

// ---- Failures known of others -------------------------------------------------------------------

test("every one of the signatures given offline arrives (enketo#1043)", async () => {
  const world = await World.of(place, { units: 4 });
  const { hand, units } = world;
  await offline(hand, async () => {
    for (const unit of units) await hand.visits(unit);
  });

  const { seen } = await checkAtRest(world);

  const strokes = seen.visits.flatMap(({ signatures }) => signatures.map(({ ink }) => JSON.stringify(ink.strokes)));
  assert.equal(new Set(strokes).size, 8);
});

test("a record whose photo cannot be read stays, is not called complete, and holds up no other (enketo)", async () => {
  const world = await World.of(place, { units: 2 });
  const { hand, units } = world;
  const damaged = await offline(hand, () => hand.visits(units[0], { photos: [hand.picture()] }));
  await offline(hand, () => hand.visits(units[1], { photos: [hand.picture()] }));
  const [{ sealed }] = damaged.said.photos;
  const whole = await damage(hand, sealed);

  await day(hand, async ({ engine }) => {
    await engine.sync();
    const states = new Map(engine.records().map(({ opId, state }) => [opId, state]));
    assert.equal(states.get(damaged.opId), "received");
    assert.deepEqual([...states.values()].sort(), ["complete", "received"]);
    assert.equal(engine.syncState().error?.code, "photo:damaged");
  });
  const { operations, photos } = await hand.rows();
  assert.equal(operations.length, 2);
  assert.equal(photos.find((photo) => photo.sealed === sealed).complete, 0);

  await whole();
  const { seen } = await checkAtRest(world);
  assert.deepEqual(
    seen.visits.map(({ complete }) => complete),
    [true, true],
  );
});

test("two copies of one submission at the same moment get one receipt, however often it is tried", async () => {
  const world = await World.of(place, { units: 1 });
  const { hand, road, units } = world;
  await day(hand, async () => {
    for (let round = 0; round < 12; round++) {
      road.breaks("two copies at once", ({ path, body }) => path === "/sync/push" && body.length > 600);
      await hand.knocks(units[0]);
      await hand.engine.sync();
    }
  });

  const { seen } = await checkAtRest(world);

  assert.equal(road.planned, 0);
  assert.deepEqual(statuses(seen), Array(12).fill(["applied", ""]));
});

for (const cut of ["body cut off", "half the body, as if whole"]) {
  test(`an upload that was broken off sends only what is missing: ${cut} (collect#7356)`, async () => {
    const world = await World.of(place, { units: 1 });
    const { hand, office, road, units } = world;
    let parts = 0;
    const thenNothing = async (passage) => {
      road.weather = () => "request lost";
      await FAULTS[cut](passage);
    };
    road.breaks(thenNothing, ({ method }) => method === "PUT" && ++parts === 2);
    await day(hand, async () => {
      await hand.visits(units[0], { photos: [hand.picture(1_200_000)] });
      await hand.engine.sync();
    });
    const [upload] = Object.values(await office.ask("uploads")).filter(({ complete }) => !complete);
    assert.ok(upload.held >= 512 * 1024);
    const before = road.requests.length;

    await checkAtRest(world);

    const sent = road.requests.slice(before).filter(({ method }) => method === "PUT");
    assert.equal(Number(sent[0].headers["upload-offset"]), upload.held);
    assert.equal(
      sent.reduce((bytes, { body }) => bytes + body.length, 0),
      upload.length - upload.held,
    );
  });
}

// ---- Inside -------------------------------------------------------------------------------------

const DAY = 86_400_000;
/** The tables of the first release, as they lie on tablets in the field. */
const FIRST_RELEASE = {
  settings: ["name", []],
  users: ["staffId", []],
  devices: ["id", []],
  scopes: ["user", []],
  docs: [
    ["user", "type", "id"],
    [
      ["user", "unit"],
      ["user", "estate"],
      ["user", "gen", "type", "id", "v"],
    ],
  ],
  chunks: [["user", "estate", "n"], []],
  operations: ["opId", ["user", "entity", "state"]],
  photos: ["sealed", ["draft", "op", "complete", ["user", "sha256"]]],
  frozen: ["id", []],
  copies: ["id", []],
  drafts: [["user", "unit"], ["id"]],
};

/** Switched on, used, switched off. */
async function day(hand, use) {
  await hand.on();
  const told = await use(hand);
  await hand.off();
  return told;
}

/** The same where there is no network. */
async function offline(hand, use) {
  hand.road.weather = () => "request lost";
  const told = await day(hand, use);
  hand.road.weather = () => undefined;
  return told;
}

const statuses = ({ operations }) => operations.map(({ status, code }) => [status, code]).sort();

/** Turn the bytes of a photo bad on the tablet's disk. Resolves to what makes them good again. */
async function damage(hand, sealed) {
  const { bytes } = (await hand.rows()).frozen.find(({ id }) => id === sealed);
  const write = (value) =>
    withDatabase(hand.tablet.indexedDB, (db) => {
      const transaction = db.transaction("frozen", "readwrite");
      transaction.objectStore("frozen").put({ id: sealed, bytes: value });
      return new Promise((resolve) => transaction.addEventListener("complete", resolve));
    });
  await write(bytes.map((byte, i) => (i === 100 ? byte ^ 1 : byte)));
  return () => write(bytes);
}

/** A browser that holds these rows as the first release kept them. */
async function inFirstRelease(rows) {
  const indexedDB = new IDBFactory();
  const request = indexedDB.open("doorstep", 10);
  request.onupgradeneeded = () => {
    for (const [name, [keyPath, indexes]] of Object.entries(FIRST_RELEASE)) {
      const table = request.result.createObjectStore(name, { keyPath });
      for (const index of indexes) table.createIndex(Array.isArray(index) ? `[${index.join("+")}]` : index, index);
      for (const row of rows[name]) table.put(row);
    }
  };
  const db = await opened(request);
  db.close();
  return indexedDB;
}

async function withDatabase(indexedDB, use) {
  const db = await opened(indexedDB.open("doorstep"));
  await use(db);
  db.close();
}

const opened = (request) =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
