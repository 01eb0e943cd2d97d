// What is saved at once, without a draft: attempts, notes on visits, corrections of owner files, the briefing read.
import { baseOf, OF_A_PERSON, requireSaid } from "./corrections.js";
import { iso } from "./days.js";
import { Refused, unknownUnit } from "./errors.js";
import { _ } from "./i18n.js";
import { newId } from "./ids.js";
import { jottedPlace } from "./jotting.js";
import { briefOf } from "./records.js";

/** @typedef {import("./schema.js").OperationRow} OperationRow */
/**
 * @typedef {object} AttemptMade
 * @property {string} unitId
 * @property {import("./types.js").Outcome} outcome
 * @property {import("./types.js").Method} [method]
 * @property {string} [note]
 * @property {string} [againAt]  when the next try is to be
 * @property {import("./types.js").NumberCalled} [called]
 * @property {boolean} [leftNote]  at the door
 */
/** @typedef {import("./corrections.js").CorrectionMade} CorrectionMade */

/**
 * @typedef {Pick<import("./outbox.js").Intent, "kind" | "unit" | "estate" | "now"> & { baseVersion?: number, body: object,
 *   brief: Partial<import("./records.js").Brief> }} Noted  what sets one kind apart from the others
 */

/** Nothing here is signed or has a photo. */
const ENVELOPE = { baseVersion: 0, signatures: [], photos: [] };

/** Within this time the same words after a failure are the same record tried again, ms. */
const AGAIN = 600_000;

export class Noting {
  #store;
  #clock;
  #open;
  #inOrder;
  #save;
  /** @type {Map<string, { id: string, at: number }>} what is being saved or could not be, by its words */
  #tried = new Map();

  /** @param {import("./saving.js").Parts & { save: import("./saving.js").Save }} parts */
  constructor({ store, clock, open, inOrder, save }) {
    this.#store = store;
    this.#clock = clock;
    this.#open = open;
    this.#inOrder = inOrder;
    this.#save = save;
  }

  /** @param {AttemptMade} attempt @param {string} [jotted] @returns {Promise<OperationRow>} */
  attempt(attempt, jotted) {
    return this.#once(["attempt", attempt], jotted, () => this.#attempt(attempt));
  }

  /** @param {AttemptMade} attempt @returns {Promise<Noted>} */
  async #attempt({ unitId, outcome, method = "door", note = "", againAt = "", called, leftNote = false }) {
    const { view } = this.#open();
    const unit = await view.unit(unitId);
    if (!unit) throw unknownUnit();
    const now = this.#clock.now();
    requireTime(outcome, againAt, now);
    const number = await this.#nextNumber();
    // What is due by work saved here has no number at the office yet.
    const task_ids = view.tasksAt(unitId).flatMap((task) => task.id || []);
    return {
      kind: "attempt.record",
      unit: unitId,
      estate: unit.estate,
      baseVersion: unit.v,
      now,
      body: {
        number,
        unit_id: unitId,
        task_ids,
        method,
        outcome,
        // A child alone at the door: nobody was met, and nothing else is written down.
        note: outcome === "child_only" ? "" : note,
        tried_at: iso(now),
        left_note: leftNote,
        ...(againAt && { again_at: againAt }),
        ...(called && { number_called: called }),
      },
      brief: {
        number,
        name: view.unitRow(unitId)?.name ?? "",
        unitNumber: unit.number,
        unitLabel: unit.label,
        outcome,
        method,
        tried: { at: iso(now), method, outcome, tasks: task_ids, ...(againAt && { again_at: againAt }) },
        called,
      },
    };
  }

  /**
   * @param {string} visitId
   * @param {string} text
   * @param {string} [mends]  the act that sent the record back for want of it
   * @param {string} [jotted]
   * @returns {Promise<OperationRow>}
   */
  append(visitId, text, mends = "", jotted = undefined) {
    return this.#once(["addendum", visitId, text, mends], jotted, () => this.#append(visitId, text, mends));
  }

  /** @param {string} visitId @param {string} text @param {string} mends @returns {Promise<Noted>} */
  async #append(visitId, text, mends) {
    const { view } = this.#open();
    const said = text.trim();
    const visit = view.records().find((record) => record.kind === "visit" && record.entityId === visitId);
    const estate = view.estateOfRecord(visit);
    if (!visit || !estate) throw new Refused("visit:unknown", _("This visit is not on this tablet."));
    if (!said) throw new Refused("addendum:empty", _("Write down what is to be added."));
    const now = this.#clock.now();
    const number = await this.#nextNumber();
    const { name, unitId, unitNumber, unitLabel, method } = visit;
    return {
      kind: "visit.append",
      unit: unitId,
      estate,
      now,
      body: { visit_id: visitId, number, text: said, written_at: iso(now), ...(mends && { mends }) },
      brief: { number, name, unitNumber, unitLabel, method, note: said, mends },
    };
  }

  /** @param {CorrectionMade} made @param {string} [jotted] @returns {Promise<OperationRow>} */
  correct(made, jotted) {
    return this.#once(["correction", made], jotted, () => this.#correct(made));
  }

  /** @param {CorrectionMade} made @returns {Promise<Noted>} */
  async #correct(made) {
    const { view } = this.#open();
    const { unitId, about, remark = "" } = made;
    const unit = await view.unit(unitId);
    if (!unit) throw unknownUnit();
    const person = OF_A_PERSON.has(about) ? made.personId : undefined;
    const value = requireSaid(unit, made);
    const base = baseOf(unit, about, person);
    const now = this.#clock.now();
    const number = await this.#nextNumber();
    const about_whom = person ? { person_id: person } : {};
    return {
      kind: "owner.correct",
      unit: unitId,
      estate: unit.estate,
      baseVersion: unit.v,
      now,
      body: {
        number,
        unit_id: unitId,
        ...about_whom,
        about,
        value,
        base,
        remark: remark.trim(),
        noted_at: iso(now),
      },
      brief: {
        number,
        name: unit.people.find(({ id }) => id === person)?.name ?? view.unitRow(unitId)?.name ?? "",
        unitNumber: unit.number,
        unitLabel: unit.label,
        note: remark.trim(),
        correction: { about, value, ...(person && { person }) },
      },
    };
  }

  /**
   * @param {string} estateId
   * @param {import("./types.js").VersionRead[]} lines  of the briefing, as they were on the screen
   * @returns {Promise<OperationRow>}
   */
  async read(estateId, lines) {
    const now = this.#clock.now();
    const read = lines.map(({ id, version }) => ({ id, version }));
    if (!read.length) throw new Refused("briefing:nothing_new", _("Everything was read already."));
    return this.#save({
      ...ENVELOPE,
      kind: "briefing.read",
      entity: newId(now),
      unit: "",
      estate: estateId,
      now,
      body: () => ({ estate_id: estateId, items: read, read_at: iso(now) }),
      brief: briefOf({ read }),
    });
  }

  #nextNumber() {
    return this.#store.nextNumber(this.#open().vault.user.device);
  }

  /**
   * Outside a draft nothing says that a second try is the same record: its words do. Saving can fail after all was
   * written, when it is read back.
   * @param {unknown} said
   * @param {string | undefined} page  on which it was written down: that goes with it, however it was typed last
   * @param {() => Promise<Noted>} note
   */
  async #once(said, page, note) {
    const { staffId } = this.#open().vault.user;
    const words = JSON.stringify([staffId, said]);
    const [now, before] = [this.#clock.now(), this.#tried.get(words)];
    const tried = before && Math.abs(now - before.at) < AGAIN ? before : { id: newId(now), at: now };
    this.#tried.set(words, tried);
    const jotted = page && jottedPlace(staffId, page);
    const row = await this.#inOrder.after(jotted ?? tried.id, async () => {
      const { body, brief, ...noted } = await note();
      return this.#save({ ...ENVELOPE, ...noted, entity: tried.id, body: () => body, brief: briefOf(brief), jotted });
    });
    this.#tried.delete(words);
    return row;
  }
}

/**
 * What was agreed has a time, and no next try lies behind us.
 * @param {import("./types.js").Outcome} outcome
 * @param {string} againAt
 * @param {number} now
 */
function requireTime(outcome, againAt, now) {
  if (outcome === "rescheduled" && !againAt)
    throw new Refused("attempt:no_time", _("Please choose the day and time that was agreed."));
  if (againAt && Date.parse(againAt) <= now)
    throw new Refused("attempt:time_passed", _("The time of the next try has passed. Please choose a later one."));
}
