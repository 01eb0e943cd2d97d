// A call: whom to ring, what is to be asked, and what came of it. Reached goes on as a visit by phone.

import { html, nothing } from "lit";
import { isOwners } from "../closing.js";
import { inWords } from "../errors.js";
import { _ } from "../i18n.js";
import { Jotted, ofToday } from "../jotted.js";
import { forANewerApp, forTheAnswer, forTheSheet, forTheTalk, kindOf, toBeTold } from "../kinds.js";
import { doneWords } from "../parts/answer_cards.js";
import { callUnwelcome, photosOfTheWork, whatItCanDo, whatWasSettled } from "../parts/answers.js";
import { arrowKeys, chip, section, sentencesField } from "../parts/bits.js";
import { elsewhere, foot, screen, topBar, wayBack } from "../parts/frame.js";
import { dropWritten } from "../parts/half_written.js";
import { icon } from "../parts/icon.js";
import { NextTry } from "../parts/next_try.js";
import { deadChip, dialled, masked } from "../parts/numbers.js";
import { orderNumber, orderWords } from "../parts/orders.js";
import { reveal } from "../parts/reveal.js";
import { syncPill } from "../parts/state.js";
import { toldWords } from "../parts/told.js";
import { dayOf } from "../parts/when.js";
import { dotted, gradeWords, outcomeWords, relationWords, unreachableWords, whatIsDue } from "../parts/words.js";
import { toldOf } from "../to_answer.js";
import { callsMade, isDead, numbersOf, unreachable } from "../tries.js";
import { notKnownYet } from "./visit.js";

/** @typedef {import("../types.js").Outcome} Outcome */
/** @typedef {import("../types.js").TaskRow} TaskRow */
/** @typedef {Outcome | "reached" | ""} Result */
/**
 * @typedef {object} Said
 * @property {string} day  on which something was chosen
 * @property {import("../types.js").NumberCalled | null} called
 * @property {Result} result  of ringing that number
 * @property {import("../parts/next_try.js").Said | null} next
 * @property {string} note
 */

/** @returns {Said} */
const nothingYet = () => ({ day: "", called: null, result: "", next: null, note: "" });

/** @type {[Result, string, "" | "good" | "wait" | "late"][]} */
const RESULTS = [
  ["reached", "phone-check", "good"],
  ["no_answer", "phone-off", ""],
  ["rescheduled", "calendar-time", ""],
  ["refused", "hand-stop", ""],
  ["wrong_number", "user-x", ""],
  ["unallocated", "phone-x", ""],
  ["suspended", "ban", ""],
];

/** @type {import("../routes.js").PageMaker} */
export async function callPage(app, { unit: id, person = "", index = "" }) {
  const row = app.engine.unitRow(id);
  const found = await app.engine.unit(id);
  const estate = row && app.engine.estate(row.estate);
  if (!row || !found || !estate) return elsewhere(app, "today");
  const { time_zone: timeZone, phone_attempts: limit } = estate;
  const issues = new Map((await app.engine.issuesAt(id)).map((issue) => [issue.id, issue.doc]));
  let unit = found;
  let numbers = numbersOf(unit);
  const jotted = await Jotted.on(app, `unit/${id}/call`, nothingYet);
  const today = () => dayOf(new Date().toISOString());
  await ofToday(jotted, nothingYet, today());
  let chosen = firstToRing(numbers, jotted.said, { person, index });
  // What came of ringing one number is not said of another.
  if (jotted.said.result && !isOf(jotted.said, chosen)) await jotted.write({ ...nothingYet(), note: jotted.said.note });
  const nextTry = () => new NextTry({ unit, timeZone, now: Date.now(), said: jotted.said.next });
  let next = nextTry();
  function takeNext() {
    next = nextTry();
  }
  // What was written before is seen, though nothing is chosen that it would go with.
  const noted = Boolean(jotted.said.note);
  let trouble = "";
  let busy = false;
  // With a visit begun one can still ring, but what comes of it belongs to the visit.
  const begun = () => app.engine.drafts().some((draft) => draft.unitId === id);

  return {
    title: _("Call %(number)s", { number: row.number }),
    refresh: async () => {
      if (await jotted.readAgain()) takeNext();
    },
    view: () => {
      const tasks = app.engine.tasksAt(id);
      return screen({
        top: topBar({
          lead: wayBack(`unit/${id}`),
          title: dotted(row.number, row.name),
          look: "at-unit",
          sub: callsWords(tasks),
          aside: syncPill(app),
        }),
        body: html`${inVain(tasks)}${section(_("Whom to ring"), whom())}${toAsk(tasks)}${numbers.length && !begun() ? section(_("What came of the call?"), results()) : nothing}${more()}${dropWritten(app, jotted, takeNext)}`,
        foot: begun() ? foot(toTheVisit()) : numbers.length ? foot(wayOn(), trouble || jotted.trouble) : nothing,
      });
    },
  };

  /** @param {TaskRow[]} tasks */
  function callsWords(tasks) {
    const made = callsMade(unit.tries ?? [], idsOf(tasks));
    return made ? _("Calls so far: %(count)s", { count: made }) : _("First call");
  }

  /** @param {TaskRow[]} tasks */
  function inVain(tasks) {
    const calls = unreachable(unit.tries ?? [], idsOf(tasks), limit);
    if (!calls) return nothing;
    return html`<div class="card row wait" role="status" data-testid="unreachable">
      ${icon("phone-off", "large is-wait")}
      <div class="grow">
        <p class="name">${unreachableWords(calls)}</p>
        <p>${_("Please go to the door. What is due here stays due.")}</p>
      </div>
    </div>`;
  }

  function whom() {
    if (!numbers.length) {
      return html`<p class="card muted">${_("No number is known here. Please go to the door.")}</p>`;
    }
    return html`<div class="col" role="radiogroup" aria-label=${_("Whom to ring")} @keydown=${arrowKeys}>
      ${numbers.map(
        (one) => html`<button
          type="button"
          role="radio"
          class="btn choice wide number"
          aria-checked=${one === chosen ? "true" : "false"}
          @click=${() => {
            chosen = one;
            set({});
          }}
        >
          ${icon(one.dead ? "phone-x" : "phone")}
          <span class="grow"><span class="name">${one.person.name}</span> <span class="muted">${relationWords(one.person.relation)}</span></span>
          ${one.dead ? deadChip(one.dead) : nothing}<span class="num nowrap">${masked(one.number)}</span>
        </button>`,
      )}
      ${
        unit.do_not_disturb
          ? html`<div class="chips">${chip(_("Do not disturb %(hours)s", { hours: unit.do_not_disturb }), "wait", "clock-off")}</div>`
          : nothing
      }
    </div>`;
  }

  /** @param {TaskRow[]} tasks */
  function toAsk(tasks) {
    const callbacks = forTheAnswer(tasks);
    const talks = [...forTheTalk(tasks), ...toBeTold(tasks), ...forTheSheet(tasks)];
    const unknown = forANewerApp(tasks);
    if (!tasks.length) {
      return section(
        _("What is to be asked"),
        html`<p class="card muted">${_("Nothing is due. A call can be made all the same.")}</p>`,
      );
    }
    const asked = html`<ul class="list">
      ${callbacks.map((task) => html`<li class="item">${callback(task)}</li>`)}
      ${talks.map((task) => html`<li class="item" data-testid="to-ask" data-kind=${task.kind}>${talk(task)}</li>`)}
    </ul>`;
    return html`${callbacks.length || talks.length ? section(_("What is to be asked"), asked) : nothing}
    ${unknown.length ? section(_("Also due here"), html`<ul class="list">${unknown.map((task) => html`<li>${notKnownYet(task)}</li>`)}</ul>`) : nothing}`;
  }

  /** What the talk is about, and what the office wants asked. @param {TaskRow} task */
  function talk(task) {
    const issue = issues.get(task.issueId);
    const told = issue && toldOf(issue);
    return html`${icon(kindOf(task).icon, "large is-brand")}
      <div class="grow">
        <p class="name">${whatIsDue(task)}</p>
        ${callUnwelcome(task)}${told ? html`<p class="muted">${toldWords(told)}</p>` : nothing}${task.ask ? html`<p class="muted">${task.ask}</p>` : nothing}
      </div>`;
  }

  /** What the owner raised, and what was done about it. @param {TaskRow} task */
  function callback(task) {
    const { order } = task;
    const issue = issues.get(task.issueId);
    const done = order ? orderWords(order) : issue ? doneWords(issue) : "";
    return html`${icon(kindOf(task).icon, `large ${task.overdueDays ? "is-late" : "is-brand"}`)}
      <div class="grow">
        <p><span class="name">${order?.text ?? issue?.text ?? _("An earlier issue")}</span> ${issue?.complaint ? chip(gradeWords(issue.complaint), "late", "message-report") : nothing} ${task.round > 1 ? chip(_("Round %(round)s", { round: task.round }), "late") : nothing}</p>
        ${order ? html`<p class="muted num">${orderNumber(order)}</p>` : nothing}
        <p class="muted">${done || nothing}</p>
        ${issue ? html`${whatWasSettled(issue)}${photosOfTheWork(issue)}` : nothing}${callUnwelcome(task)}
        ${whatItCanDo({ complaint: issue?.complaint, order, round: task.round, owners: isOwners(order ?? issue, unit) }, { method: "phone", relation: chosen?.person.relation ?? "owner" })}
      </div>`;
  }

  function results() {
    return html`<div class="tiles results" role="radiogroup" aria-label=${_("What came of the call?")} @keydown=${arrowKeys}>
      ${RESULTS.map(
        ([value, iconName, tone]) => html`<button
          type="button"
          role="radio"
          class="tile choice ${tone}"
          aria-checked=${value === jotted.said.result ? "true" : "false"}
          @click=${() => {
            trouble = "";
            set({ result: value === jotted.said.result ? "" : value });
            reveal(".below");
          }}
        >
          ${icon(iconName)}<span>${resultWords(value)}</span>
        </button>`,
      )}
    </div>`;
  }

  /** @param {Partial<Said>} change */
  function set(change) {
    const said = { ...jotted.said, ...change };
    const { result } = said;
    jotted.write({ ...said, called: result ? chosen.called : null, day: result ? today() : "" });
    app.redraw();
  }

  /** What goes with a result: the time agreed, or when to try again; and a note. */
  function more() {
    const { result } = jotted.said;
    const inVain = result && result !== "reached" && !begun();
    return html`${inVain ? html`<div class="below">${when(result)}</div>` : nothing}${inVain || noted ? note() : nothing}`;
  }

  /** @param {Outcome} result */
  function when(result) {
    const taken = () => set({ next: next.said });
    return result === "rescheduled"
      ? section(_("The day and time agreed"), next.fields(taken))
      : isDead(result)
        ? nothing
        : section(_("Next try"), next.offer(taken));
  }

  function note() {
    return section(
      _("Note"),
      sentencesField({
        label: _("Note"),
        placeholder: _("For example: is abroad until Friday"),
        value: jotted.said.note,
        write: (note) => jotted.write({ note }),
      }),
    );
  }

  function dial() {
    return html`<a class="btn primary big" href=${dialled(chosen.number)} data-testid="dial">
      ${icon("phone")}<span>${_("Dial %(name)s", { name: chosen.person.name })} <span class="num nowrap">${masked(chosen.number)}</span></span>
    </a>`;
  }

  function toTheVisit() {
    return html`<a class="btn side" href="#/visit/${id}">${icon("pencil")}${_("Go on with the visit")}</a>${numbers.length ? dial() : nothing}`;
  }

  function wayOn() {
    const { result } = jotted.said;
    if (!result) return dial();
    if (result === "reached") {
      return html`<button type="button" class="btn primary big" ?disabled=${busy} @click=${reached}>
        ${icon("arrow-right")}${_("Go on: talk with %(name)s", { name: chosen.person.name })}
      </button>`;
    }
    return html`<button type="button" class="btn primary big" ?disabled=${busy} @click=${save}>
      ${icon("device-floppy")}${_("Save: %(what)s", { what: outcomeWords(result) })}
    </button>`;
  }

  /** Reached: a visit by phone with whoever belongs to the number. */
  async function reached() {
    await unlessRefused(async () => {
      await app.engine.startVisit(id, { method: "phone" });
      await jotted.write({ ...nothingYet(), note: jotted.said.note });
      const kept = await app.visit(id);
      const { id: person_id, name, relation } = chosen.person;
      await kept?.change((draft) => {
        draft.interviewee = { name, relation, person_id };
      });
      await app.replace(`visit/${id}`);
    });
  }

  async function save() {
    const { result, note } = jotted.said;
    const outcome = /** @type {Outcome} */ (result);
    // Only where a next try is offered can half of it be given; the engine asks for a time agreed itself.
    trouble = outcome === "rescheduled" || isDead(outcome) ? "" : next.lack;
    if (trouble) return app.redraw();
    await unlessRefused(async () => {
      const againAt = outcome === "rescheduled" ? next.typed : isDead(outcome) ? "" : next.at;
      /** @type {import("../noting.js").AttemptMade} */
      const attempt = { unitId: id, outcome, note: note.trim(), againAt, called: chosen.called, method: "phone" };
      const record = await jotted.handIn((page) => app.engine.recordAttempt(attempt, page));
      if (isDead(outcome) && (await anotherNumber())) return app.say(_("Saved. There is another number to ring."));
      await app.replace(`saved/${record.opId}`);
    });
  }

  /** After a dead number the next one is at hand. @returns {Promise<boolean>} is there one? */
  async function anotherNumber() {
    unit = (await app.engine.unit(id)) ?? unit;
    numbers = numbersOf(unit);
    chosen = firstToRing(numbers, jotted.said, {});
    takeNext();
    return !chosen.dead;
  }

  /** @param {() => Promise<unknown>} act */
  async function unlessRefused(act) {
    [busy, trouble] = [true, ""];
    app.redraw();
    try {
      await act();
    } catch (error) {
      trouble = inWords(error);
    }
    busy = false;
    app.redraw();
  }
}

/** @typedef {ReturnType<typeof numbersOf>[number]} Numbered */

/**
 * The number asked for; otherwise the one that was being rung, or the first that is not dead.
 * @param {Numbered[]} numbers
 * @param {Said} said
 * @param {{ person?: string, index?: string }} asked
 */
function firstToRing(numbers, said, { person, index }) {
  const asked = numbers.find(({ called }) => called.person_id === person && String(called.index) === index);
  return asked ?? numbers.find((one) => isOf(said, one)) ?? numbers.find(({ dead }) => !dead) ?? numbers[0];
}

/** Is it of this number? Another one may stand in its place by now. @param {Said} said @param {Numbered | undefined} one */
const isOf = ({ called }, one) =>
  called?.person_id === one?.called.person_id &&
  called?.index === one?.called.index &&
  called?.ending === one?.called.ending;

/** @param {TaskRow[]} tasks */
const idsOf = (tasks) => tasks.map((task) => task.id);

/** @param {Result} result */
function resultWords(result) {
  return result === "reached" ? _("Reached") : outcomeWords(result);
}
