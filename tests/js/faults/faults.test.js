// The real tablet against the real office, on a road where one thing goes wrong: in the end all is right.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkAtAnyMoment, checkAtRest } from "./invariants.js";
import { WRONG } from "./road.js";
import { World } from "./world.js";

/** @type {Awaited<ReturnType<typeof World.open>>} */
let place;
before(async () => {
  place = await World.open();
});
after(() => place.close());

const REQUESTS = {
  push: ({ path }) => path === "/sync/push",
  pull: ({ path }) => path.startsWith("/sync/pull"),
  photo: ({ method }) => method === "PUT",
};

for (const fault of WRONG) {
  test(`a day's work arrives whole and once: ${fault}, on push, photo and pull`, async () => {
    const world = await World.of(place);
    const { hand, road, units } = world;
    for (const on of Object.values(REQUESTS)) road.breaks(fault, on);

    await hand.on();
    await hand.visits(units[0], { photos: [hand.picture()] });
    await hand.knocks(units[1]);
    for (let i = 0; i < 4; i++) await hand.engine.sync();
    await hand.off();

    assert.equal(road.planned, 0, "everything planned went wrong");
    await checkAtAnyMoment(world);
    const { seen } = await checkAtRest(world);
    assert.deepEqual(
      seen.operations.map(({ status }) => status),
      ["applied", "applied"],
    );
    assert.deepEqual(
      seen.visits.map(({ complete }) => complete),
      [true],
    );
  });
}
