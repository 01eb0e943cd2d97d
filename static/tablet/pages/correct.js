// Something in the owner file is wrong: what it is about, what it should be. The office decides about it.

import { html, nothing } from "lit";
import { baseOf, MOST, MOST_WORDS, OF_A_PERSON, PARTS } from "../corrections.js";
import { inWords } from "../errors.js";
import { _ } from "../i18n.js";
import { Jotted } from "../jotted.js";
import { complaint, section, segments, sentencesField } from "../parts/bits.js";
import { elsewhere, foot, screen, topBar, wayBack } from "../parts/frame.js";
import { dropWritten } from "../parts/half_written.js";
import { icon } from "../parts/icon.js";
import { aboutWords, pendingOf, saidWords } from "../parts/owner_file.js";
import { dotted, occupancyWords, relationWords } from "../parts/words.js";

/** @typedef {import("../types.js").About} About */
/** @typedef {{ about: About | "", personId: string, value: Record<string, string>, remark: string }} Said  what was chosen stands alone until another is wanted */

/** @type {[About, string][]} */
const ABOUTS = [
  ["phone", "phone"],
  ["other_phone", "device-mobile"],
  ["name", "user"],
  ["emergency", "urgent"],
  ["household", "users"],
  ["tenant", "key"],
  ["occupancy", "home"],
  ["care", "heart"],
  ["preferred_contact", "clock"],
  ["do_not_disturb", "clock-off"],
  ["plates", "car"],
  ["other", "dots"],
];

/** @type {import("../types.js").Unit["occupancy"][]} */
const OCCUPANCIES = ["owner", "let", "vacant"];

/** @returns {Said} */
const nothingYet = () => ({ about: "", personId: "", value: {}, remark: "" });

/** @type {import("../routes.js").PageMaker} */
export async function correctPage(app, { unit: id }) {
  const found = await app.engine.unit(id);
  if (!found) return elsewhere(app, "today");
  let unit = found;
  const back = app.path.startsWith("visit/") ? `visit/${id}/who` : `unit/${id}`;
  const jotted = await Jotted.on(app, `unit/${id}/correct`, nothingYet);
  await dropIfTheyLeft();
  const whose = () => (unit.people.find((one) => one.id === jotted.said.personId) ?? unit.people[0])?.id ?? "";
  let trouble = "";
  let busy = false;

  async function save() {
    const { about, value, remark } = jotted.said;
    if (!about) return;
    const made = { unitId: id, about, personId: whose(), value, remark };
    busy = true;
    app.redraw();
    try {
      await jotted.handIn((page) => app.engine.correctOwner(made, page));
      await app.replace(back);
      app.say(_("Saved on this tablet. The office accepts or refuses it."));
    } catch (error) {
      trouble = inWords(error);
      busy = false;
      app.redraw();
      toTheField();
    }
  }

  function toTheField() {
    /** @type {HTMLElement | null} */ (document.querySelector(".body input[name]"))?.focus();
  }

  /** What was to stand in the file of somebody who is not of this unit any more is nobody else's. */
  async function dropIfTheyLeft() {
    const { personId } = jotted.said;
    if (personId && !unit.people.some((one) => one.id === personId)) await jotted.write(nothingYet());
  }

  /** @param {Partial<Said>} change */
  function set(change) {
    trouble = "";
    jotted.write(change);
    app.redraw();
  }

  /** @param {About | ""} to */
  function choose(to) {
    set({ about: to, personId: to && whose(), value: {} });
    scrollTo(0, 0);
    toTheField();
  }

  return {
    title: _("Something is wrong"),
    refresh: async () => {
      unit = (await app.engine.unit(id)) ?? unit;
      await jotted.readAgain();
      await dropIfTheyLeft();
    },
    view: () => {
      const { about } = jotted.said;
      return screen({
        top: topBar({
          lead: wayBack(back),
          title: _("What is wrong?"),
          sub: dotted(unit.number, app.engine.unitRow(id)?.name),
        }),
        body: html`${section(_("What is it about?"), about ? subject(about) : subjects())}${about ? asked(about) : nothing}
          <p class="muted">${_("The file stays as it is until the office has accepted this. You will read here what they decide.")}</p>
          ${dropWritten(app, jotted)}`,
        foot: about
          ? foot(html`<button type="button" class="btn primary big" ?disabled=${busy} @click=${save}>
              ${icon("device-floppy")}${_("Save: %(what)s", { what: aboutWords(about) })}
            </button>`)
          : nothing,
      });
    },
  };

  /** @param {About} about */
  function asked(about) {
    return html`${whom(about)}${section(_("What should it be?"), fields(about))}${section(_("Note"), remarkField())}`;
  }

  /** @param {About} about */
  function subject(about) {
    return html`<button type="button" class="btn choice wide" aria-pressed="true" @click=${() => choose("")}>
      ${icon(new Map(ABOUTS).get(about) ?? "")}<span class="grow">${aboutWords(about)}</span><span>${_("Choose another")}</span>
    </button>`;
  }

  function subjects() {
    const possible = ABOUTS.filter(([one]) => unit.people.length || !OF_A_PERSON.has(one));
    return html`<div class="tiles subjects" role="group" aria-label=${_("What is it about?")}>
      ${possible.map(
        ([
          one,
          iconName,
        ]) => html`<button type="button" class="tile choice low" data-about=${one} @click=${() => choose(one)}>
          ${icon(iconName)}<span>${aboutWords(one)}</span>
        </button>`,
      )}
    </div>`;
  }

  /** @param {About} about */
  function whom(about) {
    if (!OF_A_PERSON.has(about) || unit.people.length < 2) return nothing;
    return section(
      _("Whose?"),
      segments({
        label: _("Whose?"),
        value: whose(),
        options: unit.people.map((one) => ({ value: one.id, words: dotted(one.name, relationWords(one.relation)) })),
        pick: (personId) => set({ personId }),
      }),
    );
  }

  /** @param {About} about */
  function fields(about) {
    const base = saidWords(about, baseOf(unit, about, whose()));
    const person = OF_A_PERSON.has(about) ? whose() : undefined;
    return html`<div class="card col loose">
      ${base ? html`<p><span class="muted">${_("In the file:")}</span> <span class="num">${base}</span></p>` : nothing}
      ${pendingOf(unit, person, about)}
      ${about === "occupancy" ? occupancy() : PARTS[about].map((part) => partField(about, part))}
      ${complaint(trouble || jotted.trouble)}
    </div>`;
  }

  function occupancy() {
    return segments({
      label: aboutWords("occupancy"),
      value: jotted.said.value.occupancy ?? "",
      options: OCCUPANCIES.map((one) => ({ value: one, words: occupancyWords(one) })),
      pick: (to) => set({ value: { occupancy: to } }),
    });
  }

  /** @param {About} about @param {string} part */
  function partField(about, part) {
    const isPhone = part === "phone";
    return html`<label class="field">
      <span>${partWords(about, part)}</span>
      <input
        class="input ${isPhone ? "num" : ""}"
        type=${isPhone ? "tel" : "text"}
        name=${part}
        autocomplete="off"
        aria-invalid=${trouble ? "true" : "false"}
        maxlength=${(part === "words" && MOST_WORDS[about]) || MOST[part]}
        .value=${jotted.said.value[part] ?? ""}
        @input=${(/** @type {InputEvent} */ event) => {
          const { value } = /** @type {HTMLInputElement} */ (event.target);
          jotted.write({ value: { ...jotted.said.value, [part]: value } });
        }}
      />
    </label>`;
  }

  /** @param {About} about @param {string} part */
  function partWords(about, part) {
    if (part === "phone") return about === "household" || about === "tenant" ? _("Phone, if they give it") : _("Phone");
    if (part === "relation") return _("Relation to the owner");
    if (part === "plate") return _("Number plate");
    if (part === "words") return aboutWords(about);
    return _("Name");
  }

  function remarkField() {
    return sentencesField({
      label: _("Note"),
      placeholder: _("For example: told by the owner at the door"),
      value: jotted.said.remark,
      write: (remark) => jotted.write({ remark }),
    });
  }
}
