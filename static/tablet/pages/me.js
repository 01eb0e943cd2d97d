// Me and this tablet: language, estate, PIN, lock, version.

import { html, nothing } from "lit";
import { Refused } from "../errors.js";
import { _, locale } from "../i18n.js";
import { section, segments } from "../parts/bits.js";
import { places, screen, topBar } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { PinEntry, pinPad } from "../parts/pin_pad.js";
import { newVersionCard, storageLine, syncPill } from "../parts/state.js";
import { clockOrDay } from "../parts/when.js";

/** @typedef {import("../app.js").App} App */

/** @type {import("../routes.js").PageMaker} */
export async function mePage(app) {
  const { staff, device } = app.engine.me();
  return {
    title: _("Me"),
    view: () =>
      screen({
        top: topBar({ title: staff.name, sub: _("Tablet %(code)s", { code: device.code }), aside: syncPill(app) }),
        body: html`${newVersionCard(app)}${language(app)}${estates(app)}${safety(app)}${about(app)}`,
        foot: places(app, "me"),
      }),
  };
}

/** @param {App} app */
function language(app) {
  return section(
    _("Language"),
    segments({
      label: _("Language"),
      value: locale(),
      options: [
        { value: "zh", words: "中文" },
        { value: "en", words: "English" },
      ],
      pick: (to) => app.speak(to),
    }),
  );
}

/** @param {App} app */
function estates(app) {
  const all = app.engine.estates();
  if (all.length < 2) return nothing;
  return section(
    _("Estate"),
    segments({
      label: _("Estate"),
      value: app.estateId,
      options: all.map((estate) => ({ value: estate.id, words: estate.name })),
      pick: (id) => {
        app.estateId = id;
        app.redraw();
      },
    }),
  );
}

/** @param {App} app */
function safety(app) {
  return section(
    _("Lock"),
    html`<div class="col">
      <button type="button" class="btn wide" ?disabled=${app.locking} @click=${() => app.lock()}>
        ${icon("lock")}<span class="grow apart"><span>${_("Lock now")}</span><span class="muted">${app.locking ? _("The photo is being kept …") : _("Unsent records stay and are sent")}</span></span>
      </button>
      <button type="button" class="btn wide" @click=${() => changePin(app)}>${icon("key")}<span class="grow">${_("Change the PIN")}</span>${icon("chevron-right", "muted")}</button>
    </div>`,
  );
}

/** Old PIN, new PIN, new PIN again. @param {App} app */
function changePin(app) {
  const typed = { from: "", to: "" };
  const titles = [_("Your present PIN"), _("The new PIN"), _("The new PIN once more")];
  let at = 0;

  const entry = new PinEntry(
    async (pin) => {
      if (at === 0) typed.from = pin;
      if (at === 1) typed.to = pin;
      if (at < 2) {
        at += 1;
        return;
      }
      at = 0;
      if (pin !== typed.to) throw new Refused("pin:differ", _("The two PINs differ. Choose again."));
      await app.engine.changePin(typed);
      app.closeSheet();
      app.say(_("The PIN is changed"));
    },
    () => app.redraw(),
  );

  app.openSheet(
    () => html`<h2 id="sheet-title">${titles[at]}</h2>
      ${pinPad(entry, at < 2 ? _("Next") : _("Done"))}
      <button type="button" class="btn ghost" @click=${() => app.closeSheet()}>${_("Leave it as it is")}</button>`,
  );
}

/** @param {App} app */
function about(app) {
  const sync = app.engine.syncState();
  return section(
    _("This app"),
    html`<div class="card col">
      <p class="row">${icon("cloud-check")}<span class="grow">${_("Last exchange with the office")}</span><span class="num muted">${sync.lastOkAt ? clockOrDay(sync.lastOkAt, Date.now()) : _("never")}</span></p>
      ${storageLine(sync)}
      <p class="row">${icon("versions")}<span class="grow">${_("Version")}</span><span class="num muted">${app.version.slice(0, 8) || "–"}</span></p>
    </div>`,
  );
}
