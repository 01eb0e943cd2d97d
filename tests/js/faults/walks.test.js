// Whole days at random, from a seed: visits, deaths, storms, a second user, an office that acts, dies and is put back.
//
// `SEED=17 node --test tests/js/faults/walks.test.js` plays one day again; `SOAK_MINUTES=30` plays days for half an hour.

import { after, before, test } from "node:test";
import { chances } from "../support/faults.js";
import { Walk } from "./walk.js";
import { World } from "./world.js";

const { SEED, SOAK, SOAK_MINUTES } = process.env;
const STEPS = 40;
const FIRST = Number(SEED || (SOAK || SOAK_MINUTES ? Date.now() % 1_000_000_000 : 1));
const FEWEST_STEPS = 20;
/** Days in a test run, if there is time for more than the first, which ends early on a busy machine. */
const DAYS = SOAK_MINUTES ? Number.POSITIVE_INFINITY : SEED ? 1 : SOAK ? 30 : 3;
const TIME = SOAK_MINUTES ? Number(SOAK_MINUTES) * 60_000 : SOAK ? Number.POSITIVE_INFINITY : 12_000;

/** @type {Awaited<ReturnType<typeof World.open>>} */
let place;
before(async () => {
  place = await World.open();
});
after(() => place.close());

test("whatever happens in a day, in the end all is right", async (all) => {
  const begun = Date.now();
  const inTime = () => Date.now() - begun < TIME;
  let fine = true;
  for (let day = 0; day < DAYS && fine && (day === 0 || inTime()); day++) {
    const seed = FIRST + day;
    await all.test(`SEED=${seed}`, async () => {
      const walk = new Walk(await World.of(place, { units: 5, shared: [2, 1] }), chances(seed), chances(seed ^ 0x5eed));
      try {
        await walk.begins();
        for (let step = 0; step < STEPS && (step < FEWEST_STEPS || SEED || inTime()); step++) await walk.goesOn();
        await walk.ends();
      } catch (error) {
        fine = false;
        error.message = `SEED=${seed} after ${walk.story.length} steps (${walk.story.slice(-6).join("; ")}): ${error.message}`;
        throw error;
      }
    });
  }
});
