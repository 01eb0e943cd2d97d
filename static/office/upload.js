// The roster's upload: a file that is dropped, one that is too large, and a button that is pressed once.

for (const form of document.querySelectorAll("form[data-upload]")) {
  if (form instanceof HTMLFormElement) listenToUpload(form);
}

/** @param {HTMLFormElement} form */
function listenToUpload(form) {
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector(".drop");
  if (!(input instanceof HTMLInputElement) || !drop) return;

  input.addEventListener("change", () => check(form, input));
  form.addEventListener("submit", (event) => {
    if (check(form, input)) sayReading(form);
    else event.preventDefault();
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("drop-over", kind === "dragenter" || kind === "dragover");
    });
  }
  drop.addEventListener("drop", (event) => {
    const files = event instanceof DragEvent ? event.dataTransfer?.files : null;
    if (!files?.length) return;
    input.files = files;
    check(form, input);
  });
}

/**
 * Whether the chosen file may be sent; says which it is, and if it is too large.
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} input
 */
function check(form, input) {
  const name = form.querySelector("[data-name]");
  if (name) name.textContent = input.files?.[0]?.name ?? "";
  const tooLarge = (input.files?.[0]?.size ?? 0) > Number(form.dataset.limit);
  const wrong = form.querySelector("[data-wrong]");
  if (wrong instanceof HTMLElement) wrong.hidden = !tooLarge;
  return !tooLarge;
}

/** @param {HTMLFormElement} form */
function sayReading(form) {
  const words = form.querySelector("[data-words]");
  const button = form.querySelector("button[type=submit]");
  if (words) words.textContent = form.dataset.reading ?? "";
  if (button instanceof HTMLButtonElement) button.disabled = true;
}
