// A box that chooses all the boxes of its part of the page, and shows whether all of them are chosen.

/** @param {Document} page */
export function listenToChoosing(page) {
  for (const all of page.querySelectorAll("input[data-all]")) {
    if (all instanceof HTMLInputElement) follow(all);
  }
}

/** @param {HTMLInputElement} all */
function follow(all) {
  const part = all.closest("[data-part], .card");
  if (!part) return;
  const others = () =>
    [...part.querySelectorAll("input[type=checkbox]")]
      .filter((box) => box instanceof HTMLInputElement)
      .filter((box) => box !== all);
  const show = () => {
    const chosen = others().filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === others().length;
    all.indeterminate = chosen > 0 && chosen < others().length;
  };
  part.addEventListener("change", (event) => {
    if (event.target === all) {
      for (const box of others()) box.checked = all.checked;
      all.indeterminate = false;
    } else show();
  });
  takeUpEarlyTap(all, others());
  show();
}

/**
 * Whoever is quicker than the page's script taps the box while nothing listens yet: the others follow then.
 * @param {HTMLInputElement} all @param {HTMLInputElement[]} others
 */
export function takeUpEarlyTap(all, others) {
  const tapped = all.checked !== all.defaultChecked && others.every((box) => box.checked === box.defaultChecked);
  if (tapped) for (const box of others) box.checked = all.checked;
}
