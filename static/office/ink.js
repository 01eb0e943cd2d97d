// The field to sign in on an office page: what is drawn goes into its form, and comes back from there.

import "../tablet/parts/ink_pad.js";

/** @typedef {import("../tablet/parts/ink_pad.js").InkPad} InkPad */
/** @typedef {import("../tablet/types.js").Ink} Ink */

/** @param {Document} page whose fields to sign in are watched */
export function listenToInk(page) {
  for (const pad of page.querySelectorAll("ink-pad")) join(/** @type {InkPad} */ (pad));
}

/** @param {InkPad} pad */
function join(pad) {
  const field = pad.closest("form")?.elements.namedItem(pad.getAttribute("name") ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  pad.label = pad.getAttribute("words") ?? "";
  if (field.value) pad.ink = read(field.value);
  pad.addEventListener("inked", (event) => {
    field.value = JSON.stringify(/** @type {CustomEvent<Ink>} */ (event).detail);
  });
  pad
    .closest("form")
    ?.querySelector("[data-clear-ink]")
    ?.addEventListener("click", () => {
      field.value = "";
      pad.ink = undefined;
    });
}

/** @param {string} text @returns {Ink | undefined} what a form brought back; nothing if it is no ink */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

listenToInk(document);
