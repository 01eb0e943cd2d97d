// Saving: an operation is sealed, frozen and written once, read back, and only then called saved.
import { sha256, wellFormed } from "./canonical.js";
import { Refused } from "./errors.js";
import { chain } from "./evidence.js";
import { asciiText, freezeOperation } from "./freeze.js";
import { _ } from "./i18n.js";
import { newId } from "./ids.js";
import { sentForm } from "./push.js";
import { seal, sealValue, unsealValue } from "./vault.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./schema.js").OperationRow} OperationRow */
/** @typedef {import("./types.js").Evidence} Evidence */
/** @typedef {import("./records.js").Brief} Brief */

/**
 * @typedef {object} Desk  Whose hand saves, and with which key.
 * @property {Store} store
 * @property {CryptoKey} key  of the vault
 * @property {string} staffId
 * @property {string} deviceId
 */

/**
 * @typedef {object} Intent  What is to be saved.
 * @property {import("./types.js").Operation<unknown>["kind"]} kind
 * @property {string} entity
 * @property {string} unit
 * @property {string} estate
 * @property {number} baseVersion
 * @property {number} now
 * @property {Omit<Evidence, "prev" | "seal">[]} signatures
 * @property {(signatures: Evidence[]) => object} body
 * @property {string[]} photos  `sealed`
 * @property {Brief} brief
 * @property {string} [jotted]  what was written for it on a page without a draft
 */

/**
 * @param {Desk} desk
 * @param {Intent} intent
 * @returns {Promise<import("./records.js").Kept>} the operation as it was read back; an earlier one if this was saved before
 */
export async function save(desk, intent) {
  for (;;) {
    const operation = await frozenWith(desk, intent);
    const saved = await desk.store.saveOperation(operation);
    // Another save came between; its evidence is now the last of the chain, and ours must name it.
    if (saved === "moved") continue;
    if (saved === "gone") throw new Refused("draft:gone", _("This visit was saved or deleted already."));
    if (saved === "saved") return { row: await readBack(desk.store, operation.row), brief: intent.brief };
    const row = await readBack(desk.store, saved);
    return { row, brief: await unsealValue(desk.key, briefPlace(row.opId), row.brief) };
  }
}

/**
 * Everything that the office lacks, as a file: the very bytes that would be sent. Readable by the office only.
 * Lines of JSON: a head, one for each operation, one for each photo, and an end that counts them, so that the office
 * reads it piece by piece and notices when some of it is missing.
 * @param {Store} store
 * @param {string} madeAt
 * @returns {Promise<Blob>}
 */
export async function exportOf(store, madeAt) {
  const rows = await store.unsent();
  const lines = [line({ format: "doorstep/unsent", v: 2, made_at: madeAt })];
  for (const row of rows) lines.push(line({ operation: { ...(await sentForm(store, row)), device: row.device } }));
  let blobs = 0;
  for (const { sealed, op } of await store.unsentPhotos()) {
    const bytes = await store.frozen(sealed);
    const device = (await store.operation(op))?.device;
    if (!bytes || !device) continue;
    lines.push(line({ blob: { sealed, op_id: op, device, jwe: asciiText(bytes) } }));
    blobs += 1;
  }
  lines.push(line({ end: { operations: rows.length, blobs } }));
  return new Blob(lines, { type: "application/x-ndjson" });
}

/**
 * The version of each kind's body that this app writes.
 * @type {Record<Intent["kind"], number>}
 */
const VERSIONS = {
  "visit.hold": 9,
  "attempt.record": 2,
  "visit.append": 2,
  "owner.correct": 1,
  "briefing.read": 1,
  "inspection.record": 1,
};

/** What is written down in a draft before it is saved. */
const OF_A_DRAFT = new Set(["visit.hold", "inspection.record"]);

/** Handed to the browser at once, which may keep it on the disk. @param {object} value */
const line = (value) => new Blob([JSON.stringify(value), "\n"]);

/**
 * @param {Desk} desk
 * @param {Intent} intent
 * @returns {Promise<import("./schema.js").NewOperation>}
 */
async function frozenWith({ store, key, staffId, deviceId }, intent) {
  const { device: was, signingKey, serverKey } = await store.sealing(deviceId);
  if (!was || !signingKey || !serverKey) throw new Error(`device ${deviceId} or its keys are not here`);
  const signed = await chain(intent.signatures, was.prev, signingKey.privateKey);
  const opId = newId(intent.now);
  const opSeq = was.opSeq + 1;
  const at = new Date(intent.now).toISOString();
  const operation = wellFormed({
    op_id: opId,
    op_seq: opSeq,
    v: VERSIONS[intent.kind],
    kind: intent.kind,
    estate_id: intent.estate,
    entity_id: intent.entity,
    base_version: intent.baseVersion,
    author: staffId,
    at,
    body: intent.body(signed.sealed),
  });
  const brief = sealValue(key, briefPlace(opId), intent.brief);
  const { bytes, digest, plain } = await freezeOperation(operation, serverKey);
  const copy = seal(key, copyPlace(opId), plain);
  return {
    row: {
      opId,
      opSeq,
      user: staffId,
      device: deviceId,
      estate: intent.estate,
      entity: intent.entity,
      unit: intent.unit,
      kind: intent.kind,
      at,
      digest,
      state: "here",
      receipt: null,
      photos: intent.photos,
      brief: await brief,
    },
    frozen: { id: opId, bytes },
    copy: { id: opId, ...(await copy) },
    was,
    device: { ...was, opSeq, prev: signed.head },
    ofDraft: OF_A_DRAFT.has(intent.kind),
    jotted: intent.jotted ?? "",
  };
}

/**
 * @param {Store} store
 * @param {OperationRow} row
 */
async function readBack(store, row) {
  const { kept, bytes } = await store.whatWasKept(row.opId);
  if (!kept || !bytes || (await sha256(bytes)) !== kept.digest) {
    throw new Refused("storage:not_kept", _("The tablet did not keep the record. Please save it again."));
  }
  return kept;
}

/** @param {string} opId */
export const briefPlace = (opId) => `brief:${opId}`;

/** @param {string} id  of what was frozen */
export const copyPlace = (id) => `copy:${id}`;
