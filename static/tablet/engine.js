// The tablet's engine: everything that the screens may ask of it and nothing that draws.

/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").ChangeKind} ChangeKind */
/** @typedef {import("./types.js").Locale} Locale */

/**
 * @typedef {object} Surroundings  What the engine is handed; every part has the browser's own as its default.
 * @property {string} [base]  origin and prefix before `/sync/…`; "" on the tablet
 * @property {string} [version]  the app's version, as sent to the office
 * @property {import("./types.js").Fetch} [fetch]
 * @property {import("./types.js").Locks} [locks]
 * @property {import("./types.js").Clock} [clock]
 * @property {IDBFactory} [indexedDB]
 * @property {import("./types.js").StorageManagerLike} [storage]
 * @property {import("./types.js").Canary} [canary]  survives a wipe of IndexedDB alone
 */

/**
 * Open the tablet's storage and find out where it was left. Needs no network and no PIN.
 * After a reload while unlocked the state is "open" again; after the idle time it is "locked".
 * @param {Surroundings} [surroundings]
 * @returns {Promise<Engine>}
 */
export async function openEngine(surroundings = {}) {
  return new Engine(surroundings);
}

/**
 * Methods marked *async* return promises; all others answer at once from memory, and may be called in `render()`.
 * Whatever cannot be done throws `Refused` (errors.js): `code` for the program, `message` in the user's language.
 */
export class Engine {
  /** @param {Surroundings} _surroundings */
  constructor(_surroundings) {
    /** @type {import("./types.js").EngineState} */
    this.state = "new";
  }

  /**
   * @param {(change: ChangeKind) => void} _listener  called after the change can be read
   * @returns {() => void} unsubscribe
   */
  subscribe(_listener) {
    return () => {};
  }

  /** Stop timers and listeners and close the database. */
  async close() {}

  // ---- Who ------------------------------------------------------------------------------------

  /** @returns {import("./types.js").User[]} who has a vault on this tablet; readable while locked */
  users() {
    return [];
  }

  /**
   * Enrol this tablet for one person with the office's one-time code, and open. Needs the network.
   * @param {{ code: string, pin: string }} _by  PIN: 6 digits or more
   * @throws `enrol:code_unknown`, `enrol:offline`, `pin:too_short`
   */
  async enrol(_by) {}

  /**
   * @param {{ staffId: string, pin: string }} _who
   * @throws `vault:wrong_pin`, `vault:wait` (too many wrong tries; the message says how long)
   */
  async unlock(_who) {}

  /** Lock now. Unsent work stays and is sent even while locked. */
  async lock() {}

  /**
   * Is this the PIN of whoever is logged in? For leaving owner mode. Counts wrong tries like `unlock`.
   * @param {string} _pin
   * @returns {Promise<boolean>}
   */
  async checkPin(_pin) {
    return false;
  }

  /** @param {{ from: string, to: string }} _pins */
  async changePin(_pins) {}

  /** Somebody is using the tablet: the idle lock (5 minutes) begins anew. */
  touch() {}

  /** @param {boolean} _suspended  true in owner mode and while the camera is open */
  suspendIdle(_suspended) {}

  /** @returns {import("./types.js").Me} only while open */
  me() {
    throw new Error("not open");
  }

  /** @param {Locale} _locale  remembered for this user; `_()` speaks it from now on */
  async setLocale(_locale) {}

  // ---- What is known --------------------------------------------------------------------------

  /** @returns {{ id: string, name: string }[]} */
  estates() {
    return [];
  }

  /** @param {string} _id @returns {import("./types.js").Estate | undefined} */
  estate(_id) {
    return undefined;
  }

  /** @param {string} _estateId @returns {import("./types.js").UnitRow[]} by building, entrance, floor downwards, number */
  units(_estateId) {
    return [];
  }

  /** @param {string} _unitId @returns {import("./types.js").UnitRow | undefined} */
  unitRow(_unitId) {
    return undefined;
  }

  /**
   * By unit number, label, name, pinyin or pinyin initials; several words must all match. Best first, at most 50.
   * @param {string} _text
   * @returns {import("./types.js").UnitRow[]}
   */
  search(_text) {
    return [];
  }

  /** @param {string} _id @returns {Promise<(import("./types.js").Unit & { id: string, estate: string, v: number }) | undefined>} */
  async unit(_id) {
    return undefined;
  }

  /** @returns {import("./types.js").TaskRow[]} mine, still due, earliest first */
  tasksDue() {
    return [];
  }

  /** @param {string} _unitId @returns {import("./types.js").TaskRow[]} still due there, whoever's */
  tasksAt(_unitId) {
    return [];
  }

  /** @param {string} _unitId @returns {Promise<import("./types.js").IssueRow[]>} open ones first, newest first */
  async issuesAt(_unitId) {
    return [];
  }

  /**
   * My doors: what is left grouped as one walks, and what was done today.
   * @param {string} [_estateId]  the first estate if absent
   * @returns {import("./types.js").Today}
   */
  today(_estateId) {
    throw new Error("not open");
  }

  /**
   * The date by which an owner is promised the first answer (R38), in the estate's time zone.
   * @param {string} _estateId
   * @param {import("./types.js").Urgency} _urgency
   * @returns {string} `YYYY-MM-DD`
   */
  promisedOn(_estateId, _urgency) {
    return "";
  }

  // ---- Visiting -------------------------------------------------------------------------------

  /**
   * Begin a visit, or take up the draft that exists at this unit. The draft is saved when this resolves.
   * Every planned visit due there and every callback due there is in it.
   * @param {string} _unitId
   * @param {{ method?: import("./types.js").Method }} [_how]
   * @returns {Promise<Draft>}
   */
  async startVisit(_unitId, _how) {
    throw new Error("not open");
  }

  /** @param {string} _unitId @returns {Promise<{ draft: Draft, savedAt: string } | undefined>} */
  async draft(_unitId) {
    return undefined;
  }

  /** @returns {{ unitId: string, savedAt: string }[]} visits begun and not finished, by the user */
  drafts() {
    return [];
  }

  /**
   * Resolves when the draft is on disk. Calls for one unit are kept in order; the last one wins.
   * @param {string} _unitId
   * @param {Draft} _draft
   * @returns {Promise<string>} saved at
   */
  async saveDraft(_unitId, _draft) {
    return "";
  }

  /** With its photos. @param {string} _unitId */
  async deleteDraft(_unitId) {}

  /**
   * Keep a photo of a draft: removes all metadata (place, camera), freezes it, keeps a copy for showing.
   * The caller has scaled it down (long edge 2000 px, JPEG) and puts the answer into its issue's `photos`.
   * @param {string} _draftId
   * @param {Blob} _blob  JPEG
   * @returns {Promise<import("./types.js").Photo>}
   * @throws `photo:not_jpeg`, `storage:full`
   */
  async savePhoto(_draftId, _blob) {
    throw new Error("not open");
  }

  /** @param {string} _sha256 @returns {Promise<Blob | undefined>} */
  async photo(_sha256) {
    return undefined;
  }

  /**
   * The statement of a draft as it stands: show its `value`, keep `text` and `sha256` in `draft.signing`.
   * @param {Draft} _draft
   * @returns {Promise<import("./types.js").StatementMade>}
   */
  async statement(_draft) {
    throw new Error("not open");
  }

  /**
   * Save a visit: sealed, frozen, written and read back before this resolves; its draft is gone with it.
   * @param {Draft} _draft
   * @returns {Promise<import("./types.js").RecordRow>}
   * @throws `visit:no_rating`, `visit:not_shown` (no `signing`), `statement:changed` (draft differs from what was
   *   shown: show and sign again), `signature:too_little_ink`, `signature:missing`, `signature:no_witness`, `storage:full`
   */
  async holdVisit(_draft) {
    throw new Error("not open");
  }

  /**
   * @param {{ unitId: string, outcome: import("./types.js").Outcome, method?: import("./types.js").Method, note?: string }} _attempt
   * @returns {Promise<import("./types.js").RecordRow>}
   */
  async recordAttempt(_attempt) {
    throw new Error("not open");
  }

  // ---- Where records are ----------------------------------------------------------------------

  /** @returns {import("./types.js").RecordRow[]} the user's, newest first */
  records() {
    return [];
  }

  /** Send and fetch now. Never throws for the network: see `syncState().error`. */
  async sync() {}

  /** @returns {import("./types.js").SyncState} */
  syncState() {
    throw new Error("not open");
  }

  /** @returns {Promise<Blob>} the frozen operations and photos that the office lacks, as one file */
  async exportUnsent() {
    return new Blob();
  }
}
