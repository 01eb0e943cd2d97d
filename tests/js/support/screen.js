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

/** The markup, with its values in it; a space is a space, whether a line may break there or not. */
export const markup = (piece) => markupOf(piece).replaceAll("\u00a0", " ");

function markupOf(piece) {
  if (Array.isArray(piece)) return piece.map(markupOf).join("");
  if (piece?.strings && piece.values)
    return piece.strings
      .map((text, at) => text + (at < piece.values.length ? markupOf(piece.values[at]) : ""))
      .join("");
  return typeof piece === "string" || typeof piece === "number" ? String(piece) : "";
}

/** Where in a template buttons are tapped, each with what stands from there to the next one. */
function tapsIn({ strings, values }) {
  const taps = [...strings.keys()].filter((at) => strings[at].endsWith("@click="));
  return taps.map((at, n) => {
    const end = taps[n + 1] ?? strings.length;
    const words = strings.slice(at + 1, end + 1).map((text, i) => text + markup(values[at + 1 + i]));
    return { act: values[at], words: words.join("") };
  });
}

/** Tap the innermost button on which these words stand. */
export function press(piece, words, event = undefined) {
  const taps = [...templatesIn(piece)].flatMap(tapsIn);
  const button = taps.findLast((one) => one.words.includes(words));
  if (!button) throw new Error(`nothing to press says ${words}`);
  return button.act(event);
}

/** Write into the last field on the page. */
export function write(piece, words) {
  const fields = [...templatesIn(piece)].flatMap(({ strings, values }) =>
    values.filter((_value, at) => strings[at].endsWith("@input=")),
  );
  fields.at(-1)({ target: { value: words } });
}
