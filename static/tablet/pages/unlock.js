// The lock screen: who you are, and your PIN on large keys.

import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { languageButton, mark } from "../parts/gate.js";
import { icon } from "../parts/icon.js";
import { PinEntry, pinPad } from "../parts/pin_pad.js";

/** @type {import("../routes.js").PageMaker} */
export async function unlockPage(app) {
  const users = app.engine.users();
  let who = users.length === 1 ? users[0] : null;
  const entry = new PinEntry(
    (pin) => app.engine.unlock({ staffId: who?.staffId ?? "", pin }),
    () => app.redraw(),
  );

  /** @param {typeof who} user */
  function choose(user) {
    who = user;
    entry.value = "";
    entry.trouble = "";
    app.redraw();
  }

  return {
    title: _("Unlock"),
    view: () => html`<div class="screen">
      <main class="gate">
        ${who ? pinOf(who) : choice()}
        <div class="row wrap gate-more">
          <a class="btn ghost" href="#/enrol">${icon("user-plus")}${_("Somebody new")}</a>
          ${languageButton(app)}
        </div>
      </main>
    </div>`,
  };

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
  function pinOf(user) {
    return html`<div class="gate-head">
        ${mark()}
        <h1 tabindex="-1">${user.name}</h1>
        <p class="muted">${_("Enter your PIN")}</p>
      </div>
      ${pinPad(entry, _("Unlock"))}
      ${users.length > 1 ? html`<button type="button" class="btn ghost" @click=${() => choose(null)}>${icon("users")}${_("Another colleague")}</button>` : nothing}`;
  }
}
