// Out of owner mode only with the officer's PIN: asked in the officer's language, left in the owner's.

import { html } from "lit";
import { Refused } from "../errors.js";
import { _, speaking } from "../i18n.js";
import { PinEntry, pinPad } from "../parts/pin_pad.js";

/**
 * @param {import("../app.js").App} app
 * @param {import("../visit_kept.js").VisitKept} kept
 * @param {string} id  of the unit
 * @param {"visit" | "officer"} to
 * @returns {() => import("lit").TemplateResult} for `openSheet`
 */
export function takeBackSheet(app, kept, id, to) {
  const entry = new PinEntry(
    async (pin) => {
      if (!(await app.engine.checkPin(pin))) throw new Refused("vault:wrong_pin", _("This PIN is not right."));
      await kept.turn(to);
      // Until the officer's own screen says that they sign.
      const shown = app.engine.signing();
      app.takeBack();
      app.closeSheet();
      await app.replace(to === "visit" ? `visit/${id}` : `visit/${id}/officer`);
      shown();
    },
    () => app.redraw(),
  );
  return () => html`<h2 id="sheet-title">${_("For staff: your PIN")}</h2>
    ${pinPad(entry, _("OK"))}
    <button type="button" class="btn ghost" lang=${tagOf(kept)} @click=${() => app.closeSheet()}>
      ${stayWords(speaking(kept.draft.locale))}
    </button>`;
}

/** Who has opened it by mistake is the owner. @param {import("../i18n.js").Gettext} _ */
const stayWords = (_) => _("Stay here");

/** @param {import("../visit_kept.js").VisitKept} kept */
export const tagOf = ({ draft }) => (draft.locale === "zh" ? "zh-CN" : "en");
