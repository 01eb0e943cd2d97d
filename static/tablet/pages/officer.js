// The officer signs what the owner has seen, and the visit is saved.

import { html, nothing } from "lit";
import { inWords } from "../errors.js";
import { _, locale } from "../i18n.js";
import { tooLittle } from "../ink.js";
import "../parts/ink_pad.js";
import { chip, complaint, section, segments } from "../parts/bits.js";
import { elsewhere, screen, topBar } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { question } from "../parts/sheet.js";
import { savedChip } from "../parts/state.js";
import { linesOf } from "../parts/survey_said.js";
import { answerWords, toldWords } from "../parts/told.js";
import { clock, day } from "../parts/when.js";
import { dotted, ratingWords, relationWords } from "../parts/words.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../visit_kept.js").VisitKept} VisitKept */

/** @type {import("../types.js").Rating[]} */
const RATINGS = ["satisfied", "basic", "dissatisfied", "none"];

/** @type {import("../routes.js").PageMaker} */
export async function officerPage(app, { unit: id }) {
  const found = await app.visit(id);
  if (found?.phase !== "officer") return elsewhere(app, found ? `visit/${id}` : "today");
  const kept = found;
  const signed = app.engine.signing();
  let trouble = "";
  let busy = false;

  async function save() {
    busy = true;
    trouble = "";
    app.redraw();
    // A rating given just before clears the ink under the one before it.
    await kept.remade;
    if (whatIsMissing(kept)) {
      busy = false;
      return app.redraw();
    }
    try {
      const record = await app.engine.holdVisit(kept.draft);
      app.forgetVisit(id);
      await app.replace(`saved/${record.opId}`);
    } catch (error) {
      trouble = inWords(error);
      busy = false;
      app.redraw();
    }
  }

  /** Saved or taken up again in another window: here nothing is signed any more. */
  function refresh() {
    const begun = app.engine.drafts().some(({ unitId }) => unitId === id);
    if (busy || trouble || (begun && kept.phase === "officer")) return;
    if (!begun) app.forgetVisit(id);
    app.replace(begun ? `visit/${id}` : "today");
  }

  return {
    title: _("Your signature"),
    leave: signed,
    refresh,
    view: () => {
      const lacks = whatIsMissing(kept);
      return screen({
        top: topBar({
          lead: html`<button type="button" class="btn ghost square way-back" aria-label=${_("Back to the visit")} @click=${() => askToGoBack(app, kept, id)}>
            ${icon("arrow-left", "large")}
          </button>`,
          title: _("Your signature"),
          sub: app.engine.unitRow(id)?.number ?? nothing,
          aside: savedChip(kept),
        }),
        body: html`${kept.draft.method === "phone" ? onThePhone(kept) : whatWasSaid(kept)}${pad(app, kept)}`,
        foot: html`<footer class="foot">
          ${complaint(trouble)}
          ${lacks ? html`<p class="foot-words muted" role="status">${lacks}</p>` : nothing}
          <div class="foot-row">
            <button type="button" class="btn primary big" ?disabled=${Boolean(lacks) || busy} @click=${save}>
              ${icon("device-floppy")}${busy ? _("Saving …") : _("Sign and save")}
            </button>
          </div>
        </footer>`,
      });
    },
  };
}

/** What must come before saving, in words. @param {VisitKept} kept */
function whatIsMissing({ draft }) {
  const ink = draft.signing?.officer?.ink;
  if (!draft.rating) return _("Please choose a rating first.");
  if (!ink) return _("Please sign above.");
  return tooLittle(ink, "signed") ? _("This is too little for a signature. Please write your name.") : "";
}

/** @param {VisitKept} kept */
function whatWasSaid(kept) {
  const statement = kept.statement();
  const { signing, unsigned } = kept.draft;
  const { name, relation } = statement.interviewee;
  return section(
    _("The owner's side"),
    html`<div class="card col">
      <div class="row wrap">
        <p class="grow"><span class="name">${name}</span> <span class="muted">${relationWords(relation)}</span></p>
        ${chip(ratingWords(statement.rating), statement.rating === "dissatisfied" ? "late" : statement.rating === "none" ? "" : "good")}
      </div>
      <p class="row top-aligned">
        ${unsigned ? icon("ban", "is-wait line") : icon("signature", "is-good line")}
        <span>
          ${unsigned ? notSignedWords(kept.draft) : signing?.owner?.how === "mark" ? _("Marked, witness %(name)s", { name: signing.owner.witness ?? "" }) : _("Signed %(time)s", { time: clock(signing?.owner?.signed_at ?? kept.savedAt) })}
        </span>
      </p>
      <p class="muted num">
        ${dotted(
          _("Issues: %(count)s", { count: statement.issues.length }),
          _("Callbacks: %(count)s", { count: statement.callbacks.length }),
          statement.surveys && _("Survey sheets: %(count)s", { count: statement.surveys.length }),
          _("Photos: %(count)s", { count: statement.photos.length }),
        )}
      </p>
    </div>`,
  );
}

/** @param {import("../types.js").Draft} draft */
function notSignedWords({ unsigned, witness }) {
  const why = _("Not signed: %(why)s", { why: unsigned?.note || unsigned?.reason || "" });
  return dotted(why, witness && _("Witness %(name)s", { name: witness.name }));
}

/** @param {import("../types.js").Answer} answer */
const answeredWords = (answer) => (answer === "satisfied" ? _("Satisfied") : _("Dissatisfied"));

/** Nobody can sign over the phone: the officer reads out what was written and asks for the rating. @param {VisitKept} kept */
function onThePhone(kept) {
  const { callbacks, issues, surveys = [], wishes, interviewee } = kept.statement();
  const things = [
    ...callbacks.map(({ text, answer, reason, told }) =>
      dotted(text, told && toldWords(told), told ? answerWords({ answer, told }, _)[0] : answeredWords(answer), reason),
    ),
    ...issues.map(({ text, answered, answer, department, promised_on }) =>
      dotted(
        text,
        answered ? answer : department && _("to %(department)s", { department }),
        promised_on && _("answer promised by %(day)s", { day: day(promised_on) }),
      ),
    ),
    ...surveys.map((sheet) => ofSheet(sheet.title, linesOf(sheet, locale(), _))),
    wishes,
  ].filter(Boolean);
  return html`${section(
    _("Read out to %(name)s", { name: interviewee.name }),
    html`<ol class="card col">${things.map((thing, at) => html`<li class="row top-aligned"><b class="num">${at + 1}.</b><div>${thing}</div></li>`)}</ol>`,
  )}
  ${section(
    _("Our service, all in all"),
    segments({
      label: _("Our service, all in all"),
      value: kept.draft.rating,
      options: RATINGS.map((value) => ({ value, words: ratingWords(value) })),
      pick: (value) =>
        kept.remakeStatement((draft) => {
          draft.rating = value;
        }),
    }),
  )}`;
}

/** A survey's sheet is one thing, however many answers there are on it. @param {string} title @param {string[]} lines */
const ofSheet = (title, [became, ...said]) =>
  html`<p>${dotted(title, became)}</p>${said.map((line) => html`<p>${line}</p>`)}`;

/** @param {App} app @param {VisitKept} kept */
function pad(app, kept) {
  const signature = kept.draft.signing?.officer;
  const { staff } = app.engine.me();
  return html`<section class="section">
    <div class="section-head"><h2>${_("Visit officer %(name)s", { name: staff.name })}</h2>
      ${
        signature
          ? html`<button type="button" class="btn ghost" @click=${() => kept.sign("officer", undefined)}>${icon("eraser")}${_("Sign again")}</button>`
          : nothing
      }
    </div>
    <ink-pad
      .ink=${signature?.ink}
      .since=${signature?.signed_at ?? ""}
      .under=${kept.draft.signing?.sha256 ?? ""}
      .label=${_("Your signature")}
      @inked=${(/** @type {CustomEvent} */ event) => kept.sign("officer", event.detail)}
    >
      <p class="hint">${_("Sign here with a finger or a pen")}</p>
    </ink-pad>
  </section>`;
}

/** @param {App} app @param {VisitKept} kept @param {string} id */
function askToGoBack(app, kept, id) {
  app.openSheet(() =>
    question({
      title: _("Back to the visit?"),
      words: _("Whatever is changed there must be read and signed by the owner again."),
      answers: [
        { words: _("Stay here"), look: "primary", act: () => app.closeSheet() },
        { words: _("Back to the visit"), icon: "arrow-left", act: () => goBack(app, kept, id) },
      ],
    }),
  );
}

/** @param {App} app @param {VisitKept} kept @param {string} id */
async function goBack(app, kept, id) {
  await kept.turn("visit");
  app.closeSheet();
  await app.replace(`visit/${id}`);
}
