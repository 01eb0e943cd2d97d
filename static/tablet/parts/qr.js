// A QR code, drawn on the tablet.

import { html } from "lit";
import { encode } from "uqr";

/** The quiet ground around it, in modules: without it telephones look for it in vain. */
const QUIET = 4;

/** @param {string} text @param {string} label for those who cannot see it */
export function qrCode(text, label) {
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? `M${x} ${y}h1v1h-1z` : []))).join("");
  const whole = size + 2 * QUIET;
  return html`<svg class="qr" viewBox="${-QUIET} ${-QUIET} ${whole} ${whole}" role="img" aria-label=${label} data-testid="qr">
    <path d=${dark} shape-rendering="crispEdges"></path>
  </svg>`;
}
