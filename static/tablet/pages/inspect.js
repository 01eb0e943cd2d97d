// Noticed on the way: an issue without an owner, where it is, one sentence, photos. Several in one round, quickly.

import { html, nothing } from "lit";
import { inWords } from "../errors.js";
import { _, locale } from "../i18n.js";
import { isBlank, lackOf } from "../inspecting.js";
import { complaint, section, segments, sentencesField } from "../parts/bits.js";
import { beforeCamera, keepPhotoIn } from "../parts/camera.js";
import { categoryChoice, departmentWords, pathTo } from "../parts/categories.js";
import { elsewhere, foot, screen, topBar, wayBack } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { cameraButton, photoRow } from "../parts/photos.js";
import { question } from "../parts/sheet.js";
import { savedChip } from "../parts/state.js";
import { urgencyWords } from "../parts/words.js";

/** @typedef {import("../types.js").InspectionDraft} InspectionDraft */
/** @typedef {import("../types.js").PlaceNamed} PlaceNamed */

/** @type {import("../types.js").Urgency[]} */
const URGENCIES = ["ordinary", "urgent", "major"];

/** @type {import("../routes.js").PageMaker} */
export async function inspectPage(app) {
  if (!app.estateId) return elsewhere(app, "today");
  const estate = app.engine.estate(app.estateId);
  const units = app.engine.units(app.estateId);
  let kept = await app.noting();
  let inBuilding = kept.draft.where.building !== "" || !(estate?.places?.length || kept.draft.where.place);
  let asked = false;
  let trouble = "";
  let photoTrouble = "";
  let busy = false;

  const choice = categoryChoice({
    estate: () => estate,
    chosen: () => kept.draft.category,
    pick: (code) => change({ category: code }),
    redraw: () => app.redraw(),
  });

  /** @param {Partial<InspectionDraft>} to */
  function change(to) {
    return kept.change((draft) => {
      Object.assign(draft, to);
    });
  }

  /** @param {Partial<PlaceNamed>} to */
  const move = (to) => change({ where: { ...kept.draft.where, ...to } });

  /** @param {boolean} another */
  async function save(another) {
    const lack = lackOf(kept.draft);
    if (lack) {
      asked = true;
      app.redraw();
      document.querySelector(`[data-part="${lack}"]`)?.scrollIntoView({ block: "center" });
      return;
    }
    busy = true;
    app.hush();
    try {
      await kept.settled;
      const record = await app.engine.recordInspection(kept.draft);
      if (!another) return await app.replace(`saved/${record.opId}`);
      kept = await app.noting(kept.draft.where);
      asked = false;
      trouble = "";
      photoTrouble = "";
      choice.begin();
      scrollTo(0, 0);
      app.say(_("Saved on this tablet: %(number)s", { number: record.number }));
    } catch (error) {
      trouble = inWords(error);
    }
    busy = false;
    app.redraw();
  }

  return {
    title: _("Noticed on the way"),
    leave: () => {
      // Shown anew, this page goes on with the same draft; and a locked tablet deletes nothing.
      if (app.path === "inspect" || app.engine.state !== "open") return;
      // A blank draft that stays behind does no harm: the next note takes it up.
      if (isBlank(kept.draft) && !kept.taking) app.engine.deleteDraft(kept.draft.unit_id).catch(() => {});
    },
    view: () =>
      screen({
        top: topBar({
          lead: wayBack("today", "x", _("Close; the draft stays")),
          title: _("Noticed on the way"),
          sub: _("Without an owner; the supervisor verifies it."),
          aside: savedChip(kept),
        }),
        body: html`${where()}${sentence()}${kind()}${urgency()}${putAway()}`,
        foot: foot(
          html`<button type="button" class="btn side" ?disabled=${busy || kept.taking} @click=${() => save(true)}>
            ${icon("plus")}${_("Save, note another")}
          </button>
          <button type="button" class="btn primary big" ?disabled=${busy || kept.taking} @click=${() => save(false)}>
            ${icon("device-floppy")}${_("Save")}
          </button>`,
          trouble,
        ),
      }),
  };

  function where() {
    const missing = asked && lackOf(kept.draft) === "where";
    return section(
      _("Where is it?"),
      html`<div class="card col" data-part="where">
        ${segments({
          label: _("Where is it?"),
          value: inBuilding ? "building" : "public",
          options: [
            { value: "public", words: _("Public area"), icon: "trees" },
            { value: "building", words: _("At a building"), icon: "building" },
          ],
          pick: (value) => {
            inBuilding = value === "building";
            move({ building: "", entrance: "", floor: "", place: "" });
          },
        })}
        ${inBuilding ? atBuilding() : publicPlaces()}
        <input
          class="input"
          maxlength="120"
          aria-label=${_("Exact place")}
          aria-invalid=${missing ? "true" : "false"}
          placeholder=${inBuilding ? _("Exact place, for example lift hall") : _("In words: parking space 031")}
          .value=${kept.draft.where.place}
          @input=${(/** @type {InputEvent} */ event) => move({ place: /** @type {HTMLInputElement} */ (event.target).value })}
        />
        ${complaint(missing ? _("Choose a place, or write where it is.") : "", "where-complaint")}
      </div>`,
    );
  }

  function publicPlaces() {
    const places = estate?.places ?? [];
    return choices(
      _("Public area"),
      places.map((place) => place[locale()]),
      kept.draft.where.place,
      (place) => move({ place }),
      (place) => place,
    );
  }

  function atBuilding() {
    const { building, entrance, floor } = kept.draft.where;
    const buildings = [...new Set(units.map((unit) => unit.building))];
    const here = units.filter((unit) => unit.building === building);
    const entrances = [...new Set(here.map((unit) => unit.entrance))].filter(Boolean);
    const floors = [...new Set(here.map((unit) => unit.floor))].filter((each) => Number.isInteger(each));
    return html`${choices(
      _("Building"),
      buildings,
      building,
      (to) => move({ building: to, entrance: "", floor: "" }),
      (name) => _("Building %(building)s", { building: name }),
    )}
    ${
      entrances.length > 1
        ? choices(
            _("Entrance"),
            entrances,
            entrance,
            (to) => move({ entrance: to }),
            (name) => _("Entrance %(entrance)s", { entrance: name }),
          )
        : nothing
    }
    ${
      building
        ? floorChoice(
            [...floors, -1, -2].sort((a, b) => b - a),
            floor,
          )
        : nothing
    }
    ${
      building
        ? choices(
            _("Exact place"),
            commonPlaces(),
            kept.draft.where.place,
            (place) => move({ place }),
            (place) => place,
          )
        : nothing
    }`;
  }

  /** @param {number[]} floors @param {string} chosen */
  function floorChoice(floors, chosen) {
    return html`<select
      class="input"
      aria-label=${_("Floor")}
      @change=${(/** @type {Event} */ event) => move({ floor: /** @type {HTMLSelectElement} */ (event.target).value })}
    >
      <option value="" .selected=${!chosen}>${_("Any floor")}</option>
      ${[...new Set(floors)].map((floor) => html`<option value=${floor} .selected=${String(floor) === chosen}>${_("Floor %(floor)s", { floor })}</option>`)}
    </select>`;
  }

  function sentence() {
    const { draft } = kept;
    const missing = asked && !draft.text.trim();
    return section(
      _("What did you notice?"),
      html`<div class="card col" data-part="text">
        ${sentencesField({
          label: _("What did you notice?"),
          placeholder: _("One sentence, for example: loose wall tiles beside the lift"),
          value: draft.text,
          wrong: missing,
          write: (text) => change({ text }),
        })}
        ${complaint(missing ? _("One sentence is needed.") : "", "text-complaint")}
        ${photoRow(app.engine, draft.photos, removePhoto)}
        <div class="row wrap">
          ${cameraButton({
            words: draft.photos.length ? _("Another photo") : _("Take a photo"),
            before: () => beforeCamera(app, kept),
            take,
          })}
        </div>
        ${complaint(photoTrouble, "photo-complaint")}
      </div>`,
    );
  }

  /** @param {File} file */
  async function take(file) {
    const mine = kept;
    photoTrouble = await keepPhotoIn(app, mine, () => mine.draft.photos, file);
    app.redraw();
  }

  /** @param {import("../types.js").Photo} photo */
  async function removePhoto(photo) {
    const mine = kept;
    const at = mine.draft.photos.indexOf(photo);
    if (at < 0) return;
    await mine.change((draft) => {
      draft.photos.splice(at, 1);
    });
    app.say(_("Photo removed"), () =>
      mine.change((draft) => {
        draft.photos.splice(at, 0, photo);
      }),
    );
  }

  function kind() {
    const department = departmentWords(pathTo(estate, kept.draft.category));
    const missing = asked && !kept.draft.category;
    return section(
      _("Category"),
      html`<div class="col" data-part="category">
        ${choice.view()}
        ${department ? html`<p class="row">${icon("send", "is-wait")}<span>${_("Goes to %(department)s.", { department })}</span></p>` : nothing}
        ${complaint(missing ? _("Choose a category: it says who takes care of it.") : "", "category-complaint")}
      </div>`,
    );
  }

  function urgency() {
    return section(
      _("How urgent"),
      segments({
        label: _("How urgent"),
        value: kept.draft.urgency,
        options: URGENCIES.map((value) => ({
          value,
          words: urgencyWords(value),
          tone: value === "urgent" ? "late" : value === "major" ? "wait" : "",
        })),
        pick: (value) => change({ urgency: value }),
      }),
    );
  }

  function putAway() {
    if (isBlank(kept.draft)) return nothing;
    return html`<button type="button" class="btn ghost danger put-away" @click=${askToDrop}>
      ${icon("trash")}${_("Drop this note …")}
    </button>`;
  }

  function askToDrop() {
    app.openSheet(() =>
      question({
        title: _("Drop this note?"),
        words: _("Everything written here goes, photos included."),
        answers: [
          { words: _("Keep it"), look: "primary", act: () => app.closeSheet() },
          { words: _("Drop it"), icon: "trash", look: "danger", act: drop },
        ],
      }),
    );
  }

  async function drop() {
    await app.engine.deleteDraft(kept.draft.unit_id);
    await app.replace("today");
  }
}

/** What most buildings have, in the words that are kept. */
function commonPlaces() {
  return [_("Lift hall"), _("Stairwell"), _("Entrance door"), _("Roof"), _("Facade")];
}

/**
 * A few names of which one holds; tapped again, none.
 * @param {string} label
 * @param {string[]} values
 * @param {string} chosen
 * @param {(value: string) => unknown} pick
 * @param {(value: string) => string} wordsOf
 */
function choices(label, values, chosen, pick, wordsOf) {
  return html`<div class="chips" role="group" aria-label=${label}>
    ${values.map(
      (value) => html`<button
        type="button"
        class="chip filter num"
        aria-pressed=${value === chosen ? "true" : "false"}
        @click=${() => pick(value === chosen ? "" : value)}
      >
        ${wordsOf(value)}
      </button>`,
    )}
  </div>`;
}
