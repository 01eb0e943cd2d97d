// The owner file at the door: what else is known, what waits for the office beside it, the way to note a correction.

import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { chip } from "./bits.js";
import { icon } from "./icon.js";
import { masked } from "./numbers.js";
import { clockOrDay, month } from "./when.js";
import { dotted, occupancyWords } from "./words.js";

/** @typedef {import("../types.js").About} About */
/** @typedef {import("../types.js").Unit} Unit */
/** @typedef {import("../types.js").Pending} Pending */

/** @param {About} about */
export function aboutWords(about) {
  switch (about) {
    case "phone":
      return _("Phone");
    case "other_phone":
      return _("One more phone");
    case "name":
      return _("Name");
    case "emergency":
      return _("Emergency contact");
    case "household":
      return _("One more in the household");
    case "tenant":
      return _("A new tenant");
    case "occupancy":
      return _("Who lives there");
    case "care":
      return _("Care note");
    case "preferred_contact":
      return _("Preferred contact time");
    case "do_not_disturb":
      return _("Do not disturb");
    case "plates":
      return _("Number plate");
    default:
      return _("Something else");
  }
}

/** What a correction says, in one line; a telephone number only so far that one knows which. @param {About} about @param {Record<string, string>} value */
export function saidWords(about, value) {
  if (about === "occupancy") return occupancyWords(/** @type {Unit["occupancy"]} */ (value.occupancy));
  return Object.entries(value)
    .filter(([, said]) => said)
    .map(([part, said]) => (part === "phone" ? masked(said) : said))
    .join(" ");
}

/**
 * Where a correction stands, in the words of the list of records; "" for what is none, and where nobody at the office
 * can accept or refuse it: not sent yet, or rejected or set aside as it arrived.
 * @param {Pick<import("../types.js").RecordRow, "correction" | "state">} record
 */
export function standingWords({ correction, state }) {
  if (!correction) return "";
  const beforeNobody = state === "here" || state === "rejected" || state === "set_aside";
  return beforeNobody && correction.state === "waiting" ? "" : correctionWords(correction);
}

/** @param {NonNullable<import("../types.js").RecordRow["correction"]>} correction */
function correctionWords({ about, state, by = "", at = "", reason = "", taken = {} }) {
  const when = at ? clockOrDay(at, Date.now()) : "";
  switch (state) {
    case "accepted":
      return _("%(name)s, %(time)s: accepted, it stands in the file.", { name: by, time: when });
    case "changed":
      return _("%(name)s, %(time)s: accepted as “%(what)s”.", { name: by, time: when, what: saidWords(about, taken) });
    case "refused":
      return _("%(name)s, %(time)s: not accepted. %(reason)s", { name: by, time: when, reason });
    default:
      return _("Waits for the office to accept or refuse it.");
  }
}

/**
 * What waits for the office about one person, or about the unit, beside what stands there now.
 * @param {Unit} unit
 * @param {string} [person]
 * @param {About} [about]  only this
 */
export function pendingOf(unit, person, about) {
  const known = new Set(unit.people.map(({ id }) => id));
  const mine = (unit.corrections ?? [])
    .filter((one) => (person ? one.person === person : !one.person || !known.has(one.person)))
    .filter((one) => !about || one.about === about);
  if (!mine.length) return nothing;
  return html`<ul class="pendings">
    ${mine.map((one) => html`<li data-testid="pending">${chip(pendingWords(one), "wait", "hourglass")} <span class="muted">${dotted(one.by, clockOrDay(one.at, Date.now()))}</span></li>`)}
  </ul>`;
}

/** @param {Pending} pending */
function pendingWords({ about, value }) {
  return _("%(about)s, waits for the office: %(value)s", { about: aboutWords(about), value: saidWords(about, value) });
}

/** What helps before one knocks; nothing where nothing is known. @param {Unit} unit */
export function alsoKnown(unit) {
  const lines = [
    homeWords(unit) ? line("home", homeWords(unit)) : nothing,
    unit.preferred_contact ? line("clock", _("Best reached: %(time)s", { time: unit.preferred_contact })) : nothing,
    unit.household?.length ? line("users", _("Also living here: %(people)s", { people: membersOf(unit) })) : nothing,
    unit.plates?.length ? line("car", unit.plates.join("、")) : nothing,
  ].filter((one) => one !== nothing);
  return lines.length ? html`<ul class="known">${lines}</ul>` : nothing;
}

/** `98.6 ㎡ · 2024年5月交付 · 自住`. @param {Unit} unit */
const homeWords = ({ area, handover_on: handedOver, occupancy }) =>
  dotted(
    area && `${area} ㎡`,
    handedOver && _("handed over %(month)s", { month: month(handedOver) }),
    occupancyWords(occupancy),
  );

/** @param {Unit} unit */
const membersOf = ({ household = [] }) =>
  household.map(({ name, relation }) => (relation ? `${name} (${relation})` : name)).join("、");

/** @param {string} iconName @param {string} words */
const line = (iconName, words) =>
  html`<li class="row top-aligned">${icon(iconName, "muted line")}<span>${words}</span></li>`;

/** The small way to a correction. @param {string} to */
export function somethingWrong(to) {
  return html`<a class="btn small ghost add-note" href="#/${to}" data-testid="correct">${icon("user-edit")}${_("Is something wrong here?")}</a>`;
}
