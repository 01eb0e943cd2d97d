// The keyboard of lists and pages: `/` searches, `j` `k` move, Enter opens the link that has the focus, `a` does the
// first act, `x` chooses, `n` `p` turn the page, `?` shows all of it.

/** @type {Record<string, (page: Document) => HTMLElement | null | undefined>} */
const LEADS_TO = {
  "/": (page) => page.querySelector(".search input"),
  j: (page) => neighbour(page, 1),
  k: (page) => neighbour(page, -1),
};

/** @type {Record<string, (page: Document, event: KeyboardEvent) => void>} */
const DOES = {
  a: (page) => firstAct(page)?.click(),
  n: (page) => link(page, "next")?.click(),
  p: (page) => link(page, "prev")?.click(),
  x: (page) => boxOfRow(page)?.click(),
  X: (page) => boxOfRow(page)?.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true })),
  "?": (page) => sheet(page)?.showModal(),
};

/**
 * Moves the focus and acts by single keys, except while somebody writes or reads the sheet of keys.
 * @param {Document} page
 */
export function listenToKeys(page) {
  page.addEventListener("keydown", (event) => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      writesIn(event.target) ||
      page.querySelector("dialog[open]")
    ) {
      return;
    }
    const there = LEADS_TO[event.key]?.(page);
    if (there) lead(there, event);
    else DOES[event.key]?.(page, event);
  });
}

/** @param {EventTarget | null} place */
function writesIn(place) {
  const field = place instanceof HTMLElement && place.closest("input, textarea, select, [contenteditable]");
  return field && !(field instanceof HTMLInputElement && field.type === "checkbox");
}

/** @param {HTMLElement} there @param {Event} event */
function lead(there, event) {
  event.preventDefault();
  there.focus();
  there.scrollIntoView({ block: "nearest" });
  if (there instanceof HTMLInputElement) there.select();
}

/**
 * The link that opens the next row, or the one before; the first row when none has the focus.
 * @param {Document} page
 * @param {1 | -1} step
 */
function neighbour(page, step) {
  const links = [...page.querySelectorAll("[data-row] [data-open]")].filter((link) => link instanceof HTMLElement);
  const here = links.findIndex((link) => link.closest("[data-row]")?.contains(page.activeElement));
  return links[here < 0 ? 0 : Math.min(Math.max(here + step, 0), links.length - 1)];
}

/**
 * The first act of the row that has the focus, else of the page's bar.
 * @param {Document} page
 * @returns {HTMLElement | null | undefined}
 */
function firstAct(page) {
  const row = page.activeElement?.closest("[data-row]");
  return row ? row.querySelector("[data-act]") : page.querySelector(".turn-acts [data-act]");
}

/** @param {Document} page @returns {HTMLElement | null | undefined} the box of the row that has the focus */
function boxOfRow(page) {
  return page.activeElement?.closest("[data-row]")?.querySelector(".list-box input");
}

/** @param {Document} page @param {"next" | "prev"} way @returns {HTMLElement | null} */
function link(page, way) {
  return page.querySelector(`.pager a[rel=${way}]`);
}

/** @param {Document} page */
function sheet(page) {
  const all = page.getElementById("keys");
  return all instanceof HTMLDialogElement ? all : null;
}
