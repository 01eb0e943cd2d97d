// Filters of a list: a choice is followed at once, days when both are left, and what is blank stays out of the address.

/**
 * On a phone they are folded away until somebody wants them, or has set one.
 * @param {Document} page @param {boolean} narrow
 */
export function listenToFilters(page, narrow) {
  const fold = () => {
    for (const part of narrow ? page.querySelectorAll("[data-fold=yes]") : []) part.removeAttribute("open");
  };
  page.addEventListener("htmx:afterSwap", fold);
  fold();
  page.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) followed(event.target)?.requestSubmit();
  });
  page.addEventListener("focusout", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement && field.type === "date") || staysIn(field, event.relatedTarget)) return;
    const days = [...(field.closest(".filter")?.querySelectorAll("input") ?? [])];
    if (days.some((day) => day.value !== day.defaultValue)) followed(field)?.requestSubmit();
  });
  page.addEventListener("formdata", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement && (form.matches("[data-filters]") || form.method === "get"))) return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}

/** @param {HTMLInputElement} field @param {EventTarget | null} next that gets the focus */
function staysIn(field, next) {
  return next instanceof Node && field.closest(".filter")?.contains(next);
}

/** @param {HTMLSelectElement | HTMLInputElement} field */
function followed(field) {
  return field.form?.matches("[data-filters]") ? field.form : null;
}
