// Saved on this tablet: what happens next with it, and the next door.

import { html, nothing } from "lit";
import { _, locale } from "../i18n.js";
import { section } from "../parts/bits.js";
import { elsewhere, foot, screen } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { photosMissing, stateChip, steps, syncPill } from "../parts/state.js";
import { clock } from "../parts/when.js";
import { broughtWords, dotted, outcomeWords, signedWords } from "../parts/words.js";
import { DRAWN_BY_THEN } from "../saving.js";

/** @typedef {import("../types.js").RecordRow} RecordRow */

/** @type {import("../routes.js").PageMaker} */
export async function savedPage(app, { op }) {
  const find = () => app.engine.records().find((record) => record.opId === op);
  if (!find()) return elsewhere(app, "today");

  // The next door is looked for among thousands: once "saved" is drawn.
  /** @type {import("../parts/bits.js").Piece} */
  let next = html`<span class="btn primary big" aria-hidden="true">${icon("door-enter")}</span>`;
  const look = () => {
    const record = find();
    if (record) next = nextDoor(app, record);
  };
  const soon = setTimeout(() => {
    look();
    app.redraw();
  }, DRAWN_BY_THEN);

  return {
    title: _("Saved"),
    refresh: async () => look(),
    leave: () => clearTimeout(soon),
    view: () => {
      const record = find();
      if (!record) return html``;
      return screen({
        top: html`<header class="top"><div class="top-row end">${syncPill(app)}</div></header>`,
        body: html`${headline(record)}${closingWords(record)}${whereItIs(record)}${whatNext(record)}`,
        foot: foot(html`<a class="btn side" href="#/today">${icon("list-check")}${_("Today")}</a>${next}`),
      });
    },
  };
}

/** @param {RecordRow} record */
function headline(record) {
  return html`<div class="saved-head">
    ${icon("circle-check", "huge is-good")}
    <h1 tabindex="-1">${_("Saved on this tablet %(time)s", { time: clock(record.at) })}</h1>
    <p class="name num">${dotted(record.unitLabel[locale()], record.name)}</p>
    <p class="muted num">${dotted(record.number, summary(record))}</p>
  </div>`;
}

/** @param {RecordRow} record */
function summary(record) {
  if (record.kind === "attempt") return outcomeWords(record.outcome);
  if (record.kind === "inspection")
    return record.photos.total ? _("Photos: %(count)s", { count: record.photos.total }) : _("Inspection");
  return dotted(
    broughtWords(record),
    record.photos.total ? _("Photos: %(count)s", { count: record.photos.total }) : "",
    signedWords(record),
  );
}

/** What to say before going on (R08). @param {RecordRow} record */
function closingWords(record) {
  if (record.kind !== "visit") return nothing;
  return section(
    _("Before you go"),
    html`<div class="card col">
      <p class="row" data-testid="closing-words">
        ${icon("quote", "large is-brand")}
        <span class="name">${_("“Thank you for your understanding and your continued support.”")}</span>
      </p>
      ${record.copy ? html`<a class="btn" href="#/saved/${record.opId}/copy" data-testid="give-copy">${icon("qrcode")}${_("Give the owner a copy")}</a>` : nothing}
    </div>`,
  );
}

/** @param {RecordRow} record */
function whereItIs(record) {
  return section(
    _("Where it is"),
    html`<div class="card row wrap">
      <span class="grow words">${_("On this tablet → received by the office → complete")}</span>
      ${steps(record)}${stateChip(record)}
    </div>`,
  );
}

/** @param {RecordRow} record */
function whatNext(record) {
  const lines = [
    record.state === "here" || photosMissing(record)
      ? _("It is sent by itself as soon as there is a network. You need not do anything.")
      : "",
    record.kind === "visit" && record.issues
      ? _("Open issues then go to their departments; each must answer by the promised day.")
      : "",
    record.kind === "inspection"
      ? _("A department puts it right; the supervisor goes to see it and verifies it.")
      : record.kind === "attempt"
        ? _("The attempt is counted; this door stays on your list.")
        : _("If the owner asks: the record has the number %(number)s.", { number: record.number }),
  ].filter(Boolean);
  return section(
    _("What happens next"),
    html`<ul class="card col">
      ${lines.map((line) => html`<li class="row top-aligned">${icon("arrow-right", "is-brand line")}<span>${line}</span></li>`)}
    </ul>`,
  );
}

/** The next door on the way; the one just left comes last. @param {import("../app.js").App} app @param {RecordRow} record */
function nextDoor(app, record) {
  if (record.kind === "inspection")
    return html`<a class="btn primary big" href="#/inspect">${icon("plus")}${_("Note another")}</a>`;
  const today = app.engine.today(app.estateId || undefined);
  const rows = [...today.groups.flatMap((group) => group.rows), ...today.agreed];
  const here = app.engine.unitRow(record.unitId);
  const others = rows.filter((row) => row.unit.id !== record.unitId);
  const near = others.find(
    (row) =>
      here &&
      row.unit.building === here.building &&
      row.unit.entrance === here.entrance &&
      row.unit.floor <= here.floor,
  );
  const next = near ?? others[0];
  if (!next)
    return html`<a class="btn primary big" href="#/records">${icon("cloud-up")}${_("All doors done. See the records")}</a>`;
  return html`<a class="btn primary big" href="#/unit/${next.unit.id}">
    ${icon("door-enter")}<span>${_("Next door: %(number)s %(name)s", { number: next.unit.number, name: next.unit.name })}</span>${nothing}
  </a>`;
}
