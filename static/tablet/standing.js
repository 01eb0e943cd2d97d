// Whether this tablet may be opened: not once the office withdrew it, nor after it was silent for too long.

import { Refused } from "./errors.js";
import { _ } from "./i18n.js";

/** @typedef {import("./store.js").Store} Store */

/**
 * @typedef {object} Lease  How long the tablet may be silent.
 * @property {number} hours  0 for as long as it likes
 * @property {number} spent  ms counted since the last contact
 * @property {number} at  when they were last counted, ms by this tablet's clock
 */

const HOUR = 3_600_000;

export class Standing {
  #store;
  #now;
  /** By the office's clock, when it was last heard; "" if not since the app was started. */
  officeTime = "";

  /** @param {{ store: Store, now: () => number }} parts */
  constructor({ store, now }) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * The office answered.
   * @param {string} staffId  under whose token
   * @param {any} answer  to a push or a pull
   */
  async heard(staffId, answer) {
    const withdrawn = answer?.withdrawn === true;
    const user = await this.#store.user(staffId);
    if (user && Boolean(user.withdrawn) !== withdrawn) await this.#store.changeUser(staffId, { withdrawn });
    if (typeof answer?.server_time === "string") this.officeTime = answer.server_time;
    if (!withdrawn && Number.isFinite(answer?.lease_hours)) {
      await this.#store.renewLease(answer.lease_hours, this.#now());
    }
  }

  /** @returns {Promise<boolean>} withdrawn for everybody on it, so that it must hand in and empty itself */
  async withdrawn() {
    const users = await this.#store.users();
    return users.length > 0 && users.every((user) => user.withdrawn);
  }

  /**
   * Why a vault stays shut.
   * @param {string} staffId
   * @returns {Promise<Refused | undefined>} `vault:withdrawn` or `vault:lease`
   */
  async refusal(staffId) {
    if ((await this.#store.user(staffId))?.withdrawn) {
      return new Refused(
        "vault:withdrawn",
        _("The office withdrew this tablet. It only hands in what it still holds."),
      );
    }
    const lease = await this.#lease();
    if (!lease || !isOut(lease)) return undefined;
    const days = Math.max(1, Math.round(lease.hours / 24));
    return new Refused(
      "vault:lease",
      _("The office has not heard of this tablet for %(days)s days. Connect it to the network, then unlock it.", {
        days,
      }),
    );
  }

  /** @returns {Promise<boolean>} nothing opens before the office was heard again */
  async mustBeHeard() {
    const lease = await this.#lease();
    return (lease !== undefined && isOut(lease)) || (await this.#store.users()).some((user) => user.withdrawn);
  }

  /** Storage that takes nothing more must not keep the tablet from handing in. */
  #lease() {
    const now = this.#now();
    return this.#store.spendLease(now).catch(() => this.#store.lease(now));
  }
}

/** @param {Lease} lease */
const isOut = ({ hours, spent }) => hours > 0 && spent > hours * HOUR;
