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
    [...part.querySelectorAll("input[type=checkbox]")].filter((box) => box instanceof HTMLInputElement && box !== all);
  const show = () => {
    const chosen = others().filter((box) => /** @type {HTMLInputElement} */ (box).checked).length;
    all.checked = chosen > 0 && chosen === others().length;
    all.indeterminate = chosen > 0 && chosen < others().length;
  };
  part.addEventListener("change", (event) => {
    if (event.target === all) {
      for (const box of others()) /** @type {HTMLInputElement} */ (box).checked = all.checked;
      all.indeterminate = false;
    } else show();
  });
  show();
}
