// Evidence of a signature: bound to the statement shown, chained to the tablet's previous one, sealed by its key.
import { canonicalText, sha256, utf8, wellFormed } from "./canonical.js";

/** @typedef {import("./types.js").Evidence} Evidence */
/** @typedef {Omit<Evidence, "seal">} Unsealed */

export const FIRST = "0".repeat(64);
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * The tablet's own key; its private half cannot leave.
 * @returns {Promise<CryptoKeyPair>}
 */
export async function newSigningKey() {
  return /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]));
}

/** @param {CryptoKeyPair} pair @returns {Promise<JsonWebKey>} with the members that name the key, and no others */
export async function publicJwk(pair) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { kty, crv, x, y };
}

/**
 * Seal one visit's signatures in order, each naming the one before.
 * @param {Omit<Unsealed, "prev">[]} signatures
 * @param {string} head  hash of the tablet's last evidence
 * @param {CryptoKey} key
 * @returns {Promise<{ sealed: Evidence[], head: string }>}
 */
export async function chain(signatures, head, key) {
  /** @type {Promise<Evidence>[]} */
  const sealed = [];
  let prev = head;
  for (const signature of signatures) {
    const evidence = /** @type {Unsealed} */ (wellFormed({ ...signature, prev }));
    const text = canonicalText(evidence);
    sealed.push(sealOf(text, key).then((seal) => ({ ...evidence, seal })));
    prev = await sha256(text);
  }
  return { sealed: await Promise.all(sealed), head: prev };
}

/**
 * @param {Unsealed | Evidence} evidence
 * @returns {Promise<string>} what the next evidence names as `prev`
 */
export const evidenceHash = (evidence) => sha256(canonicalText({ ...evidence, seal: undefined }));

/**
 * @param {Evidence} evidence
 * @param {CryptoKey} publicKey
 */
export async function sealHolds(evidence, publicKey) {
  const text = utf8(canonicalText({ ...evidence, seal: undefined }));
  return crypto.subtle.verify(ECDSA, publicKey, fromBase64url(evidence.seal), text);
}

/**
 * @param {string} text  canonical, of the evidence without its seal
 * @param {CryptoKey} key
 */
async function sealOf(text, key) {
  return base64url(new Uint8Array(await crypto.subtle.sign(ECDSA, key, utf8(text))));
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** @param {string} text */
function fromBase64url(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
