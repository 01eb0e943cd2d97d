// What is typed into a form, kept by the tab: a telephone that drops the page for its camera loses no words.

const KEPT = "textarea, select, input[type=date], input[name=event]";

/**
 * Brings back what was typed, with the event it was to be sent as, and keeps whatever is typed from now on.
 * @param {HTMLFormElement} form
 * @param {string} key
 * @param {Storage} storage
 * @returns {() => void} forgets it
 */
export function keepDraft(form, key, storage) {
  const fields = /** @type {(HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[]} */ ([
    ...form.querySelectorAll(KEPT),
  ]);
  const keep = () =>
    storage.setItem(key, JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
  const typed = (/** @type {Element} */ field) =>
    field instanceof HTMLTextAreaElement && field.value !== field.defaultValue;
  const kept = read(storage, key);
  for (const field of fields) {
    const was = typed(field) ? "" : kept[field.name];
    if (was && !(field instanceof HTMLSelectElement && ![...field.options].some((one) => one.value === was)))
      field.value = was;
  }
  // Whoever was quicker than this script has typed already.
  if (fields.some(typed)) keep();
  form.addEventListener("input", keep);
  return () => storage.removeItem(key);
}

/** @param {Storage} storage @param {string} key @returns {Record<string, string>} */
function read(storage, key) {
  try {
    return JSON.parse(storage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}
