// Where each saved record is: on this tablet, received, complete, or in need of a look.
import { versionKey } from "./briefing.js";

/** @typedef {import("./schema.js").OperationRow} OperationRow */
/** @typedef {import("./schema.js").PhotoRow} PhotoRow */
/** @typedef {import("./types.js").RecordRow} RecordRow */
/** @typedef {import("./types.js").RecordDoc} RecordDoc */
/** @typedef {import("./types.js").UnitRow} UnitRow */

/**
 * @typedef {object} Brief  What lists need of an operation; sealed beside it.
 * @property {string} number
 * @property {string} name
 * @property {string} unitNumber
 * @property {import("./types.js").Words} unitLabel
 * @property {string[]} settles  tasks
 * @property {string[]} answers  issues called back on
 * @property {number} [given]  answers, those about work orders too
 * @property {SheetBrief[]} [sheets]  of surveys, of which something became
 * @property {number} issues
 * @property {number} signatures
 * @property {boolean} ownerSigned
 * @property {import("./types.js").Rating | ""} rating
 * @property {import("./types.js").Outcome | ""} outcome
 * @property {import("./types.js").RecordMethod} method
 * @property {string} [copyToken]  of the link to the owner's copy of a visit
 * @property {string} [note]  of an addendum, or what was noticed on an inspection
 * @property {import("./types.js").Try} [tried]  by an attempt
 * @property {import("./types.js").NumberCalled} [called]
 * @property {string} [mends]  the act that an addendum answers
 * @property {{ about: import("./types.js").About, person?: string, value: Record<string, string> }} [correction]
 * @property {import("./types.js").VersionRead[]} [read]  of a reading of the briefing
 */

/** @typedef {{ sheet_id: string, survey_id: string, number: string, collect_at: string }} SheetBrief  collect_at: as agreed; "" of one that came back or was declined */

/** @typedef {{ row: OperationRow, brief: Brief }} Kept  An operation kept on the tablet, and what its lists say. */

/**
 * Days for which a record stays on the tablet after the office has all of it. An office restored from a backup that is
 * younger than this gets everything again: back up at least this often.
 */
export const DAYS_KEPT = 30;

/** @type {Record<OperationRow["kind"], RecordRow["kind"]>} */
const KINDS = {
  "visit.hold": "visit",
  "attempt.record": "attempt",
  "visit.append": "addendum",
  "owner.correct": "correction",
  "briefing.read": "briefing",
  "inspection.record": "inspection",
};

/** Here something must still be decided or be known. */
const TROUBLES = new Set(["review", "rejected", "held", "set_aside"]);

/**
 * @param {Kept} kept
 * @param {RecordDoc | undefined} pulled
 * @param {Map<string, PhotoRow>} photos  by `sealed`
 * @returns {RecordRow}
 */
export function recordOf({ row, brief }, pulled, photos) {
  const sent = row.photos.filter((sealed) => photos.get(sealed)?.complete).length;
  const state = stateOf(row, pulled, sent === row.photos.length);
  const troubled = TROUBLES.has(state);
  return {
    opId: row.opId,
    entityId: row.entity,
    kind: KINDS[row.kind],
    correction: correctionOf(brief, pulled),
    note: brief.note ?? "",
    unitId: row.unit,
    unitNumber: brief.unitNumber,
    unitLabel: brief.unitLabel,
    name: brief.name,
    at: row.at,
    state,
    number: brief.number,
    receipt: pulled?.receipt || row.receipt?.number || "",
    code: troubled ? (row.receipt?.code ?? "") : "",
    reason: troubled ? (row.receipt?.reason ?? "") : "",
    decided: pulled?.decided ?? null,
    mend: pulled?.mend ?? null,
    photos: { total: row.photos.length, sent: state === "complete" ? row.photos.length : sent },
    issues: brief.issues,
    answers: brief.given ?? brief.answers.length,
    sheets: brief.sheets?.length ?? 0,
    signatures: brief.signatures,
    ownerSigned: brief.ownerSigned,
    outcome: brief.outcome,
    method: brief.method,
    copy: row.kind === "visit.hold",
  };
}

/** A line that says nothing but what is given. @param {Partial<Brief>} said @returns {Brief} */
export function briefOf(said) {
  return {
    number: "",
    name: "",
    unitNumber: "",
    unitLabel: { zh: "", en: "" },
    settles: [],
    answers: [],
    issues: 0,
    signatures: 0,
    ownerSigned: false,
    rating: "",
    outcome: "",
    method: "door",
    ...said,
  };
}

/**
 * What was noted about an owner file, and where it stands.
 * @param {Brief} brief
 * @param {RecordDoc | undefined} pulled
 * @returns {RecordRow["correction"]}
 */
function correctionOf({ correction }, pulled) {
  if (!correction) return null;
  return { state: "waiting", ...pulled?.correction, about: correction.about, value: correction.value };
}

/**
 * A record that only the office still holds: this tablet dropped it, or never had it.
 * @param {RecordDoc} pulled
 * @param {UnitRow | undefined} unit
 * @returns {RecordRow}
 */
export function recordFromOffice(pulled, unit) {
  return {
    opId: pulled.op_id,
    entityId: pulled.visit_id,
    kind: pulled.kind,
    correction: pulled.correction ? { ...pulled.correction, value: null } : null,
    note: "",
    unitId: pulled.unit_id,
    unitNumber: unit?.number ?? "",
    unitLabel: unit?.label ?? pulled.where ?? { zh: "", en: "" },
    name: unit?.name ?? "",
    at: pulled.at,
    state: pulled.status === "applied" ? (pulled.complete ? "complete" : "received") : pulled.status,
    number: pulled.number,
    receipt: pulled.receipt,
    code: "",
    reason: "",
    decided: pulled.decided ?? null,
    mend: pulled.mend ?? null,
    photos: { total: pulled.missing.length, sent: 0 },
    issues: 0,
    answers: 0,
    sheets: 0,
    signatures: 0,
    ownerSigned: false,
    outcome: "",
    method: "door",
    copy: false,
  };
}

/**
 * Do the pulled documents show what this record did, or will they never? While the office only keeps it, as from a
 * withdrawn tablet or for a newer server, the tablet's own work stays in view.
 * @param {RecordDoc | undefined} pulled
 */
export const isSettled = (pulled) =>
  pulled !== undefined && (pulled.entered !== false || pulled.status === "rejected" || pulled.status === "set_aside");

/**
 * Is all of it at the office? The operation's hash is confirmed, and every photo's.
 * @param {OperationRow} row
 * @param {RecordDoc | undefined} pulled
 * @param {Map<string, PhotoRow>} photos
 */
export function isSafe({ receipt, digest, photos: named }, pulled, photos) {
  if (receipt?.status !== "applied" || receipt.digest !== digest) return false;
  return pulled?.complete === true && named.every((sealed) => photos.get(sealed)?.complete);
}

/**
 * May the tablet forget it? Only when the office has had all of it for longer than its backups go back, both moments
 * by the office's clock: no tablet's clock makes a record go early.
 * @param {string} safeAt  when all of it was first seen to be there; "" if not yet
 * @param {number} now
 */
export const mayForget = (safeAt, now) => safeAt !== "" && !isRecent(safeAt, now);

/**
 * The records with what is asked of them, but for what a note on this tablet answers already; one that was refused
 * answers nothing.
 * @param {RecordRow[]} records
 * @param {Iterable<Kept>} kept
 * @returns {RecordRow[]}
 */
export function stillToMend(records, kept) {
  const taken = [...kept].filter(({ row }) => row.state !== "rejected");
  const answered = new Set(taken.map(({ brief }) => brief.mends).filter(Boolean));
  return records.map((record) => (record.mend && answered.has(record.mend.act) ? { ...record, mend: null } : record));
}

/**
 * What of the briefing this user has read, on whichever tablet, as `id:version`; what the office refused is not read.
 * @param {Iterable<Kept>} kept
 * @param {Iterable<RecordDoc>} pulled
 * @returns {Set<string>}
 */
export function readVersions(kept, pulled) {
  const here = [...kept].filter(({ row }) => row.state !== "rejected").flatMap(({ brief }) => brief.read ?? []);
  const there = [...pulled].flatMap((record) => record.read ?? []);
  return new Set([...here, ...there].map(versionKey));
}

/**
 * Of readings of the briefing only those are shown that are not at the office yet or are in trouble there.
 * @param {RecordRow[]} records
 * @returns {RecordRow[]}
 */
export const worthShowing = (records) =>
  records.filter(({ kind, state }) => kind !== "briefing" || (state !== "received" && state !== "complete"));

/**
 * Recent enough to be kept and shown.
 * @param {string} at
 * @param {number} now
 */
export const isRecent = (at, now) => now - Date.parse(at) <= DAYS_KEPT * 86_400_000;

/**
 * @param {OperationRow} row
 * @param {RecordDoc | undefined} pulled
 * @param {boolean} allPhotosSent
 * @returns {import("./types.js").RecordState}
 */
function stateOf(row, pulled, allPhotosSent) {
  if (row.state === "here") return "here";
  const later = pulled?.status || row.state;
  if (later === "review" || later === "rejected" || later === "held" || later === "set_aside") return later;
  return allPhotosSent || pulled?.complete ? "complete" : "received";
}
