// One round with the office: hand in records, hand in photos, fetch what changed, forget what is long safe.
import { uploadPhotos } from "./blobs.js";
import { iso } from "./days.js";
import { NotReached } from "./http.js";
import { push } from "./push.js";
import { mayForget } from "./records.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./view.js").View} View */

const GREET_EVERY = 10 * 60_000;

/**
 * @typedef {object} Round
 * @property {Store} store
 * @property {import("./http.js").Office} office
 * @property {() => number} now
 * @property {() => Promise<import("./push.js").Told>} tell
 * @property {() => { vault: import("./session.js").Open, view: View } | undefined} open  undefined while locked
 * @property {(what: "records" | "documents") => Promise<void>} changed
 * @property {number} [officeTime]  by the office's clock, as it told in this round, ms
 */

/**
 * @param {Round} round
 * @returns {Promise<Error | undefined>} the first trouble met; the other steps were tried all the same
 */
export async function goRound(round) {
  /** @type {Error[]} */
  const troubles = [];
  for (const step of [escrow, handIn, handInPhotos, fetchChanges, handInAgain, forget]) {
    try {
      await step(round);
    } catch (error) {
      troubles.push(/** @type {Error} */ (error));
      if (error instanceof NotReached) break;
    }
  }
  const contact = (await round.store.contact()) ?? { lastOkAt: "", toldAt: 0 };
  if (!troubles.length) await round.store.keepContact({ ...contact, lastOkAt: iso(round.now()) });
  return troubles[0];
}

/** @param {Round} round */
async function escrow({ store, office, open }) {
  const vault = open()?.vault;
  if (!vault?.user.escrow) return;
  await office.post("/sync/escrow", vault.readToken, { jwe: vault.user.escrow });
  await store.changeUser(vault.user.staffId, { escrow: "" });
  vault.user.escrow = "";
}

/** @param {Round} round */
async function handIn({ store, office, now, tell, changed }) {
  const contact = (await store.contact()) ?? { lastOkAt: "", toldAt: 0 };
  const greet = Math.abs(now() - contact.toldAt) > GREET_EVERY;
  await push({
    store,
    tell,
    greet,
    post: (token, message) => office.post("/sync/push", token, message),
    onReceipts: () => changed("records"),
  });
  if (greet) await store.keepContact({ ...contact, toldAt: now() });
}

/** @param {Round} round */
async function handInPhotos({ store, office, changed }) {
  await uploadPhotos({ store, ask: (path, init) => office.headers(path, init), onSent: () => changed("records") });
}

/** @param {Round} round */
async function fetchChanges(round) {
  const { office, open, changed } = round;
  const at = open();
  if (!at) return;
  await at.view.puller.pull({
    get: async (cursor) => {
      const page = await office.get(`/sync/pull?cursor=${encodeURIComponent(cursor)}`, at.vault.readToken);
      round.officeTime = Date.parse(page?.server_time);
      return page;
    },
    open: () => open()?.view === at.view,
    onPage: () => changed("documents"),
  });
}

/** After a restore of the office what it lost is sent once more. @param {Round} round */
async function handInAgain(round) {
  if ((await round.store.unsent()).length || (await round.store.unsentPhotos()).length) {
    await handIn(round);
    await handInPhotos(round);
  }
}

/** A tablet's clock set wrong for a minute must not make it forget: the office's own counts. @param {Round} round */
async function forget({ store, officeTime, open, changed }) {
  const view = open()?.view;
  if (!view || !officeTime) return;
  const safe = view.kept().filter(({ row }) => mayForget(row, view.pulledRecord(row.opId), view.photos(), officeTime));
  if (!safe.length) return;
  await store.dropOperations(safe.map(({ row }) => row.opId));
  await changed("records");
}
