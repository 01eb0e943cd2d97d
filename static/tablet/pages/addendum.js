// Adding a later fact to a visit: what the owner signed stays as it is, this stands beside it.

import { html, nothing } from "lit";
import { inWords } from "../errors.js";
import { _ } from "../i18n.js";
import { Jotted } from "../jotted.js";
import { section, sentencesField } from "../parts/bits.js";
import { elsewhere, foot, screen, topBar, wayBack } from "../parts/frame.js";
import { dropWritten } from "../parts/half_written.js";
import { icon } from "../parts/icon.js";
import { clockOrDay } from "../parts/when.js";
import { dotted } from "../parts/words.js";

/** @type {import("../routes.js").PageMaker} */
export async function addendumPage(app, { op }) {
  const visit = app.engine.records().find((record) => record.opId === op && record.kind === "visit");
  if (!visit) return elsewhere(app, "records");
  const jotted = await Jotted.on(app, `records/${op}/add`, () => ({ text: "" }));
  let trouble = "";
  let busy = false;

  async function save() {
    busy = true;
    app.redraw();
    try {
      const [about, mends] = [visit?.entityId ?? "", visit?.mend?.act];
      await jotted.handIn((page) => app.engine.appendToVisit(about, jotted.said.text, mends, page));
      await app.replace("records");
    } catch (error) {
      trouble = inWords(error);
      busy = false;
      app.redraw();
    }
  }

  return {
    title: _("Add a note"),
    refresh: () => jotted.readAgain(),
    view: () =>
      screen({
        top: topBar({
          lead: wayBack("records"),
          title: dotted(visit.unitNumber, visit.name),
          sub: _("Visit %(number)s", { number: visit.receipt || visit.number }),
        }),
        body: html`${asked(visit.mend)}${section(_("What is to be added?"), field())}
          <p class="muted">${_("What was signed stays as it is. The note stands beside it, with your name and the time.")}</p>
          ${dropWritten(app, jotted)}`,
        foot: foot(
          html`<button type="button" class="btn primary big" ?disabled=${busy} @click=${save}>
            ${icon("device-floppy")}${_("Save the note")}
          </button>`,
          trouble || jotted.trouble,
        ),
      }),
  };

  /** What somebody at the office wants added. @param {import("../types.js").Mend | null} mend */
  function asked(mend) {
    if (!mend) return nothing;
    const when = clockOrDay(mend.at, Date.now());
    return html`<div class="card row late" data-testid="asked">
      ${icon("arrow-back-up", "large is-late")}
      <div class="grow"><p class="name">${mend.reason}</p><p class="muted">${mend.by} · ${when}</p></div>
    </div>`;
  }

  function field() {
    return sentencesField({
      label: _("What is to be added?"),
      placeholder: _("For example: the owner rang, the kitchen leaks too"),
      rows: 5,
      value: jotted.said.text,
      write: (text) => jotted.write({ text }),
    });
  }
}
