// The tablet's engine: everything that the screens may ask of it and nothing that draws.
import { Contact } from "./contact.js";
import { iso } from "./days.js";
import { Refused } from "./errors.js";
import { Office } from "./http.js";
import { _, setLocale } from "./i18n.js";
import { InOrder } from "./in_order.js";
import { inspectionKey, isInspection } from "./inspecting.js";
import { Jotting } from "./jotting.js";
import { Languages } from "./languages.js";
import { Noting } from "./noting.js";
import { exportOf } from "./outbox.js";
import { DRAWN_BY_THEN, savingWith } from "./saving.js";
import { Session } from "./session.js";
import { Standing } from "./standing.js";
import { promisedOn } from "./statement.js";
import { Store } from "./store.js";
import { browsers, CLOCK } from "./surroundings.js";
import { Schedule } from "./sync.js";
import { View } from "./view.js";
import { Visiting } from "./visiting.js";

/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").ChangeKind} ChangeKind */
/** @typedef {import("./types.js").Locale} Locale */
/** @typedef {import("./types.js").RecordRow} RecordRow */
/** @typedef {import("./surroundings.js").Surroundings} Surroundings */

const CANARY = "doorstep:enrolled";
const WITHDRAWN = "doorstep:withdrawn";
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
  #canary;
  #channel;
  #events;
  #session;
  #schedule;
  #contact;
  #standing;
  #visiting;
  #noting;
  #jotting;
  #languages;
  #inOrder = new InOrder();
  /** @type {View | undefined} */
  #view;
  /** @type {Set<ChangeKind>}  told while there was no view to read it */
  #missed = new Set();
  /** @type {Set<(change: ChangeKind, elsewhere: boolean) => void>} */
  #listeners = new Set();
  #device = { id: "", code: "" };
  /** @type {Promise<void>} */
  #reading = Promise.resolve();
  /** @type {() => void} */
  #endSigning = () => {};
  #signings = 0;
  #stopListening = () => {};
  #closed = false;

  /** @param {Surroundings & { fetch: import("./types.js").Fetch }} surroundings  complete; see `openEngine` */
  constructor(surroundings) {
    const { base = "", version = "dev", fetch, locks, clock = CLOCK, indexedDB, storage, random } = surroundings;
    this.#clock = clock;
    this.#locks = locks;
    this.#canary = surroundings.canary;
    this.#channel = surroundings.channel;
    this.#events = surroundings.events ?? {};
    const store = surroundings.store ?? new Store({ indexedDB });
    const office = new Office({ fetch, base, clock });
    this.#store = store;
    store.onBlocked = surroundings.onBlocked ?? (() => {});
    store.onOutdated = () => this.#letGo();
    this.#session = new Session({ store, clock, locks, office, version, onChange: () => this.#vaultChanged() });
    const standing = new Standing({ store, now: clock.now });
    this.#standing = standing;
    this.#contact = new Contact({
      store,
      office,
      clock,
      storage,
      standing,
      version,
      onChange: () => this.#say("sync"),
    });
    this.#schedule = new Schedule({ run: () => this.#goRound(), clock, locks, random });
    const [open, changed] = [() => this.#open(), (/** @type {ChangeKind} */ what) => this.#changed(what)];
    const writing = { store, clock, open, changed, inOrder: this.#inOrder };
    const save = savingWith(writing);
    this.#visiting = new Visiting({ ...writing, version, save });
    this.#noting = new Noting({ ...writing, save });
    this.#jotting = new Jotting(writing);
    this.#languages = new Languages(writing);
  }

  /** Called by `openEngine`. */
  async start() {
    await this.#store.open();
    await this.#session.restore();
    await this.#standing.mustBeHeard();
    await this.#lockIfRefused();
    if (this.state === "locked") setLocale(this.#session.users[0].locale);
    await this.#contact.read();
    this.#noticeEmptiness();
    this.#channel?.addEventListener("message", this.#heard);
    const deaf = [this.#schedule.listen(this.#events), this.#lookWhenWoken(this.#events)];
    this.#stopListening = () => {
      for (const stop of deaf) stop();
    };
    if (this.state !== "new") this.sync();
  }

  /** @returns {import("./types.js").EngineState} */
  get state() {
    if (this.#store.outdated) return "outdated";
    const { state } = this.#session;
    return state === "open" && !this.#view ? "locked" : state;
  }

  /** @returns {string} in words, while the state is "outdated" */
  whyOutdated() {
    return this.#store.whyOutdated().message;
  }

  /**
   * @param {(change: ChangeKind, elsewhere: boolean) => void} listener  called after the change can be read;
   *   `elsewhere`: another window made it
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
    if (this.#signings || this.#schedule.going || this.#inOrder.going) return true;
    const held = (await this.#locks?.query?.())?.held ?? [];
    return held.some((lock) => lock.name?.startsWith("doorstep:"));
  }

  /** Resolves when whatever was asked to be saved here is on the disk. */
  async settled() {
    await this.#inOrder.ended();
  }

  // ---- Who ------------------------------------------------------------------------------------

  /** @returns {import("./types.js").User[]} who has a vault on this tablet; readable while locked */
  users() {
    return this.#session.users.map(({ staffId, name }) => ({ staffId, name }));
  }

  /**
   * Enrol this tablet for one person with the office's one-time code, and open. Needs the network.
   * Documents come with the first sync, which begins at once: listen for "documents".
   * @param {{ code: string, pin: string, locale?: Locale }} by
   *   PIN: 6 digits or more; locale: what whoever enrols chose here, else that of their office login
   * @throws `enrol:code_unknown`, `enrol:offline`, `pin:too_short`
   */
  async enrol(by) {
    const { wiped } = this.syncState();
    await this.#session.enrol(by);
    if (wiped) await this.#store.keepContact({ lastOkAt: "", toldAt: 0, wiped });
    this.#remember(CANARY, this.me().device.code);
    this.#canary?.removeItem?.(WITHDRAWN);
    await this.#contact.askToPersist();
    this.#contact.note({ wiped: false, withdrawn: "" });
    this.sync();
  }

  /**
   * @param {{ staffId: string, pin: string }} who
   * @throws `vault:wrong_pin`, `vault:wait` (too many wrong tries; the message says how long), `vault:lease` (silent for
   *   too long; the office is tried first), `vault:withdrawn`
   */
  async unlock(who) {
    await this.#mayOpen(who.staffId);
    await this.#session.unlock(who);
    this.sync();
  }

  /**
   * A forgotten PIN, first step: the password of the office login. Needs the network. Then `setNewPin`.
   * @param {{ staffId: string, password: string }} who
   * @throws `recover:wrong_password`, `recover:nothing_kept`, `recover:other_key`, `recover:offline`, `device:revoked`
   */
  recover(who) {
    return this.#session.recover(who);
  }

  /**
   * Second step: the vault opens with this PIN from now on, with everything in it.
   * @param {string} pin
   * @throws `pin:too_short`, `recover:begin_again`, `vault:lease`, `vault:withdrawn`
   */
  async setNewPin(pin) {
    await this.#mayOpen(this.#session.recovering);
    await this.#session.setNewPin(pin);
    this.sync();
  }

  /** A forgotten PIN, left half way: the key that came from the office is forgotten again. */
  dropRecovered() {
    this.#session.dropRecovered();
  }

  /** Lock now. Unsent work stays and is sent even while locked. */
  async lock() {
    await this.#inOrder.ended();
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
    const before = this.#endSigning;
    this.#endSigning = suspended ? this.signing() : () => {};
    this.#session.suspendIdle(suspended);
    before();
  }

  /**
   * Somebody signs, or a photo is on its way: no new version comes in, in whichever window it is asked for, and a tablet
   * that is withdrawn meanwhile is emptied only after. The idle lock goes on.
   * @returns {() => void} they have done
   */
  signing() {
    this.#signings += 1;
    let done = () => {};
    const ended = new Promise((resolve) => {
      done = () => resolve(undefined);
    }).then(() => {
      this.#signings -= 1;
    });
    this.#locks?.request(SIGNING, { mode: "shared" }, () => ended).catch(() => {});
    return done;
  }

  /** @returns {import("./types.js").Me} only while open */
  me() {
    const { user } = this.#open().vault;
    return { staff: { id: user.staffId, name: user.name }, device: this.#device, locale: user.locale };
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

  /** One that is out, or that a visit begun here asks about. @param {string} id */
  survey(id) {
    return this.#view?.survey(id);
  }

  /** The sheets of surveys at a visit, those that came here since it was begun included. @param {Draft} draft */
  sheetsOf(draft) {
    return this.#view?.sheetsOf(draft) ?? draft.surveys ?? [];
  }

  /** With its names in both languages, for what an owner reads. @param {string} id */
  estateDoc(id) {
    return this.#view?.estateDoc(id);
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

  /**
   * @param {string} estateId
   * @returns {import("./types.js").BriefingRow[]} what holds today by the estate's calendar, unread ones first
   */
  briefing(estateId) {
    return this.#view?.briefing(estateId) ?? [];
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
    return this.#visiting.start(unitId, method);
  }

  /** @param {string} unitId @returns {Promise<{ draft: Draft, savedAt: string } | undefined>} */
  async draft(unitId) {
    return this.#visiting.draft(unitId);
  }

  /** @returns {{ unitId: string, savedAt: string }[]} visits begun and not finished, by the user */
  drafts() {
    const visits = this.#view?.drafts().filter(({ unitId }) => !isInspection(unitId)) ?? [];
    return visits.map(({ unitId, savedAt }) => ({ unitId, savedAt }));
  }

  /** Is a note of an inspection begun there and not saved? @param {string} estateId */
  inspectionBegun(estateId) {
    return this.#view?.drafts().some(({ unitId }) => unitId === inspectionKey(estateId)) ?? false;
  }

  /**
   * Begin a note about something noticed on the way, or take up the one begun in this estate. It is saved when this
   * resolves, and kept and dropped like a visit's draft, by its `unit_id`.
   * @param {string} estateId
   * @param {import("./types.js").PlaceNamed} [where]  of the note before
   * @returns {Promise<{ draft: import("./types.js").InspectionDraft, savedAt: string }>}
   * @throws `estate:unknown`
   */
  async startInspection(estateId, where) {
    return this.#visiting.startInspection(estateId, where);
  }

  /**
   * Save what was noticed: an issue without an owner (R03). Its draft is gone with it.
   * @param {import("./types.js").InspectionDraft} draft
   * @returns {Promise<RecordRow>}
   * @throws `inspection:no_place`, `inspection:no_words`, `inspection:no_category`, `storage:full`
   */
  async recordInspection(draft) {
    return this.#saved(await this.#visiting.inspect(draft));
  }

  /**
   * Resolves when the draft is on disk. Calls for one unit are kept in order; the last one wins.
   * A draft that was held or deleted meanwhile does not come back.
   * @param {string} unitId
   * @param {Draft | import("./types.js").InspectionDraft} draft
   * @param {string} [since]  when what it goes on from was saved
   * @returns {Promise<string>} saved at; "" if the draft is gone
   * @throws `draft:elsewhere` (another window has saved it since), `storage:full`
   */
  async saveDraft(unitId, draft, since) {
    return this.#visiting.keep(unitId, draft, since);
  }

  /** With its photos. @param {string} unitId */
  async deleteDraft(unitId) {
    await this.#visiting.delete(unitId);
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
    return this.#visiting.keepPhoto(draftId, blob);
  }

  /** @param {string} hash  SHA-256 of the JPEG @returns {Promise<Blob | undefined>} */
  async photo(hash) {
    return this.#visiting.photo(hash);
  }

  /**
   * The statement of a draft as it stands: show its `value`, keep `text` and `sha256` in `draft.signing`.
   * @param {Draft} draft
   * @returns {Promise<import("./types.js").StatementMade>}
   */
  async statement(draft) {
    return this.#visiting.statement(draft);
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
    return this.#saved(await this.#visiting.hold(draft));
  }

  /**
   * Nobody met: counted, and the tasks stay due. A draft begun at this unit is kept.
   * @param {import("./noting.js").AttemptMade} attempt
   * @param {string} [jotted]
   * @returns {Promise<RecordRow>}
   * @throws `unit:unknown`, `attempt:no_time`, `attempt:time_passed`, `storage:full`
   */
  async recordAttempt(attempt, jotted) {
    return this.#saved(await this.#noting.attempt(attempt, jotted));
  }

  /**
   * Add a later fact to a visit. What was signed there stays as it is.
   * @param {string} visitId
   * @param {string} text
   * @param {string} [mends]  the act that sent the record back for want of it
   * @param {string} [jotted]
   * @returns {Promise<RecordRow>}
   * @throws `visit:unknown`, `addendum:empty`, `storage:full`
   */
  async appendToVisit(visitId, text, mends, jotted) {
    return this.#saved(await this.#noting.append(visitId, text, mends, jotted));
  }

  /**
   * Note that something in an owner file is wrong. The file stays as it is until the office decides.
   * @param {import("./corrections.js").CorrectionMade} made
   * @param {string} [jotted]
   * @returns {Promise<RecordRow>}
   * @throws `unit:unknown`, `correction:empty`, `correction:same`, `correction:nobody`, `correction:phone`, `storage:full`
   */
  async correctOwner(made, jotted) {
    return this.#saved(await this.#noting.correct(made, jotted));
  }

  /**
   * The user has read these lines of the briefing.
   * @param {string} estateId
   * @param {import("./types.js").VersionRead[]} lines  as they were on the screen
   * @returns {Promise<RecordRow>}
   * @throws `briefing:nothing_new`, `storage:full`
   */
  async readBriefing(estateId, lines) {
    return this.#saved(await this.#noting.read(estateId, lines));
  }

  /**
   * What is being written on a page that has no draft.
   * @param {string} page
   * @returns {Promise<any>} undefined if nothing is, by whoever is logged in
   */
  async jotted(page) {
    return this.#jotting.found(page);
  }

  /** @returns {string[]} pages on which something is written and not saved, by whoever is logged in */
  halfWritten() {
    return this.#view?.jotted() ?? [];
  }

  /**
   * Resolves when it is on disk. It goes with the record that is made of it, which names the page as its `jotted`.
   * @param {string} page
   * @param {object | undefined} said  undefined drops it
   * @throws `storage:full`
   */
  async jot(page, said) {
    await this.#jotting.keep(page, said);
  }

  /** @param {string} unitId @param {string} name @returns {Promise<Locale>} in which somebody there reads */
  async languageOf(unitId, name) {
    return this.#languages.of(unitId, name);
  }

  /**
   * An owner chose a language. Where that cannot be kept they choose again next time.
   * @param {string} unitId
   * @param {string} name
   * @param {Locale} to
   */
  async reads(unitId, name, to) {
    await this.#languages.choose(unitId, name, to).catch((error) => console.warn(error));
  }

  // ---- Where records are ----------------------------------------------------------------------

  /** @returns {RecordRow[]} the user's, newest first */
  records() {
    return this.#view?.records() ?? [];
  }

  /**
   * What the owner of a visit saved here takes away.
   * @param {string} opId
   * @returns {Promise<import("./types.js").TakeAway | undefined>} undefined if this tablet does not hold it
   */
  takeAway(opId) {
    return this.#open().view.takeAway(opId);
  }

  /** Send and fetch now. Never throws for the network: see `syncState().error`. */
  async sync() {
    await this.#schedule.now();
  }

  /** @returns {import("./types.js").SyncState} */
  syncState() {
    return this.#contact.state;
  }

  /** @returns {Promise<Blob>} the frozen operations and photos that the office lacks, as one file; also while locked */
  exportUnsent() {
    return exportOf(this.#store, iso(this.#clock.now()));
  }

  // ---- Inside ---------------------------------------------------------------------------------

  /** @returns {{ vault: import("./session.js").Open, view: View }} */
  #open() {
    if (this.#store.outdated) throw this.#store.whyOutdated();
    if (!this.#session.vault || !this.#view) throw new Refused("vault:locked", _("The tablet is locked."));
    return { vault: this.#session.vault, view: this.#view };
  }

  /**
   * @param {import("./schema.js").OperationRow} row
   * @returns {RecordRow}
   */
  #saved({ opId }) {
    this.#clock.setTimeout(() => this.sync(), DRAWN_BY_THEN);
    return /** @type {RecordRow} */ (this.records().find((record) => record.opId === opId));
  }

  /** @param {string} staffId @throws why not, after the office was tried */
  async #mayOpen(staffId) {
    if (await this.#standing.refusal(staffId)) await this.sync();
    const refusal = await this.#standing.refusal(staffId);
    if (refusal) throw refusal;
  }

  /** Silent for too long, or withdrawn: not while somebody signs. */
  async #lockIfRefused() {
    const vault = this.#session.vault;
    if (vault && (await this.#standing.refusal(vault.user.staffId))) await this.#shut();
  }

  /** @returns {Promise<boolean>} locked, so that nothing more is written; false while somebody signs */
  async #shut() {
    if (await this.#isSigning()) return false;
    await this.lock();
    return true;
  }

  /** Here or in another tab. */
  async #isSigning() {
    const held = (await this.#locks?.query?.())?.held ?? [];
    return this.#signings > 0 || held.some((lock) => lock.name === SIGNING);
  }

  /** Everything was handed in, and the office knows that this tablet empties itself. */
  async #empty() {
    this.#remember(WITHDRAWN, `${iso(this.#clock.now())} ${await this.#store.draftCount()}`);
    if (!(await this.#store.wipe())) return;
    this.#canary?.removeItem?.(CANARY);
    await this.#session.restore();
    this.#noticeEmptiness();
    this.#tell("state");
    // Last: another window that does not let go of it may hold this up for as long as it likes.
    await this.#store.destroy();
  }

  /**
   * Where the browser takes no word more, less can be told later; nothing else fails for it.
   * @param {string} name
   * @param {string} value
   */
  #remember(name, value) {
    try {
      this.#canary?.setItem(name, value);
    } catch (error) {
      console.warn(error);
    }
  }

  /** Nobody is enrolled: was this tablet withdrawn and emptied, or did something else empty it? */
  #noticeEmptiness() {
    const isNew = this.state === "new";
    const [withdrawn = "", dropped = 0] = (isNew && this.#canary?.getItem(WITHDRAWN)?.split(" ")) || [];
    if (withdrawn) this.#canary?.removeItem?.(CANARY);
    const { withdrawn: now } = this.syncState();
    this.#contact.note({
      withdrawn: withdrawn ? "emptied" : now,
      dropped: Number(dropped),
      wiped: isNew && !withdrawn && Boolean(this.#canary?.getItem(CANARY)),
    });
  }

  async #vaultChanged() {
    const vault = this.#session.vault;
    this.#view = undefined;
    this.#missed.clear();
    if (vault) {
      const view = new View({
        store: this.#store,
        user: vault.user.staffId,
        name: vault.user.name,
        key: vault.key,
        clock: this.#clock,
      });
      await view.read();
      const device = await this.#store.device(vault.user.device);
      this.#device = { id: vault.user.device, code: device?.code ?? "" };
      this.#view = view;
      setLocale(vault.user.locale);
    }
    this.#tell("state");
    // What changed while it was read may have been read before.
    if (this.#view) for (const what of this.#missed) this.#changed(what).catch(() => {});
  }

  /**
   * Read again what changed, then say so here and to the other tabs.
   * @param {ChangeKind} what
   */
  async #changed(what) {
    await this.#readAgain(what);
    this.#tell(what);
    if (what === "records") this.#tell("sync");
  }

  /**
   * One reading after another: an older one that ends late must not hide what a newer one found.
   * @param {ChangeKind} what
   */
  #readAgain(what) {
    this.#reading = this.#reading.catch(() => {}).then(() => this.#read(what));
    return this.#reading;
  }

  /** @param {ChangeKind} what */
  async #read(what) {
    if (!this.#view) this.#missed.add(what);
    if (what === "documents") await this.#view?.readDocuments();
    if (what === "records") await this.#view?.readRecords();
    if (what === "drafts") await this.#view?.readDrafts();
    if (what === "state") await this.#session.restore();
    if (what === "records" || what === "sync") await this.#contact.read();
  }

  /** @param {ChangeKind} what */
  #tell(what) {
    this.#say(what);
    this.#channel?.postMessage(what);
  }

  /** @param {ChangeKind} what @param {boolean} [elsewhere]  said by another tab */
  #say(what, elsewhere = false) {
    for (const listener of this.#listeners) listener(what, elsewhere);
  }

  /** What another tab tells. @param {any} event */
  #heard = async (event) => {
    try {
      await this.#readAgain(event.data);
      this.#say(event.data, true);
    } catch (error) {
      if (!this.#closed && this.state !== "outdated") throw error;
    }
  };

  /**
   * A tablet that slept for longer than the idle time shows nobody's visits when it is woken.
   * @param {NonNullable<Surroundings["events"]>} events
   * @returns {() => void} stop listening
   */
  #lookWhenWoken({ window, document }) {
    const look = () => this.#session.look();
    window?.addEventListener("pageshow", look);
    document?.addEventListener("visibilitychange", look);
    return () => {
      window?.removeEventListener("pageshow", look);
      document?.removeEventListener("visibilitychange", look);
    };
  }

  /** A newer app has the storage now: nothing is read, written or sent from here any more. */
  #letGo() {
    this.#stopListening();
    this.#session.stop();
    this.#schedule.stop();
    this.#say("state");
  }

  /** @returns {Promise<boolean>} everything went through */
  async #goRound() {
    if (this.state === "new" || this.state === "outdated") return true;
    const fine = await this.#contact.goRound({
      open: () => (this.#session.vault && this.#view ? this.#open() : undefined),
      changed: (what) => this.#changed(what),
      called: async (name) => {
        await this.#session.called(name);
        this.#view?.called(name);
        await this.#changed("documents");
      },
      shut: () => this.#shut(),
      empty: () => this.#empty(),
    });
    await this.#lockIfRefused().catch(() => {});
    this.#channel?.postMessage("sync");
    return fine;
  }
}
