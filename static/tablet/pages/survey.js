// One survey's sheet at a door: told and handed out, its questions asked and tapped, another time agreed, or why not.

import { html, nothing } from "lit";
import { _, locale } from "../i18n.js";
import { arrowKeys, complaint, section, segments, sentencesField, tick } from "../parts/bits.js";
import { beforeCamera, keepPhotoIn } from "../parts/camera.js";
import { elsewhere, foot, screen, topBar, wayBack } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { NextTry } from "../parts/next_try.js";
import { cameraButton, photoRow } from "../parts/photos.js";
import { savedChip } from "../parts/state.js";
import { choose, wayWords } from "../parts/survey_cards.js";
import { levelWords, relationWords } from "../parts/words.js";
import { answeredOf, LEVELS, lackOf, saysAnything, tellsWhy, wayOf } from "../surveys.js";
import { LONGEST_NAME } from "../visit.js";

/** @typedef {import("../types.js").DraftSheet} DraftSheet */
/** @typedef {import("../types.js").Level} Level */

/** A household needs some days to fill it in. */
const DAYS_TO_FILL_IN = 2;

/** @type {Record<Level, import("../parts/bits.js").Tone>} */
const TONES = {
  very_satisfied: "good",
  satisfied: "good",
  basic: "brand",
  dissatisfied: "late",
  very_dissatisfied: "late",
  none: "",
};

/** What a sheet of paper can lack about the name that it bears. @type {Set<string>} */
const OF_THE_NAME = new Set(["name", "whose", "relation"]);

/** @type {import("../types.js").Relation[]} */
const RELATIONS = ["owner", "spouse", "family", "tenant", "other"];

/** @type {import("../routes.js").PageMaker} */
export async function surveyPage(app, { unit: id, sheet: sheetId, lacks = "" }) {
  const found = await app.visit(id);
  const back = `visit/${id}`;
  const survey = app.engine.survey(found?.sheet(sheetId)?.survey_id ?? "");
  const unit = await app.engine.unit(id);
  if (!found?.sheet(sheetId)?.act || !survey || !unit) return elsewhere(app, back);
  if (found.phase === "officer") return elsewhere(app, `${back}/officer`);
  const kept = found;
  const asked = survey;
  const timeZone = app.engine.estate(kept.draft.estate_id)?.time_zone ?? "";
  const { people } = unit;
  const when = new NextTry({ unit, timeZone, now: Date.now(), ahead: DAYS_TO_FILL_IN, chosen: sheet().collect_at });
  // Whoever was sent here for what is missing, or wanted to go on without it, sees where it is missing.
  let shown = lacks !== "";
  let photoTrouble = "";

  function sheet() {
    return /** @type {DraftSheet} */ (kept.sheet(sheetId));
  }

  /** @param {DraftSheet} one */
  const lack = (one) => lackOf(one, Date.now(), kept.draft.interviewee.name);

  /** @param {(sheet: DraftSheet) => void} change */
  function change(change) {
    return kept.change(() => change(sheet()));
  }

  /** @param {Event} event */
  function done(event) {
    if (!lack(sheet())) return;
    event.preventDefault();
    shown = true;
    app.redraw();
    showGap();
  }

  async function notThisTime() {
    await choose(kept, sheetId, "");
    await app.replace(back);
  }

  return {
    title: _("Survey"),
    arrived: () => lacks && showGap(),
    view: () => {
      const one = kept.sheet(sheetId);
      const way = one && wayOf(one);
      if (!one || !way) return html``;
      return screen({
        top: topBar({
          lead: wayBack(back),
          title: wayWords(way, one),
          look: "at-unit",
          sub: asked.title[locale()],
          aside: savedChip(kept),
        }),
        body: html`${tellsWhy(one) ? toTell(one) : nothing}${one.act === "handed_out" || one.act === "put_off" ? toCollect(one) : nothing}${one.act === "collected" ? questions(one) : nothing}${one.act === "declined" ? why(one) : nothing}`,
        foot: foot(
          html`<button type="button" class="btn side" @click=${notThisTime}>${icon("arrow-back-up")}${_("Leave for next time")}</button>
          <a class="btn primary big" href="#/${back}" @click=${done}>${icon("check")}${_("Done")}</a>`,
          shown && lack(one) === "answers" ? lackWords("answers") : "",
        ),
      });
    },
  };

  /** The purpose (R26) and the key items (R27), to be read aloud and ticked. @param {DraftSheet} one */
  function toTell(one) {
    return section(
      _("To be read aloud"),
      html`<div class="card col">
        ${tick(_("Explained what it is for"), one.purpose_told, (to) =>
          change((mine) => {
            mine.purpose_told = to;
          }),
        )}
        <p class="prose read-aloud">${asked.purpose[locale()]}</p>
        ${tick(_("Presented the key items"), one.key_items_told, (to) =>
          change((mine) => {
            mine.key_items_told = to;
          }),
        )}
        <ul class="read-aloud bulleted">${asked.key_items[locale()].map((line) => html`<li>${line}</li>`)}</ul>
      </div>`,
      _("%(done)s of %(all)s said", { done: Number(one.purpose_told) + Number(one.key_items_told), all: 2 }),
    );
  }

  /** When it is collected, as agreed (R28). @param {DraftSheet} one */
  function toCollect(one) {
    const lacks = lack(one);
    return section(
      _("When is it collected?"),
      html`<div class="col" data-part="when">
        ${when.offer(() => {
          change((mine) => {
            mine.collect_at = when.at;
          });
          app.redraw();
        }, _("When is it collected?"))}
        ${complaint(shown && lacks ? lackWords(lacks) : "")}
      </div>`,
    );
  }

  /** @param {DraftSheet} one */
  function questions(one) {
    return html`${one.filled === "on_paper" ? html`${paper(one)}${toCopy(one)}` : nothing}
      ${asked.departments.map((department, at) =>
        section(
          department.name[locale()],
          html`<div class="card col loose" data-part=${at ? "" : "answers"}>
            ${department.questions.map((question) => levels(question.text[locale()], one.levels[question.id] ?? "", (to) => change((mine) => mark(mine.levels, question.id, to))))}
            ${sentencesField({
              label: _("Opinion about %(department)s", { department: department.name[locale()] }),
              value: one.opinions[department.id] ?? "",
              write: (words) =>
                change((mine) => {
                  mine.opinions[department.id] = words;
                }),
            })}
          </div>`,
          _("%(done)s of %(all)s answered", {
            done: answeredOf(one, department.questions),
            all: department.questions.length,
          }),
        ),
      )}
      ${section(
        _("All in all"),
        html`<div class="card col question">${levelsOf(_("All in all"), one.overall, (to) =>
          change((mine) => {
            mine.overall = mine.overall === to ? "" : to;
          }),
        )}</div>`,
      )}
      ${section(
        _("May we call back about it?"),
        segments({
          label: _("May we call back about it?"),
          value: one.callback_welcome,
          options: [
            { value: "yes", words: _("Yes") },
            { value: "no", words: _("No") },
          ],
          pick: (to) =>
            change((mine) => {
              mine.callback_welcome = mine.callback_welcome === to ? "" : to;
            }),
        }),
      )}`;
  }

  /** A second tap takes it away. @param {Record<string, Level | "">} of @param {string} key @param {Level} to */
  function mark(of, key, to) {
    of[key] = of[key] === to ? "" : to;
  }

  /** One question with its five levels and no opinion. @param {string} words @param {Level | ""} value @param {(to: Level) => void} pick */
  function levels(words, value, pick) {
    return html`<div class="question">
      <p class="name" aria-hidden="true">${words}</p>
      ${levelsOf(words, value, pick)}
    </div>`;
  }

  /** The levels alone, where what they are about stands above them already. @param {string} words @param {Level | ""} value @param {(to: Level) => void} pick */
  function levelsOf(words, value, pick) {
    const options = LEVELS.map((level) => ({ value: level, words: levelWords(level), tone: TONES[level] }));
    return segments({ label: words, value, options, pick });
  }

  /** What the paper itself says: whether it bears a name (R29), and a photo of it. @param {DraftSheet} one */
  function paper(one) {
    const lacks = lack(one);
    return section(
      _("Does the sheet bear a name?"),
      html`<div class="card col" data-part="name">
        ${segments({
          label: _("Does the sheet bear a name?"),
          value: one.bears_name,
          options: [
            { value: "yes", words: _("With a name"), icon: "signature" },
            { value: "no", words: _("Without a name") },
          ],
          pick: (to) =>
            change((mine) => {
              mine.bears_name = to;
            }),
        })}
        ${one.bears_name === "yes" ? html`${namesHere(one)}${nameField(one)}${whoseName(one)}` : nothing}
        ${complaint(shown && OF_THE_NAME.has(lacks) ? lackWords(lacks) : "", "name-complaint")}
        ${photoRow(app.engine, one.photos, (photo) => removePhoto(photo))}
        <div class="row wrap">
          ${cameraButton({
            words: one.photos.length ? _("Another photo") : _("Photo of the sheet"),
            look: "btn small",
            before: () => beforeCamera(app, kept),
            take: async (file) => {
              photoTrouble = await keepPhotoIn(app, kept, () => kept.sheet(sheetId)?.photos, file);
              app.redraw();
            },
          })}
        </div>
        ${complaint(photoTrouble, "photo-complaint")}
      </div>`,
    );
  }

  /** @param {DraftSheet} one */
  function nameField(one) {
    return html`<label class="field">
      <span>${_("Name on the sheet")}</span>
      <input
        class="input"
        autocomplete="off"
        maxlength=${LONGEST_NAME}
        .value=${one.signed_name}
        @input=${(/** @type {InputEvent} */ event) => bears(/** @type {HTMLInputElement} */ (event.target).value)}
      />
    </label>`;
  }

  /** Whose name it is, is said with the name: of one that the owner file knows it is known. @param {string} name @param {import("../types.js").Relation | ""} [relation] */
  function bears(name, relation = people.find((person) => person.name === name.trim())?.relation ?? "") {
    return change((mine) => Object.assign(mine, { signed_name: name, signed_relation: relation }));
  }

  /** What they are to the owner; until that is said, what whoever gives it back is. @param {DraftSheet} one */
  function relationOf({ signed_name, signed_relation }) {
    const { name, relation } = kept.draft.interviewee;
    return signed_relation || (signed_name.trim() === name.trim() ? relation : "");
  }

  /** Those of the owner file, for one tap: it is nearly always one of theirs, whoever gives it back. @param {DraftSheet} one */
  function namesHere(one) {
    if (!people.length) return nothing;
    return html`<div class="col" role="radiogroup" aria-label=${_("Name on the sheet")} @keydown=${arrowKeys}>
      ${people.map(
        ({ name, relation }) => html`<button type="button" role="radio" class="btn choice wide"
          aria-checked=${one.signed_name.trim() === name && relationOf(one) === relation ? "true" : "false"}
          @click=${() => bears(name, relation)}>
          ${icon("user-circle")}<span class="grow">${name}</span><span class="muted">${relationWords(relation)}</span>
        </button>`,
      )}
    </div>`;
  }

  /** @param {DraftSheet} one */
  function whoseName(one) {
    const relation = relationOf(one);
    const owners = people.filter((person) => person.relation === "owner").map(({ name }) => name);
    const isOwners = kept.draft.interviewee.relation === "owner" || owners.includes(one.signed_name.trim());
    return html`<div class="col">
      <p class="name" aria-hidden="true">${_("Whose name is it?")}</p>
      ${segments({
        label: _("Whose name is it?"),
        value: relation,
        options: RELATIONS.map((each) => ({ value: each, words: relationWords(each) })),
        pick: (to) =>
          change((mine) => {
            mine.signed_relation = to;
          }),
      })}
      ${relation && !(relation === "owner" && isOwners) ? html`<p class="row top-aligned is-wait" data-testid="on-behalf">${icon("alert-circle", "line")}<span>${_("It counts as answered on the owner's behalf.")}</span></p>` : nothing}
    </div>`;
  }

  /** Until something is copied: that it must be, unless nothing stands on it. @param {DraftSheet} one */
  function toCopy(one) {
    if (saysAnything(one)) return nothing;
    const lacks = lack(one);
    return section(
      _("What stands on it"),
      html`<div class="card col" data-part="copy">
        <p class="muted">${_("Copy it below. Once the visit is saved nothing can be added.")}</p>
        ${tick(_("The sheet is blank"), one.came_blank ?? false, (to) =>
          change((mine) => {
            mine.came_blank = to;
          }),
        )}
        ${complaint(shown && lacks === "copy" ? lackWords(lacks) : "", "copy-complaint")}
      </div>`,
    );
  }

  /** @param {DraftSheet} one */
  function why(one) {
    return section(
      _("Does not take part"),
      html`<div class="card col">
        <p class="muted">${_("Nobody has to. Whoever thinks better of it can still be asked.")}</p>
        ${sentencesField({
          label: _("Why, in the owner's words (if said)"),
          value: one.reason,
          write: (words) =>
            change((mine) => {
              mine.reason = words;
            }),
        })}
      </div>`,
    );
  }

  /** @param {import("../types.js").Photo} photo */
  async function removePhoto(photo) {
    const at = sheet().photos.indexOf(photo);
    if (at < 0) return;
    await change((mine) => {
      mine.photos.splice(at, 1);
    });
    app.say(_("Photo removed"), () =>
      change((mine) => {
        mine.photos.splice(at, 0, photo);
      }),
    );
  }

  /** What is missing comes into view. */
  function showGap() {
    const lacks = lack(sheet());
    const part = OF_THE_NAME.has(lacks) ? "name" : lacks === "past" ? "when" : lacks;
    const place = document.querySelector(`[data-part="${part}"]`);
    place?.scrollIntoView({ block: "center" });
    /** @type {HTMLElement | null | undefined} */ (place?.querySelector("button, input"))?.focus({
      preventScroll: true,
    });
  }
}

/** What a sheet still needs. @param {ReturnType<typeof lackOf>} lack */
function lackWords(lack) {
  switch (lack) {
    case "when":
      return _("Agree with the owner when it is collected.");
    case "past":
      return _("This time has passed. Please agree another one.");
    case "name":
      return _("Look whether the sheet bears a name.");
    case "whose":
      return _("Write down the name on the sheet.");
    case "relation":
      return _("Say whose name it is.");
    case "copy":
      return _(
        "Copy what stands on it, or tick that it is blank. No time now? Leave it for next time, and let the office copy the paper.",
      );
    default:
      return _("Nothing was answered yet. Tap an answer, or leave it for next time.");
  }
}
