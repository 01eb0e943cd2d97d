// Owner mode: the owner reads the statement, judges, signs. Everything shown comes from the statement alone.

import { html, nothing } from "lit";
import { speaking } from "../i18n.js";
import { tooLittle } from "../ink.js";
import "../parts/ink_pad.js";
import { arrowKeys, complaint, readOn, segments, tick } from "../parts/bits.js";
import { elsewhere, foot, screen } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { callbacks, issues, surveys } from "../parts/said.js";
import { clock, fullDay } from "../parts/when.js";
import { methodWords, ratingWords, relationWords } from "../parts/words.js";
import { LONGEST_NAME } from "../visit.js";
import { refusalSheet } from "./not_signing.js";
import { takeBackSheet } from "./take_back.js";
import { witnessing } from "./witness.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../visit_kept.js").VisitKept} VisitKept */
/** @typedef {import("../types.js").Statement} Statement */
/** @typedef {import("../types.js").Rating} Rating */
/** @typedef {import("../i18n.js").Gettext} Gettext */

/** @type {[Rating, string, string][]} */
const FACES = [
  ["satisfied", "mood-happy", "is-good"],
  ["basic", "mood-smile", "is-brand"],
  ["dissatisfied", "mood-sad", "is-late"],
  ["none", "mood-empty", ""],
];

/** @type {import("../routes.js").PageMaker} */
export async function ownerPage(app, { unit: id }) {
  const found = await app.visit(id);
  if (!found?.isWithOwner() || !found.draft.signing) return elsewhere(app, found ? `visit/${id}` : "today");
  const kept = found;
  const watch = new AbortController();
  for (const kind of ["scroll", "resize"])
    for (const moved of [globalThis, globalThis.visualViewport])
      moved?.addEventListener(kind, lookForEnd, { signal: watch.signal, passive: true });

  /** The end of the summary stands on the screen: from now on it can be signed. */
  function lookForEnd() {
    const end = document.querySelector(".summary-end");
    if (!end || kept.draft.signing?.end_seen_at) return;
    const below = document.querySelector(".owner .foot")?.clientHeight ?? 0;
    // Made larger with two fingers, the screen shows but a part of the page.
    const { offsetTop = 0, height = innerHeight } = globalThis.visualViewport ?? {};
    if (end.getBoundingClientRect().top <= Math.min(innerHeight - below, offsetTop + height)) kept.endSeen();
  }

  return {
    leave: () => watch.abort(),
    view: () => {
      const statement = kept.statement();
      const _ = speaking(statement.locale);
      requestAnimationFrame(lookForEnd);
      const shown = kept.phase === "thanks" ? thanks : kept.phase === "witness" ? witnessing : reading;
      const content = shown(app, kept, id, statement, _);
      return html`<div lang=${statement.locale === "zh" ? "zh-CN" : "en"}>${content}</div>`;
    },
  };
}

/** @param {App} app @param {VisitKept} kept @param {string} id @param {Statement} statement @param {Gettext} _ */
function reading(app, kept, id, statement, _) {
  return screen({
    look: "owner",
    top: header(app, kept, id, statement, _),
    body: html`${languages(app, kept, statement)}<div class="owner-columns">
      ${summary(app, statement, _)}
      <div class="owner-acts">${rating(app, kept, statement, _)}${signing(kept, statement, _)}</div>
    </div>`,
    foot: waysOn(app, kept, statement, _),
  });
}

/** @param {App} app @param {VisitKept} kept @param {string} id @param {Statement} statement @param {Gettext} _ */
function header(app, kept, id, statement, _) {
  return html`<header class="top">
    <div class="top-row">
      <div class="top-title">
        <p class="muted small">${statement.estate.company}</p>
        <h1 tabindex="-1">${_("%(name)s, please read this", { name: statement.interviewee.name })}</h1>
      </div>
      <button type="button" class="btn ghost square" aria-label=${_("Staff: back to the visit, with PIN")} @click=${() => app.openSheet(takeBackSheet(app, kept, id, "visit"))}>
        ${icon("lock")}
      </button>
    </div>
  </header>`;
}

/** The first thing that an owner can choose, each language in its own words. @param {App} app @param {VisitKept} kept @param {Statement} statement */
function languages(app, kept, { locale }) {
  return html`<div class="languages">${segments({
    label: "语言 · Language",
    value: locale,
    options: /** @type {const} */ ([
      { value: "zh", words: html`<span lang="zh-CN">中文</span>` },
      { value: "en", words: html`<span lang="en">English</span>` },
    ]),
    pick: (to) => to !== locale && speak(app, kept, to),
  })}</div>`;
}

/** @param {App} app @param {VisitKept} kept @param {import("../types.js").Locale} to */
async function speak(app, kept, to) {
  const signed = hasInk(kept);
  // Before it is drawn: where the other words ended, nobody has read these.
  scrollTo(0, 0);
  await kept.remakeStatement((draft) => {
    draft.locale = to;
  });
  app.engine.reads(kept.draft.unit_id, kept.draft.interviewee.name, to);
  const _ = speaking(to);
  if (signed) app.say(_("The language has changed: please sign again."));
}

/** @param {App} app @param {Statement} statement @param {Gettext} _ */
function summary(app, statement, _) {
  return html`<section class="card summary" aria-label=${_("Summary of this visit")}>
    ${about(statement, _)}${callbacks(app, statement, _)}${issues(app, statement, _)}${surveys(app, statement, _)}${wishes(statement, _)}${consent(statement, _)}
    <div class="summary-end"></div>
  </section>`;
}

/** @param {Statement} statement @param {Gettext} _ */
function about({ locale, visit, unit, officer, interviewee }, _) {
  const facts = [
    `${fullDay(visit.date, locale)} ${clock(visit.started_at, locale)}`,
    methodWords(visit.method, _),
    _("%(relation)s %(name)s", { relation: relationWords(interviewee.relation, _), name: interviewee.name }),
    _("Visit officer %(name)s", { name: officer.name }),
    _("No. %(number)s", { number: visit.number }),
  ];
  return html`<div class="owner-part">
    <p class="strong">${unit.label}</p>
    <p class="muted small num facts">${facts.map((fact) => html`<span>${fact}</span>`)}</p>
  </div>`;
}

/** @param {Statement} statement @param {Gettext} _ */
function wishes({ wishes: words }, _) {
  return words
    ? html`<div class="owner-part"><h2>${_("Your other wishes")}</h2><p class="prose">${words}</p></div>`
    : nothing;
}

/** @param {Statement} statement @param {Gettext} _ */
function consent({ consent: { text }, estate }, _) {
  return html`<div class="owner-part">
    <h2>${_("What your signature means")}</h2>
    <p class="small prose">${text}</p>
    ${estate.phone && !text.includes(estate.phone) ? html`<p class="small num">${_("Questions? %(name)s, phone %(phone)s", { name: estate.name, phone: estate.phone })}</p>` : nothing}
  </div>`;
}

/** @param {App} app @param {VisitKept} kept @param {Statement} statement @param {Gettext} _ */
function rating(app, kept, statement, _) {
  /** @param {Rating} value */
  async function judge(value) {
    if (value === statement.rating) return;
    const signed = hasInk(kept);
    await kept.remakeStatement((draft) => {
      draft.rating = value;
    });
    if (signed) app.say(_("Your rating has changed: please sign again."));
  }

  return html`<section class="col">
    <h2 id="rating">${_("Our service, all in all")}</h2>
    <div class="faces" role="radiogroup" aria-labelledby="rating" @keydown=${arrowKeys}>
      ${FACES.map(
        ([value, iconName, look]) => html`<button
          type="button"
          role="radio"
          class="face"
          aria-checked=${value === statement.rating ? "true" : "false"}
          @click=${() => judge(value)}
        >
          ${icon(iconName, look)}<span>${ratingWords(value, _)}</span>
        </button>`,
      )}
    </div>
  </section>`;
}

/** @param {VisitKept} kept @param {Statement} statement @param {Gettext} _ */
function signing(kept, statement, _) {
  const signature = kept.draft.signing?.owner;
  const mark = signature?.how === "mark";
  const wait = whyNotYet(kept, statement, _);
  const words = mark ? _("Please make a mark") : _("Please sign");
  return html`<section class="col" aria-labelledby="sign">
    <div class="row sign-head">
      <h2 class="grow" id="sign">${words}</h2>
      ${
        signature?.ink.strokes.length
          ? html`<button type="button" class="btn ghost" @click=${() => kept.sign("owner", undefined)}>${icon("eraser")}${_("Sign again")}</button>`
          : nothing
      }
    </div>
    ${mark ? witness(kept, _) : nothing}
    <ink-pad
      ?closed=${Boolean(wait)}
      .ink=${signature?.ink.strokes.length ? signature.ink : undefined}
      .since=${signature?.signed_at ?? ""}
      .under=${kept.draft.signing?.sha256 ?? ""}
      .label=${words}
      @inked=${(/** @type {CustomEvent} */ event) => kept.sign("owner", event.detail)}
    >
      <p class="hint">${wait || hint(mark, statement, _)}</p>
    </ink-pad>
  </section>`;
}

/** @param {boolean} mark @param {Statement} statement @param {Gettext} _ */
function hint(mark, statement, _) {
  const relation = relationWords(statement.interviewee.relation, _);
  return mark
    ? _("Make the mark here with a finger or a pen · %(relation)s", { relation })
    : _("Sign here with a finger or a pen · %(relation)s", { relation });
}

/** What must come before the ink, in words. @param {VisitKept} kept @param {Statement} statement @param {Gettext} _ */
function whyNotYet(kept, statement, _) {
  if (!kept.draft.signing?.end_seen_at) return _("Please read to the end first.");
  if (!statement.rating) return _("Please choose a rating first.");
  return "";
}

/** A mark is read aloud and witnessed by a named person. @param {VisitKept} kept @param {Gettext} _ */
function witness(kept, _) {
  const signature = kept.draft.signing?.owner;
  /** @param {(signature: import("../types.js").DraftSignature) => void} change */
  const change = (change) =>
    kept.change((draft) => {
      if (draft.signing?.owner) change(draft.signing.owner);
    });
  return html`<div class="card col">
    ${tick(_("All of this was read aloud to the owner"), signature?.read_aloud ?? false, (to) =>
      change((mine) => {
        mine.read_aloud = to;
      }),
    )}
    <label class="field">
      <span>${_("Name of the witness")}</span>
      <input
        class="input"
        autocomplete="off"
        maxlength=${LONGEST_NAME}
        .value=${signature?.witness ?? ""}
        @input=${(/** @type {InputEvent} */ event) =>
          change((mine) => {
            mine.witness = /** @type {HTMLInputElement} */ (event.target).value;
          })}
      />
    </label>
    <button type="button" class="btn ghost start" @click=${() => kept.endMark()}>${icon("signature")}${_("Sign with a name after all")}</button>
  </div>`;
}

/** @param {App} app @param {VisitKept} kept @param {Statement} statement @param {Gettext} _ */
function waysOn(app, kept, statement, _) {
  const lacks = whatIsMissing(kept, statement, _);
  const unread = !kept.draft.signing?.end_seen_at;
  return html`<footer class="foot">
    <p class="foot-words muted small" role="status">${kept.trouble ? complaint(kept.trouble) : lacks || _("After signing it cannot be changed any more.")}</p>
    <div class="foot-row">
      <button type="button" class="btn side" @click=${() => app.openSheet(refusalSheet(app, kept, _))}>${_("Not signing …")}</button>
      ${
        unread
          ? readOn(_)
          : html`<button type="button" class="btn primary big" ?disabled=${Boolean(lacks)} @click=${() => kept.ownerDone()}>${_("Confirm and sign")}</button>`
      }
    </div>
  </footer>`;
}

/** @param {VisitKept} kept @param {Statement} statement @param {Gettext} _ */
function whatIsMissing(kept, statement, _) {
  const signature = kept.draft.signing?.owner;
  const first = whyNotYet(kept, statement, _);
  if (first) return first;
  if (signature?.how === "mark" && !signature.read_aloud) return _("Please tick that everything was read aloud.");
  if (signature?.how === "mark" && !signature.witness?.trim())
    return _("A mark needs a witness: please enter the name.");
  if (signature?.how === "mark" && isNobodyElse(signature.witness, statement))
    return _("A witness is somebody else than the owner and the officer.");
  if (!signature?.ink.strokes.length)
    return signature?.how === "mark" ? _("Please make a mark above.") : _("Please sign above.");
  if (tooLittle(signature.ink, signature.how)) return _("This is too little for a signature. Please write your name.");
  return "";
}

/** @param {string | undefined} witness @param {Statement} statement */
const isNobodyElse = (witness, { interviewee, officer }) =>
  [interviewee.name.trim(), officer.name.trim()].includes(witness?.trim() ?? "");

/** @param {VisitKept} kept */
function hasInk(kept) {
  return Boolean(kept.draft.signing?.owner?.ink.strokes.length);
}

/** The owner is done; only the officer's PIN leads on. @param {App} app @param {VisitKept} kept @param {string} id @param {Statement} statement @param {Gettext} _ */
function thanks(app, kept, id, statement, _) {
  const goesOn = statement.callbacks.some(({ answer }) => answer !== "satisfied" && answer !== "agreed");
  const open = goesOn || statement.issues.some((issue) => !issue.answered);
  return screen({
    look: "owner",
    top: html`<header class="top"><p class="muted small">${statement.estate.company}</p></header>`,
    body: html`<div class="saved-head">
      ${icon("circle-check", "huge is-good")}
      <h1 tabindex="-1">${_("Thank you, %(name)s", { name: statement.interviewee.name })}</h1>
      <p>${_("Thank you for your understanding and your continued support.")}</p>
      ${open ? html`<p class="muted">${_("We follow what you raised until you are satisfied.")}</p>` : nothing}
    </div>`,
    foot: foot(html`<button type="button" class="btn primary big" @click=${() => app.openSheet(takeBackSheet(app, kept, id, "officer"))}>
      ${icon("lock-open")}${_("Hand the tablet back to %(name)s", { name: statement.officer.name })}
    </button>`),
  });
}
