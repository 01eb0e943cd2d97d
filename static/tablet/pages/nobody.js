// Nobody home, or nobody to talk with: one tap says why; the task stays due, and the next try is proposed.

import { html, nothing } from "lit";
import { inWords } from "../errors.js";
import { _ } from "../i18n.js";
import { Jotted, ofToday } from "../jotted.js";
import { arrowKeys, chip, section, segments, sentencesField } from "../parts/bits.js";
import { elsewhere, foot, screen, topBar, wayBack } from "../parts/frame.js";
import { dropWritten } from "../parts/half_written.js";
import { icon } from "../parts/icon.js";
import { NextTry } from "../parts/next_try.js";
import { slip } from "../parts/slip.js";
import { dayOf } from "../parts/when.js";
import { dotted, outcomeWords } from "../parts/words.js";

/** @type {[import("../types.js").Outcome, string][]} */
const OUTCOMES = [
  ["nobody_home", "door-off"],
  ["refused", "hand-stop"],
  ["child_only", "mood-kid"],
];

/**
 * @typedef {object} Said
 * @property {string} day  on which something was chosen
 * @property {import("../types.js").Outcome} outcome
 * @property {boolean} leftNote
 * @property {import("../parts/next_try.js").Said | null} next
 * @property {string} note
 */

/** @returns {Said} */
const nothingYet = () => ({ day: "", outcome: "nobody_home", leftNote: false, next: null, note: "" });

/** @type {import("../routes.js").PageMaker} */
export async function nobodyPage(app, { unit: id }) {
  const row = app.engine.unitRow(id);
  const unit = await app.engine.unit(id);
  const found = row && app.engine.estateDoc(row.estate);
  if (!row || !unit || !found) return elsewhere(app, "today");
  const estate = found;
  const now = Date.now();
  const jotted = await Jotted.on(app, `unit/${id}/nobody`, nothingYet);
  const today = dayOf(new Date(now).toISOString());
  await ofToday(jotted, nothingYet, today);
  const nextTry = () => new NextTry({ unit, timeZone: estate.time_zone, now, said: jotted.said.next });
  let next = nextTry();
  function takeNext() {
    next = nextTry();
  }
  const chosen = () => set({ next: next.said });
  let trouble = "";
  let busy = false;
  let writing = false;
  /** @type {import("../types.js").Locale} the owner's */
  let spoken = await app.engine.languageOf(id, unit.people.find((one) => one.relation === "owner")?.name ?? "");

  /** @param {Partial<Said>} change */
  function set(change) {
    const said = { ...jotted.said, ...change };
    const isChosen = said.outcome !== "nobody_home" || said.leftNote || Boolean(said.next);
    jotted.write({ ...said, day: isChosen ? today : "" });
    app.redraw();
  }

  async function save() {
    trouble = next.lack;
    busy = !trouble;
    app.redraw();
    if (trouble) return;
    try {
      const { outcome, note } = jotted.said;
      const leftNote = jotted.said.leftNote && outcome === "nobody_home";
      /** @type {import("../noting.js").AttemptMade} */
      const attempt = { unitId: id, outcome, note: note.trim(), againAt: next.at, leftNote, method: "door" };
      const record = await jotted.handIn((page) => app.engine.recordAttempt(attempt, page));
      await app.replace(`saved/${record.opId}`);
    } catch (error) {
      trouble = inWords(error);
      busy = false;
      app.redraw();
    }
  }

  return {
    title: _("Nobody met"),
    refresh: async () => {
      if (await jotted.readAgain()) takeNext();
    },
    view: () => (writing ? slipScreen() : attemptScreen()),
  };

  function attemptScreen() {
    const { outcome } = jotted.said;
    return screen({
      top: topBar({
        lead: wayBack(`unit/${id}`),
        title: dotted(row?.number, row?.name),
        look: "at-unit",
        sub: row?.attempts ? _("Nobody met so far: %(count)s", { count: row.attempts }) : _("First attempt"),
      }),
      body: html`${section(_("What happened?"), reasons())}${section(_("Next try"), next.offer(chosen), peace())}${outcome === "child_only" ? nothing : notes()}${dropWritten(app, jotted, takeNext)}`,
      foot: foot(
        html`<button type="button" class="btn primary big" ?disabled=${busy} @click=${save}>
          ${icon("device-floppy")}${_("Save: %(what)s", { what: outcomeWords(outcome) })}
        </button>`,
        trouble || jotted.trouble,
      ),
    });
  }

  function peace() {
    if (!unit?.do_not_disturb) return nothing;
    return chip(_("Do not disturb %(hours)s", { hours: unit.do_not_disturb }), "wait", "clock-off");
  }

  function reasons() {
    return html`<div class="tiles reasons" role="radiogroup" aria-label=${_("What happened?")} @keydown=${arrowKeys}>
      ${OUTCOMES.map(
        ([value, iconName]) => html`<button
          type="button"
          role="radio"
          class="tile choice"
          aria-checked=${value === jotted.said.outcome ? "true" : "false"}
          @click=${() => set({ outcome: value })}
        >
          ${icon(iconName)}<span>${outcomeWords(value)}</span>
        </button>`,
      )}
    </div>`;
  }

  function notes() {
    return html`${jotted.said.outcome === "nobody_home" ? section(_("For the household"), slipRow()) : nothing}${section(_("Note"), noteField())}`;
  }

  function slipRow() {
    const { leftNote } = jotted.said;
    return html`<button type="button" class="btn wide" @click=${() => write(true)}>
      ${icon(leftNote ? "circle-check" : "note", leftNote ? "is-good" : "")}
      <span class="grow">${leftNote ? _("A note was left at the door") : _("Note to leave at the door …")}</span>
      ${icon("chevron-right", "muted")}
    </button>`;
  }

  function noteField() {
    return sentencesField({
      label: _("Note"),
      placeholder: _("For example: a neighbour says they are back on Sunday"),
      value: jotted.said.note,
      write: (note) => jotted.write({ note }),
    });
  }

  /** @param {boolean} to */
  function write(to) {
    writing = to;
    app.redraw();
    scrollTo(0, 0);
  }

  function slipScreen() {
    return screen({
      look: "slip-screen",
      top: topBar({
        lead: html`<button type="button" class="btn ghost square way-back" aria-label=${_("Back")} @click=${() => write(false)}>
          ${icon("x", "large")}
        </button>`,
        title: _("Note to leave at the door"),
        look: "at-unit",
        sub: _("Copy it by hand, or print it."),
      }),
      body: html`${segments({
        label: _("The owner's language"),
        value: spoken,
        options: [
          { value: "zh", words: "中文" },
          { value: "en", words: "English" },
        ],
        pick: (to) => {
          spoken = to;
          app.redraw();
        },
      })}
      ${slip({
        locale: spoken,
        label: unit?.label ?? { zh: "", en: "" },
        estate,
        officer: app.engine.me().staff.name,
        now,
        againAt: next.at,
      })}`,
      foot: foot(html`<button type="button" class="btn side" @click=${() => print()}>${icon("printer")}${_("Print")}</button>
        <button
          type="button"
          class="btn primary big"
          @click=${() => {
            set({ leftNote: true });
            write(false);
          }}
        >
          ${icon("check")}${_("I left it at the door")}
        </button>`),
    });
  }
}
