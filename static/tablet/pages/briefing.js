// Before going out: what can be told, what is being done about known problems, and how to speak at the door.

import { html, nothing } from "lit";
import { _, locale } from "../i18n.js";
import { empty, section } from "../parts/bits.js";
import { places, screen, topBar } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { syncPill } from "../parts/state.js";

/** @typedef {import("../types.js").Words} Words */

/** @type {import("../routes.js").PageMaker} */
export async function briefingPage(app) {
  return {
    title: _("Briefing"),
    view: () => {
      const estate = app.engine.estate(app.estateId);
      return screen({
        top: topBar({ title: _("Briefing"), sub: estate?.name ?? nothing, aside: syncPill(app) }),
        body: estate
          ? html`${told(_("Recent work"), estate.news, "check", "is-good")}${told(_("Measures on known problems"), estate.measures, "tool", "is-brand")}${script(app, estate)}`
          : empty(
              "speakerphone",
              _("No briefing yet"),
              _("The office's news and measures come with the next exchange."),
            ),
        foot: places(app, "briefing"),
      });
    },
  };
}

/** @param {string} title @param {Words[]} lines @param {string} iconName @param {string} look */
function told(title, lines, iconName, look) {
  return section(
    title,
    lines.length
      ? html`<ul class="card col">
          ${lines.map((line) => html`<li class="row top-aligned">${icon(iconName, `${look} line`)}<span>${line[locale()]}</span></li>`)}
        </ul>`
      : html`<p class="card muted">${_("The office has written nothing here yet.")}</p>`,
  );
}

/** How to speak at the door (R06 to R08). @param {import("../app.js").App} app @param {import("../types.js").Estate} estate */
function script(app, estate) {
  const steps = [
    [
      _("Introduce yourself"),
      _("“Good day, I am %(officer)s of %(company)s.”", {
        officer: app.engine.me().staff.name,
        company: estate.company,
      }),
    ],
    [_("Say the purpose"), _("“I am here for our regular visit, and to hear your opinion of our service.”")],
    [_("Tell the recent work and the measures"), _("What stands above; first what this owner asked for last time.")],
    [
      _("Listen and write down"),
      _(
        "Every issue is one line, in the owner's words. Answer on the spot what you can; for the rest name department and day.",
      ),
    ],
    [
      _("Let the owner read and sign"),
      _("Hand over the tablet. The owner reads, judges and signs; do not do it for them."),
    ],
    [_("Thank the owner"), _("“Thank you for your understanding. Please go on supporting our work.”")],
  ];
  return section(
    _("How to speak at the door"),
    html`<ol class="list">
      ${steps.map(
        ([title, words], at) => html`<li class="item">
          <b class="step-number num">${at + 1}</b>
          <div class="grow"><p class="name">${title}</p><p class="muted">${words}</p></div>
        </li>`,
      )}
    </ol>`,
  );
}
