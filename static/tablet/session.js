// Who is at the tablet: enrolling, opening a vault with a PIN, staying open over a reload, locking when idle.

import { Refused } from "./errors.js";
import { newSigningKey, publicJwk } from "./evidence.js";
import { escrowOf } from "./freeze.js";
import { answeredInItsPlace, isNotTheOffice, NotReached, OfficeRefused } from "./http.js";
import { _ } from "./i18n.js";
import { keyOf, lockAnew, newVault, openVault, relock, requireGoodPin, sealValue, unsealValue } from "./vault.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./schema.js").UserRow} UserRow */
/** @typedef {import("./types.js").Clock} Clock */
/** @typedef {{ user: UserRow, key: CryptoKey, readToken: string }} Open  an open vault */

const IDLE = 5 * 60_000;
const TOUCH_EVERY = 10_000;
const FREE_TRIES = 5;
const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 15 * 60_000;
/** One PIN at a time, in whichever window: each that is wrong counts. */
const TRYING = "doorstep:pin";

export class Session {
  #store;
  #clock;
  #locks;
  #office;
  #version;
  #onChange;
  /** @type {UserRow[]} */
  #users = [];
  /** @type {Open | undefined} */
  #open;
  #touchedAt = 0;
  #keptTouch = 0;
  #suspended = false;
  /** @type {unknown} */
  #timer;
  /** @type {{ code: string, answer: any } | undefined} a code is good once: its answer is kept for a second try of the PIN */
  #answered;
  /** @type {{ staffId: string, raw: Uint8Array<ArrayBuffer> } | undefined} from the office's safe, until it has a new PIN */
  #recovered;

  /**
   * @param {{ store: Store, clock: Clock, locks?: import("./types.js").Locks, office: import("./http.js").Office, version: string, onChange: () => Promise<void> }} parts
   *   onChange: after a vault was opened or shut
   */
  constructor({ store, clock, locks, office, version, onChange }) {
    this.#store = store;
    this.#clock = clock;
    this.#locks = locks;
    this.#office = office;
    this.#version = version;
    this.#onChange = onChange;
  }

  /** @returns {import("./types.js").EngineState} */
  get state() {
    if (this.#open) return "open";
    return this.#users.length ? "locked" : "new";
  }

  get users() {
    return this.#users;
  }

  /** @returns {Open | undefined} */
  get vault() {
    return this.#open;
  }

  get suspended() {
    return this.#suspended;
  }

  /** Read again who is here; another tab may have opened or locked. */
  async restore() {
    this.#users = await this.#store.users();
    const session = await this.#store.session();
    const user = this.#users.find((each) => each.staffId === session?.staffId);
    if (!session || !user) return this.#shut();
    if (this.#idleSince(session.touchedAt) >= IDLE && !this.#suspended) return this.lock();
    if (this.#open?.user.staffId === user.staffId) {
      this.#open.user = user;
      return;
    }
    await this.#enter(user, session.key);
  }

  /** @param {{ code: string, pin: string, locale?: import("./types.js").Locale }} by */
  async enrol({ code, pin, locale }) {
    requireGoodPin(pin);
    const answer = await this.#enrolment(code.trim().toUpperCase());
    const known = await this.#store.user(answer.staff.id);
    const vault = known
      ? { lock: known.lock, key: await openVault(known.lock, pin), raw: undefined }
      : await newVault(pin);
    const { lock, key, raw } = vault;
    const staffId = answer.staff.id;
    /** @type {UserRow} */
    const user = {
      staffId,
      name: answer.staff.name,
      locale: locale ?? (answer.staff.locale === "en" ? "en" : "zh"),
      device: answer.device.id,
      sendToken: answer.send_token,
      lock,
      readToken: await sealValue(key, tokenPlace(staffId), answer.read_token),
      escrow: raw ? await escrowOf(raw, answer.server_key) : (known?.escrow ?? ""),
      failures: 0,
      waitUntil: 0,
    };
    raw?.fill(0);
    await this.#store.enrolled({
      user,
      device: { id: answer.device.id, code: answer.device.code },
      serverKey: answer.server_key,
      scope: { user: staffId, epoch: answer.epoch, cursor: "", gen: 1, rev: 0, proven: "", anewAt: 0 },
      session: { staffId, key, touchedAt: this.#clock.now() },
    });
    this.#answered = undefined;
    this.#users = await this.#store.users();
    await this.#enter(user, key);
  }

  /** @param {{ staffId: string, pin: string }} who */
  async unlock({ staffId, pin }) {
    const key = await this.#tried(staffId, pin);
    await this.#store.keepSession({ staffId, key, touchedAt: this.#clock.now() });
    this.#users = await this.#store.users();
    await this.#enter(/** @type {UserRow} */ (await this.#store.user(staffId)), key);
  }

  /**
   * The PIN is forgotten: the office gives the data key back for the password of the office login.
   * @param {{ staffId: string, password: string }} who
   */
  async recover({ staffId, password }) {
    const user = await this.#store.user(staffId);
    if (!user) throw new Refused("vault:unknown", _("This person is not enrolled on this tablet."));
    const raw = await this.#keyFromOffice(user, password);
    try {
      await unsealValue(await keyOf(raw), tokenPlace(staffId), user.readToken);
    } catch {
      throw new Refused("recover:other_key", _("The key that the office keeps does not open what is on this tablet."));
    }
    this.#recovered = { staffId, raw };
  }

  /** A new PIN for what was recovered; it opens. @param {string} pin */
  async setNewPin(pin) {
    requireGoodPin(pin);
    if (!this.#recovered) throw new Refused("recover:begin_again", _("Please type your password again."));
    const { staffId, raw } = this.#recovered;
    await this.#store.changeUser(staffId, { lock: await lockAnew(raw, pin), failures: 0, waitUntil: 0 });
    this.dropRecovered();
    await this.unlock({ staffId, pin });
  }

  /** Whoever began to set a new PIN left it. */
  dropRecovered() {
    this.#recovered?.raw.fill(0);
    this.#recovered = undefined;
  }

  /** @returns {string} whose key was recovered and has no new PIN yet; "" if nobody's */
  get recovering() {
    return this.#recovered?.staffId ?? "";
  }

  async lock() {
    await this.#store.endSession();
    await this.#shut();
  }

  /** @param {string} pin */
  async checkPin(pin) {
    const staffId = this.#open?.user.staffId ?? "";
    try {
      await this.#tried(staffId, pin);
      return true;
    } catch (error) {
      if (error instanceof Refused && error.code === "vault:wrong_pin") return false;
      throw error;
    }
  }

  /** @param {{ from: string, to: string }} pins */
  async changePin({ from, to }) {
    requireGoodPin(to);
    const staffId = this.#open?.user.staffId ?? "";
    await this.#tried(staffId, from);
    const user = /** @type {UserRow} */ (await this.#store.user(staffId));
    await this.#store.changeUser(staffId, { lock: await relock(user.lock, from, to) });
    await this.restore();
  }

  /** @param {import("./types.js").Locale} locale */
  async setLocale(locale) {
    if (!this.#open) return;
    await this.#store.changeUser(this.#open.user.staffId, { locale });
    await this.restore();
  }

  /** The office calls whoever is here otherwise by now. @param {string} name */
  async called(name) {
    const staffId = this.#open?.user.staffId;
    if (!staffId) return;
    await this.#store.changeUser(staffId, { name });
    this.#users = await this.#store.users();
    if (this.#open?.user.staffId === staffId) this.#open.user.name = name;
  }

  /** Somebody uses the tablet. Timers sleep as the tablet does: whoever wakes it after the idle time does not go on. */
  touch() {
    if (this.#open && !this.#suspended && this.#idleSince(this.#touchedAt) >= IDLE) this.look();
    else this.#beginAnew();
  }

  /** Is it left idle for too long? Asked by the timer, and when the tablet is looked at again. */
  look() {
    this.#lockIfIdle().catch(() => {});
  }

  /** The idle time begins anew. Kept on disk now and then, so that a reload knows of it. */
  #beginAnew() {
    const now = this.#clock.now();
    this.#touchedAt = now;
    if (!this.#open || Math.abs(now - this.#keptTouch) < TOUCH_EVERY) return;
    this.#keptTouch = now;
    this.#store.touchSession(this.#open.user.staffId, now).catch(() => {});
  }

  /** @param {boolean} suspended */
  suspendIdle(suspended) {
    this.#suspended = suspended;
    this.#beginAnew();
  }

  stop() {
    this.#clock.clearTimeout(this.#timer);
  }

  /**
   * @param {string} code
   * @returns {Promise<any>} the office's answer to a good code
   */
  async #enrolment(code) {
    if (this.#answered?.code === code) return this.#answered.answer;
    const pair = (await this.#store.signingKey()) ?? (await this.#store.keepSigningKey(await newSigningKey()));
    try {
      const answer = await this.#office.post("/sync/enrol", "", {
        code,
        key: await publicJwk(pair),
        app_version: this.#version,
      });
      this.#answered = { code, answer };
      return answer;
    } catch (error) {
      throw inItsWords(error, "enrol:offline", _("The office cannot be reached. Enrolling needs the network."));
    }
  }

  /**
   * @param {UserRow} user
   * @param {string} password
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async #keyFromOffice({ staffId, sendToken }, password) {
    try {
      const { key } = await this.#office.post("/sync/recover", sendToken, { staff_id: staffId, password });
      return Uint8Array.from(atob(key.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
    } catch (error) {
      const offline = _("The office cannot be reached. A forgotten PIN needs the network.");
      throw inItsWords(error, "recover:offline", offline);
    }
  }

  /**
   * The vault's key, if the PIN is right and not too many were wrong.
   * @param {string} staffId
   * @param {string} pin
   * @returns {Promise<CryptoKey>}
   */
  #tried(staffId, pin) {
    const alone = () => this.#triedAlone(staffId, pin);
    return this.#locks ? this.#locks.request(TRYING, {}, alone) : alone();
  }

  /** @param {string} staffId @param {string} pin */
  async #triedAlone(staffId, pin) {
    const user = await this.#store.user(staffId);
    if (!user) throw new Refused("vault:unknown", _("This person is not enrolled on this tablet."));
    const left = user.waitUntil - this.#clock.now();
    if (left > 0 && left <= LONGEST_WAIT) {
      const seconds = Math.ceil(left / 1000);
      throw new Refused("vault:wait", _("Too many wrong PINs. Please wait %(seconds)s seconds.", { seconds }));
    }
    try {
      const key = await openVault(user.lock, pin);
      if (user.failures) await this.#store.changeUser(staffId, { failures: 0, waitUntil: 0 });
      return key;
    } catch (error) {
      if (error instanceof Refused) await this.#countFailure(user);
      throw error;
    }
  }

  /** @param {UserRow} user */
  async #countFailure(user) {
    const failures = user.failures + 1;
    const wait = failures < FREE_TRIES ? 0 : Math.min(FIRST_WAIT * 2 ** (failures - FREE_TRIES), LONGEST_WAIT);
    await this.#store.changeUser(user.staffId, { failures, waitUntil: wait ? this.#clock.now() + wait : 0 });
  }

  /**
   * @param {UserRow} user
   * @param {CryptoKey} key
   */
  async #enter(user, key) {
    const readToken = await unsealValue(key, tokenPlace(user.staffId), user.readToken);
    this.#open = { user, key, readToken };
    this.#beginAnew();
    this.#watchIdle();
    await this.#onChange();
  }

  async #shut() {
    this.#clock.clearTimeout(this.#timer);
    if (!this.#open) return;
    this.#open = undefined;
    await this.#onChange();
  }

  #watchIdle() {
    this.#clock.clearTimeout(this.#timer);
    const left = this.#suspended ? IDLE / 2 : Math.max(IDLE - this.#idleSince(this.#touchedAt), 0);
    this.#timer = this.#clock.setTimeout(() => this.look(), left + 1);
  }

  /** Not while somebody signs here, nor while another tab is in use. */
  async #lockIfIdle() {
    if (this.#suspended) this.#beginAnew();
    const elsewhere = (await this.#store.session())?.touchedAt ?? 0;
    if (!this.#open) return;
    this.#touchedAt = Math.max(this.#touchedAt, elsewhere);
    if (this.#idleSince(this.#touchedAt) < IDLE) this.#watchIdle();
    else await this.lock();
  }

  /** A clock set back does not keep a tablet open. @param {number} at */
  #idleSince(at) {
    return Math.abs(this.#clock.now() - at);
  }
}

/** @param {string} staffId */
const tokenPlace = (staffId) => `token:${staffId}`;

/**
 * What a person reads of an answer that was none.
 * @param {unknown} error
 * @param {string} code  if the office was not reached
 * @param {string} offline  the words for that
 * @returns {unknown}
 */
function inItsWords(error, code, offline) {
  if (isNotTheOffice(error)) return new Refused("sync:not_office", answeredInItsPlace());
  if (error instanceof NotReached || (error instanceof OfficeRefused && error.foreign))
    return new Refused(code, offline);
  return error instanceof OfficeRefused ? new Refused(error.code, error.message) : error;
}
