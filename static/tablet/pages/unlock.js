// The lock screen: who you are, and your PIN on large keys; or a new one for a PIN that was forgotten.

import { html, nothing } from "lit";
import { inWords } from "../errors.js";
import { _ } from "../i18n.js";
import { complaint } from "../parts/bits.js";
import { languageButton, mark } from "../parts/gate.js";
import { icon } from "../parts/icon.js";
import { PinEntry, pinPad } from "../parts/pin_pad.js";
import { saveUnsent } from "../parts/save_file.js";
import { withdrawnCard } from "../parts/withdrawn.js";

/** @type {import("../routes.js").PageMaker} */
export async function unlockPage(app) {
  const users = app.engine.users();
  let who = users.length === 1 ? users[0] : null;
  /** @type {"pin" | "password" | "new" | "again"} */
  let step = "pin";
  let trouble = "";
  let asking = false;
  let chosen = "";
  const redraw = () => app.redraw();
  const entry = new PinEntry((pin) => app.engine.unlock({ staffId: who?.staffId ?? "", pin }), redraw);
  const fresh = new PinEntry(async (pin) => {
    chosen = pin;
    goTo("again");
  }, redraw);
  const again = new PinEntry(async (pin) => {
    if (pin !== chosen) {
      fresh.trouble = _("The two PINs differ. Choose again.");
      return goTo("new");
    }
    await app.engine.setNewPin(pin);
    app.say(_("The PIN is changed"));
  }, redraw);

  /** @param {typeof who} user */
  function choose(user) {
    who = user;
    entry.value = "";
    entry.trouble = "";
    goTo("pin");
  }

  /** @param {typeof step} to */
  function goTo(to) {
    if (to === "pin" || to === "password") app.engine.dropRecovered();
    step = to;
    trouble = "";
    redraw();
  }

  /** @param {SubmitEvent} event */
  async function ask(event) {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.target).elements[0]);
    if (asking || !field.value) return;
    asking = true;
    trouble = "";
    redraw();
    try {
      await app.engine.recover({ staffId: who?.staffId ?? "", password: field.value });
      step = "new";
    } catch (error) {
      trouble = inWords(error);
    }
    field.value = "";
    asking = false;
    redraw();
  }

  return {
    title: _("Unlock"),
    leave: () => app.engine.dropRecovered(),
    view: () => html`<div class="screen">
      <main class="gate">
        ${opensNoMore() ? handingIn() : who ? stepOf(who) : choice()}
        <div class="row wrap gate-more">
          ${step === "pin" && !opensNoMore() ? html`<a class="btn ghost" href="#/enrol">${icon("user-plus")}${_("Somebody new")}</a>` : nothing}
          ${languageButton(app)}
        </div>
        ${step === "pin" ? unsentFile() : nothing}
      </main>
    </div>`,
  };

  /** Withdrawn: it hands in what it holds, and asks for no PIN any more. */
  function opensNoMore() {
    return app.engine.syncState().withdrawn === "handing in";
  }

  function handingIn() {
    const { running } = app.engine.syncState();
    return html`<div class="gate-head">${mark()}<h1 tabindex="-1">${_("This tablet is withdrawn")}</h1></div>
      ${withdrawnCard(app)}
      <div class="foot-row">
        <button type="button" class="btn big" ?disabled=${running} @click=${() => app.engine.sync()}>
          ${icon("refresh")}${running ? _("Trying …") : _("Try now")}
        </button>
      </div>`;
  }

  /** For a tablet that cannot reach the office, and whose owner is not here to unlock it. */
  function unsentFile() {
    const { unsent, unsentPhotos, error } = app.engine.syncState();
    if (!error || !(unsent || unsentPhotos)) return nothing;
    return html`<button type="button" class="btn ghost" @click=${saveFile}>
      ${icon("file-export")}${_("Save what is unsent as a file for the office")}
    </button>`;
  }

  function saveFile() {
    saveUnsent(app).catch((error) => app.say(inWords(error)));
  }

  function choice() {
    return html`<div class="gate-head">${mark()}<h1 tabindex="-1">${_("Who are you?")}</h1></div>
      <div class="list">
        ${users.map(
          (user) => html`<button type="button" class="item" @click=${() => choose(user)}>
            ${icon("user-circle", "large")}<span class="grow name">${user.name}</span>${icon("chevron-right", "muted")}
          </button>`,
        )}
      </div>`;
  }

  /** @param {{ name: string }} user */
  function stepOf(user) {
    if (step === "password") return passwordOf(user);
    if (step === "new")
      return newPin(_("Choose a new PIN"), _("6 digits or more. Everything on this tablet stays."), fresh);
    if (step === "again")
      return newPin(_("Type the PIN once more"), _("So that a slip of the finger does not lock you out."), again);
    return pinOf(user);
  }

  /** @param {{ name: string }} user */
  function pinOf(user) {
    return html`<div class="gate-head">
        ${mark()}
        <h1 tabindex="-1">${user.name}</h1>
        <p class="muted">${_("Enter your PIN")}</p>
      </div>
      ${pinPad(entry, _("Unlock"))}
      <div class="row wrap gate-more">
        <button type="button" class="btn ghost" @click=${() => goTo("password")}>${icon("key")}${_("Forgot the PIN?")}</button>
        ${users.length > 1 ? html`<button type="button" class="btn ghost" @click=${() => choose(null)}>${icon("users")}${_("Another colleague")}</button>` : nothing}
      </div>`;
  }

  /** @param {{ name: string }} user */
  function passwordOf(user) {
    return html`<div class="gate-head">
        <h1 tabindex="-1">${_("Forgot the PIN?")}</h1>
        <p class="muted">${_("Type the password with which %(name)s logs in at the office. Then you choose a new PIN. Nothing on this tablet is lost. It needs the network.", { name: user.name })}</p>
      </div>
      <form class="col loose" @submit=${ask} novalidate>
        <label class="field">
          <span>${_("Password of the office login")}</span>
          <input class="input" type="password" name="password" autocomplete="current-password" maxlength="200" aria-describedby="complaint" />
        </label>
        ${complaint(trouble)}
        <div class="foot-row"><button class="btn primary big" ?disabled=${asking}>${asking ? _("Asking the office …") : _("Continue")}${icon("arrow-right")}</button></div>
        <button type="button" class="btn ghost" @click=${() => goTo("pin")}>${icon("arrow-left")}${_("Back")}</button>
      </form>`;
  }

  /** @param {string} title @param {string} words @param {PinEntry} typed */
  function newPin(title, words, typed) {
    return html`<div class="gate-head"><h1 tabindex="-1">${title}</h1><p class="muted">${words}</p></div>
      ${pinPad(typed, typed === again ? _("Done") : _("Next"))}
      <button type="button" class="btn ghost" @click=${() => goTo("pin")}>${icon("arrow-left")}${_("Leave it as it is")}</button>`;
  }
}
