// One round with the office: hand in records, hand in photos, fetch what changed, forget what is long safe.
import { uploadPhotos } from "./blobs.js";
import { iso } from "./days.js";
import { NotReached, OfficeRefused } from "./http.js";
import { push } from "./push.js";
import { isSafe, mayForget } from "./records.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./view.js").View} View */

const GREET_EVERY = 10 * 60_000;

/**
 * @typedef {object} Round
 * @property {Store} store
 * @property {import("./http.js").Office} office
 * @property {() => number} now
 * @property {() => Promise<import("./push.js").Told>} tell
 * @property {import("./standing.js").Standing} standing
 * @property {() => Promise<boolean>} shut  lock, so that nothing more is written here; false while somebody signs
 * @property {() => Promise<void>} empty  delete all that is confirmed; called when the office knows that it will be
 * @property {() => { vault: import("./session.js").Open, view: View } | undefined} open  undefined while locked
 * @property {(what: "records" | "documents") => Promise<void>} changed
 * @property {(name: string) => Promise<void>} called  the user has another name by now
 * @property {boolean} [turnedAway]  the office would not let this tablet read: it asks why
 * @property {number} [officeTime]  by the office's clock, as it told in this round, ms
 */

/**
 * @param {Round} round
 * @returns {Promise<Error | undefined>} the first trouble met; the other steps were tried all the same
 */
export async function goRound(round) {
  /** @type {Error[]} */
  const troubles = [];
  for (const step of [escrow, handIn, handInPhotos, fetchChanges, handInAgain, forget, leave]) {
    try {
      await step(round);
    } catch (error) {
      troubles.push(/** @type {Error} */ (error));
      if (error instanceof NotReached) break;
    }
  }
  const contact = (await round.store.contact()) ?? { lastOkAt: "", toldAt: 0 };
  if (!troubles.length && (await round.store.users()).length)
    await round.store.keepContact({ ...contact, lastOkAt: iso(round.now()) });
  return troubles[0];
}

/** Once in each epoch of the office: one restored from a backup may have lost it. @param {Round} round */
async function escrow({ store, office, open }) {
  const vault = open()?.vault;
  if (!vault?.user.escrow) return;
  const { staffId, escrow: jwe, escrowedIn } = vault.user;
  const epoch = (await store.scope(staffId))?.epoch ?? "";
  if (escrowedIn === epoch) return;
  await office.post("/sync/escrow", vault.readToken, { jwe });
  await store.changeUser(staffId, { escrowedIn: epoch });
  vault.user.escrowedIn = epoch;
}

/** @param {Round} round */
async function handIn({ store, office, now, tell, standing, turnedAway = false, changed }) {
  const contact = (await store.contact()) ?? { lastOkAt: "", toldAt: 0 };
  const greet = (await standing.mustBeHeard()) || turnedAway || Math.abs(now() - contact.toldAt) > GREET_EVERY;
  await push({
    store,
    tell,
    greet,
    post: (token, message) => office.post("/sync/push", token, message),
    room: () => office.room,
    onReceipts: () => changed("records"),
    onAnswer: async (staffId, answer) => {
      await standing.heard(staffId, answer);
      await startOverAfterRestore(store, staffId, answer?.epoch);
    },
  });
  if (greet) await store.keepContact({ ...contact, toldAt: now() });
}

/**
 * The office came back from a backup: what it lost is sent again, also by a tablet that nobody opens any more.
 * @param {Store} store
 * @param {string} staffId
 * @param {unknown} epoch
 */
async function startOverAfterRestore(store, staffId, epoch) {
  const scope = await store.scope(staffId);
  if (typeof epoch !== "string" || !scope?.epoch || scope.epoch === epoch) return;
  await store.startOver(scope, { epoch, resend: true, at: scope.anewAt });
}

/** Photos may take half an hour: what is saved meanwhile goes before the next of them. @param {Round} round */
async function handInPhotos(round) {
  const { store, office, changed } = round;
  const tried = new Set((await store.unsent()).map(({ opId }) => opId));
  await uploadPhotos({
    store,
    ask: (path, init) => office.headers(path, init),
    room: () => office.room,
    onSent: async () => {
      await changed("records");
      const saved = (await store.unsent()).filter(({ opId }) => !tried.has(opId));
      for (const { opId } of saved) tried.add(opId);
      if (saved.length) await handIn(round);
    },
  });
}

/** @param {Round} round */
async function fetchChanges(round) {
  const { office, standing, open, changed, called } = round;
  const at = open();
  if (!at || (await standing.withdrawn())) return;
  const pulled = at.view.puller.pull({
    get: async (cursor, onNext) => {
      const path = `/sync/pull?cursor=${encodeURIComponent(cursor)}`;
      const page = await office.get(path, at.vault.readToken, (head) => onNext(head.get("Next-Cursor")));
      round.officeTime = Date.parse(page?.server_time);
      await standing.heard(at.vault.user.staffId, page);
      if (page?.staff_name && page.staff_name !== at.vault.user.name) await called(page.staff_name);
      return page;
    },
    open: () => open()?.view === at.view,
    onPage: () => changed("documents"),
  });
  await pulled.catch((error) => {
    round.turnedAway = error instanceof OfficeRefused && error.status === 401;
    throw error;
  });
}

/** After a restore of the office what it lost is sent once more; and whoever was turned away asks why. @param {Round} round */
async function handInAgain(round) {
  if (round.turnedAway || (await round.store.unsent()).length || (await round.store.unsentPhotos()).length) {
    await handIn(round);
    await handInPhotos(round);
  }
}

/** A tablet's clock set wrong for a minute must not make it forget: the office's own counts. @param {Round} round */
async function forget({ store, officeTime, open, changed }) {
  const view = open()?.view;
  if (!view || !officeTime) return;
  const safe = view.kept().filter(({ row }) => isSafe(row, view.pulledRecord(row.opId), view.photos()));
  const fresh = safe.filter(({ row }) => !row.safeAt).map(({ row }) => row.opId);
  if (fresh.length) await store.markSafe(fresh, iso(officeTime));
  const old = safe.filter(({ row }) => mayForget(row.safeAt ?? "", officeTime)).map(({ row }) => row.opId);
  if (old.length) await store.dropOperations(old);
  if (fresh.length || old.length) await changed("records");
}

/** Withdrawn by the office: when all is handed in, tell it and be empty. @param {Round} round */
async function leave({ store, office, standing, shut, empty }) {
  if (!(await standing.withdrawn()) || !(await shut()) || (await store.unconfirmed())) return;
  for (const { staffId, sendToken } of await store.users()) {
    await office.post("/sync/wiped", sendToken, { drafts: (await store.drafts(staffId)).length });
  }
  await empty();
}
