// Days of bad luck, from a seed: two tablets, a bad network, deaths, a restored office. In the end all must be right.
//
// `DOORSTEP_SOAK=200 node --test tests/js/soak.test.js` plays two hundred of them; a failure names its seed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../../static/tablet/engine.js";
import { evidenceHash, FIRST } from "../../static/tablet/evidence.js";
import { badNetwork, chances, Life } from "./support/faults.js";
import {
  aJpeg,
  anOffice,
  aSignedVisit,
  aTablet,
  aTask,
  atRest,
  aUnit,
  ESTATE,
  enrolled,
  idOf,
  OFFICER,
  PIN,
} from "./support/tablet.js";

const DAYS = Number(process.env.DOORSTEP_SOAK ?? 2);
const FIRST_SEED = Number(process.env.DOORSTEP_SEED ?? 1);
const STEPS = 60;
const UNITS = [idOf(1202), idOf(1102), idOf(401), idOf(601), idOf(701)];
const COLLEAGUE = { id: "01930000-0000-7000-8000-000000000002", name: "张华", locale: "zh" };

for (let seed = FIRST_SEED; seed < FIRST_SEED + DAYS; seed++) {
  test(`a day of bad luck, seed ${seed}`, async () => {
    const day = await aDay(seed);
    for (let i = 0; i < STEPS; i++) await day.happens();
    await day.ends();
  });
}

async function aDay(seed) {
  const random = chances(seed);
  const office = await anOffice();
  for (const n of [601, 701]) office.put("unit", idOf(n), ESTATE, aUnit({ number: `0${n}`, floor: n / 100 }));
  const tablets = [await aHand(office, OFFICER), await aHand(office, COLLEAGUE)];
  const day = new Day(office, tablets, random);
  return day;
}

/** A tablet in somebody's hand. */
async function aHand(office, staff) {
  const tablet = aTablet(office);
  await (await enrolled(office, tablet, { staff })).close();
  return { staff, tablet, number: office.readers.size, saved: [], drafts: new Map(), engine: undefined };
}

class Day {
  #backup;
  #tasks = 0;

  constructor(office, hands, random) {
    this.office = office;
    this.hands = hands;
    this.random = random;
    this.#backup = office.backup();
    this.acts = [
      [6, (hand) => this.#visits(hand)],
      [4, (hand) => this.#knocks(hand)],
      [6, (hand) => hand.engine.sync()],
      [3, (hand) => this.#begins(hand)],
      [2, (hand) => hand.engine.lock()],
      [2, async (hand) => hand.tablet.clock.pass((this.random() - 0.3) * 3600_000)],
      [3, () => this.#officeWorks()],
      [1, (hand) => this.#moves(hand)],
      [1, () => this.#backUp()],
      [1, async () => this.office.restore(this.#backup)],
    ];
  }

  /** One thing happens on one tablet, which may die of it. */
  async happens() {
    const hand = this.#one(this.hands);
    const life = new Life(this.random() < 0.35 ? Math.floor(this.random() * 60) : undefined);
    const network = badNetwork((url, init) => this.office.fetch(url, init), this.random, this.random() < 0.3 ? 1 : 0.3);
    const tablet = { ...hand.tablet, fetch: network };
    hand.engine = await openEngine(life.of(tablet)).catch(dead(life));
    if (!hand.engine) return life.over();
    if (hand.engine.state === "locked") await this.#opens(hand).catch(dead(life));
    await this.#some(this.acts)(hand).catch(dead(life));
    await hand.engine.close();
    life.over();
  }

  /** The network comes back for good. */
  async ends() {
    for (const hand of this.hands) {
      this.office.readers.get(`read-${hand.number}`).estates = [ESTATE];
      await this.#comesToRest(hand);
    }
    for (const hand of this.hands) await this.#comesToRest(hand);
    await this.#everythingArrivedOnce();
  }

  async #comesToRest({ tablet, staff, saved, drafts }) {
    const engine = await openEngine(tablet);
    if (engine.state === "locked") await engine.unlock({ staffId: staff.id, pin: PIN });
    for (let i = 0; i < 3; i++) await engine.sync();
    const { unsent, unsentPhotos, error } = engine.syncState();
    assert.deepEqual([unsent, unsentPhotos, error], [0, 0, null]);
    for (const { state, opId } of engine.records()) assert.equal(state, "complete", opId);
    for (const opId of saved) assert.ok(this.office.operations.has(opId), `${opId} was called saved`);
    for (const [unitId, { id, wishes }] of drafts) await this.#draftIsThereOrHeld(engine, unitId, id, wishes);
    const mine = [...this.office.docs.values()].filter((row) => !row.gone && (!row.only || row.only === staff.id));
    await engine.close();
    const held = (await atRest(tablet)).docs.map(({ type, id, v }) => `${type}:${id}:${v}`);
    assert.deepEqual(held.sort(), mine.map(({ type, id, v }) => `${type}:${id}:${v}`).sort());
  }

  async #draftIsThereOrHeld(engine, unitId, id, wishes) {
    const draft = (await engine.draft(unitId))?.draft;
    const isHeld = [...this.office.operations.values()].some(({ operation }) => operation.entity_id === id);
    assert.equal(isHeld, draft?.id !== id, `draft ${id} is kept or held`);
    if (!isHeld) assert.equal(draft.wishes, wishes);
  }

  async #everythingArrivedOnce() {
    const operations = [...this.office.operations.values()];
    assert.equal(new Set(operations.map(({ operation }) => operation.entity_id)).size, operations.length);
    assert.equal(new Set(operations.map(({ operation }) => operation.body.number)).size, operations.length);
    for (const { operation } of operations) {
      for (const photo of (operation.body.issues ?? []).flatMap((issue) => issue.photos)) {
        assert.ok(this.office.blobs.get(photo.sealed)?.complete, `photo of ${operation.op_id}`);
      }
    }
    for (const hand of this.hands)
      await chainHolds(operations.map(({ operation }) => operation).filter(({ author }) => author === hand.staff.id));
  }

  async #visits(hand) {
    const unitId = this.#one(UNITS);
    const photos =
      this.random() < 0.5
        ? [aJpeg({ seed: 1 + Math.floor(this.random() * 200), filling: 300 + this.random() * 600_000 })]
        : [];
    hand.drafts.delete(unitId);
    const draft = await aSignedVisit(hand.engine, { unitId, photos, change: (d) => d.issues.splice(1) });
    hand.drafts.set(unitId, { id: draft.id, wishes: draft.wishes });
    const { opId } = await hand.engine.holdVisit(draft);
    hand.drafts.delete(unitId);
    hand.saved.push(opId);
    if (this.random() < 0.5) await hand.engine.sync();
  }

  async #begins(hand) {
    const unitId = this.#one(UNITS);
    const draft = await hand.engine.startVisit(unitId);
    draft.wishes = `话 ${this.random()}`;
    hand.drafts.delete(unitId);
    if (await hand.engine.saveDraft(unitId, draft)) hand.drafts.set(unitId, { id: draft.id, wishes: draft.wishes });
  }

  async #knocks(hand) {
    const { opId } = await hand.engine.recordAttempt({ unitId: this.#one(UNITS), outcome: "nobody_home" });
    hand.saved.push(opId);
  }

  async #opens(hand) {
    await hand.engine.unlock({ staffId: hand.staff.id, pin: PIN });
  }

  async #officeWorks() {
    const unit_id = this.#one(UNITS);
    this.office.put(
      "task",
      idOf(7000 + this.#tasks++),
      ESTATE,
      aTask({ unit_id, assignee: this.#one(this.hands).staff.id }),
    );
    this.office.change("unit", unit_id, { care: [`v${this.office.seq}`] });
    const old = `task:${idOf(7000 + Math.floor(this.random() * this.#tasks))}`;
    if (this.random() < 0.3 && !this.office.docs.get(old)?.gone && this.office.docs.has(old))
      this.office.remove("task", old.slice(5));
  }

  async #moves(hand) {
    const reader = this.office.readers.get(`read-${hand.number}`);
    reader.estates = [];
    await hand.engine.sync();
    reader.estates = [ESTATE];
    await hand.engine.sync();
  }

  async #backUp() {
    this.#backup = this.office.backup();
  }

  #one(things) {
    return things[Math.floor(this.random() * things.length)];
  }

  /** One of the acts, by weight. */
  #some(acts) {
    const drawn = acts.flatMap(([weight, act]) => Array(weight).fill(act));
    const act = this.#one(drawn);
    return act;
  }
}

/** One tablet's signatures, in the order in which they were given, each name the one before. */
async function chainHolds(operations) {
  let prev = FIRST;
  let seq = 0;
  for (const { op_seq, body } of operations.sort((a, b) => a.op_seq - b.op_seq)) {
    seq += 1;
    assert.equal(op_seq, seq);
    for (const evidence of body.signatures ?? []) {
      assert.equal(evidence.prev, prev);
      prev = await evidenceHash(evidence);
    }
  }
}

/** A dead tablet may say anything; a living one only what the user may read. */
const dead = (life) => (error) => {
  assert.ok(life.left <= 0 || error.name === "Refused", error);
};
