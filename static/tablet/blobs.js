// Handing in photos: frozen bytes in pieces, going on where the office says it stands.
import { sha256 } from "./canonical.js";
import { bearer, NotReached, NotTheOffice, OfficeRefused } from "./http.js";
import { LEAST } from "./line.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./schema.js").PhotoRow} PhotoRow */
/** @typedef {(path: string, init: RequestInit) => Promise<Headers>} Ask */
/** @typedef {{ ask: Ask, room: () => number, token: string }} Way  `room`: bytes that the line carries at once */
/** @typedef {{ offset: number, complete: boolean }} Standing  how much of a photo the office holds */

const PIECE = 512 * 1024;
const MOST_TURNS = 5;

/**
 * Upload every photo of a saved record that the office has not confirmed. One that fails does not hold up the next.
 * @param {{ store: Store, ask: Ask, room: () => number, onSent: () => Promise<void> }} parts
 *   `room`: bytes that the line carries at once
 * @throws the first trouble met, after the others were tried; at once if the office is not reached
 */
export async function uploadPhotos({ store, ask, room, onSent }) {
  const tokens = new Map((await store.users()).map((user) => [user.staffId, user.sendToken]));
  /** @type {Error[]} */
  const troubles = [];
  /** @type {Set<string>} tokens that the office does not know; the other people's photos go all the same */
  const unknown = new Set();
  /** @param {unknown} error  @returns {OfficeRefused} */
  const spared = (error) => {
    if (!(error instanceof OfficeRefused) || error.passing) throw error;
    troubles.push(error);
    return error;
  };
  for (const photo of await store.unsentPhotos()) {
    if (unknown.has(photo.user)) continue;
    const way = { ask, room, token: tokens.get(photo.user) ?? "" };
    const refused = await upload(photo, store, way).catch(spared);
    if (refused?.status === 401) unknown.add(photo.user);
    if (!refused) await onSent().catch(spared);
  }
  if (troubles.length) throw troubles[0];
}

/**
 * @param {PhotoRow} photo
 * @param {Store} store
 * @param {Way} way
 */
async function upload(photo, store, way) {
  const bytes = await store.frozen(photo.sealed);
  if (!bytes || (await sha256(bytes)) !== photo.sealed) throw new OfficeRefused(0, "photo:damaged", "", new Headers());
  /** @type {Standing} */
  let standing = { offset: 0, complete: false };
  if (photo.tried) standing = await asked(photo.sealed, way);
  else await store.markPhoto(photo.sealed, { tried: 1 });
  for (let turns = 0; !standing.complete; ) {
    const next = await piece(photo.sealed, bytes, standing.offset, way);
    if (!next.complete && next.offset <= standing.offset && ++turns > MOST_TURNS)
      throw new NotReached("the upload does not move on");
    standing = next;
  }
  await store.markPhoto(photo.sealed, { complete: 1 });
}

/**
 * @param {string} sealed
 * @param {Way} way
 * @returns {Promise<Standing>}
 */
async function asked(sealed, { ask, token }) {
  try {
    return standingOf(await ask(`/sync/blobs/${sealed}`, { method: "HEAD", headers: bearer(token) }));
  } catch (error) {
    if (error instanceof OfficeRefused && error.status === 404) return { offset: 0, complete: false };
    throw error;
  }
}

/**
 * @param {string} sealed
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} offset
 * @param {Way} way
 * @returns {Promise<Standing>}
 */
async function piece(sealed, bytes, offset, way) {
  const { ask, room, token } = way;
  const headers = {
    ...bearer(token),
    "Content-Type": "application/octet-stream",
    "Upload-Offset": String(offset),
    "Upload-Length": String(bytes.length),
  };
  const body = bytes.slice(offset, offset + Math.min(PIECE, room()));
  try {
    return standingOf(await ask(`/sync/blobs/${sealed}`, { method: "PUT", headers, body }));
  } catch (error) {
    if (!(error instanceof OfficeRefused)) throw error;
    if (error.status === 409) return asked(sealed, way);
    if (error.tooMuch && body.length > LEAST) return piece(sealed, bytes, offset, way);
    // The office dropped what it had: something on the way changed it. Ours was checked, so begin again.
    if (error.status === 422 && error.code === "blob:hash_differs") return { offset: 0, complete: false };
    throw error;
  }
}

/** @param {Headers} headers @returns {Standing} */
function standingOf(headers) {
  const offset = headers.get("Upload-Offset");
  if (offset === null || !/^\d+$/.test(offset)) throw new NotTheOffice("no upload offset in the answer");
  return { offset: Number(offset), complete: headers.get("Upload-Complete") === "?1" };
}
