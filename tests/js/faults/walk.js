// One day at random: what may happen in it, and what it may lead to.

import assert from "node:assert/strict";
import { roomAgain, roomFor } from "./full.js";
import { checkAtAnyMoment, checkAtRest } from "./invariants.js";
import { dying, TURNS, WRONG } from "./road.js";

const HOUR = 3_600_000;

export class Walk {
  /** @type {string[]} what happened, for whoever must understand a failure */
  story = [];
  #notes = 0;
  #tight = false;
  /** @type {[number, string, (hand: import("./hand.js").Hand) => Promise<unknown>][]} by weight */
  #acts = [
    [8, "visits", (hand) => this.#visits(hand)],
    [4, "knocks", (hand) => hand.knocks(this.#one(this.world.units))],
    [4, "adds to a visit", (hand) => this.#adds(hand)],
    [3, "begins a visit", (hand) => hand.engine.startVisit(this.#one(this.world.units))],
    [6, "syncs", (hand) => hand.engine.sync()],
    [3, "hands over to a colleague", (hand) => hand.as(this.#one(hand.people))],
    [2, "locks", (hand) => hand.engine.lock()],
    [3, "works in two tabs", (hand) => this.#inTwoTabs(hand)],
    [2, "has a clock that jumps", async (hand) => hand.tablet.clock.jump((this.random() - 0.5) * 2000 * HOUR)],
    [2, "is full", (hand) => this.#isFull(hand)],
    [4, "office writes a note", () => this.#writesNote()],
    [3, "office reassigns", () => this.#reassigns()],
    [2, "office plans", () => this.#plans()],
    [1, "office removes a task", () => this.#removes()],
    [3, "department works", ({ estate }) => this.#ask("work_on_issues", { estate, worker: this.world.worker })],
    [2, "office opens a category", ({ estate }) => this.#ask("open_category", { estate, code: "pipes" })],
    [1, "office closes a category", ({ estate }) => this.#ask("close_category", { estate, code: "pipes" })],
    [1, "office ends a role", (hand) => this.#endsRole(hand)],
    [2, "office gives roles again", () => this.#givesRoles()],
    [2, "office dies with the next push", async () => this.#officeDies(({ path }) => path === "/sync/push")],
    [1, "office dies with the next photo", async () => this.#officeDies(({ method }) => method === "PUT")],
    [1, "office is of an older version", () => this.#ask("forget_version", { kind: "attempt.record", v: 2 })],
    [1, "office is updated", () => this.#ask("update")],
    [2, "office makes a backup", () => this.#ask("backup")],
    [1, "office is put back to its backup", () => this.world.office.restore()],
  ];

  /**
   * @param {import("./world.js").World} world
   * @param {() => number} random  what people do
   * @param {() => number} luck  what the network does
   */
  constructor(world, random, luck) {
    this.world = world;
    this.random = random;
    this.luck = luck;
  }

  async begins() {
    await this.#ask("open_category", { estate: this.world.estate, code: "pipes" });
    await this.#ask("backup");
  }

  /** One thing happens to one tablet, which may die of it; then everything is looked at. */
  async goesOn() {
    const { hands, road } = this.world;
    const hand = this.#one(hands);
    const [, name, act] = this.#draw();
    const steps = this.random() < 0.3 ? Math.floor(this.random() * 70) : undefined;
    const storm = this.#one([0, 0, 0.3, 0.3, 1]);
    this.story.push(
      [name, steps === undefined ? "" : `dies after ${steps}`, storm ? `storm ${storm}` : ""].join(" ").trim(),
    );

    road.weather = () => (this.luck() < storm ? WRONG[Math.floor(this.luck() * WRONG.length)] : undefined);
    await this.#happens(hand, act, steps);
    road.weather = () => undefined;
    await checkAtAnyMoment(this.world);
  }

  /** The network is back for good, the office knows all there is to know. */
  async ends() {
    await this.#ask("update");
    await checkAtRest(this.world);
  }

  async #happens(hand, act, steps) {
    try {
      await hand.on(steps);
      if (hand.engine.state !== "open") await hand.as(this.#one(hand.people));
      await act(hand);
    } catch (error) {
      this.#mayBe(error, hand);
    } finally {
      roomAgain();
      this.#tight = false;
      await hand.off();
    }
  }

  /** A dead tablet may say anything; a living one only what a user can read and do something about. */
  #mayBe(error, hand) {
    if (hand.dead && ["Killed", "Refused"].includes(error.name)) return;
    const known = ["unit:unknown", "vault:locked", "vault:lease", ...(this.#tight ? ["storage:full"] : [])];
    assert.ok(known.includes(error.code), error);
  }

  #draw() {
    return this.#one(this.#acts.flatMap((act) => Array(act[0]).fill(act)));
  }

  // ---- People on tablets ------------------------------------------------------------------------

  async #visits(hand, engine = hand.engine) {
    const photos = this.random() < 0.5 ? [hand.picture(this.random() < 0.2 ? 700_000 : 2_000)] : [];
    const how = {
      photos,
      category: this.random() < 0.8 ? "leak" : "pipes",
      answer: this.#one(["satisfied", "dissatisfied"]),
    };
    await hand.visits(this.#one(this.world.units), { ...how, engine });
    if (this.random() < 0.6) await engine.sync();
  }

  async #adds(hand) {
    await hand.adds((visits) => this.#one(visits));
    if (this.random() < 0.5) await hand.engine.sync();
  }

  async #inTwoTabs(hand) {
    const tab = await hand.secondTab();
    try {
      await Promise.all([
        hand.knocks(this.#one(this.world.units)),
        this.#visits(hand, tab),
        hand.engine.sync(),
        tab.sync(),
      ]);
    } finally {
      await tab.close();
    }
  }

  async #isFull(hand) {
    this.#tight = true;
    roomFor(Math.floor(this.random() * 40), { when: this.#one(["write", "commit"]) });
    await this.#visits(hand);
  }

  // ---- The office -------------------------------------------------------------------------------

  #writesNote() {
    this.#notes += 1;
    return this.#ask("describe", { unit: this.#one(this.world.units), care: String(this.#notes) });
  }

  async #reassigns() {
    const { tasks } = await this.#ask("state", { estate: this.world.estate });
    const due = tasks.filter(({ state }) => state === "due").sort(byId);
    if (due.length)
      await this.#ask("reassign", { task: this.#one(due).id, officer: this.#one(this.world.officers).id });
  }

  #plans() {
    return this.#ask("plan_visit", { unit: this.#one(this.world.units), officer: this.#one(this.world.officers).id });
  }

  async #removes() {
    const { tasks } = await this.#ask("state", { estate: this.world.estate });
    const due = tasks.filter(({ state, kind }) => state === "due" && kind === "planned_visit").sort(byId);
    if (due.length) await this.#ask("remove_task", { task: this.#one(due).id });
  }

  #endsRole(hand) {
    return this.#ask("end_role", { officer: this.#one(hand.people).id, estate: this.world.estate });
  }

  async #givesRoles() {
    for (const { id } of this.world.officers)
      await this.#ask("give_role_again", { officer: id, estate: this.world.estate });
  }

  #officeDies(on) {
    const turns = this.luck() * TURNS;
    this.world.road.breaks(
      dying(() => this.world.office.restart(), turns),
      on,
    );
  }

  #ask(what, wanted) {
    return this.world.office.ask(what, wanted);
  }

  /** @template T @param {T[]} things @returns {T} */
  #one(things) {
    return things[Math.floor(this.random() * things.length)];
  }
}

const byId = (a, b) => (a.id < b.id ? -1 : 1);
