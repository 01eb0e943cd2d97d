// A department's form in a stairwell: sent in the background, so that a connection that fails loses nothing.

import { Camera } from "./camera.js";
import { keepDraft } from "./draft.js";

const form = document.querySelector("form[data-work]");
if (form instanceof HTMLFormElement) listen(form);

/** @param {HTMLFormElement} form */
function listen(form) {
  const say = sayer(form);
  const part = form.querySelector("[data-camera]");
  const camera = part instanceof HTMLElement ? new Camera(part, say) : null;
  const forget = keepDraft(form, `doorstep:${form.dataset.work}`, sessionStorage);
  listenToSuggestions(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    if (!(button instanceof HTMLButtonElement) || button.disabled) return;
    button.disabled = true;
    say("");
    const next = await send(form, camera, say);
    button.disabled = false;
    if (!next) return;
    forget();
    location.assign(next);
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {Camera | null} camera
 * @param {(words: string, wrong?: boolean) => void} say
 * @returns {Promise<string>} where to go on; nothing if it was not taken
 */
async function send(form, camera, say) {
  const {
    wordsPhotos = "",
    wordsSending = "",
    wordsOffline = "",
    wordsLoggedOut = "",
    wordsFailed = "",
  } = form.dataset;
  if (camera) say(wordsPhotos, false);
  const photos = camera ? await camera.photos() : [];
  const body = new FormData(form);
  body.delete("photos");
  photos.forEach((photo, at) => {
    body.append("photos", photo, `${at + 1}.jpg`);
  });
  say(wordsSending, false);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      redirect: "manual",
      headers: { "HX-Request": "true" },
    });
    if (answer.ok) return answer.headers.get("HX-Redirect") ?? "/";
    const said = new DOMParser().parseFromString(await answer.text(), "text/html");
    showOthers(form, said);
    say(answer.type === "opaqueredirect" ? wordsLoggedOut : refusal(said, answer.status) || wordsFailed);
  } catch {
    say(wordsOffline);
  }
  return "";
}

/** Why the office did not take it, in its own words. @param {Document} said @param {number} status */
function refusal(said, status) {
  if (status >= 500) return "";
  return said.querySelector(".message-late p")?.textContent?.trim() ?? "";
}

/** What others did since the form was shown. @param {HTMLFormElement} form @param {Document} said */
function showOthers(form, said) {
  const others = said.querySelector("[data-meanwhile]");
  form.querySelector("[data-others]")?.replaceChildren(...(others ? [document.adoptNode(others)] : []));
}

/** @param {HTMLFormElement} form @returns {(words: string, wrong?: boolean) => void} */
function sayer(form) {
  const place = form.querySelector("[data-sending]");
  return (words, wrong = true) => {
    if (!(place instanceof HTMLElement)) return;
    place.textContent = words;
    place.hidden = !words;
    place.classList.toggle("sending-wrong", wrong);
    if (words && wrong) place.scrollIntoView({ block: "nearest" });
  };
}

/** What was settled before can be taken over with one tap. @param {HTMLFormElement} form */
function listenToSuggestions(form) {
  const part = form.querySelector("[data-suggestions]");
  if (!(part instanceof HTMLElement)) return;
  part.hidden = false;
  part.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    for (const name of ["measure", "method"]) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLTextAreaElement) field.value = button.dataset[name] ?? "";
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
