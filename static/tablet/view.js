// What one open vault shows: documents, records and drafts in memory, read again whenever storage changed.
import { overlaid, overlayOf, taskRow, toCollectFromHere, todayOf } from "./agenda.js";
import { briefingOn } from "./briefing.js";
import { sha256, utf8 } from "./canonical.js";
import { pendingAt } from "./corrections.js";
import { dateIn } from "./days.js";
import { locale } from "./i18n.js";
import { jottedPlace } from "./jotting.js";
import { briefPlace, copyPlace } from "./outbox.js";
import { docPlace, Puller } from "./pull.js";
import { isRecent, isSettled, readVersions, recordFromOffice, recordOf, stillToMend } from "./records.js";
import { Index, unitRowOf } from "./search.js";
import { sheetsDue, sheetsNow } from "./surveys.js";
import { linkState } from "./take_away.js";
import { afterCall } from "./tries.js";
import { unsealValue } from "./vault.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").EstateDoc} EstateDoc */
/** @typedef {import("./types.js").Issue} Issue */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").UnitRow} UnitRow */
/** @typedef {import("./types.js").TaskRow} TaskRow */
/** @typedef {import("./records.js").Kept} Kept */
/** @typedef {import("./types.js").Survey} Survey */
/** @typedef {{ estate: EstateDoc, unit: Unit, v: number, issues: Record<string, Issue>, surveys?: Record<string, Survey> }} Ground  documents a draft was begun on */
/** @typedef {{ estate: EstateDoc, unit?: undefined }} EstateGround  an inspection stands on nothing but its estate */
/** @typedef {{ id: string, unitId: string, savedAt: string, groundAt?: string, estateId: string, ground: Ground | EstateGround }} Begun */

/** Until then the list is drawn and a finger is on its way: the search gets ready when nobody waits for it. */
const GET_READY_AFTER = 400;
const ENDED = ["closed", "closed_unsatisfied", "carried_over", "verified"];

export class View {
  #store;
  #user;
  #key;
  #clock;
  #index = new Index();
  /** @type {Map<string, EstateDoc>} */
  #estates = new Map();
  /** @type {(import("./types.js").BriefingLine & { id: string, estate: string })[]} */
  #briefing = [];
  /** Those that are out, by id. @type {Map<string, Survey>} */
  #surveys = new Map();
  /** Versions of its lines that this user has read; made when asked for. @type {Set<string> | undefined} */
  #read;
  /** @type {Kept[]} */
  #kept = [];
  /** Saved here, until a reading has found it. @type {Map<string, Kept>} by operation */
  #justSaved = new Map();
  /** @type {Map<string, import("./schema.js").PhotoRow>} */
  #photos = new Map();
  /** @type {Begun[]} */
  #begun = [];
  /** The generation of documents that is fetched by now; those here may still be of the one before. */
  #gen = 0;
  /** @type {import("./agenda.js").Overlay} */
  #overlay = overlayOf([], new Map());
  /** @type {Map<string, { estate: string, record: import("./types.js").RecordDoc }>} what the office says, by operation */
  #pulled = new Map();
  /** Those of the last weeks. @type {import("./types.js").RecordDoc[]} */
  #recent = [];
  /** @type {import("./types.js").RecordRow[]} */
  #records = [];
  /** @type {string[]} */
  #jotted = [];
  /** @type {unknown} */
  #gettingReady;
  /** Asked for with every redraw; made anew when something was read or the day changed. @type {import("./types.js").Today | undefined} */
  #today;

  #name;

  /** @param {{ store: Store, user: string, name: string, key: CryptoKey, clock: import("./types.js").Clock }} parts */
  constructor({ store, user, name, key, clock }) {
    this.#name = name;
    this.#store = store;
    this.#user = user;
    this.#key = key;
    this.#clock = clock;
    this.puller = new Puller({ store, user, key, now: clock.now });
  }

  async read() {
    await Promise.all([this.readDocuments(), this.readRecords(), this.readDrafts()]);
  }

  async readDocuments() {
    this.#index = await this.puller.index();
    this.#gen = await this.puller.generation();
    const rows = await this.#store.docsOf(this.#user, "estate");
    const docs = await Promise.all(rows.map((row) => this.#opened(row)));
    const estates = rows.map((row, i) => /** @type {const} */ ([row.id, inBothLanguages(docs[i])]));
    this.#briefing = await this.#readBriefing();
    this.#surveys = await this.#readSurveys();
    const known = [...this.#index.records().values()].map(({ record }) => record);
    this.#recent = known.filter((record) => record.mend || isRecent(record.at, this.#clock.now()));
    this.#estates = new Map(estates.sort(([, a], [, b]) => a.name.zh.localeCompare(b.name.zh, "zh")));
    this.#lay();
    this.#clock.clearTimeout(this.#gettingReady);
    this.#gettingReady = this.#clock.setTimeout(() => this.#index.getReady(), GET_READY_AFTER);
  }

  async readRecords() {
    const known = new Map(this.#kept.map(({ row, brief }) => [row.opId, brief]));
    const rows = await this.#store.operations(this.#user);
    const photos = await this.#store.photos();
    this.#gen = await this.puller.generation();
    const kept = await Promise.all(
      rows.map(async (row) => ({
        row,
        brief: known.get(row.opId) ?? (await unsealValue(this.#key, briefPlace(row.opId), row.brief)),
      })),
    );
    for (const { opId } of rows) this.#justSaved.delete(opId);
    this.#kept = [...kept, ...this.#justSaved.values()];
    this.#photos = new Map(photos.map((photo) => [photo.sealed, photo]));
    this.#lay();
  }

  /**
   * An operation that was written and read back a moment ago: it shows at once, its draft no more.
   * @param {Kept} saved
   */
  took(saved) {
    const { opId, entity } = saved.row;
    this.#begun = this.#begun.filter((begun) => begun.id !== entity);
    if (this.#kept.some(({ row }) => row.opId === opId)) return this.#lay();
    this.#justSaved.set(opId, saved);
    this.#kept = [...this.#kept, saved];
    this.#lay();
  }

  async readDrafts() {
    const rows = await this.#store.drafts(this.#user);
    const known = new Map(this.#begun.map((begun) => [begun.id, begun]));
    const begun = await Promise.all(
      rows.map(async ({ id, unit, savedAt, groundAt }) => {
        const before = known.get(id);
        if (before && before.groundAt === groundAt) return [{ ...before, savedAt }];
        const found = await this.#groundOf(id, unit);
        if (!found) return [];
        const { estateId, ...ground } = found;
        return [{ id, unitId: unit, savedAt, groundAt, estateId, ground }];
      }),
    );
    this.#begun = begun.flat();
    const place = jottedPlace(this.#user, "");
    this.#jotted = (await this.#store.jotted(place)).map((id) => id.slice(place.length));
    this.#today = undefined;
  }

  /** @param {string} name  the user's, from now on */
  called(name) {
    this.#name = name;
  }

  /** @returns {{ id: string, name: string }[]} */
  estates() {
    return [...this.#estates].map(([id, { name }]) => ({ id, name: name[locale()] }));
  }

  /** In the user's language. @param {string} id @returns {import("./types.js").Estate | undefined} */
  estate(id) {
    const doc = this.estateDoc(id);
    return doc && { ...doc, name: doc.name[locale()], company: doc.company[locale()] };
  }

  /** An estate that was revoked during a visit stays readable until that visit is saved. @param {string} id */
  estateDoc(id) {
    return this.#estates.get(id) ?? this.#begun.find((begun) => begun.estateId === id)?.ground.estate;
  }

  /**
   * What holds of the briefing today, where the estate stands.
   * @param {string} estateId
   * @returns {import("./types.js").BriefingRow[]}
   */
  briefing(estateId) {
    this.#read ??= readVersions(
      this.#kept,
      [...this.#pulled.values()].map(({ record }) => record),
    );
    const lines = this.#briefing.filter(({ estate }) => estate === estateId);
    return briefingOn(lines, this.dateAt(estateId), this.#read);
  }

  /** @param {string} estateId */
  units(estateId) {
    const rows = this.#index.units().filter((row) => row.estate === estateId);
    return rows.map((row) => this.#withWork(row));
  }

  /** @param {string} id @returns {UnitRow | undefined} */
  unitRow(id) {
    const row = this.#index.unit(id);
    if (row) return this.#withWork(row);
    const begun = this.#begun.find(({ unitId }) => unitId === id);
    return begun?.ground.unit && unitRowOf(id, begun.estateId, begun.ground.unit);
  }

  /** @param {string} text */
  search(text) {
    return this.#index.search(text).map((row) => this.#withWork(row));
  }

  /** @param {string} id @returns {Promise<(Unit & { id: string, estate: string, v: number }) | undefined>} */
  async unit(id) {
    const row = await this.#store.doc(this.#user, "unit", id);
    if (row) return this.#unitWithWork({ ...(await this.#opened(row)), id, estate: row.estate, v: row.v });
    const begun = this.#begun.find(({ unitId }) => unitId === id);
    return begun?.ground.unit && { ...begun.ground.unit, id, estate: begun.estateId, v: begun.ground.v };
  }

  /** @param {string} unitId @returns {TaskRow[]} whoever's */
  tasksAt(unitId) {
    return this.#due((task) => task.unit_id === unitId);
  }

  tasksDue() {
    return this.#due((task) => task.assignee === this.#user);
  }

  /** @param {string} unitId @returns {Promise<import("./types.js").IssueRow[]>} */
  async issuesAt(unitId) {
    const rows = (await this.#store.docsAt(this.#user, unitId)).filter((row) => row.type === "issue");
    const issues = await Promise.all(
      rows.map(async (row) => ({
        id: row.id,
        estate: row.estate,
        v: row.v,
        doc: await this.#opened(row),
        pending: this.#overlay.answered.has(row.id),
      })),
    );
    return issues.sort((a, b) => ended(a.doc) - ended(b.doc) || (a.doc.raised_on < b.doc.raised_on ? 1 : -1));
  }

  /** @param {string} estateId @returns {import("./types.js").Today} */
  today(estateId) {
    const date = this.dateAt(estateId);
    if (this.#today?.date !== date || this.#today.estateId !== estateId) this.#today = this.#todayAt(estateId, date);
    return this.#today;
  }

  records() {
    return this.#records;
  }

  /**
   * The estate that a record belongs to, also when it was sent long ago or its unit is not here any more.
   * @param {import("./types.js").RecordRow | undefined} record
   * @returns {string} "" if nobody knows
   */
  estateOfRecord(record) {
    const kept = this.#kept.find(({ row }) => row.opId === record?.opId);
    return kept?.row.estate ?? this.#pulled.get(record?.opId ?? "")?.estate ?? "";
  }

  /**
   * What the owner of a visit saved here takes away: what was signed, and the token of its link.
   * @param {string} opId
   * @returns {Promise<import("./types.js").TakeAway | undefined>} undefined if this tablet does not hold it
   */
  async takeAway(opId) {
    const kept = this.#kept.find(({ row }) => row.opId === opId && row.kind === "visit.hold");
    const copy = kept && (await this.#store.copy(opId));
    if (!copy) return undefined;
    /** @type {import("./types.js").Operation<import("./types.js").VisitBody>} */
    const { body } = await unsealValue(this.#key, copyPlace(opId), copy);
    const token = kept.brief.copyToken ?? "";
    const link = token ? linkState(this.pulledRecord(opId), this.#clock.now()) : "none";
    return {
      statement: JSON.parse(body.statement),
      sha256: await sha256(utf8(body.statement)),
      signatures: body.signatures,
      unsigned: body.unsigned,
      token: link === "open" ? token : "",
      link,
      estate: this.estateDoc(kept.row.estate),
    };
  }

  /** @returns {Kept[]} */
  kept() {
    return this.#kept;
  }

  /** @param {string} opId */
  pulledRecord(opId) {
    return this.#pulled.get(opId)?.record;
  }

  photos() {
    return this.#photos;
  }

  drafts() {
    return this.#begun;
  }

  /** Pages without a draft on which something is written and not saved. */
  jotted() {
    return this.#jotted;
  }

  /**
   * The documents a visit stands on: as they are, or as they were when it began if they are here no more.
   * @param {{ unitId: string, estateId: string, issueIds: string[], surveyIds?: string[] }} of
   * @returns {Promise<Ground | undefined>}
   */
  async ground({ unitId, estateId, issueIds, surveyIds = [] }) {
    const found = this.#begun.find((each) => each.unitId === unitId)?.ground;
    const begun = found?.unit && found;
    const row = await this.#store.doc(this.#user, "unit", unitId);
    const estate = this.estateDoc(estateId);
    const unit = row ? await this.#opened(row) : begun?.unit;
    if (!estate || !unit) return undefined;
    /** @type {Record<string, Issue>} */
    const issues = {};
    for (const id of issueIds) {
      const issue = await this.#store.doc(this.#user, "issue", id);
      const [doc, before] = [issue && (await this.#opened(issue)), begun?.issues[id]];
      // Its owner was asked about the round in which the visit began, whatever the office made of it since.
      const asked = before && doc?.round !== before.round ? before : doc;
      if (asked) issues[id] = asked;
    }
    // What a survey asks never changes: one that is over meanwhile is still what its owner was asked.
    const known = surveyIds.map((id) => [id, this.#surveys.get(id) ?? begun?.surveys?.[id]]);
    const surveys = Object.fromEntries(known.filter(([, survey]) => survey));
    return { estate, unit, v: row?.v ?? begun?.v ?? 0, issues, surveys };
  }

  /**
   * A survey that is out, or that a visit was begun on here.
   * @param {string} id
   * @returns {Survey | undefined}
   */
  survey(id) {
    const begun = this.#begun.map(({ ground }) => ground.unit && ground.surveys?.[id]);
    return this.#surveys.get(id) ?? begun.find((survey) => survey !== undefined);
  }

  /** @param {import("./types.js").Draft} draft @returns {import("./types.js").DraftSheet[]} */
  sheetsOf({ unit_id, surveys = [] }) {
    return sheetsNow(surveys, sheetsDue(this.tasksAt(unit_id), this.#surveys));
  }

  /**
   * What a draft stands on once a survey whose sheet came to it since it was begun is in it.
   * @param {import("./types.js").Draft} draft
   * @returns {((Ground | EstateGround) & { estateId: string }) | undefined} undefined if it stands on all of it already
   */
  groundWith({ id, surveys = [] }) {
    const begun = this.#begun.find((each) => each.id === id);
    if (!begun?.ground.unit) return undefined;
    const { estateId, ground } = begun;
    const more = surveys.flatMap(({ survey_id }) => {
      const survey = ground.surveys?.[survey_id] ? undefined : this.#surveys.get(survey_id);
      return survey ? [[survey_id, survey]] : [];
    });
    if (!more.length) return undefined;
    return { ...ground, estateId, surveys: { ...ground.surveys, ...Object.fromEntries(more) } };
  }

  /**
   * @param {string} estateId
   * @param {number | string} [at]  now if absent
   * @returns {string} the date there
   */
  dateAt(estateId, at = this.#clock.now()) {
    return dateIn(at, this.estateDoc(estateId)?.time_zone ?? "Asia/Shanghai");
  }

  /** Lay unconfirmed work over what was pulled. */
  #lay() {
    this.#today = undefined;
    this.#read = undefined;
    const pulled = this.#index.records();
    this.#pulled = pulled;
    this.#overlay = overlayOf(this.#kept, { has: (opId) => isSettled(pulled.get(opId)?.record) });
    const here = this.#kept.map((kept) => recordOf(kept, pulled.get(kept.row.opId)?.record, this.#photos));
    const mine = new Set(here.map((record) => record.opId));
    const now = this.#clock.now();
    const elsewhere = this.#recent.filter(
      (record) => !mine.has(record.op_id) && (record.mend || isRecent(record.at, now)),
    );
    const all = [...here, ...elsewhere.map((record) => recordFromOffice(record, this.#index.unit(record.unit_id)))];
    this.#records = stillToMend(all, this.#kept).sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  }

  async #readBriefing() {
    const rows = await this.#store.docsOf(this.#user, "briefing");
    return Promise.all(rows.map(async (row) => ({ ...(await this.#opened(row)), id: row.id, estate: row.estate })));
  }

  async #readSurveys() {
    const rows = await this.#store.docsOf(this.#user, "survey");
    const docs = await Promise.all(rows.map((row) => this.#opened(row)));
    return new Map(rows.map(({ id }, at) => [id, docs[at]]));
  }

  /** @param {string} estateId @param {string} date */
  #todayAt(estateId, date) {
    return todayOf({
      date,
      estateId,
      tasks: this.tasksDue().filter((task) => task.estate === estateId),
      unitOf: (id) => this.unitRow(id),
      records: this.#records.filter(
        (record) => this.dateAt(estateId, record.at) === date && this.unitRow(record.unitId)?.estate === estateId,
      ),
      drafts: new Set(this.#begun.map((begun) => begun.unitId)),
      dateOf: (at) => this.dateAt(estateId, at),
      phoneAttempts: this.estateDoc(estateId)?.phone_attempts,
    });
  }

  /**
   * What is due, earliest first.
   * @param {(task: import("./types.js").Task) => boolean} wanted
   */
  #due(wanted) {
    const dates = new Map([...this.#estates.keys()].map((estate) => [estate, this.dateAt(estate)]));
    const pulled = this.#index.tasks();
    const mine = { me: this.#user, name: this.#name, dateOf: this.dateAt.bind(this) };
    const here = toCollectFromHere(this.#overlay, pulled, mine).filter(({ task }) =>
      this.#surveys.has(task.survey_id ?? ""),
    );
    return [...pulled, ...here]
      .filter(({ task }) => wanted(task))
      .map((task) =>
        taskRow(task, this.#overlay, {
          me: this.#user,
          today: dates.get(task.estate) ?? this.dateAt(task.estate),
          gen: this.#gen,
        }),
      )
      .filter((task) => task.state === "due")
      .map((task) => ({ ...task, title: this.#surveys.get(task.surveyId)?.title[locale()] ?? task.title }))
      .sort(earliestFirst);
  }

  /** @param {UnitRow} row */
  #withWork(row) {
    return overlaid(row, this.#overlay, (at) => this.dateAt(row.estate, at));
  }

  /** @param {Unit & { id: string, estate: string, v: number }} pulled */
  async #unitWithWork(pulled) {
    const corrections = pendingAt(pulled.corrections, this.#overlay.corrections.get(pulled.id) ?? [], this.#name);
    const unit = corrections.length ? { ...pulled, corrections } : pulled;
    const work = this.#overlay.units.get(unit.id) ?? [];
    const visit = work.findLast(({ row }) => row.kind === "visit.hold");
    const { attempts = unit.attempts, tries = unit.tries ?? [] } = this.unitRow(unit.id) ?? {};
    const now = { ...unit, attempts, tries, dead_numbers: this.#deadNumbers(unit, work) };
    const copy = visit && (await this.#store.copy(visit.row.opId));
    if (!copy) return now;
    const operation = await unsealValue(this.#key, copyPlace(visit.row.opId), copy);
    return { ...now, last_visit: this.#lastVisit(operation, unit.estate) };
  }

  /** @param {Unit & { estate: string }} unit @param {Kept[]} work */
  #deadNumbers({ dead_numbers = [], estate }, work) {
    return work.reduce((dead, { row, brief: { called, outcome } }) => {
      return called && outcome ? afterCall(dead, called, outcome, this.dateAt(estate, row.at)) : dead;
    }, dead_numbers);
  }

  /**
   * @param {import("./types.js").Operation<import("./types.js").VisitBody>} operation
   * @param {string} estateId
   * @returns {import("./types.js").LastVisit}
   */
  #lastVisit({ at, body }, estateId) {
    const answered = body.issues.filter((issue) => issue.answered).length;
    const officer = JSON.parse(body.statement).officer.name;
    return {
      on: this.dateAt(estateId, at),
      officer,
      rating: body.rating,
      wishes: body.wishes,
      answered,
      routed: body.issues.length - answered,
    };
  }

  /** @param {import("./schema.js").DocRow} row */
  #opened(row) {
    return unsealValue(this.#key, docPlace(this.#user, row.type, row.id), row);
  }

  /**
   * @param {string} draftId
   * @param {string} unitId
   * @returns {Promise<((Ground | EstateGround) & { estateId: string }) | undefined>} undefined if another tab saved or
   *   dropped that draft since it was listed
   */
  async #groundOf(draftId, unitId) {
    const row = await this.#store.ground(draftId);
    if (row) return unsealValue(this.#key, groundPlace(draftId), row);
    if ((await this.#store.draft(this.#user, unitId))?.id !== draftId) return undefined;
    throw new Error(`draft ${draftId} has lost its ground`);
  }
}

/** @param {string} draftId */
export const groundPlace = (draftId) => `ground:${draftId}`;

/** @param {Issue} issue */
const ended = (issue) => Number(ENDED.includes(issue.state));

/**
 * @param {TaskRow} a
 * @param {TaskRow} b
 */
const earliestFirst = (a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0);

/** An office that has one name for both languages sends it once. @param {any} doc @returns {EstateDoc} */
function inBothLanguages(doc) {
  const both = (/** @type {any} */ name) => (typeof name === "string" ? { zh: name, en: name } : name);
  return { ...doc, name: both(doc.name), company: both(doc.company) };
}
