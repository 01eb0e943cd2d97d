// The owner's copy: what was signed, in the owner's language; on the screen, on paper, and in plain words to be sent.

import { html, nothing } from "lit";
import { plusDays } from "../days.js";
import { speaking } from "../i18n.js";
import { copyAddress } from "../take_away.js";
import { qrCode } from "./qr.js";
import { callbacks, issues, spokenTo, surveys, UNSIGNED, whoDoesWhat } from "./said.js";
import { linesOf } from "./survey_said.js";
import { toldWords } from "./told.js";
import { clock, fullDay } from "./when.js";
import { methodWords, ratingWords, relationWords } from "./words.js";

/** @typedef {import("../types.js").TakeAway} TakeAway */
/** @typedef {import("../i18n.js").Gettext} Gettext */

/**
 * @param {import("../app.js").App} app
 * @param {TakeAway} copy
 * @param {boolean} received  the office has the visit
 */
export function takeAwayCopy(app, copy, received) {
  const { statement, sha256 } = copy;
  const { locale } = statement;
  const _ = speaking(locale);
  const reader = readerOf(copy);
  return html`<article class="take-away" lang=${locale === "zh" ? "zh-CN" : "en"} data-testid="take-away">
    ${head(copy, received, _)}
    <div class="card summary">
      ${callbacks(app, statement, _, reader)}${issues(app, statement, _, reader)}${surveys(app, statement, _, reader)}
      ${statement.wishes ? html`<div class="owner-part"><h2>${_("Your other wishes")}</h2><p class="prose">${statement.wishes}</p></div>` : nothing}
      <div class="owner-part">
        <h2>${_("Our service, all in all")}</h2>
        <p>${ratingWords(statement.rating, _)}</p>
      </div>
      <div class="owner-part take-away-objection">
        <h2>${_("If something here is not right")}</h2>
        ${objection(copy, _).map((line) => html`<p>${line}</p>`)}
      </div>
      <div class="owner-part">
        <h2>${_("Signatures")}</h2>
        ${signedFor(copy).map((words) => html`<p class="small prose">${words}</p>`)}
        ${signed(copy, _).map((line) => html`<p class="small num">${line}</p>`)}
      </div>
      <div class="owner-part">
        <p class="muted small">${_("Fingerprint (SHA-256)")}</p>
        <p class="small num take-away-digest">${sha256}</p>
      </div>
    </div>
  </article>`;
}

/**
 * The same as plain text, for a message.
 * @param {TakeAway} copy
 * @returns {string}
 */
export function plainCopy(copy) {
  const { statement, token, estate } = copy;
  const { locale } = statement;
  const _ = speaking(locale);
  const lines = [
    `${statement.estate.name} · ${statement.estate.company}`,
    _("Your copy of our visit"),
    statement.unit.label,
    ...facts(copy, _),
    ...part(
      _("What you raised before"),
      statement.callbacks.map((one) => calledBack(one, readerOf(copy), locale, _)),
    ),
    ...part(
      _("What you raised this time"),
      statement.issues.map((one) => `${one.n}. ${one.text} (${one.category})\n${whoDoesWhat(one, locale, _)}`),
    ),
    ...(statement.surveys ?? []).flatMap((sheet) => part(sheet.title, linesOf(sheet, locale, _))),
    ...part(_("Your other wishes"), statement.wishes ? [statement.wishes] : []),
    "",
    _("Our service, all in all: %(rating)s", { rating: ratingWords(statement.rating, _) }),
    ...part(_("If something here is not right"), objection(copy, _)),
    ...(token ? ["", _("Read it again:"), copyAddress(estate, token)] : []),
  ];
  return lines.join("\n");
}

/** @param {string} title @param {string[]} lines */
const part = (title, lines) => (lines.length ? ["", title, ...lines] : []);

/** @param {import("../types.js").StatementCallback} one @param {typeof UNSIGNED} reader @param {import("../types.js").Locale} locale @param {Gettext} _ */
function calledBack(one, reader, locale, _) {
  const what = one.told ? toldWords(one.told, locale, _) : one.measure;
  const why = one.reason && _("Your reason: %(reason)s", { reason: one.reason });
  return [`- ${one.text}`, what, reader.answer(one, _)[0], why].filter(Boolean).join("\n");
}

/** @param {TakeAway} copy @param {boolean} received @param {Gettext} _ */
function head(copy, received, _) {
  const { statement, token, estate } = copy;
  return html`<header class="take-away-head">
    <div class="col">
      <p class="muted small">${statement.estate.name} · ${statement.estate.company}</p>
      <h2 class="take-away-title">${_("Your copy of our visit")}</h2>
      <p class="strong">${statement.unit.label}</p>
      <p class="small num take-away-facts">${facts(copy, _).map((fact) => html`<span>${fact}</span>`)}</p>
    </div>
    ${
      token
        ? html`<figure class="take-away-qr">
            ${qrCode(copyAddress(estate, token), _("QR code with the link to the copy"))}
            <figcaption class="small">
              <b>${_("Scan with your phone")}</b>
              <span class="muted">${received ? _("It can be opened now.") : _("It opens once the office has received this visit, mostly today.")}</span>
              ${estate?.copies?.days ? html`<span class="muted">${_("It stays open for %(days)s days.", { days: estate.copies.days })}</span>` : nothing}
              <span class="take-away-address">${copyAddress(estate, token)}</span>
            </figcaption>
          </figure>`
        : nothing
    }
  </header>`;
}

/** @param {TakeAway} copy @param {Gettext} _ @returns {string[]} */
function facts({ statement: { locale, visit, officer, interviewee } }, _) {
  return [
    `${fullDay(visit.date, locale)} ${clock(visit.started_at, locale)}`,
    methodWords(visit.method, _),
    _("%(relation)s %(name)s", { relation: relationWords(interviewee.relation, _), name: interviewee.name }),
    _("Visit officer %(name)s", { name: officer.name }),
    _("No. %(number)s", { number: visit.number }),
  ];
}

/** How, and until when. @param {TakeAway} copy @param {Gettext} _ @returns {string[]} */
function objection({ statement, estate }, _) {
  const { phone } = statement.estate;
  const days = estate?.objection_days;
  if (!days) return [_("Call %(phone)s, or tell any of our staff: it is taken up again.", { phone })];
  const until = fullDay(plusDays(statement.visit.date, days), statement.locale);
  return [
    _("Call %(phone)s by %(day)s, or tell any of our staff: it is taken up again.", { phone, day: until }),
    _("To an issue that is closed later you can object within %(days)s days of that.", { days }),
  ];
}

/** By phone nobody signs. @param {TakeAway} copy */
function readerOf({ statement, signatures }) {
  const answered = signatures.some(({ role }) => role === "owner" || role === "witness");
  return answered || statement.visit.method === "phone" ? spokenTo(statement) : UNSIGNED;
}

/** The words that stood above the owner's signature, or above the witness's. @param {TakeAway} copy @returns {string[]} */
function signedFor({ statement: { consent, unsigned }, signatures }) {
  const roles = new Set(signatures.map(({ role }) => role));
  if (roles.has("owner")) return [consent.text];
  return roles.has("witness") && unsigned ? [unsigned.words] : [];
}

/** Who signed, or why not. @param {TakeAway} copy @param {Gettext} _ @returns {string[]} */
function signed({ statement: { locale, interviewee }, signatures, unsigned }, _) {
  const all = signatures.map(({ role, how, signer, signed_at }) => {
    const given = { name: signer.name, time: clock(signed_at, locale) };
    if (role === "witness") return _("%(name)s signed as a witness %(time)s", given);
    return how === "mark" ? _("%(name)s made a mark %(time)s", given) : _("%(name)s signed %(time)s", given);
  });
  return unsigned ? [_("%(name)s did not sign: %(why)s", { name: interviewee.name, why: unsigned.note }), ...all] : all;
}
