// On the visit: each survey's sheet that is due here, what can become of it, and what has.

import { html, nothing } from "lit";
import { _, locale } from "../i18n.js";
import { answered, go, hasBegun, lackOf, saysAnything, wayOf, waysOf } from "../surveys.js";
import { chip, section } from "./bits.js";
import { icon } from "./icon.js";
import { question } from "./sheet.js";
import { clock, comingDay, dayAndWeekday, dayOf } from "./when.js";
import { dotted } from "./words.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../visit_kept.js").VisitKept} VisitKept */
/** @typedef {import("../types.js").DraftSheet} DraftSheet */
/** @typedef {import("../types.js").Survey} Survey */
/** @typedef {import("../surveys.js").Way} Way */

/** @type {Record<Way, string>} */
const ICONS = {
  handed_out: "file-export",
  on_screen: "device-tablet",
  on_paper: "file-check",
  by_phone: "phone",
  put_off: "calendar-time",
  declined: "hand-stop",
};

/** @param {App} app @param {VisitKept} kept */
export function surveyCards(app, kept) {
  const sheets = kept.sheets();
  if (!sheets.length) return nothing;
  return section(
    _("Survey"),
    html`${sheets.map((sheet) => card(app, kept, sheet))}`,
    _("%(done)s of %(all)s done", { done: sheets.filter(({ act }) => act).length, all: sheets.length }),
  );
}

/** @param {App} app @param {VisitKept} kept @param {DraftSheet} sheet */
function card(app, kept, sheet) {
  const survey = app.engine.survey(sheet.survey_id);
  const title = survey?.title[locale()] ?? "";
  const begun = hasBegun(sheet, survey, dayOf(new Date().toISOString()));
  return html`<div class="card col" data-testid="sheet" ?data-left=${!sheet.act}>
    <div>
      <p><span class="name">${title}</span> ${sheet.act ? nothing : whatIsDue(sheet)}</p>
      <p class="muted num">${dotted(_("No. %(number)s", { number: sheet.number }), sheet.agreed_at && _("agreed %(moment)s", { moment: momentWords(sheet.agreed_at) }))}</p>
    </div>
    ${begun ? nothing : html`<p class="muted">${_("Handing out begins on %(day)s.", { day: dayAndWeekday(survey?.issue_from ?? "") })}</p>`}
    <div class="tiles wide ways" role="group" aria-label=${title}>
      ${waysOf(sheet, kept.draft.method, begun).map((way) => wayButton(app, kept, sheet, way))}
    </div>
    ${sheet.act ? whatBecame(kept, sheet, survey) : nothing}
  </div>`;
}

/** As long as nothing became of it. @param {DraftSheet} sheet */
const whatIsDue = ({ out }) =>
  out ? chip(_("To collect"), "wait", "clipboard-check") : chip(_("To hand out"), "wait", "clipboard-list");

/** @param {App} app @param {VisitKept} kept @param {DraftSheet} sheet @param {Way} way */
function wayButton(app, kept, sheet, way) {
  const chosen = wayOf(sheet) === way;
  function take() {
    if (!chosen) choose(kept, sheet.sheet_id, way);
    app.go(pathOf(kept, sheet));
  }
  return html`<button
    type="button"
    class="tile low choice"
    aria-pressed=${chosen ? "true" : "false"}
    data-way=${way}
    @click=${() => (wouldDrop(sheet, way) ? askFirst(app, sheet, way, take) : take())}
  >
    ${icon(ICONS[way])}<span>${wayWords(way, sheet)}</span>
  </button>`;
}

/** Answers that were given would count no more. @param {DraftSheet} sheet @param {Way} way */
const wouldDrop = (sheet, way) =>
  sheet.act === "collected" && saysAnything(sheet) && (way === "handed_out" || way === "put_off" || way === "declined");

/** A tap beside the one that was meant turns no answers into a refusal. @param {App} app @param {DraftSheet} sheet @param {Way} way @param {() => void} take */
function askFirst(app, sheet, way, take) {
  const instead = wayWords(way, sheet);
  app.openSheet(() =>
    question({
      title: _("Answers have been given"),
      words: _("With “%(way)s” they do not count.", { way: instead }),
      answers: [
        { words: _("Keep the answers"), look: "primary", act: () => app.closeSheet() },
        {
          words: instead,
          act: () => {
            app.closeSheet();
            take();
          },
        },
      ],
    }),
  );
}

/** @param {VisitKept} kept @param {string} sheetId @param {Way | ""} way */
export function choose(kept, sheetId, way) {
  return kept.takeUpSheet(sheetId, (mine) => {
    go(mine, way);
    // Whose name it bears is nearly always whoever gives it back.
    if (way === "on_paper" && !mine.signed_name) mine.signed_name = kept.draft.interviewee.name;
  });
}

/** @param {VisitKept} kept @param {DraftSheet} sheet */
const pathOf = (kept, sheet) => `visit/${kept.draft.unit_id}/survey/${sheet.sheet_id}`;

/** @param {VisitKept} kept @param {DraftSheet} sheet @param {Survey | undefined} survey */
function whatBecame(kept, sheet, survey) {
  const lacks = lackOf(sheet, Date.now(), kept.draft.interviewee.name);
  return html`<a class="row wrap choice-row" href="#/${pathOf(kept, sheet)}" data-testid="became">
    <span class="grow">${becameWords(sheet, survey)}</span>
    ${lacks ? chip(_("To complete"), "late", "alert-circle") : chip(_("Noted"), "good", "circle-check")}
    ${icon("chevron-right", "muted")}
  </a>`;
}

/** @param {DraftSheet} sheet @param {Survey | undefined} survey */
function becameWords(sheet, survey) {
  switch (sheet.act) {
    case "handed_out":
      return dotted(
        _("Handed out"),
        sheet.collect_at && _("to be collected %(moment)s", { moment: momentWords(sheet.collect_at) }),
      );
    case "put_off":
      return sheet.collect_at
        ? _("to be collected %(moment)s", { moment: momentWords(sheet.collect_at) })
        : _("Another time");
    case "declined":
      return dotted(_("Does not take part"), sheet.reason);
    default:
      return sheet.came_blank && !saysAnything(sheet)
        ? _("Came back blank")
        : _("%(done)s of %(all)s answered", { done: answered(sheet), all: questionsIn(survey) });
  }
}

/** How many it asks. @param {Survey | undefined} survey */
const questionsIn = (survey) => survey?.departments.flatMap(({ questions }) => questions).length ?? 0;

/** @param {string} at */
const momentWords = (at) => `${comingDay(at, Date.now())} ${clock(at)}`;

/** @param {Way} way @param {Pick<DraftSheet, "out">} sheet */
export function wayWords(way, { out }) {
  switch (way) {
    case "handed_out":
      return _("Hand out");
    case "on_screen":
      return _("Fill in now");
    case "on_paper":
      return out ? _("Came back on paper") : _("Filled in on paper");
    case "by_phone":
      return _("Ask now");
    case "put_off":
      return _("Not yet: another time");
    default:
      return _("Does not take part");
  }
}
