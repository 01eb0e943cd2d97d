// An act's form opens by its address (`#accept`); its first field then has the focus.

/** @param {Window} place whose address is watched */
export function listenToAddress(place) {
  const look = () => {
    for (const open of place.document.querySelectorAll("details.more[open]")) open.removeAttribute("open");
    firstField(place.document, place.location.hash)?.focus();
  };
  place.addEventListener("hashchange", look);
  look();
}

/**
 * @param {Document} page
 * @param {string} hash
 * @returns {HTMLElement | null | undefined}
 */
function firstField(page, hash) {
  const act = hash.length > 1 ? page.getElementById(hash.slice(1)) : page.querySelector(".act-open");
  return act?.querySelector(".form-control, .form-select, .form-check-input");
}
