// Nobody home, or nobody to talk with: one tap says why; the task stays due.

import { html } from "lit";
import { _ } from "../i18n.js";
import { arrowKeys, complaint, section, sentencesField } from "../parts/bits.js";
import { foot, screen, topBar, wayBack } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { outcomeWords } from "../parts/words.js";
import { elsewhere } from "./visit.js";

/** @type {[import("../types.js").Outcome, string][]} */
const OUTCOMES = [
  ["nobody_home", "door-off"],
  ["no_answer", "phone-off"],
  ["refused", "hand-stop"],
  ["child_only", "mood-kid"],
];

/** @type {import("../routes.js").PageMaker} */
export async function nobodyPage(app, { unit: id }) {
  const row = app.engine.unitRow(id);
  if (!row) return elsewhere(app, "today");
  /** @type {import("../types.js").Outcome} */
  let outcome = "nobody_home";
  let note = "";
  let trouble = "";
  let busy = false;

  async function save() {
    busy = true;
    app.redraw();
    try {
      const method = outcome === "no_answer" ? "phone" : "door";
      const record = await app.engine.recordAttempt({ unitId: id, outcome, method, note: note.trim() });
      await app.replace(`saved/${record.opId}`);
    } catch (error) {
      trouble = /** @type {Error} */ (error).message;
      busy = false;
      app.redraw();
    }
  }

  return {
    title: _("Nobody met"),
    view: () =>
      screen({
        top: topBar({
          lead: wayBack(`unit/${id}`),
          title: `${row.number} · ${row.name}`,
          look: "at-unit",
          sub: row.attempts ? _("Nobody met so far: %(count)s", { count: row.attempts }) : _("First attempt"),
        }),
        body: html`${section(_("What happened?"), reasons())}${section(_("Note"), noteField())}${complaint(trouble)}`,
        foot: foot(html`<button type="button" class="btn primary big" ?disabled=${busy} @click=${save}>
          ${icon("device-floppy")}${_("Save: %(what)s", { what: outcomeWords(outcome) })}
        </button>`),
      }),
  };

  function reasons() {
    return html`<div class="tiles wide" role="radiogroup" aria-label=${_("What happened?")} @keydown=${arrowKeys}>
      ${OUTCOMES.map(
        ([value, iconName]) => html`<button
          type="button"
          role="radio"
          class="tile choice"
          aria-checked=${value === outcome ? "true" : "false"}
          @click=${() => {
            outcome = value;
            app.redraw();
          }}
        >
          ${icon(iconName)}<span>${outcomeWords(value)}</span>
        </button>`,
      )}
    </div>`;
  }

  function noteField() {
    return sentencesField({
      label: _("Note"),
      placeholder: _("For example: a neighbour says they are back on Sunday"),
      value: note,
      write: (said) => {
        note = said;
      },
    });
  }
}
