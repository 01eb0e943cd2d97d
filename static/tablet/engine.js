// The tablet's engine: everything that the screens may ask of it and nothing that draws.
import { sha256 } from "./canonical.js";
import { iso } from "./days.js";
import { Refused } from "./errors.js";
import { freezePhoto } from "./freeze.js";
import { Office } from "./http.js";
import { _, setLocale } from "./i18n.js";
import { newId } from "./ids.js";
import { cleanJpeg } from "./jpeg.js";
import { copyPlace, exportOf, save } from "./outbox.js";
import { goRound } from "./round.js";
import { Session } from "./session.js";
import { makeStatement, promisedOn } from "./statement.js";
import { Store } from "./store.js";
import { Schedule } from "./sync.js";
import { seal, sealValue, unseal, unsealValue } from "./vault.js";
import { groundPlace, View } from "./view.js";
import { bodyOf, newDraft, ownerMustSign, requireWhole, signaturesOf } from "./visit.js";

/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").ChangeKind} ChangeKind */
/** @typedef {import("./types.js").Locale} Locale */
/** @typedef {import("./types.js").RecordRow} RecordRow */
/** @typedef {import("./types.js").Clock} Clock */

/**
 * @typedef {object} Surroundings  What the engine is handed; every part has the browser's own as its default.
 * @property {string} [base]  origin and prefix before `/sync/…`; "" on the tablet
 * @property {string} [version]  the app's version, as sent to the office
 * @property {import("./types.js").Fetch} [fetch]
 * @property {import("./types.js").Locks} [locks]
 * @property {Clock} [clock]
 * @property {IDBFactory} [indexedDB]
 * @property {Store} [store]  instead of `indexedDB`
 * @property {import("./types.js").StorageManagerLike} [storage]
 * @property {import("./types.js").Canary} [canary]  survives a wipe of IndexedDB alone
 * @property {import("./types.js").Channel} [channel]  to the other tabs
 * @property {{ window?: EventTarget, document?: EventTarget & { visibilityState?: string } }} [events]
 * @property {() => number} [random]
 */

/** @type {Clock} */
const CLOCK = {
  now: () => Date.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};
const CANARY = "doorstep:enrolled";
const SIGNING = "doorstep:signing";

/**
 * Open the tablet's storage and find out where it was left. Needs no network and no PIN.
 * After a reload while unlocked the state is "open" again; after the idle time it is "locked".
 * @param {Surroundings} [surroundings]
 * @returns {Promise<Engine>}
 */
export async function openEngine(surroundings = {}) {
  const engine = new Engine({ ...browsers(), ...surroundings });
  await engine.start();
  return engine;
}

/**
 * Methods marked *async* return promises; all others answer at once from memory, and may be called in `render()`.
 * Whatever cannot be done throws `Refused` (errors.js): `code` for the program, `message` in the user's language.
 */
export class Engine {
  #store;
  #clock;
  #locks;
  #storage;
  #canary;
  #channel;
  #events;
  #version;
  #session;
  #schedule;
  #office;
  /** @type {View | undefined} */
  #view;
  /** @type {Set<(change: ChangeKind) => void>} */
  #listeners = new Set();
  /** @type {Map<string, Promise<unknown>>} writes of drafts, in order for each unit */
  #writing = new Map();
  /** @type {import("./types.js").SyncState} */
  #sync;
  /** @type {() => void} */
  #endSigning = () => {};
  #stopListening = () => {};
  #closed = false;

  /** @param {Surroundings & { fetch: import("./types.js").Fetch }} surroundings  complete; see `openEngine` */
  constructor({
    base = "",
    version = "dev",
    fetch,
    locks,
    clock = CLOCK,
    indexedDB,
    store,
    storage,
    canary,
    channel,
    events,
    random,
  }) {
    this.#clock = clock;
    this.#locks = locks;
    this.#storage = storage;
    this.#canary = canary;
    this.#channel = channel;
    this.#events = events ?? {};
    this.#version = version;
    this.#store = store ?? new Store({ indexedDB });
    this.#office = new Office({ fetch, base, clock });
    this.#session = new Session({
      store: this.#store,
      clock,
      office: this.#office,
      version,
      onChange: () => this.#vaultChanged(),
    });
    this.#schedule = new Schedule({ run: () => this.#goRound(), clock, locks, random });
    this.#sync = {
      online: true,
      running: false,
      unsent: 0,
      unsentPhotos: 0,
      oldestAt: "",
      lastOkAt: "",
      error: null,
      persisted: false,
      usage: 0,
      quota: 0,
      wiped: false,
    };
  }

  /** Called by `openEngine`. */
  async start() {
    await this.#store.open();
    await this.#session.restore();
    this.#sync.wiped = this.state === "new" && Boolean(this.#canary?.getItem(CANARY));
    if (this.state !== "open" && this.users().length) setLocale(this.#session.users[0].locale);
    await this.#readSync();
    this.#channel?.addEventListener("message", this.#heard);
    this.#stopListening = this.#schedule.listen(this.#events);
    if (this.state !== "new") this.sync();
  }

  /** @returns {import("./types.js").EngineState} */
  get state() {
    return this.#session.state;
  }

  /**
   * @param {(change: ChangeKind) => void} listener  called after the change can be read
   * @returns {() => void} unsubscribe
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stop timers and listeners, let a running sync end, and close the database. */
  async close() {
    this.#closed = true;
    this.#stopListening();
    this.#channel?.removeEventListener("message", this.#heard);
    this.#session.stop();
    this.#listeners.clear();
    await this.#schedule.stop();
    this.#store.close();
  }

  /**
   * Is something being signed or sent, in whichever tab? A new version waits until it is not.
   * @returns {Promise<boolean>}
   */
  async busy() {
    if (this.#session.suspended || this.#schedule.going || this.#writing.size) return true;
    const held = (await this.#locks?.query?.())?.held ?? [];
    return held.some((lock) => lock.name?.startsWith("doorstep:"));
  }

  // ---- Who ------------------------------------------------------------------------------------

  /** @returns {import("./types.js").User[]} who has a vault on this tablet; readable while locked */
  users() {
    return this.#session.users.map(({ staffId, name }) => ({ staffId, name }));
  }

  /**
   * Enrol this tablet for one person with the office's one-time code, and open. Needs the network.
   * Documents come with the first sync, which begins at once: listen for "documents".
   * @param {{ code: string, pin: string }} by  PIN: 6 digits or more
   * @throws `enrol:code_unknown`, `enrol:offline`, `pin:too_short`
   */
  async enrol(by) {
    await this.#session.enrol(by);
    this.#canary?.setItem(CANARY, this.me().device.code);
    this.#sync.wiped = false;
    await this.#storage?.persist?.().catch(() => false);
    await this.#readSync();
    this.sync();
  }

  /**
   * @param {{ staffId: string, pin: string }} who
   * @throws `vault:wrong_pin`, `vault:wait` (too many wrong tries; the message says how long)
   */
  async unlock(who) {
    await this.#session.unlock(who);
    this.sync();
  }

  /** Lock now. Unsent work stays and is sent even while locked. */
  async lock() {
    await this.#settledWrites();
    await this.#session.lock();
  }

  /**
   * Is this the PIN of whoever is logged in? For leaving owner mode. Counts wrong tries like `unlock`.
   * @param {string} pin
   * @returns {Promise<boolean>}
   * @throws `vault:wait`
   */
  checkPin(pin) {
    return this.#session.checkPin(pin);
  }

  /** @param {{ from: string, to: string }} pins @throws `vault:wrong_pin`, `vault:wait`, `pin:too_short` */
  changePin(pins) {
    return this.#session.changePin(pins);
  }

  /** Somebody is using the tablet: the idle lock (5 minutes) begins anew. */
  touch() {
    this.#session.touch();
  }

  /**
   * No idle lock and no new version: in owner mode and while the camera is open.
   * @param {boolean} suspended
   */
  suspendIdle(suspended) {
    this.#session.suspendIdle(suspended);
    this.#endSigning();
    this.#endSigning = () => {};
    if (!suspended) return;
    const ended = new Promise((resolve) => {
      this.#endSigning = () => resolve(undefined);
    });
    this.#locks?.request(SIGNING, { mode: "shared" }, () => ended).catch(() => {});
  }

  /** @returns {import("./types.js").Me} only while open */
  me() {
    const { user } = this.#open().vault;
    return { staff: { id: user.staffId, name: user.name }, device: this.#device(), locale: user.locale };
  }

  /** @param {Locale} locale  remembered for this user; `_()` speaks it from now on */
  async setLocale(locale) {
    setLocale(locale);
    await this.#session.setLocale(locale);
    this.#say("state");
  }

  // ---- What is known --------------------------------------------------------------------------

  /** @returns {{ id: string, name: string }[]} */
  estates() {
    return this.#view?.estates() ?? [];
  }

  /** @param {string} id @returns {import("./types.js").Estate | undefined} */
  estate(id) {
    return this.#view?.estate(id);
  }

  /** @param {string} estateId @returns {import("./types.js").UnitRow[]} by building, entrance, floor downwards, number */
  units(estateId) {
    return this.#view?.units(estateId) ?? [];
  }

  /** @param {string} unitId @returns {import("./types.js").UnitRow | undefined} */
  unitRow(unitId) {
    return this.#view?.unitRow(unitId);
  }

  /**
   * By unit number, label, name, pinyin or pinyin initials; several words must all match. Best first, at most 50.
   * @param {string} text
   * @returns {import("./types.js").UnitRow[]}
   */
  search(text) {
    return this.#view?.search(text) ?? [];
  }

  /** @param {string} id @returns {Promise<(import("./types.js").Unit & { id: string, estate: string, v: number }) | undefined>} */
  async unit(id) {
    return this.#view?.unit(id);
  }

  /** @returns {import("./types.js").TaskRow[]} mine, still due, earliest first */
  tasksDue() {
    return this.#view?.tasksDue() ?? [];
  }

  /** @param {string} unitId @returns {import("./types.js").TaskRow[]} still due there, whoever's */
  tasksAt(unitId) {
    return this.#view?.tasksAt(unitId) ?? [];
  }

  /** @param {string} unitId @returns {Promise<import("./types.js").IssueRow[]>} open ones first, newest first */
  async issuesAt(unitId) {
    return this.#view?.issuesAt(unitId) ?? [];
  }

  /**
   * My doors: what is left grouped as one walks, and what was done today.
   * @param {string} [estateId]  the first estate if absent
   * @returns {import("./types.js").Today}
   */
  today(estateId) {
    const { view } = this.#open();
    return view.today(estateId ?? view.estates()[0]?.id ?? "");
  }

  /**
   * The date by which an owner is promised the first answer (R38), in the estate's time zone.
   * @param {string} estateId
   * @param {import("./types.js").Urgency} urgency
   * @returns {string} `YYYY-MM-DD`
   */
  promisedOn(estateId, urgency) {
    const estate = this.#view?.estateDoc(estateId);
    return estate ? promisedOn(estate, urgency, this.#clock.now()) : "";
  }

  // ---- Visiting -------------------------------------------------------------------------------

  /**
   * Begin a visit, or take up the draft that exists at this unit. The draft is saved when this resolves.
   * Every planned visit due there and every callback due there is in it.
   * @param {string} unitId
   * @param {{ method?: import("./types.js").Method }} [how]
   * @returns {Promise<Draft>}
   * @throws `unit:unknown`
   */
  async startVisit(unitId, { method = "door" } = {}) {
    const { vault, view } = this.#open();
    const begun = await this.draft(unitId);
    if (begun) return begun.draft;
    const estateId = view.unitRow(unitId)?.estate ?? "";
    const tasks = view.tasksAt(unitId);
    const ground = await view.ground({ unitId, estateId, issueIds: tasks.map((task) => task.issueId).filter(Boolean) });
    if (!ground) throw new Refused("unit:unknown", _("This unit is not on this tablet."));
    const now = this.#clock.now();
    const draft = newDraft({
      id: newId(now),
      number: await this.#store.nextNumber(vault.user.device),
      unitId,
      unit: ground.unit,
      v: ground.v,
      estateId,
      method,
      locale: vault.user.locale,
      at: iso(now),
      tasks,
      issues: new Map(Object.entries(ground.issues)),
    });
    const kept = { id: draft.id, ...(await sealValue(vault.key, groundPlace(draft.id), { ...ground, estateId })) };
    await this.#store.beginDraft(await this.#draftRow(draft), kept);
    await this.#changed("drafts");
    return (await this.draft(unitId))?.draft ?? draft;
  }

  /** @param {string} unitId @returns {Promise<{ draft: Draft, savedAt: string } | undefined>} */
  async draft(unitId) {
    const { vault } = this.#open();
    const row = await this.#store.draft(vault.user.staffId, unitId);
    return row && { draft: await unsealValue(vault.key, draftPlace(row.id), row), savedAt: row.savedAt };
  }

  /** @returns {{ unitId: string, savedAt: string }[]} visits begun and not finished, by the user */
  drafts() {
    return this.#view?.drafts().map(({ unitId, savedAt }) => ({ unitId, savedAt })) ?? [];
  }

  /**
   * Resolves when the draft is on disk. Calls for one unit are kept in order; the last one wins.
   * A draft that was held or deleted meanwhile does not come back.
   * @param {string} unitId
   * @param {Draft} draft
   * @returns {Promise<string>} saved at; "" if the draft is gone
   */
  saveDraft(unitId, draft) {
    // What is saved is what the draft says now, whatever the screen does to it next.
    const snapshot = structuredClone(draft);
    return this.#inOrder(unitId, async () => {
      const row = await this.#draftRow(snapshot);
      const kept = await this.#store.keepDraft(row);
      await this.#changed("drafts");
      return kept ? row.savedAt : "";
    });
  }

  /** With its photos. @param {string} unitId */
  deleteDraft(unitId) {
    return this.#inOrder(unitId, async () => {
      await this.#store.deleteDraft(this.#open().vault.user.staffId, unitId);
      await this.#changed("drafts");
    });
  }

  /**
   * Keep a photo of a draft: removes all metadata (place, camera), freezes it, keeps a copy for showing.
   * The caller has scaled it down (long edge 2000 px, JPEG) and puts the answer into its issue's `photos`.
   * @param {string} draftId
   * @param {Blob} blob  JPEG
   * @returns {Promise<import("./types.js").Photo>}
   * @throws `photo:not_jpeg`, `draft:gone`, `storage:full`
   */
  async savePhoto(draftId, blob) {
    const { vault } = this.#open();
    const { bytes, width, height } = cleanJpeg(new Uint8Array(await blob.arrayBuffer()));
    const hash = await sha256(bytes);
    const user = vault.user.staffId;
    const before = (await this.#store.photosOf(user, hash)).find((photo) => photo.draft === draftId);
    if (before) return { sha256: hash, sealed: before.sealed, width, height, bytes: bytes.length };
    const frozen = await freezePhoto(bytes, await this.#serverKey());
    const sealed = frozen.digest;
    const kept = await this.#store.keepPhoto({
      row: {
        sealed,
        sha256: hash,
        user,
        draft: draftId,
        op: "",
        width,
        height,
        bytes: bytes.length,
        length: frozen.bytes.length,
        complete: 0,
        tried: 0,
      },
      frozen: { id: sealed, bytes: frozen.bytes },
      copy: { id: sealed, ...(await seal(vault.key, copyPlace(sealed), bytes)) },
    });
    if (!kept) throw new Refused("draft:gone", _("This visit was saved or deleted already."));
    return { sha256: hash, sealed, width, height, bytes: bytes.length };
  }

  /** @param {string} hash  SHA-256 of the JPEG @returns {Promise<Blob | undefined>} */
  async photo(hash) {
    const { vault } = this.#open();
    const [row] = await this.#store.photosOf(vault.user.staffId, hash);
    const copy = row && (await this.#store.copy(row.sealed));
    return copy && new Blob([await unseal(vault.key, copyPlace(row.sealed), copy)], { type: "image/jpeg" });
  }

  /**
   * The statement of a draft as it stands: show its `value`, keep `text` and `sha256` in `draft.signing`.
   * @param {Draft} draft
   * @returns {Promise<import("./types.js").StatementMade>}
   */
  async statement(draft) {
    const { estate, unit, issues } = await this.#groundOf(draft);
    return makeStatement(draft, { estate, unit, issues: new Map(Object.entries(issues)), officer: this.me().staff });
  }

  /**
   * Save a visit: sealed, frozen, written and read back before this resolves; its draft is gone with it.
   * Called twice for one draft, it answers with the record that was saved.
   * @param {Draft} draft
   * @returns {Promise<RecordRow>}
   * @throws `visit:nobody_met`, `visit:no_rating`, `visit:not_shown` (no `signing`), `statement:changed` (draft differs
   *   from what was shown: show and sign again), `statement:end_not_seen`, `signature:missing`,
   *   `signature:too_little_ink`, `signature:no_witness`, `storage:full`
   */
  async holdVisit(draft) {
    const held = structuredClone(draft);
    return this.#inOrder(draft.unit_id, async () => {
      const before = this.records().find((record) => record.entityId === held.id);
      if (before) return before;
      const { estate, unit } = await this.#groundOf(held);
      const signing = requireWhole(held, estate);
      const now = this.#clock.now();
      const officer = this.me().staff;
      const deviceId = this.#device().id;
      const signatures = signaturesOf(held, signing, { officer, deviceId, version: this.#version });
      const body = (/** @type {import("./types.js").Evidence[]} */ sealed) =>
        bodyOf(held, estate, { signing, signatures: sealed, endedAt: iso(now) });
      const said = body([]);
      return this.#save({
        kind: "visit.hold",
        entity: held.id,
        unit: held.unit_id,
        estate: held.estate_id,
        baseVersion: held.base_version,
        now,
        signatures,
        body,
        photos: said.issues.flatMap((issue) => issue.photos.map((photo) => photo.sealed)),
        brief: {
          number: held.number,
          name: held.interviewee.name,
          unitNumber: unit.number,
          unitLabel: unit.label,
          settles: said.task_ids,
          answers: said.answers.map((given) => given.issue_id),
          issues: said.issues.length,
          signatures: signatures.length,
          ownerSigned: ownerMustSign(held),
          rating: said.rating,
          outcome: "",
          method: held.method,
        },
      });
    });
  }

  /**
   * Nobody met: counted, and the tasks stay due. A draft begun at this unit is kept.
   * @param {{ unitId: string, outcome: import("./types.js").Outcome, method?: import("./types.js").Method, note?: string }} attempt
   * @returns {Promise<RecordRow>}
   * @throws `unit:unknown`, `storage:full`
   */
  async recordAttempt({ unitId, outcome, method = "door", note = "" }) {
    const { vault, view } = this.#open();
    const unit = await view.unit(unitId);
    if (!unit) throw new Refused("unit:unknown", _("This unit is not on this tablet."));
    const now = this.#clock.now();
    const number = await this.#store.nextNumber(vault.user.device);
    const body = {
      number,
      unit_id: unitId,
      task_ids: view.tasksAt(unitId).map((task) => task.id),
      method,
      outcome,
      note,
      tried_at: iso(now),
    };
    return this.#save({
      kind: "attempt.record",
      entity: newId(now),
      unit: unitId,
      estate: unit.estate,
      baseVersion: unit.v,
      now,
      signatures: [],
      body: () => body,
      photos: [],
      brief: {
        number,
        name: view.unitRow(unitId)?.name ?? "",
        unitNumber: unit.number,
        unitLabel: unit.label,
        settles: [],
        answers: [],
        issues: 0,
        signatures: 0,
        ownerSigned: false,
        rating: "",
        outcome,
        method,
      },
    });
  }

  // ---- Where records are ----------------------------------------------------------------------

  /** @returns {RecordRow[]} the user's, newest first */
  records() {
    return this.#view?.records() ?? [];
  }

  /** Send and fetch now. Never throws for the network: see `syncState().error`. */
  async sync() {
    await this.#schedule.now();
  }

  /** @returns {import("./types.js").SyncState} */
  syncState() {
    return this.#sync;
  }

  /** @returns {Promise<Blob>} the frozen operations and photos that the office lacks, as one file; also while locked */
  exportUnsent() {
    return exportOf(this.#store, iso(this.#clock.now()));
  }

  // ---- Inside ---------------------------------------------------------------------------------

  /** @returns {{ vault: import("./session.js").Open, view: View }} */
  #open() {
    if (!this.#session.vault || !this.#view) throw new Refused("vault:locked", _("The tablet is locked."));
    return { vault: this.#session.vault, view: this.#view };
  }

  /** @type {{ id: string, code: string }} */
  #deviceHere = { id: "", code: "" };

  #device() {
    return this.#deviceHere;
  }

  async #serverKey() {
    const key = await this.#store.serverKey();
    if (!key) throw new Error("the office's key is not here");
    return key;
  }

  /** @param {Draft} draft */
  async #groundOf(draft) {
    const { view } = this.#open();
    const issueIds = draft.answers.map((given) => given.issue_id);
    const ground = await view.ground({ unitId: draft.unit_id, estateId: draft.estate_id, issueIds });
    if (!ground) throw new Refused("unit:unknown", _("This unit is not on this tablet."));
    return ground;
  }

  /** @param {Draft} draft @returns {Promise<import("./store.js").DraftRow>} */
  async #draftRow(draft) {
    const { vault } = this.#open();
    const sealed = await sealValue(vault.key, draftPlace(draft.id), draft);
    return { user: vault.user.staffId, unit: draft.unit_id, id: draft.id, savedAt: iso(this.#clock.now()), ...sealed };
  }

  /**
   * @param {import("./outbox.js").Intent} intent
   * @returns {Promise<RecordRow>}
   */
  async #save(intent) {
    const { vault } = this.#open();
    const pair = await this.#store.signingKey();
    if (!pair) throw new Error("the tablet's key is not here");
    const row = await save(
      {
        store: this.#store,
        key: vault.key,
        signingKey: pair.privateKey,
        serverKey: await this.#serverKey(),
        staffId: vault.user.staffId,
        deviceId: vault.user.device,
      },
      intent,
    );
    await this.#changed("drafts");
    await this.#changed("records");
    this.sync();
    return /** @type {RecordRow} */ (this.records().find((record) => record.opId === row.opId));
  }

  /**
   * One write after another at one unit, so that an older draft never overtakes a newer one or a held visit.
   * @template T
   * @param {string} unitId
   * @param {() => Promise<T>} write
   * @returns {Promise<T>}
   */
  #inOrder(unitId, write) {
    const before = this.#writing.get(unitId) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(write);
    this.#writing.set(unitId, mine);
    const done = () => {
      if (this.#writing.get(unitId) === mine) this.#writing.delete(unitId);
    };
    mine.then(done, done);
    return mine;
  }

  async #settledWrites() {
    await Promise.allSettled(this.#writing.values());
  }

  async #vaultChanged() {
    const vault = this.#session.vault;
    this.#view = undefined;
    if (vault) {
      const view = new View({ store: this.#store, user: vault.user.staffId, key: vault.key, clock: this.#clock });
      await view.read();
      const device = await this.#store.device(vault.user.device);
      this.#deviceHere = { id: vault.user.device, code: device?.code ?? "" };
      this.#view = view;
      setLocale(vault.user.locale);
    }
    this.#tell("state");
  }

  /**
   * Read again what changed, then say so here and to the other tabs.
   * @param {"documents" | "records" | "drafts"} what
   */
  async #changed(what) {
    await this.#readAgain(what);
    this.#tell(what);
    if (what === "records") this.#tell("sync");
  }

  /** @param {ChangeKind} what */
  async #readAgain(what) {
    if (what === "documents") await this.#view?.readDocuments();
    if (what === "records") await this.#view?.readRecords();
    if (what === "drafts") await this.#view?.readDrafts();
    if (what === "state") await this.#session.restore();
    if (what === "records" || what === "sync") await this.#readSync();
  }

  /** @param {ChangeKind} what */
  #tell(what) {
    this.#say(what);
    this.#channel?.postMessage(what);
  }

  /** @param {ChangeKind} what */
  #say(what) {
    for (const listener of this.#listeners) listener(what);
  }

  /** What another tab tells. @param {any} event */
  #heard = async (event) => {
    try {
      await this.#readAgain(event.data);
      this.#say(event.data);
    } catch (error) {
      if (!this.#closed) throw error;
    }
  };

  // ---- Sync -----------------------------------------------------------------------------------

  /** @returns {Promise<boolean>} everything went through */
  async #goRound() {
    if (this.state === "new") return true;
    this.#syncing({ running: true });
    const trouble = await goRound({
      store: this.#store,
      office: this.#office,
      now: this.#clock.now,
      tell: () => this.#told(),
      open: () => (this.#session.vault && this.#view ? { vault: this.#session.vault, view: this.#view } : undefined),
      changed: (what) => this.#changed(what),
    }).catch((error) => /** @type {Error} */ (error));
    const code = /** @type {any} */ (trouble)?.code ?? "sync:failed";
    await this.#readSync().catch(() => {});
    const error = trouble ? { code, message: messageOf(code, trouble) } : null;
    this.#syncing({ running: false, online: code !== "sync:offline" || !trouble, error });
    this.#channel?.postMessage("sync");
    return !trouble;
  }

  /** @param {Partial<import("./types.js").SyncState>} change */
  #syncing(change) {
    this.#sync = { ...this.#sync, ...change };
    this.#say("sync");
  }

  async #readSync() {
    const unsent = await this.#store.unsent();
    const photos = await this.#store.unsentPhotos();
    const contact = await this.#store.contact();
    const oldest = unsent.reduce((least, row) => (least && least < row.at ? least : row.at), "");
    const storage = await this.#storageState();
    this.#sync = {
      ...this.#sync,
      ...storage,
      unsent: unsent.length,
      unsentPhotos: photos.length,
      oldestAt: oldest,
      lastOkAt: contact?.lastOkAt ?? "",
    };
  }

  async #storageState() {
    const persisted = (await this.#storage?.persisted?.().catch(() => false)) ?? false;
    const estimate = await this.#storage?.estimate?.().catch(() => undefined);
    const { usage = 0, quota = 0 } = estimate ?? {};
    return { persisted, usage, quota };
  }

  /** @returns {Promise<import("./push.js").Told>} what the office hears of this tablet with each push */
  async #told() {
    await this.#readSync();
    const { unsent, oldestAt, persisted, usage, quota } = this.#sync;
    return {
      device_time: iso(this.#clock.now()),
      app_version: this.#version,
      unsent: oldestAt ? { count: unsent, oldest_at: oldestAt } : { count: unsent },
      storage: { persisted, usage, quota },
    };
  }
}

/** @param {string} draftId */
const draftPlace = (draftId) => `draft:${draftId}`;

/**
 * @param {string} code
 * @param {Error} trouble
 */
function messageOf(code, trouble) {
  if (code === "sync:offline") return _("The office cannot be reached.");
  if (code === "auth:token") return _("The office does not know this tablet any more. Your records are kept.");
  if (code === "sync:differs") return _("The documents do not match the office's. They will be fetched again.");
  if (trouble instanceof Refused) return trouble.message;
  return _("The office could not take this now. It will be tried again.");
}

/** The browser's own surroundings, where there is a browser. @returns {Surroundings & { fetch: import("./types.js").Fetch }} */
function browsers() {
  const { navigator, document, localStorage } = /** @type {any} */ (globalThis);
  return {
    fetch: (url, init) => fetch(url, init),
    locks: navigator?.locks,
    storage: navigator?.storage,
    canary: document && localStorage,
    channel: document && new BroadcastChannel("doorstep"),
    events: document ? { window: /** @type {any} */ (globalThis), document } : {},
  };
}
