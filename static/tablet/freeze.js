// Freezing: what the tablet will send becomes bytes once, which only the office can read.
import { CompactEncrypt, importJWK } from "jose";
import { canonicalText, sha256, utf8 } from "./canonical.js";

/** @typedef {{ bytes: Uint8Array<ArrayBuffer>, digest: string }} Frozen  ASCII of the JWE, and its SHA-256 */

/**
 * @param {import("./types.js").Operation<any>} operation
 * @param {JsonWebKey & { kid?: string }} serverKey
 * @returns {Promise<Frozen & { plain: Uint8Array<ArrayBuffer> }>} `plain` is the canonical text that was frozen
 */
export async function freezeOperation(operation, serverKey) {
  const plain = utf8(canonicalText(operation));
  return { ...(await freeze(plain, serverKey, "doorstep-op")), plain };
}

/**
 * @param {Uint8Array<ArrayBuffer>} jpeg
 * @param {JsonWebKey & { kid?: string }} serverKey
 * @returns {Promise<Frozen>}
 */
export const freezePhoto = (jpeg, serverKey) => freeze(jpeg, serverKey, "doorstep-blob");

/**
 * The data key for the office's safe, so that a forgotten PIN loses nothing.
 * @param {Uint8Array<ArrayBuffer>} raw
 * @param {JsonWebKey & { kid?: string }} serverKey
 * @returns {Promise<string>}
 */
export async function escrowOf(raw, serverKey) {
  return asciiText((await freeze(raw, serverKey, "doorstep-key")).bytes);
}

/** @param {Uint8Array} bytes @returns {string} */
export const asciiText = (bytes) => new TextDecoder("latin1").decode(bytes);

/**
 * @param {Uint8Array<ArrayBuffer>} plain
 * @param {JsonWebKey & { kid?: string }} serverKey
 * @param {string} typ
 * @returns {Promise<Frozen>}
 */
async function freeze(plain, serverKey, typ) {
  const key = await importJWK(serverKey, "ECDH-ES");
  const header = { alg: "ECDH-ES", enc: "A256GCM", kid: serverKey.kid, typ };
  const bytes = utf8(await new CompactEncrypt(plain).setProtectedHeader(header).encrypt(key));
  return { bytes, digest: await sha256(bytes) };
}
