// One office for all tests of a file, and for each test an estate of its own with tablets in their hands.

import { Hand } from "./hand.js";
import { RealOffice } from "./office.js";
import { Road } from "./road.js";

export class World {
  /** The office and the road to it. */
  static async open() {
    const office = await RealOffice.open();
    const road = await Road.open(office.url);
    road.age = () => office.age;
    return { office, road, close: () => Promise.all([road.close(), office.close()]) };
  }

  /**
   * An estate, and tablets: `shared` says for each how many people share it.
   * @param {{ office: RealOffice, road: Road }} place
   * @param {{ units?: number, shared?: number[], now?: number }} [how]
   */
  static async of({ office, road }, { units = 4, shared = [1], now } = {}) {
    await road.clears();
    await office.ask("update");
    const count = shared.reduce((sum, n) => sum + n, 0);
    const founded = await office.ask("found_estate", { units, officers: count });
    const world = new World();
    Object.assign(world, { office, road, ...founded, hands: [] });
    const people = [...founded.officers];
    for (const n of shared) {
      const hand = new Hand({ road, estate: founded.estate, people: people.splice(0, n), now });
      world.hands.push(await hand.enrolled());
    }
    return world;
  }

  /** @type {RealOffice} */ office;
  /** @type {Road} */ road;
  /** @type {Hand[]} */ hands;
  /** @type {string} */ estate;
  /** @type {{ id: string, name: string, code: string }[]} */ officers;
  /** @type {string[]} */ units;
  /** @type {string[]} */ tasks;
  /** @type {string} */ worker;

  get hand() {
    return this.hands[0];
  }
}
