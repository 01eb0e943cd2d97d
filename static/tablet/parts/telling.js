// What can be told to an owner: first what was done about their own words, then their building, then the estate.

import { html, nothing } from "lit";
import { toTell } from "../briefing.js";
import { _, locale } from "../i18n.js";
import { chip } from "./bits.js";
import { icon } from "./icon.js";
import { day, dayOf } from "./when.js";
import { dotted } from "./words.js";

/** @typedef {import("../types.js").BriefingRow} BriefingRow */
/** @typedef {import("../types.js").OwnWord} OwnWord */
/** @typedef {import("../types.js").Unit & { estate: string }} Here */

/**
 * @param {import("../app.js").App} app
 * @param {Here} unit
 * @param {import("../types.js").IssueRow[]} issues
 */
export function linesToTell(app, unit, issues) {
  const { own, near, estate } = toTell({ unit, issues, lines: app.engine.briefing(unit.estate), dateOf: dayOf });
  if (!own.length && !near.length && !estate.length) return nothing;
  return html`${
    own.length
      ? html`<ul class="card col own-words" aria-label=${_("About their own earlier words")}>
          ${own.map(ownLine)}
        </ul>`
      : nothing
  }
  ${
    near.length || estate.length
      ? html`<ul class="card col">
          ${[...near, ...estate].map(line)}
        </ul>`
      : nothing
  }`;
}

/** @typedef {import("../briefing.js").Tellable & { words: string }} ScriptLine */

/**
 * The same to be ticked off at the door, in the order in which it is said.
 * @param {import("../app.js").App} app
 * @param {Here} unit
 * @param {import("../types.js").IssueRow[]} issues
 * @returns {ScriptLine[]}
 */
export function linesOfScript(app, unit, issues) {
  const { own, near, estate } = toTell({ unit, issues, lines: app.engine.briefing(unit.estate), dateOf: dayOf });
  return [
    ...own.map((word) => ({
      under: /** @type {const} */ ("measures"),
      issueId: word.issueId,
      words: _("“%(text)s”: %(done)s", { text: word.text, done: doneWords(word) }),
    })),
    ...[...near, ...estate].map((told) => ({
      under: told.kind === "work" ? /** @type {const} */ ("recent_work") : /** @type {const} */ ("measures"),
      line: { id: told.id, version: told.version },
      words: told.text[locale()],
    })),
  ];
}

/** @param {OwnWord} word */
function ownLine(word) {
  return html`<li class="row top-aligned" data-testid="own-word">
    ${icon(word.what === "done" ? "circle-check" : word.what === "deferred" ? "calendar-time" : "tool", word.what === "done" ? "is-good line" : "is-brand line")}
    <div class="grow">
      <p>
        <span class="name">${_("“%(text)s”", { text: word.text })}</span>
        ${word.raisedOn ? html`<span class="muted num">${_("said on %(day)s", { day: day(word.raisedOn) })}</span>` : nothing}
      </p>
      <p>${doneWords(word)}</p>
    </div>
  </li>`;
}

/** What was done, by whom and when; or what is being done and until when. @param {OwnWord} word */
export function doneWords({ what, on, note, department, responsible, dueOn, fromOn }) {
  const by = [department?.[locale()], responsible].filter(Boolean).join(" ");
  const when =
    what === "done"
      ? _("done %(day)s", { day: day(on) })
      : what === "deferred"
        ? _("put off from %(from)s to %(day)s", { from: day(fromOn ?? ""), day: day(dueOn) })
        : dueOn
          ? _("to be done by %(day)s", { day: day(dueOn) })
          : _("at work since %(day)s", { day: day(on) });
  return dotted(note || (what === "done" ? _("reported rectified") : ""), by, when);
}

/** @param {BriefingRow} told */
function line(told) {
  const there = told.buildings.length > 0;
  return html`<li class="row top-aligned">
    ${icon(told.kind === "work" ? "check" : "tool", told.kind === "work" ? "is-good line" : "is-brand line")}
    <span class="grow">${told.text[locale()]} ${there ? chip(_("Building %(building)s", { building: told.buildings.join(" · ") }), "", "building") : nothing}</span>
  </li>`;
}
