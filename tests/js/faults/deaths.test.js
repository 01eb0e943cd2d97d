// The real tablet against the real office, when one of them dies at a moment of which nobody thought, or is full.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Killed } from "../support/faults.js";
import { hasRoom, roomAgain, roomFor } from "./full.js";
import { checkAtAnyMoment, checkAtRest } from "./invariants.js";
import { dying, TURNS } from "./road.js";
import { World } from "./world.js";

const THOROUGH = Boolean(process.env.SOAK || process.env.SOAK_MINUTES);
/** Every step and every write is tried in a soak; every other step, every fourth write in each test run. */
const STEP = THOROUGH ? 1 : 2;
const STRIDE = THOROUGH ? 1 : 4;
const KILLS = Number(process.env.KILLS ?? (THOROUGH ? 50 : 6));

/** @type {Awaited<ReturnType<typeof World.open>>} */
let place;
before(async () => {
  place = await World.open();
});
after(() => place.close());

test("a tablet that dies after any step of a visit and its sync loses nothing it called saved, and doubles nothing", async () => {
  const world = await World.of(place, { units: 1 });
  const { hand, office, officers, units } = world;

  let steps = 0;
  for (let whole = false; !whole; steps += STEP) {
    await office.ask("plan_visit", { unit: units[0], officer: officers[0].id });
    whole = await dieAfter(steps, hand, units[0]);
    await hand.on();
    await hand.engine.sync();
    await hand.off();
    await checkAtAnyMoment(world);
  }

  // Far fewer would mean that lives end before anything is saved: then this test would prove little.
  assert.ok(steps > 30, `${steps} steps`);
  assert.ok(hand.promised.length < steps / STEP, "some died before anything was promised");
  const { seen } = await checkAtRest(world);
  assert.ok(seen.operations.length >= hand.promised.length);
});

/** @returns {Promise<boolean>} it did not die */
async function dieAfter(steps, hand, unit) {
  try {
    await hand.on(steps);
    await hand.engine.sync();
    await hand.visits(unit, { photos: [hand.picture()] });
    await hand.engine.sync();
  } catch (error) {
    assert.ok(error instanceof Killed, error);
  }
  const alive = !hand.dead;
  await hand.off();
  return alive;
}

for (const when of /** @type {const} */ (["write", "commit"])) {
  test(`a tablet that is full at any ${when} says so, keeps what it has, and goes on when there is room`, async () => {
    const world = await World.of(place, { units: 1 });
    const { hand, office, officers, units } = world;

    let writes = 0;
    let refused = 0;
    for (let fits = false; !fits; writes += STRIDE) {
      await office.ask("plan_visit", { unit: units[0], officer: officers[0].id });
      await hand.on();
      await hand.engine.sync();
      roomFor(writes, { when });
      const kept = await hand.visits(units[0], { photos: [hand.picture()] }).catch((error) => {
        assert.equal(error.code, "storage:full", error);
        refused += 1;
      });
      await hand.engine.sync();
      fits = hasRoom();
      roomAgain();
      if (!kept) await hand.visits(units[0], { photos: [hand.picture()] });
      await hand.engine.sync();
      await hand.off();
      await checkAtAnyMoment(world);
    }

    assert.ok(refused > 2, `refused ${refused} times in ${writes}`);
    const { seen } = await checkAtRest(world);
    assert.equal(seen.operations.length, hand.promised.length);
  });
}

test("an office killed with -9 while work comes in has all of it once it is back, once", async () => {
  const world = await World.of(place, { units: 3, shared: [1, 1] });
  const { hands, office, road, units } = world;

  for (let kill = 0; kill < KILLS; kill++) {
    const onPhoto = kill % 3 === 2;
    road.breaks(
      dying(() => office.restart(), (kill * TURNS) / KILLS),
      ({ method, path }) => (onPhoto ? method === "PUT" : path === "/sync/push"),
    );
    const hand = hands[kill % 2];
    await hand.on();
    await hand.knocks(units[kill % 3]);
    await hand.visits(units[kill % 3], { photos: [hand.picture(20_000)] });
    await hand.engine.sync();
    await hand.off();
    await checkAtAnyMoment(world);
  }

  assert.equal(road.planned, 0, "it was killed every time");
  const { seen } = await checkAtRest(world);
  assert.equal(seen.operations.length, KILLS * 2);
});
