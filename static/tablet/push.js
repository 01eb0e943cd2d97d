// Handing in what was saved: frozen operations in order, in batches, with a token that needs no PIN.
import { asciiText } from "./freeze.js";
import { OfficeRefused } from "./http.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./schema.js").OperationRow} OperationRow */
/** @typedef {import("./types.js").Receipt} Receipt */
/** @typedef {{ op_id: string, op_seq: number, digest: string, jwe: string }} Sent */
/** @typedef {{ device_time: string, app_version: string, unsent: { count: number, oldest_at?: string, photos: number, drafts: number }, storage: { persisted: boolean, usage: number, quota: number, wiped: boolean } }} Told */

const MOST = 100;
const STATES = { applied: "received", review: "review", rejected: "rejected", held: "held" };

/**
 * Send until nothing is left to send, each author's work under that author's token. An operation that the office
 * cannot take does not hold up the others: it is tried alone, and again next time.
 * @param {{ store: Store, post: (token: string, message: any) => Promise<any>, room: () => number, tell: () => Promise<Told>, greet: boolean, onReceipts: () => Promise<void>, onAnswer?: (staffId: string, answer: any) => Promise<void> }} parts
 *   `room`: bytes that the line carries at once
 *   `greet`: push even if there is nothing to send, so that the office hears how this tablet is
 *   `onAnswer`: called with each answer, before its receipts are kept
 * @throws the first trouble met, after everything else was tried; at once if the office is not reached
 */
export async function push({ store, post, room, tell, greet, onReceipts, onAnswer = async () => {} }) {
  const users = await store.users();
  /** @type {Error[]} */
  const troubles = [];
  for (const user of users) {
    const rows = (await store.unsent()).filter((row) => row.user === user.staffId);
    await inBatches(store, rows, greet, room, async (batch) => {
      const operations = await Promise.all(batch.map((row) => sentForm(store, row)));
      const answer = await post(user.sendToken, { ...(await tell()), operations });
      await onAnswer(user.staffId, answer);
      await store.keepReceipts(understood(batch, answer?.receipts));
      await onReceipts();
    }).catch((error) => {
      if (!(error instanceof OfficeRefused)) throw error;
      troubles.push(error);
    });
  }
  if (troubles.length) throw troubles[0];
}

/**
 * @param {Store} store
 * @param {OperationRow[]} rows
 * @param {boolean} greet
 * @param {() => number} room
 * @param {(batch: OperationRow[]) => Promise<void>} send
 */
async function inBatches(store, rows, greet, room, send) {
  /** @type {Error[]} */
  const troubles = [];
  if (greet && !rows.length) await send([]);
  for (let at = 0; at < rows.length; ) {
    const batch = await nextBatch(store, rows, at, room());
    await sendApart(batch, send, troubles);
    at += batch.length;
  }
  if (troubles.length) throw troubles[0];
}

/**
 * Halve a batch that is refused as a whole, down to the operation that is the cause.
 * @param {OperationRow[]} batch
 * @param {(batch: OperationRow[]) => Promise<void>} send
 * @param {Error[]} troubles
 */
async function sendApart(batch, send, troubles) {
  try {
    await send(batch);
  } catch (error) {
    if (!(error instanceof OfficeRefused) || error.passing || error.status === 401 || error.status === 403) throw error;
    if (batch.length === 1) {
      troubles.push(error);
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await sendApart(batch.slice(0, half), send, troubles);
    await sendApart(batch.slice(half), send, troubles);
  }
}

/**
 * @param {Store} store
 * @param {OperationRow[]} rows
 * @param {number} from
 * @param {number} room
 */
async function nextBatch(store, rows, from, room) {
  let bytes = 0;
  let to = from;
  while (to < rows.length && to - from < MOST) {
    bytes += (await store.frozen(rows[to].opId))?.length ?? 0;
    if (to > from && bytes > room) break;
    to += 1;
  }
  return rows.slice(from, to);
}

/**
 * @param {Store} store
 * @param {OperationRow} row
 * @returns {Promise<Sent>}
 */
export async function sentForm(store, row) {
  const bytes = await store.frozen(row.opId);
  if (!bytes) throw new Error(`operation ${row.opId} has lost its bytes`);
  return { op_id: row.opId, op_seq: row.opSeq, digest: row.digest, jwe: asciiText(bytes) };
}

/**
 * Receipts for what was sent. One that names another digest is no receipt for our bytes, unless it says just that.
 * @param {OperationRow[]} batch
 * @param {unknown} receipts
 * @returns {{ receipt: Receipt, state: OperationRow["state"] }[]}
 */
function understood(batch, receipts) {
  if (!Array.isArray(receipts)) throw new OfficeRefused(502, "sync:no_receipts", "", new Headers());
  const sent = new Map(batch.map((row) => [row.opId, row]));
  const fitting = /** @type {Receipt[]} */ (receipts).filter((receipt) => fits(receipt, sent.get(receipt?.op_id)));
  if (!fitting.length && batch.length) throw new OfficeRefused(502, "sync:no_receipts", "", new Headers());
  return fitting.map((receipt) => ({
    receipt: { ...receipt, missing: receipt.missing ?? [] },
    state: /** @type {OperationRow["state"]} */ (STATES[receipt.status]),
  }));
}

/**
 * @param {Receipt} receipt
 * @param {OperationRow | undefined} row
 */
function fits(receipt, row) {
  // Damaged on the way and not kept by the office: it is sent again.
  if (!row || !(receipt.status in STATES) || receipt.code === "operation:hash_differs") return false;
  return receipt.digest === row.digest || receipt.code === "operation:digest_differs";
}
