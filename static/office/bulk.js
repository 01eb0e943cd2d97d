// Choosing rows of a list: a box for the whole page, Shift for all from the last one to here, and the bar that acts.

import { takeUpEarlyTap } from "./choosing.js";

/** @param {Document} page whose list may be replaced while somebody types in its search */
export function listenToBulk(page) {
  /** @type {HTMLInputElement | undefined} */
  let last;
  page.addEventListener("click", (event) => {
    const box = boxIn(event.target);
    if (!box) return;
    if (event.shiftKey && last?.isConnected) range(page, last, box);
    last = box;
    show(page);
  });
  page.addEventListener("change", (event) => {
    const all = wholePage(page);
    if (!all || event.target !== all) return;
    for (const box of boxes(page)) box.checked = all.checked;
    show(page);
  });
  page.addEventListener("htmx:afterSwap", () => show(page));
  const all = wholePage(page);
  if (all) takeUpEarlyTap(all, boxes(page));
  show(page);
}

/** @param {Document} page @returns {HTMLInputElement | null} */
function wholePage(page) {
  const box = page.querySelector("th.list-box [data-all-rows]");
  return box instanceof HTMLInputElement ? box : null;
}

/** @param {EventTarget | null} place @returns {HTMLInputElement | null} */
function boxIn(place) {
  return place instanceof HTMLInputElement && place.matches("td.list-box input") ? place : null;
}

/** @param {Document} page */
function boxes(page) {
  return [...page.querySelectorAll("td.list-box input")].filter((box) => box instanceof HTMLInputElement);
}

/**
 * All between the two become as the second one is.
 * @param {Document} page @param {HTMLInputElement} from @param {HTMLInputElement} to
 */
function range(page, from, to) {
  const all = boxes(page);
  const [first, end] = [all.indexOf(from), all.indexOf(to)].sort((one, other) => one - other);
  for (const box of all.slice(first, end + 1)) box.checked = to.checked;
}

/** The bar says how many are chosen, and is there only then. @param {Document} page */
function show(page) {
  const all = boxes(page);
  const chosen = all.filter((box) => box.checked).length;
  const bar = page.querySelector("form[data-bulk]");
  if (bar instanceof HTMLElement) bar.hidden = chosen === 0;
  const count = bar?.querySelector("[data-count]");
  if (count) count.textContent = `${chosen}`;
  const whole = wholePage(page);
  if (!whole) return;
  whole.checked = chosen > 0 && chosen === all.length;
  whole.indeterminate = chosen > 0 && chosen < all.length;
}
