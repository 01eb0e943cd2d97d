// JPEG bytes without what the camera wrote about place, time and owner.
import { Refused } from "./errors.js";
import { _ } from "./i18n.js";

const START_OF_SCAN = 0xda;
const COMMENT = 0xfe;
const APP = [0xe0, 0xef];
/** JFIF, colour profile and Adobe's colour transform change the picture; every other application segment only tells about it. */
const KEPT_APPS = new Set([0xe0, 0xe2, 0xee]);
/** Frame headers carry the size; C4, C8 and CC in their range are tables. */
const isFrame = (/** @type {number} */ marker) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {{ bytes: Uint8Array<ArrayBuffer>, width: number, height: number }}
 * @throws `photo:not_jpeg`
 */
export function cleanJpeg(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) throw notJpeg();
  const kept = [bytes.subarray(0, 2)];
  let size = { width: 0, height: 0 };
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw notJpeg();
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === START_OF_SCAN) {
      if (!size.width || !size.height) throw notJpeg();
      return { bytes: joined([...kept, bytes.subarray(at)]), ...size };
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) throw notJpeg();
    if (isFrame(marker) && end >= at + 9) size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    if (isKept(marker)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  throw notJpeg();
}

/** @param {number} marker */
function isKept(marker) {
  if (marker >= APP[0] && marker <= APP[1]) return KEPT_APPS.has(marker);
  return marker !== COMMENT;
}

/** @param {Uint8Array<ArrayBuffer>[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const notJpeg = () => new Refused("photo:not_jpeg", _("This picture cannot be read. Please take it again."));
