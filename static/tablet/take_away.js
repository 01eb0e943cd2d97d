// The link to the owner's copy: its token is drawn here when a visit is saved, so that it is known without a network.

/** Letters that nobody mistakes for one another, for whoever has to type them; the office reads the same. */
const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
/** 130 bits. */
const LENGTH = 26;

/** Nobody can guess it. The office is sent its SHA-256 only: whoever reads there, or the fingerprint, cannot open a copy. */
export function newCopyToken() {
  return [...crypto.getRandomValues(new Uint8Array(LENGTH))].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}

/**
 * Whether the link that was drawn here still opens the copy, as far as this tablet was told.
 * @param {import("./types.js").RecordDoc | undefined} record
 * @param {number} now
 * @returns {"open" | "over" | "ended"}
 */
export function linkState(record, now) {
  if (record?.copy?.ended) return "ended";
  return record?.copy && Date.parse(record.copy.until) <= now ? "over" : "open";
}

/**
 * Where the owner's telephone finds the copy.
 * @param {Pick<import("./types.js").EstateDoc, "copies"> | undefined} estate  of an older office: it names no address
 * @param {string} token
 * @param {string} [here]  the address of this app
 */
export function copyAddress(estate, token, here = import.meta.url) {
  return (estate?.copies?.at || new URL("/c/", here).href) + token;
}
