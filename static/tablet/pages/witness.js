// The owner did not sign: somebody else signs that this is what the owner said (policy section 2).

import { html, nothing } from "lit";
import { tooLittle } from "../ink.js";
import "../parts/ink_pad.js";
import { readOn, segments } from "../parts/bits.js";
import { screen } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { callbacks, issues, surveys, WITNESS } from "../parts/said.js";
import { LONGEST_NAME, worthAWitness } from "../visit.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../visit_kept.js").VisitKept} VisitKept */
/** @typedef {import("../types.js").Statement} Statement */
/** @typedef {import("../i18n.js").Gettext} Gettext */

/** @param {App} app @param {VisitKept} kept @param {string} _id @param {Statement} statement @param {Gettext} _ */
export function witnessing(app, kept, _id, statement, _) {
  const lacks = whatIsMissing(kept, statement, _);
  return screen({
    look: "owner",
    top: html`<header class="top"><div class="top-row"><div class="top-title">
      <p class="muted small">${statement.estate.company}</p>
      <h1 tabindex="-1">${_("A witness, please")}</h1>
    </div></div></header>`,
    body: html`<div class="owner-columns">
      <section class="card summary" aria-label=${_("What you witness")}>
        <div class="owner-part"><h2>${_("What you witness")}</h2><p class="prose">${statement.unsigned?.words}</p></div>
        ${callbacks(app, statement, _, WITNESS)}${statement.issues.length ? issues(app, statement, _, WITNESS) : nothing}${surveys(app, statement, _, WITNESS)}
        <div class="summary-end"></div>
      </section>
      <div class="owner-acts">${whoItIs(kept, _)}${pad(kept, _)}</div>
    </div>`,
    foot: html`<footer class="foot">
      <p class="foot-words muted small" role="status">${lacks || _("After signing it cannot be changed any more.")}</p>
      <div class="foot-row">
        <button type="button" class="btn side" @click=${() => kept.noWitness()}>${_("Nobody is here")}</button>
        ${
          kept.draft.signing?.end_seen_at
            ? html`<button type="button" class="btn primary big" ?disabled=${Boolean(lacks)} @click=${() => confirm(kept)}>${_("Sign as a witness")}</button>`
            : readOn(_)
        }
      </div>
    </footer>`,
  });
}

/** @param {VisitKept} kept */
async function confirm(kept) {
  await kept.turn("thanks");
  scrollTo(0, 0);
}

/** @param {VisitKept} kept @param {Gettext} _ */
function whoItIs(kept, _) {
  const { name = "", relation = "" } = kept.draft.witness ?? {};
  return html`<section class="col">
    <p class="row top-aligned small">${icon("info-circle", "line")}<span>${whatForWords(kept, _)}</span></p>
    <label class="field">
      <span>${_("Name of the witness")}</span>
      <input
        class="input"
        autocomplete="off"
        maxlength=${LONGEST_NAME}
        .value=${name}
        @input=${(/** @type {InputEvent} */ event) => kept.nameWitness({ name: /** @type {HTMLInputElement} */ (event.target).value })}
      />
    </label>
    ${segments({
      label: _("Who the witness is"),
      value: relation,
      options: [
        { value: "neighbour", words: _("Neighbour") },
        { value: "family", words: _("Family member") },
        { value: "community", words: _("Community worker") },
        { value: "colleague", words: _("Colleague of ours") },
      ],
      pick: (to) => kept.nameWitness({ relation: to }),
    })}
  </section>`;
}

/** What goes without a witness. @param {VisitKept} kept @param {Gettext} _ */
const whatForWords = ({ draft }, _) =>
  worthAWitness({ ...draft, surveys: [] })
    ? _("Without a witness, what was called solved stays open and is asked again.")
    : _("Without a witness, nobody confirms that the survey's sheet was handed out.");

/** @param {VisitKept} kept @param {Gettext} _ */
function pad(kept, _) {
  const signature = kept.draft.signing?.witness;
  const wait = whyNotYet(kept, _);
  return html`<section class="col" aria-labelledby="witness-sign">
    <div class="row sign-head">
      <h2 class="grow" id="witness-sign">${_("The witness signs")}</h2>
      ${signature ? html`<button type="button" class="btn ghost" @click=${() => kept.sign("witness", undefined)}>${icon("eraser")}${_("Sign again")}</button>` : nothing}
    </div>
    <ink-pad
      ?closed=${Boolean(wait)}
      .ink=${signature?.ink}
      .since=${signature?.signed_at ?? ""}
      .under=${underWhat(kept.draft)}
      .label=${_("The witness signs")}
      @inked=${(/** @type {CustomEvent} */ event) => kept.sign("witness", event.detail)}
    >
      <p class="hint">${wait || _("Sign here with a finger or a pen")}</p>
    </ink-pad>
  </section>`;
}

/** The words and the name. @param {import("../visit_kept.js").KeptDraft} draft */
const underWhat = ({ signing, witness }) => [signing?.sha256, witness?.name, witness?.relation].join();

/** What must come before the ink, in words. @param {VisitKept} kept @param {Gettext} _ */
function whyNotYet({ draft }, _) {
  if (!draft.signing?.end_seen_at) return _("Please read to the end first.");
  const { name = "", relation = "" } = draft.witness ?? {};
  return name.trim() && relation ? "" : _("Please say first who the witness is.");
}

/** @param {VisitKept} kept @param {Statement} statement @param {Gettext} _ */
function whatIsMissing(kept, { interviewee, officer }, _) {
  const { draft } = kept;
  const first = whyNotYet(kept, _);
  if (first) return first;
  const name = draft.witness?.name.trim() ?? "";
  if ([interviewee.name, officer.name].includes(name))
    return _("A witness is somebody else than the owner and the officer.");
  const ink = draft.signing?.witness?.ink;
  if (!ink) return _("Please sign above.");
  return tooLittle(ink, "signed") ? _("This is too little for a signature. Please write your name.") : "";
}
