// How the tablet stands with the office: what is unsent, when all last went through, what is wrong.
import { iso } from "./days.js";
import { Refused } from "./errors.js";
import { answeredInItsPlace, isNotTheOffice } from "./http.js";
import { _ } from "./i18n.js";
import { goRound } from "./round.js";

/** @typedef {import("./types.js").SyncState} SyncState */
/** @typedef {import("./round.js").Round} Round */

export class Contact {
  #store;
  #office;
  #clock;
  #storage;
  #version;
  #standing;
  #onChange;
  #readings = 0;
  /** @type {SyncState} */
  #state = {
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
    withdrawn: "",
    dropped: 0,
  };

  /**
   * @param {{ store: import("./store.js").Store, office: import("./http.js").Office, clock: import("./types.js").Clock,
   *   storage?: import("./types.js").StorageManagerLike, standing: import("./standing.js").Standing, version: string,
   *   onChange: () => void }} parts
   */
  constructor({ store, office, clock, storage, standing, version, onChange }) {
    this.#store = store;
    this.#office = office;
    this.#clock = clock;
    this.#storage = storage;
    this.#version = version;
    this.#standing = standing;
    this.#onChange = onChange;
  }

  get state() {
    return this.#state;
  }

  /** @param {Partial<SyncState>} change */
  note(change) {
    this.#state = { ...this.#state, ...change };
    this.#onChange();
  }

  /** Ask the browser to keep the storage even when space is short. */
  async askToPersist() {
    await this.#storage?.persist?.().catch(() => false);
    await this.read();
  }

  /** Count again what is unsent, and ask again how the storage is. */
  async read() {
    this.#readings += 1;
    const mine = this.#readings;
    const unsent = await this.#store.unsent();
    const photos = await this.#store.unsentPhotos();
    const contact = await this.#store.contact();
    const storage = await this.#storageState();
    const withdrawn = await this.#standing.withdrawn();
    // A later reading knows more.
    if (mine !== this.#readings) return;
    this.#state = {
      ...this.#state,
      ...storage,
      withdrawn: withdrawn ? "handing in" : this.#state.withdrawn === "handing in" ? "" : this.#state.withdrawn,
      unsent: unsent.length,
      unsentPhotos: photos.length,
      oldestAt: unsent.map((row) => row.at).sort()[0] ?? "",
      lastOkAt: contact?.lastOkAt ?? "",
    };
  }

  /**
   * One round with the office.
   * @param {Pick<Round, "open" | "changed" | "called" | "shut" | "empty">} parts
   * @returns {Promise<boolean>} everything went through
   */
  async goRound({ open, changed, called, shut, empty }) {
    this.note({ running: true });
    const round = {
      store: this.#store,
      office: this.#office,
      now: this.#clock.now,
      tell: () => this.#told(),
      standing: this.#standing,
      open,
      changed,
      called,
      shut,
      empty,
    };
    const trouble = await goRound(round).catch((error) => /** @type {Error} */ (error));
    await this.read().catch(() => {});
    this.note({ running: false, ...standing(trouble) });
    return !trouble;
  }

  async #storageState() {
    const persisted = (await this.#storage?.persisted?.().catch(() => false)) ?? false;
    const estimate = await this.#storage?.estimate?.().catch(() => undefined);
    const { usage = 0, quota = 0 } = estimate ?? {};
    return { persisted, usage, quota };
  }

  /** @returns {Promise<import("./push.js").Told>} what the office hears of this tablet with each push */
  async #told() {
    await this.read();
    const { unsent, unsentPhotos: photos, oldestAt, persisted, usage, quota } = this.#state;
    const drafts = await this.#store.draftCount();
    const wiped = (await this.#store.contact())?.wiped === true;
    return {
      device_time: iso(this.#clock.now()),
      app_version: this.#version,
      unsent: { count: unsent, ...(oldestAt ? { oldest_at: oldestAt } : {}), photos, drafts },
      storage: { persisted, usage, quota, wiped },
    };
  }
}

/** @param {Error | undefined} trouble @returns {Pick<SyncState, "online" | "error">} */
function standing(trouble) {
  if (!trouble) return { online: true, error: null };
  const code = /** @type {{ code?: string }} */ (trouble).code ?? "sync:failed";
  return { online: code !== "sync:offline", error: { code, message: wordsFor(code, trouble) } };
}

/**
 * @param {string} code
 * @param {Error} trouble
 */
function wordsFor(code, trouble) {
  if (code === "sync:offline") return _("The office cannot be reached.");
  if (isNotTheOffice(trouble)) return answeredInItsPlace();
  if (code === "auth:token") return _("The office does not know this tablet any more. Your records are kept.");
  if (code === "sync:differs") return _("The documents do not match the office's. They will be fetched again.");
  if (trouble instanceof Refused) return trouble.message;
  return _("The office could not take this now. It will be tried again.");
}
