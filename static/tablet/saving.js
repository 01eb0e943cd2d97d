// The moment when a record is saved: sealed, frozen, written and read back.
import { save } from "./outbox.js";

/** @typedef {import("./schema.js").OperationRow} OperationRow */
/** @typedef {{ vault: import("./session.js").Open, view: import("./view.js").View }} Opened */
/**
 * @typedef {object} Parts  What writing on the tablet needs.
 * @property {import("./store.js").Store} store
 * @property {import("./types.js").Clock} clock
 * @property {() => Opened} open  throws while locked
 * @property {(what: "drafts" | "records") => Promise<void>} changed
 * @property {import("./in_order.js").InOrder} inOrder  writes about one thing
 */
/** @typedef {(intent: import("./outbox.js").Intent) => Promise<OperationRow>} Save */

/** What is not needed to say "saved" waits for so long, so that saying it is quick, ms. */
export const DRAWN_BY_THEN = 50;

/** @param {Parts} parts @returns {Save} */
export function savingWith({ store, clock, open, changed }) {
  return async (intent) => {
    const { vault, view } = open();
    const { staffId, device } = vault.user;
    const kept = await save({ store, key: vault.key, staffId, deviceId: device }, intent);
    // Kept and read back: the screen may say so. What lists and counts say follows when it is drawn.
    view.took(kept);
    clock.setTimeout(() => {
      Promise.all([changed("records"), changed("drafts")]).catch(() => {});
    }, DRAWN_BY_THEN);
    return kept.row;
  };
}
