// One text for one value (RFC 8785), and the hash of it: what both sides compute alike.
import canonicalize from "canonicalize";

const encoder = new TextEncoder();

/**
 * Canonical JSON of a value made of strings, safe integers, booleans, arrays and objects.
 * A property that is `undefined` is absent.
 * @param {unknown} value
 * @returns {string}
 * @throws {TypeError} for null, fractions, lone surrogates and whatever else has no single text
 */
export function canonicalText(value) {
  const found = flaw(value);
  if (found) throw new TypeError(`$${found}`);
  return /** @type {string} */ (canonicalize(value));
}

/**
 * The same value with every string well-formed: a lone surrogate, as a broken keyboard leaves it, becomes U+FFFD; so
 * does NUL, as it is pasted from other programs, for no PostgreSQL keeps that.
 * @template T
 * @param {T} value
 * @returns {T}
 */
export function wellFormed(value) {
  if (typeof value === "string") return /** @type {T} */ (keepable(value));
  if (Array.isArray(value)) return /** @type {T} */ (value.map(wellFormed));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, inner]) => [keepable(key), wellFormed(inner)]);
  return Object.fromEntries(entries);
}

/** @param {string} text */
const keepable = (text) => text.toWellFormed().replaceAll("\0", "\ufffd");

/** @param {string} text */
export const utf8 = (text) => encoder.encode(text);

/**
 * @param {string | Uint8Array<ArrayBuffer>} content  a string is hashed as UTF-8
 * @returns {Promise<string>} lower-case hex
 */
export async function sha256(content) {
  const bytes = typeof content === "string" ? utf8(content) : content;
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** @param {Uint8Array} bytes */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {unknown} value
 * @returns {string} what has no single text, and where: ".strokes[3] is null"; "" if all has
 */
function flaw(value) {
  if (typeof value === "number") return Number.isSafeInteger(value) ? "" : " is not a safe integer";
  if (typeof value === "string") return value.isWellFormed() ? "" : " is not well-formed";
  if (typeof value === "boolean") return "";
  if (value === null || typeof value !== "object") return ` is ${value}`;
  return Array.isArray(value) ? flawInList(value) : flawInObject(value);
}

/** @param {unknown[]} list */
function flawInList(list) {
  for (let i = 0; i < list.length; i++) {
    const found = flaw(list[i]);
    if (found) return `[${i}]${found}`;
  }
  return "";
}

/** @param {object} value */
function flawInObject(value) {
  for (const [key, inner] of Object.entries(value)) {
    if (!key.isWellFormed()) return " has a key that is not well-formed";
    const found = inner === undefined ? "" : flaw(inner);
    if (found) return `.${key}${found}`;
  }
  return "";
}
