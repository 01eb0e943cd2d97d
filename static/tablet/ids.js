// Keys made on the tablet, without asking anybody.
import { hex } from "./canonical.js";

/**
 * UUIDv7: sorts by the time at which it was made.
 * @param {number} now  milliseconds since 1970
 */
export function newId(now) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0, rest = now; i < 6; i++, rest = Math.floor(rest / 256)) bytes[5 - i] = rest % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
