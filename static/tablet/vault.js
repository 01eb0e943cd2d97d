// The vault: one random data key per user and tablet, wrapped by the PIN, under which all that is personal rests.
import { utf8 } from "./canonical.js";
import { Refused } from "./errors.js";
import { _ } from "./i18n.js";

/** @typedef {{ iv: Uint8Array<ArrayBuffer>, bytes: Uint8Array<ArrayBuffer> }} Sealed */
/** @typedef {{ salt: Uint8Array<ArrayBuffer>, iterations: number, wrapped: Sealed }} Lock  what opens with the PIN */

const ITERATIONS = 600_000;
const MIN_PIN = 6;
const AES = { name: "AES-GCM", length: 256 };

/**
 * A new data key. `raw` is for the escrow only: encrypt it to the office and forget it.
 * @param {string} pin
 * @returns {Promise<{ lock: Lock, key: CryptoKey, raw: Uint8Array<ArrayBuffer> }>}
 */
export async function newVault(pin) {
  requireGoodPin(pin);
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const extractable = await crypto.subtle.importKey("raw", raw, AES, true, ["encrypt", "decrypt"]);
  return { lock: await lockWith(pin, extractable), key: await keyOf(raw), raw };
}

/**
 * A data key that came back from the office's safe, under a new PIN.
 * @param {Uint8Array<ArrayBuffer>} raw
 * @param {string} pin
 * @returns {Promise<Lock>}
 */
export async function lockAnew(raw, pin) {
  requireGoodPin(pin);
  return lockWith(pin, await crypto.subtle.importKey("raw", raw, AES, true, ["encrypt", "decrypt"]));
}

/**
 * @param {Uint8Array<ArrayBuffer>} raw
 * @returns {Promise<CryptoKey>} cannot be exported
 */
export function keyOf(raw) {
  return crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
}

/**
 * @param {Lock} lock
 * @param {string} pin
 * @returns {Promise<CryptoKey>} cannot be exported
 * @throws `vault:wrong_pin`
 */
export function openVault(lock, pin) {
  return unwrap(lock, pin, false);
}

/**
 * The same data key under another PIN.
 * @param {Lock} lock
 * @param {string} from
 * @param {string} to
 * @returns {Promise<Lock>}
 */
export async function relock(lock, from, to) {
  requireGoodPin(to);
  return lockWith(to, await unwrap(lock, from, true));
}

/** @param {string} pin */
export function requireGoodPin(pin) {
  if (!new RegExp(`^[0-9]{${MIN_PIN},}$`).test(pin)) {
    throw new Refused("pin:too_short", _("The PIN needs at least 6 digits."));
  }
}

/**
 * @param {CryptoKey} key
 * @param {string} place  where the ciphertext will stand; it opens nowhere else
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<Sealed>}
 */
export async function seal(key, place, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const cipher = { name: "AES-GCM", iv, additionalData: utf8(place) };
  return { iv, bytes: new Uint8Array(await crypto.subtle.encrypt(cipher, key, bytes)) };
}

/**
 * @param {CryptoKey} key
 * @param {string} place
 * @param {Sealed} sealed
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function unseal(key, place, sealed) {
  const cipher = { name: "AES-GCM", iv: sealed.iv, additionalData: utf8(place) };
  return new Uint8Array(await crypto.subtle.decrypt(cipher, key, sealed.bytes));
}

/**
 * @param {CryptoKey} key
 * @param {string} place
 * @param {unknown} value
 */
export const sealValue = (key, place, value) => seal(key, place, utf8(JSON.stringify(value)));

/**
 * @param {CryptoKey} key
 * @param {string} place
 * @param {Sealed} sealed
 * @returns {Promise<any>}
 */
export const unsealValue = async (key, place, sealed) =>
  JSON.parse(new TextDecoder().decode(await unseal(key, place, sealed)));

/**
 * @param {string} pin
 * @param {CryptoKey} key  extractable
 * @returns {Promise<Lock>}
 */
async function lockWith(pin, key) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const kek = await keyFromPin(pin, salt, ITERATIONS);
  const bytes = new Uint8Array(await crypto.subtle.wrapKey("raw", key, kek, { name: "AES-GCM", iv }));
  return { salt, iterations: ITERATIONS, wrapped: { iv, bytes } };
}

/**
 * @param {Lock} lock
 * @param {string} pin
 * @param {boolean} extractable
 */
async function unwrap(lock, pin, extractable) {
  const kek = await keyFromPin(pin, lock.salt, lock.iterations);
  const { iv, bytes } = lock.wrapped;
  try {
    return await crypto.subtle.unwrapKey("raw", bytes, kek, { name: "AES-GCM", iv }, AES, extractable, [
      "encrypt",
      "decrypt",
    ]);
  } catch {
    throw new Refused("vault:wrong_pin", _("That PIN is not right."));
  }
}

/**
 * @param {string} pin
 * @param {Uint8Array<ArrayBuffer>} salt
 * @param {number} iterations
 */
async function keyFromPin(pin, salt, iterations) {
  const secret = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, secret, AES, false, ["wrapKey", "unwrapKey"]);
}
