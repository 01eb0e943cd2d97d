// Who answers at the door: one of the unit's people, or somebody else and how they belong there.

import { html } from "lit";
import { _ } from "../i18n.js";
import { arrowKeys, section, segments } from "../parts/bits.js";
import { elsewhere, foot, screen, topBar, wayBack } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { somethingWrong } from "../parts/owner_file.js";
import { savedChip } from "../parts/state.js";
import { methodWords, relationWords } from "../parts/words.js";
import { LONGEST_NAME } from "../visit.js";

/** @typedef {import("../types.js").Relation} Relation */

/** @type {Relation[]} */
const RELATIONS = ["spouse", "family", "owner", "tenant", "other"];

/** @type {import("../routes.js").PageMaker} */
export async function whoPage(app, { unit: id }) {
  const found = await app.visit(id);
  const unit = await app.engine.unit(id);
  if (!found) return elsewhere(app, `unit/${id}`);
  if (found.phase === "officer") return elsewhere(app, `visit/${id}/officer`);
  const kept = found;
  const people = unit?.people ?? [];

  /** @param {import("../types.js").Interviewee} to */
  const set = (to) =>
    kept.change((changed) => {
      changed.interviewee = to;
    });
  const isListed = () => people.some((person) => person.id === kept.draft.interviewee.person_id);

  return {
    title: _("Who answers"),
    view: () =>
      screen({
        top: topBar({ lead: wayBack(`visit/${id}`), title: _("Who answers?"), aside: savedChip(kept) }),
        body: html`${known()}${somebodyElse()}${how()}`,
        foot: foot(html`<a class="btn primary big" href="#/visit/${id}">${icon("check")}${_("Done")}</a>`),
      }),
  };

  function known() {
    return section(
      _("Registered for this unit"),
      html`<div class="col" role="radiogroup" aria-label=${_("Registered for this unit")} @keydown=${arrowKeys}>
        ${people.map(
          (person) => html`<button
            type="button"
            role="radio"
            class="btn choice wide"
            aria-checked=${person.id === kept.draft.interviewee.person_id ? "true" : "false"}
            @click=${() => set({ name: person.name, relation: person.relation, person_id: person.id })}
          >
            ${icon("user-circle")}<span class="grow">${person.name}</span><span class="muted">${relationWords(person.relation)}</span>
          </button>`,
        )}
      </div>
      ${somethingWrong(`visit/${id}/correct`)}`,
    );
  }

  function somebodyElse() {
    const listed = isListed();
    return section(
      _("Or somebody else"),
      html`<div class="card col loose">
        <label class="field">
          <span>${_("Name")}</span>
          <input
            class="input"
            autocomplete="off"
            maxlength=${LONGEST_NAME}
            .value=${listed ? "" : kept.draft.interviewee.name}
            @input=${(/** @type {InputEvent} */ event) =>
              set({
                name: /** @type {HTMLInputElement} */ (event.target).value,
                relation: listed ? "family" : kept.draft.interviewee.relation,
              })}
          />
        </label>
        ${segments({
          label: _("Relation"),
          value: listed ? "" : kept.draft.interviewee.relation,
          disabled: listed || !kept.draft.interviewee.name.trim(),
          options: RELATIONS.map((relation) => ({ value: relation, words: relationWords(relation) })),
          pick: (relation) => set({ name: kept.draft.interviewee.name, relation }),
        })}
      </div>`,
    );
  }

  function how() {
    return section(
      _("How we talk"),
      segments({
        label: _("How we talk"),
        value: kept.draft.method,
        options: [
          { value: "door", words: methodWords("door"), icon: "door-enter" },
          { value: "phone", words: methodWords("phone"), icon: "phone" },
        ],
        pick: (method) =>
          kept.change((changed) => {
            changed.method = method;
          }),
      }),
    );
  }
}
