// A tablet in somebody's hand, on the road to the real office; it remembers what its screen ever promised.

import { IDBFactory } from "fake-indexeddb";
import { openEngine } from "../../../static/tablet/engine.js";
import { Life } from "../support/faults.js";
import { aJpeg, aSignedVisit, atRest, Clock, ink, PIN } from "../support/tablet.js";
import { Channels, Locks } from "./tabs.js";

/** @typedef {{ id: string, name: string, code: string }} Person */

/**
 * @typedef {object} Promised  What the screen called saved.
 * @property {string} opId
 * @property {string} entity
 * @property {string} author
 * @property {"visit" | "attempt" | "addendum"} kind
 * @property {string} unit
 * @property {string[]} settles  planned visits
 * @property {Record<string, any>} said  of a visit: wishes, texts, photos, statement, ink; of an addendum: visit, text
 */

let photos = 0;
let signatures = 0;
let addenda = 0;

/** @typedef {Map<string, { note: number, back: number }>} Notes  numbered notes on the screen, by reader and unit */

export class Hand {
  /** @type {Promised[]} */
  promised = [];
  /** @type {{ what: string, opId?: string }[]} what its screen took back; of an operation only if the office entered it */
  tookBack = [];
  /** @type {import("../../../static/tablet/engine.js").Engine | undefined} */
  engine;
  #life = new Life();
  #channels = new Channels(() => this.dead);
  /** @type {Notes} what was seen before it was switched on */
  #before = new Map();
  /** @type {Notes[]} what each tab showed since */
  #seen = [];

  /** @param {{ road: import("./road.js").Road, estate: string, people: Person[], now?: number }} parts */
  constructor({ road, estate, people, now }) {
    this.road = road;
    this.estate = estate;
    this.people = people;
    this.tablet = {
      base: road.url,
      clock: new Clock(now),
      indexedDB: new IDBFactory(),
      locks: new Locks(),
      fetch: (url, init) => fetch(url, init),
      version: "test",
      random: () => 0.5,
    };
  }

  /** Everybody who shares the tablet gets a vault on it. */
  async enrolled() {
    for (const person of this.people) {
      await this.on();
      await this.engine.enrol({ code: person.code, pin: PIN });
      await this.engine.sync();
      await this.off();
    }
    return this;
  }

  /** Switch it on. It dies after so many steps of storage and network, if a number is given. */
  async on(steps) {
    this.#life = new Life(steps);
    this.engine = undefined;
    this.engine = await this.secondTab();
    return this.engine;
  }

  /** One more tab of the same browser: it lives and dies with the first. */
  async secondTab() {
    const channel = this.#channels.open();
    return this.#watched(await openEngine({ ...this.#life.of(this.tablet), channel }));
  }

  /** Did it die since it was switched on? */
  get dead() {
    return this.#life.left <= 0;
  }

  /** Off, dead or alive: whatever was going on ends, nothing more is written. */
  async off(...tabs) {
    for (const tab of [this.engine, ...tabs]) await tab?.close();
    this.#life.over();
    this.engine = undefined;
    for (const tab of this.#seen.splice(0)) for (const [place, seen] of tab) this.#remember(place, seen);
  }

  /** Logged in as this person, whoever was before. */
  async as(person, engine = this.engine) {
    if (engine.state === "open" && engine.me().staff.id === person.id) return;
    if (engine.state === "open") await engine.lock();
    await engine.unlock({ staffId: person.id, pin: PIN });
  }

  /** A JPEG like no other, on whatever tablet. */
  picture(filling = 400) {
    photos += 1;
    return aJpeg({ seed: 1 + (photos % 240), filling: filling + photos });
  }

  /**
   * A whole visit, saved. Resolves to what the screen promised.
   * @param {string} unitId
   * @param {{ photos?: Blob[], category?: string, wishes?: string, answer?: string, engine?: any }} [how]
   */
  async visits(unitId, { photos = [], category = "leak", wishes = "希望周末联系", answer, engine = this.engine } = {}) {
    const settles = engine.tasksAt(unitId).filter((task) => task.kind === "planned_visit");
    const change = (draft) => {
      draft.issues.splice(1);
      draft.issues[0].category = category;
      draft.wishes = wishes;
      if (answer) for (const given of draft.answers) given.answer = answer;
    };
    const draft = await aSignedVisit(engine, { unitId, photos, change });
    const strokes = { owner: this.#ink(), officer: this.#ink() };
    for (const role of ["owner", "officer"]) draft.signing[role].ink.strokes = strokes[role];
    await engine.saveDraft(unitId, draft);
    const author = engine.me().staff.id;
    const { opId, entityId } = await engine.holdVisit(draft);
    return this.#promise({
      opId,
      entity: entityId,
      author,
      kind: "visit",
      unit: unitId,
      settles: settles.map(({ id }) => id).filter((id) => draft.task_ids.includes(id)),
      said: {
        number: draft.number,
        wishes: draft.wishes,
        texts: draft.issues.map(({ id, text }) => ({ id, text })),
        photos: draft.issues.flatMap((issue) => issue.photos.map(({ sha256, sealed }) => ({ sha256, sealed }))),
        statement: draft.signing.text,
        strokes,
      },
    });
  }

  /** @param {string} unitId */
  async knocks(unitId, { engine = this.engine } = {}) {
    const author = engine.me().staff.id;
    const { opId, entityId } = await engine.recordAttempt({ unitId, outcome: "nobody_home", note: "灯亮着" });
    return this.#promise({
      opId,
      entity: entityId,
      author,
      kind: "attempt",
      unit: unitId,
      settles: [],
      said: { note: "灯亮着" },
    });
  }

  /** A later fact to one of the user's visits; nothing if there is none. @param {(visits: any[]) => any} choose */
  async adds(choose, { engine = this.engine } = {}) {
    const visits = engine.records().filter(({ kind }) => kind === "visit");
    if (!visits.length) return undefined;
    const { entityId: visit, unitId } = choose(visits);
    addenda += 1;
    const said = { visit, text: `补记第 ${addenda} 条` };
    const author = engine.me().staff.id;
    const { opId, entityId } = await engine.appendToVisit(visit, said.text);
    return this.#promise({ opId, entity: entityId, author, kind: "addendum", unit: unitId, settles: [], said });
  }

  /** All that lies in its storage. */
  async rows() {
    return atRest(this.tablet);
  }

  /** A signature like no other. */
  #ink() {
    signatures += 1;
    const higher = signatures % 1000;
    return ink().strokes.map((stroke) => stroke.map(([x, y, p, t]) => [x, y + higher, p, t]));
  }

  #promise(promised) {
    this.promised.push(promised);
    return promised;
  }

  /** Look at the screen at every change. */
  #watched(engine) {
    /** @type {Notes} */
    const seen = new Map(this.#before);
    this.#seen.push(seen);
    engine.subscribe(() => this.#look(engine, seen));
    return engine;
  }

  #look(engine, seen) {
    if (engine.state !== "open") return;
    const reader = engine.me().staff.id;
    for (const { id, care } of engine.units(this.estate))
      this.#lookAtNote(seen, `${reader}:${id}`, Number(care[0] ?? 0));
    for (const promised of this.promised) this.#lookAtTasks(engine, promised);
  }

  /** Notes at a home are numbered as the office wrote them; only an office put back to a copy has earlier ones again. */
  #lookAtNote(seen, place, note) {
    const last = seen.get(place) ?? { note: 0, back: 0 };
    if (note < last.note && last.back >= this.road.age())
      this.tookBack.push({ what: `${place}: ${note} after ${last.note}` });
    seen.set(place, { note, back: note < last.note ? last.back + 1 : last.back });
  }

  /** The furthest that any tab saw: they share one storage. */
  #remember(place, { note, back }) {
    const last = this.#before.get(place) ?? { note: 0, back: 0 };
    const further = back > last.back || (back === last.back && note > last.note);
    if (further) this.#before.set(place, { note, back });
  }

  /** What was done here is not due again, unless the office did not enter it; it may say so before its receipt comes. */
  #lookAtTasks(engine, { opId, author, unit, settles }) {
    if (engine.me().staff.id !== author) return;
    const state = engine.records().find((record) => record.opId === opId)?.state;
    if (!["here", "received", "complete"].includes(state)) return;
    const due = engine.tasksAt(unit).filter((task) => settles.includes(task.id));
    if (due.length) this.tookBack.push({ what: `${due[0].id} is due again although ${opId} is ${state}`, opId });
  }
}
