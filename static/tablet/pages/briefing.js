// Before going out: facts about the company, what can be told, and how to speak at the door. What is new is read once.

import { html, nothing } from "lit";
import { inWords } from "../errors.js";
import { _, locale } from "../i18n.js";
import { chip, empty, section } from "../parts/bits.js";
import { places, screen, topBar } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { syncPill } from "../parts/state.js";
import { day } from "../parts/when.js";
import { dotted } from "../parts/words.js";

/** @typedef {import("../types.js").BriefingRow} BriefingRow */
/** @typedef {import("../app.js").App} App */

/** @type {import("../routes.js").PageMaker} */
export async function briefingPage(app) {
  let busy = false;
  let trouble = "";

  /** @param {BriefingRow[]} lines  as they stand on the screen */
  async function read(lines) {
    busy = true;
    app.redraw();
    try {
      await app.engine.readBriefing(app.estateId, lines);
      trouble = "";
    } catch (error) {
      trouble = inWords(error);
    }
    busy = false;
    app.redraw();
  }

  return {
    title: _("Briefing"),
    view: () => {
      const estate = app.engine.estate(app.estateId);
      const lines = app.engine.briefing(app.estateId);
      const unread = lines.filter((line) => line.unread);
      return screen({
        top: topBar({ title: _("Briefing"), sub: estate?.name ?? nothing, aside: syncPill(app) }),
        body: estate
          ? html`${kinds(lines)}${script(app, estate)}`
          : empty(
              "speakerphone",
              _("No briefing yet"),
              _("The office's news and measures come with the next exchange."),
            ),
        foot: places(
          app,
          "briefing",
          unread.length ? haveRead(unread.length, busy, () => read(unread)) : nothing,
          trouble,
        ),
      });
    },
  };
}

/** @param {number} count @param {boolean} busy @param {() => void} read */
function haveRead(count, busy, read) {
  return html`<button type="button" class="btn primary big" data-testid="have-read" ?disabled=${busy} @click=${read}>
    ${icon("checks")}${_("I have read it · new %(count)s", { count })}
  </button>`;
}

/** @param {BriefingRow[]} lines */
function kinds(lines) {
  /** @type {[BriefingRow["kind"], string, string, string][]} */
  const all = [
    ["facts", _("Company facts"), "building-community", ""],
    ["work", _("Recent work"), "check", "is-good"],
    ["measures", _("Measures on known problems"), "tool", "is-brand"],
  ];
  return all.map(([kind, title, iconName, look]) => {
    const mine = lines.filter((line) => line.kind === kind);
    const fresh = mine.filter((line) => line.unread).length;
    return section(
      title,
      mine.length
        ? html`<ul class="card col">
            ${mine.map((line) => told(line, iconName, look))}
          </ul>`
        : html`<p class="card muted">${_("The office has written nothing here yet.")}</p>`,
      fresh ? _("new %(count)s", { count: fresh }) : nothing,
    );
  });
}

/** @param {BriefingRow} line @param {string} iconName @param {string} look */
function told(line, iconName, look) {
  return html`<li class="row top-aligned" data-testid="line">
    ${icon(iconName, `${look} line`)}
    <div class="grow">
      <p>${line.unread ? html`${chip(_("New to you"), "brand")} ` : nothing}${line.text[locale()]}</p>
      ${scopeWords(line) ? html`<p class="muted num">${scopeWords(line)}</p>` : nothing}
    </div>
  </li>`;
}

/** Where it holds and until when, where that is not everywhere and always. @param {BriefingRow} line */
export function scopeWords(line) {
  return dotted(
    ...line.buildings.map((building) => _("Building %(building)s", { building })),
    line.owner ? _("For you alone, at this company's homes") : "",
    line.valid_until ? _("until %(day)s", { day: day(line.valid_until) }) : "",
  );
}

/** How to speak at the door (R06 to R08). @param {App} app @param {import("../types.js").Estate} estate */
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
    [_("Thank the owner"), _("“Thank you for your understanding and your continued support.”")],
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
