// Reads and presses what a screen would show, without a browser.

// Pages bring elements of their own along, which only a browser can draw.
globalThis.HTMLElement ??= /** @type {any} */ (class {});
globalThis.customElements ??= /** @type {any} */ ({ define: () => {}, get: () => undefined });
globalThis.addEventListener ??= () => {};

/** @param {string} name */
export const pageModule = (name) => import(`../../../static/tablet/pages/${name}.js`);

/** Every template within, itself first. */
function* templatesIn(piece) {
  if (Array.isArray(piece)) for (const one of piece) yield* templatesIn(one);
  if (!piece?.strings || !piece.values) return;
  yield piece;
  yield* templatesIn(piece.values);
}

/** The markup, with its values in it. */
export function markup(piece) {
  if (Array.isArray(piece)) return piece.map(markup).join("");
  if (piece?.strings && piece.values)
    return piece.strings.map((text, at) => text + (at < piece.values.length ? markup(piece.values[at]) : "")).join("");
  return typeof piece === "string" || typeof piece === "number" ? String(piece) : "";
}

/** Tap the innermost button on which these words stand. */
export function press(piece, words) {
  const button = [...templatesIn(piece)].findLast(
    (one) => markup(one).includes(words) && one.strings.some((text) => text.endsWith("@click=")),
  );
  if (!button) throw new Error(`nothing to press says ${words}`);
  const at = button.strings.findIndex((text) => text.endsWith("@click="));
  return button.values[at]();
}
