// What an answer to a callback is about and what it can do, said before it is asked for.

import { html, nothing } from "lit";
import { settledWords } from "../briefing.js";
import { closes, isOnlyTheOwners, isStrict } from "../closing.js";
import { _ } from "../i18n.js";
import { icon } from "./icon.js";
import { day } from "./when.js";
import { dotted, relationWords } from "./words.js";

/** @typedef {import("../closing.js").Asked} Asked */
/** @typedef {import("../types.js").Relation} Relation */

/**
 * At the door, signed, every answer of the owner's own counts: then there is nothing to be said.
 * @param {Asked} asked
 * @param {{ method: import("../types.js").Method, relation: Relation, another?: boolean }} given
 */
export function whatItCanDo(asked, { method, relation, another = false }) {
  const counts = closes(asked, { method, relation, another, signed: method === "phone" ? "" : "owner" });
  if (counts && method === "door") return nothing;
  return html`<p class="row top-aligned ${counts ? "muted" : "is-wait"}" data-testid="what-it-can-do">
    ${icon(counts ? "phone-check" : "alert-circle", "line")}<span>${canDoWords(asked, { method, relation, another }, counts)}</span>
  </p>`;
}

/** @param {Asked} asked @param {{ method: import("../types.js").Method, relation: Relation, another: boolean }} given @param {boolean} counts */
function canDoWords(asked, { method, relation, another }, counts) {
  if (counts) return _("An answer by phone counts: satisfied closes it, dissatisfied begins the next round.");
  if (isOnlyTheOwners(asked, { relation }))
    return _(
      "The owner raised this: if the tenant finds it good, it stays open and the owner is asked. “Dissatisfied” counts.",
    );
  if (isStrict(asked) && method === "door" && another)
    return _(
      "Whoever answers is not in the owner file: only the signature of an owner who stands there closes it. What is not right yet can be said.",
    );
  if (isStrict(asked) && method === "door")
    return _("Only the owner's own signature closes it. %(relation)s can say what is not right yet.", {
      relation: relationWords(relation),
    });
  if (asked.order) return _("After rework only the owner's signature closes it: if satisfied, ask for it at the door.");
  return _(
    "“Satisfied” by phone does not close a complaint: ask for the signature at the door. “Dissatisfied” counts.",
  );
}

/**
 * That whoever is here cannot agree to what the owner is to be told.
 * @param {Asked} asked
 * @param {{ relation: Relation }} given
 */
export function whoCanAgree(asked, given) {
  return isOnlyTheOwners(asked, given)
    ? html`<p class="row top-aligned is-wait" data-testid="what-it-can-do">
        ${icon("alert-circle", "line")}<span>${_("The owner raised this: only the owner can agree. What the tenant says is kept.")}</span>
      </p>`
    : nothing;
}

/**
 * What its owner wrote in the survey from which it comes: for whoever is about to ring or to knock.
 * @param {{ callUnwelcome?: boolean } | undefined} task
 */
export function callUnwelcome(task) {
  return task?.callUnwelcome
    ? html`<p class="row top-aligned is-wait" data-testid="call-unwelcome">
        ${icon("phone-off", "line")}<span>${_("In the survey the owner wanted no callback. They are asked all the same: nobody else can close it.")}</span>
      </p>`
    : nothing;
}

/** What the department had settled: measure and method, who answers for it, by when. @param {import("../types.js").Issue} issue */
export function whatWasSettled(issue) {
  const words = dotted(
    settledWords(issue),
    issue.responsible,
    issue.due_on && _("to be done by %(day)s", { day: day(issue.due_on) }),
  );
  return issue.measure ? html`<p class="muted">${_("Settled: %(what)s", { what: words })}</p>` : nothing;
}

/** The photos are not on the tablet: how many there are is. @param {import("../types.js").Issue} issue */
export function photosOfTheWork({ photos_after: count }) {
  return count
    ? html`<p class="muted row top-aligned">${icon("camera", "line")}<span>${_("Photos of the work done: %(count)s, to be seen at the office.", { count })}</span></p>`
    : nothing;
}
