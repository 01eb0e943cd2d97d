// A new tablet, or a new colleague on it: the office's one-time code, then a PIN typed twice.

import { html, nothing } from "lit";
import { inWords } from "../errors.js";
import { _ } from "../i18n.js";
import { complaint } from "../parts/bits.js";
import { languageButton, mark } from "../parts/gate.js";
import { icon } from "../parts/icon.js";
import { PinEntry, pinPad } from "../parts/pin_pad.js";
import { wipedCard } from "../parts/state.js";
import { withdrawnCard } from "../parts/withdrawn.js";

const CODE_LENGTH = 8;

/** @type {import("../routes.js").PageMaker} */
export async function enrolPage(app, params) {
  let code = tidied(params.code ?? "");
  /** @type {"code" | "pin" | "again"} */
  let step = code.length === CODE_LENGTH ? "pin" : "code";
  let pin = "";
  let trouble = "";

  const chosen = new PinEntry(async (typed) => {
    pin = typed;
    goTo("again");
  }, redraw);
  const again = new PinEntry(async (typed) => {
    if (typed !== pin) {
      chosen.trouble = _("The two PINs differ. Choose again.");
      return goTo("pin");
    }
    await enrol();
  }, redraw);

  function redraw() {
    app.redraw();
  }

  /** @param {typeof step} to */
  function goTo(to) {
    step = to;
    trouble = "";
    redraw();
  }

  async function enrol() {
    try {
      await app.engine.enrol({ code, pin, locale: app.chosen });
      // The code is spent; locked, this address would ask for a PIN to be chosen instead of typed.
      if (app.path.startsWith("enrol")) await app.replace("today");
    } catch (error) {
      const { code: why } = /** @type {import("../errors.js").Refused} */ (error);
      goTo(why === "enrol:code_unknown" ? "code" : "again");
      trouble = inWords(error);
    }
  }

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    if (code.length < CODE_LENGTH) trouble = _("The code has %(count)s characters.", { count: CODE_LENGTH });
    else goTo("pin");
    redraw();
  }

  return {
    title: _("Set up this tablet"),
    view: () => html`<div class="screen">
      <main class="gate">
        ${withdrawnCard(app)}
        ${step === "code" ? codeStep() : pinStep()}
        ${languageButton(app)}
      </main>
    </div>`,
  };

  function codeStep() {
    return html`<div class="gate-head">
        ${mark()}
        <h1 tabindex="-1">${_("Set up this tablet")}</h1>
        <p class="muted">${_("Ask the office for a one-time code. It works once, for 30 minutes, and needs the network.")}</p>
      </div>
      ${wipedCard(app.engine.syncState())}
      <form class="col loose" @submit=${submit} novalidate>
        <label class="field">
          <span>${_("One-time code")}</span>
          <input
            class="input code-input"
            name="code"
            .value=${code}
            maxlength="12"
            autocomplete="one-time-code"
            autocapitalize="characters"
            spellcheck="false"
            aria-describedby="complaint"
            @input=${(/** @type {InputEvent} */ event) => {
              code = tidied(/** @type {HTMLInputElement} */ (event.target).value);
              trouble = "";
            }}
          />
        </label>
        ${complaint(trouble)}
        <div class="foot-row"><button class="btn primary big">${_("Continue")}${icon("arrow-right")}</button></div>
        ${app.engine.users().length ? html`<a class="btn ghost" href="#/unlock">${_("Back to unlocking")}</a>` : nothing}
      </form>`;
  }

  function pinStep() {
    const repeating = step === "again";
    return html`<div class="gate-head">
        <h1 tabindex="-1">${repeating ? _("Type the PIN once more") : _("Choose a PIN")}</h1>
        <p class="muted">${repeating ? _("So that a slip of the finger does not lock you out.") : _("6 digits or more. It protects the owners' data on this tablet.")}</p>
        ${complaint(trouble)}
      </div>
      ${pinPad(repeating ? again : chosen, repeating ? _("Done") : _("Next"))}
      <button type="button" class="btn ghost" @click=${() => goTo(repeating ? "pin" : "code")}>${icon("arrow-left")}${_("Back")}</button>`;
  }
}

/** As the office prints it, however it was typed. @param {string} typed */
function tidied(typed) {
  return typed
    .normalize("NFKC")
    .replace(/[^0-9a-z]/gi, "")
    .toUpperCase();
}
