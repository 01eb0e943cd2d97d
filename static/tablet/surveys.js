// A survey's sheet at a door: what can become of it there, what that still lacks, and what is said and sent of it.
import { forTheSheet } from "./kinds.js";

/** @typedef {import("./types.js").Survey} Survey */
/** @typedef {import("./types.js").DraftSheet} DraftSheet */
/** @typedef {import("./types.js").SheetGiven} SheetGiven */
/** @typedef {import("./types.js").StatementSheet} StatementSheet */
/** @typedef {import("./types.js").Level} Level */
/** @typedef {"handed_out" | "on_screen" | "on_paper" | "by_phone" | "put_off" | "declined"} Way */

/** The five levels, and no opinion (form 3). @type {Level[]} */
export const LEVELS = ["very_satisfied", "satisfied", "basic", "dissatisfied", "very_dissatisfied", "none"];

/**
 * The sheets due here whose survey is on this tablet: what is not here cannot be shown, and stays due.
 * @param {import("./types.js").TaskRow[]} tasks
 * @param {Map<string, Survey>} surveys  by id
 * @returns {DraftSheet[]}
 */
export function sheetsDue(tasks, surveys) {
  return forTheSheet(tasks)
    .filter(({ surveyId }) => surveys.has(surveyId))
    .map(({ id, kind, sheetId, surveyId, sheetNumber, agreedAt }) => ({
      sheet_id: sheetId,
      survey_id: surveyId,
      task_id: id,
      number: sheetNumber,
      out: kind === "survey_collect",
      agreed_at: agreedAt,
      act: "",
      filled: "",
      purpose_told: false,
      key_items_told: false,
      collect_at: "",
      bears_name: "",
      signed_name: "",
      signed_relation: "",
      levels: {},
      opinions: {},
      overall: "",
      callback_welcome: "",
      reason: "",
      photos: [],
    }));
}

/**
 * The sheets of a visit: those that it was begun with or that something became of, and those that came here since. Of
 * what nothing became yet it counts how it stands with the office by now.
 * @param {DraftSheet[]} begun
 * @param {DraftSheet[]} due  now
 * @returns {DraftSheet[]}
 */
export function sheetsNow(begun, due) {
  const dueNow = new Map(due.map((sheet) => [sheet.sheet_id, sheet]));
  const known = begun.map((sheet) => {
    const { task_id, out, agreed_at } = (!sheet.act && dueNow.get(sheet.sheet_id)) || sheet;
    return { ...sheet, task_id, out, agreed_at };
  });
  const ids = new Set(begun.map(({ sheet_id }) => sheet_id));
  return [...known, ...due.filter(({ sheet_id }) => !ids.has(sheet_id))];
}

/**
 * Whether it is with its owner, or handing out has begun (R24): before that it is neither handed over nor asked.
 * @param {Pick<DraftSheet, "out">} sheet
 * @param {Pick<Survey, "issue_from"> | undefined} survey
 * @param {string} today  where the estate stands
 */
export const hasBegun = ({ out }, survey, today) => out || !survey || survey.issue_from <= today;

/**
 * What can become of it: by phone nothing is handed over, and only what is with its owner can be put off.
 * @param {Pick<DraftSheet, "out">} sheet
 * @param {import("./types.js").Method} method
 * @param {boolean} [begun]
 * @returns {Way[]}
 */
export function waysOf({ out }, method, begun = true) {
  if (!begun) return ["declined"];
  if (method === "phone") return out ? ["by_phone", "put_off", "declined"] : ["by_phone", "declined"];
  return out ? ["on_paper", "on_screen", "put_off", "declined"] : ["handed_out", "on_screen", "on_paper", "declined"];
}

/** @param {Pick<DraftSheet, "act" | "filled">} sheet @returns {Way | ""} */
export const wayOf = ({ act, filled }) => (act === "collected" ? filled : act);

/** @param {DraftSheet} sheet @param {Way | ""} way  "": it is left for next time; what was tapped is kept */
export function go(sheet, way) {
  const filled = way === "on_screen" || way === "on_paper" || way === "by_phone" ? way : "";
  sheet.act = filled ? "collected" : /** @type {DraftSheet["act"]} */ (way);
  sheet.filled = filled;
}

/** Is what the survey is for told with it: where its owner first hears of it. @param {DraftSheet} sheet */
export const tellsWhy = ({ out, act }) => !out && (act === "handed_out" || act === "collected");

/**
 * What it lacks before the owner can read it. Answers that were asked here must be there; paper can come back blank, but
 * then somebody says so: once it is saved nobody can copy what stands on it.
 * @param {DraftSheet} sheet
 * @param {number} now
 * @param {string} met  the name of whoever gives it back
 * @returns {"when" | "past" | "name" | "whose" | "relation" | "copy" | "answers" | ""}
 */
export function lackOf(sheet, now, met) {
  if (sheet.act === "handed_out" || sheet.act === "put_off") {
    if (!sheet.collect_at) return "when";
    return Date.parse(sheet.collect_at) <= now ? "past" : "";
  }
  if (sheet.act !== "collected") return "";
  if (sheet.filled !== "on_paper") return saysAnything(sheet) ? "" : "answers";
  return lackOfName(sheet, met) || (saysAnything(sheet) || sheet.came_blank ? "" : "copy");
}

/** @param {DraftSheet} sheet @param {string} met */
function lackOfName({ bears_name, signed_name, signed_relation }, met) {
  if (!bears_name) return "name";
  if (bears_name === "no") return "";
  const name = signed_name.trim();
  if (!name) return "whose";
  return signed_relation || name === met.trim() ? "" : "relation";
}

/** Is there any answer on it, or any word? @param {DraftSheet} sheet */
export const saysAnything = (sheet) => Boolean(answered(sheet) || sheet.overall || hasOpinion(sheet));

/** How many of its questions have an answer. @param {Pick<DraftSheet, "levels">} sheet */
export const answered = ({ levels }) => Object.values(levels).filter(Boolean).length;

/** How many of these questions are. @param {Pick<DraftSheet, "levels">} sheet @param {{ id: string }[]} questions */
export const answeredOf = ({ levels }, questions) => questions.filter(({ id }) => levels[id]).length;

/** @param {Pick<DraftSheet, "opinions">} sheet */
const hasOpinion = ({ opinions }) => Object.values(opinions).some((words) => words.trim());

/**
 * As it is said and sent: of each way only what belongs to it.
 * @param {DraftSheet} sheet
 * @returns {SheetGiven[]} none before something became of it
 */
export function settledSheet(sheet) {
  const { sheet_id, survey_id, task_id, act } = sheet;
  if (!act) return [];
  const told = tellsWhy(sheet);
  return [
    {
      sheet_id,
      survey_id,
      ...(task_id && { task_id }),
      act,
      purpose_told: told && sheet.purpose_told,
      key_items_told: told && sheet.key_items_told,
      ...(act === "handed_out" || act === "put_off" ? { collect_at: sheet.collect_at } : {}),
      ...(act === "collected" ? cameBack(sheet) : {}),
      ...(act === "declined" && sheet.reason.trim() ? { reason: sheet.reason.trim() } : {}),
    },
  ];
}

/** @param {DraftSheet} sheet @returns {Partial<SheetGiven>} */
function cameBack({
  filled,
  bears_name,
  signed_name,
  signed_relation,
  levels,
  opinions,
  overall,
  callback_welcome,
  photos,
}) {
  const paper = filled === "on_paper";
  const signed = paper && bears_name === "yes";
  return {
    filled: /** @type {SheetGiven["filled"]} */ (filled),
    signed,
    signed_name: signed ? signed_name.trim() : "",
    ...(signed && signed_relation && { signed_relation }),
    levels: Object.fromEntries(Object.entries(levels).flatMap(([of, level]) => (level ? [[of, level]] : []))),
    opinions: Object.fromEntries(
      Object.entries(opinions).flatMap(([of, words]) => (words.trim() ? [[of, words.trim()]] : [])),
    ),
    ...(overall && { overall }),
    ...(callback_welcome && { callback_welcome: callback_welcome === "yes" }),
    ...(paper && photos.length
      ? {
          photos: photos.map(({ sha256, sealed, width, height, bytes }) => ({ sha256, sealed, width, height, bytes })),
        }
      : {}),
  };
}

/**
 * The same as its owner reads it, with all that it asked.
 * @param {SheetGiven} given
 * @param {{ number: string, survey: Survey, locale: import("./types.js").Locale }} quoted
 * @returns {StatementSheet}
 */
export function sheetShown(given, { number, survey, locale }) {
  const { levels = {}, opinions = {} } = given;
  const back = given.act === "collected";
  return {
    ...saidOf(given),
    number,
    title: survey.title[locale],
    purpose: given.purpose_told ? survey.purpose[locale] : "",
    key_items: given.key_items_told ? survey.key_items[locale] : [],
    questions: back
      ? survey.departments.flatMap(({ name, questions }) =>
          questions.map(({ id, text }) => ({
            id,
            department: name[locale],
            text: text[locale],
            level: levels[id] ?? "",
          })),
        )
      : [],
    opinions: survey.departments.flatMap(({ id, name }) =>
      opinions[id] ? [{ department_id: id, department: name[locale], text: opinions[id] }] : [],
    ),
  };
}

/** What a statement says of it beside its answers; blank for what is not said. @param {SheetGiven} given */
function saidOf(given) {
  const { sheet_id, survey_id, act, purpose_told, key_items_told } = given;
  const welcome = given.callback_welcome;
  return {
    sheet_id,
    survey_id,
    act,
    purpose_told,
    key_items_told,
    collect_at: given.collect_at ?? "",
    filled: /** @type {StatementSheet["filled"]} */ (given.filled ?? ""),
    signed: given.signed ?? false,
    signed_name: given.signed_name ?? "",
    // Only where it was said, so that any other sheet reads as it always did.
    ...(given.signed_relation && { signed_relation: given.signed_relation }),
    overall: /** @type {StatementSheet["overall"]} */ (given.overall ?? ""),
    callback_welcome: /** @type {StatementSheet["callback_welcome"]} */ (
      welcome === undefined ? "" : welcome ? "yes" : "no"
    ),
    reason: given.reason ?? "",
  };
}

/** What is compared of it: of a draft. @param {SheetGiven} given */
export const sheetSaid = (given) => ({
  ...saidOf(given),
  levels: given.levels ?? {},
  opinions: given.opinions ?? {},
});

/** What is compared of it: of what was shown. @param {StatementSheet} shown */
export function sheetSeen({ number, title, purpose, key_items, questions, opinions, ...said }) {
  return {
    ...said,
    levels: Object.fromEntries(questions.flatMap(({ id, level }) => (level ? [[id, level]] : []))),
    opinions: Object.fromEntries(opinions.map(({ department_id, text }) => [department_id, text])),
  };
}
