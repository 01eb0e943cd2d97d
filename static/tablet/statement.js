// What the owner reads and signs: made from a draft and the documents it stands on, frozen as canonical text.
import { canonicalText, sha256, wellFormed } from "./canonical.js";
import { dateIn, plusDays } from "./days.js";
import { speaking } from "./i18n.js";
import { settledSheet, sheetSaid, sheetSeen, sheetShown } from "./surveys.js";
import { departmentFor } from "./warranty.js";

/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").EstateDoc} Estate */
/** @typedef {import("./types.js").Statement} Statement */
/** @typedef {import("./types.js").IssueRaised} IssueRaised */

/** @typedef {import("./types.js").ToldAtDoor} ToldAtDoor */
/** @typedef {Omit<import("./types.js").AnswerGiven, "new_date"> & { told?: import("./types.js").Told }} AnswerSaid */
/** @typedef {import("./types.js").SheetGiven} SheetGiven */
/** @typedef {Omit<Draft, "answers" | "told" | "surveys"> & { answers: AnswerSaid[], told: ToldAtDoor, surveys: SheetGiven[] }} Said  a settled draft */

/**
 * @typedef {object} Ground  The documents a statement quotes.
 * @property {Estate} estate
 * @property {import("./types.js").Unit} unit
 * @property {Map<string, import("./types.js").Issue>} issues  those called back on, by id
 * @property {{ id: string, name: string }} officer
 * @property {Map<string, import("./types.js").Survey>} [surveys]  those whose sheets are told of, by id
 */

/**
 * @param {Draft} draft
 * @param {Ground} ground
 * @returns {Promise<import("./types.js").StatementMade>}
 */
export async function makeStatement(draft, ground) {
  const orders = new Map(draft.answers.flatMap(({ order }) => (order ? [[order.id, order]] : [])));
  const said = settled(draft, ground.estate);
  const numbers = new Map((draft.surveys ?? []).map(({ sheet_id, number }) => [sheet_id, number]));
  const value = wellFormed({ ...statementOf(said, { ...ground, orders }), ...surveysIn(said, ground, numbers) });
  const text = canonicalText(value);
  const { time_zone, answer_days } = ground.estate;
  const promising = { time_zone, answer_days };
  return { text, sha256: await sha256(text), value, categories: categoriesOf(said), promising };
}

/**
 * The draft as it will be said and sent, and nothing else that a screen may have put into it: no empty issues; an
 * answered issue promises nothing, an open one promises its first answer (R38); unanswered callbacks are left out,
 * for they stay due.
 * @param {Draft} draft
 * @param {Estate} estate
 * @returns {Said}
 */
export function settled(draft, estate) {
  const whole = wellFormed({ ...draft, signing: undefined });
  const { name, relation, person_id } = whole.interviewee;
  const { introduced, purpose, recent_work, measures } = whole.script;
  return {
    ...whole,
    interviewee: { name, relation, person_id },
    script: { introduced, purpose, recent_work, measures },
    told: {
      lines: (whole.told?.lines ?? []).map(({ id, version }) => ({ id, version })),
      issues: whole.told?.issues ?? [],
    },
    answers: whole.answers.flatMap(settledAnswer),
    surveys: (whole.surveys ?? []).flatMap(settledSheet),
    issues: whole.issues.filter((issue) => !isEmpty(issue)).map((issue) => settledIssue(issue, whole, estate)),
    unsigned: whole.unsigned && { reason: whole.unsigned.reason, note: whole.unsigned.note },
  };
}

/** @param {import("./types.js").DraftAnswer} given @returns {AnswerSaid[]} none before the owner has answered */
function settledAnswer({ task_id, issue_id, order, round, answer, reason, told, photos = [] }) {
  if (!answer) return [];
  const about = order ? { order_id: order.id } : { issue_id };
  const more = { ...(told && { told }), ...(photos.length && { photos: photos.map(named) }) };
  return [{ ...(task_id && { task_id }), ...about, round, answer, reason, ...more }];
}

/** A photo, and nothing else that a screen may have put into it. @param {import("./types.js").Photo} photo */
const named = ({ sha256, sealed, width, height, bytes }) => ({ sha256, sealed, width, height, bytes });

/**
 * Does the text that was shown still say what the draft says? Whatever the owner reads of it is compared;
 * what the office changed meanwhile (its phone number, a measure, the name of a category) is not: shown is shown.
 * @param {Pick<import("./types.js").Signing, "text" | "categories">} shown
 * @param {Draft} draft
 * @param {Estate} estate
 */
export function stillSays({ text, categories }, draft, estate) {
  const now = settled(draft, estate);
  if (categories && String(categories) !== String(categoriesOf(now))) return false;
  return canonicalText(saidIn(JSON.parse(text))) === canonicalText(wellFormed(saidBy(now)));
}

/** @param {Pick<Said, "issues">} said */
const categoriesOf = ({ issues }) => issues.map(({ category }) => category);

/**
 * The day by which the first answer is promised (R38).
 * @param {Pick<Estate, "time_zone" | "answer_days">} estate
 * @param {import("./types.js").Urgency} urgency
 * @param {number | string} from  a moment
 */
export function promisedOn(estate, urgency, from) {
  return plusDays(dateIn(from, estate.time_zone), estate.answer_days[urgency]);
}

/**
 * @param {Estate} estate
 * @param {string} code
 * @returns {import("./types.js").Category | undefined} with its parent's department where it names none
 */
export function categoryOf(estate, code) {
  for (const parent of estate.categories) {
    if (parent.code === code) return parent;
    const child = parent.children?.find((each) => each.code === code);
    if (child) return { ...child, department: child.department ?? parent.department };
  }
  return undefined;
}

/**
 * What decides at a unit whose department a matter goes to, on the day of a visit there.
 * @param {Pick<Estate, "profile" | "time_zone">} estate
 * @param {Pick<import("./types.js").Unit, "handover_on" | "warranty">} unit
 * @param {Pick<Draft, "started_at">} draft
 */
export function liableAt(estate, unit, draft) {
  return {
    profile: estate.profile,
    handoverOn: unit.handover_on,
    byHand: unit.warranty,
    raisedOn: dateIn(draft.started_at, estate.time_zone),
  };
}

/** Group and category of a code. @param {Estate} estate @param {string} code */
const pathOf = (estate, code) =>
  estate.categories.flatMap((parent) => {
    if (parent.code === code) return [parent];
    const child = parent.children?.find((each) => each.code === code);
    return child ? [parent, child] : [];
  });

/**
 * @param {Said} draft
 * @param {Ground & { orders: Map<string, import("./types.js").OrderDone> }} ground
 * @returns {Statement}
 */
function statementOf(draft, { estate, unit, issues, orders, officer }) {
  const { locale } = draft;
  return {
    schema: "doorstep/statement",
    v: 1,
    template: 1,
    locale,
    estate: {
      id: draft.estate_id,
      name: estate.name[locale],
      company: estate.company[locale],
      phone: estate.phone,
    },
    unit: { id: draft.unit_id, label: unit.label[locale] },
    visit: {
      id: draft.id,
      number: draft.number,
      date: dateIn(draft.started_at, estate.time_zone),
      started_at: draft.started_at,
      method: draft.method,
    },
    officer: { id: officer.id, name: officer.name },
    interviewee: { name: draft.interviewee.name, relation: draft.interviewee.relation },
    callbacks: draft.answers.map((given) =>
      given.order_id
        ? orderCallbackOf(given, orders.get(given.order_id), locale)
        : callbackOf(given, issues.get(given.issue_id ?? "")),
    ),
    issues: draft.issues.map((issue, i) => issueOf(issue, i + 1, estate, locale, liableAt(estate, unit, draft))),
    photos: photosOf(draft),
    wishes: draft.wishes,
    rating: draft.rating,
    consent: { version: estate.consent.version, text: estate.consent.text[locale] },
    ...unsignedIn(draft, officer.name),
  };
}

/**
 * Said only where there is one, so that the statement of any other visit reads as it always did.
 * @param {Said} draft @param {Ground} ground @param {Map<string, string>} numbers  of the sheets
 */
function surveysIn({ surveys: given, locale }, { surveys = new Map() }, numbers) {
  if (!given.length) return {};
  return {
    surveys: given.flatMap((one) => {
      const survey = surveys.get(one.survey_id);
      return survey ? [sheetShown(one, { number: numbers.get(one.sheet_id) ?? "", survey, locale })] : [];
    }),
  };
}

/** Said only where a witness signs: that the owner did not, and what the witness heard. @param {Said} draft @param {string} officer */
function unsignedIn({ witness, unsigned, interviewee, locale }, officer) {
  if (!witness || !unsigned) return {};
  const _ = speaking(locale);
  const words = _(
    "I was present when %(officer)s went through all of this with %(name)s. What %(name)s answered is what is written here. %(name)s did not sign: %(reason)s",
    { officer, name: interviewee.name, reason: unsigned.note },
  );
  return { unsigned: { ...unsigned, words } };
}

/**
 * @param {AnswerSaid} given
 * @param {import("./types.js").Issue | undefined} issue
 * @returns {import("./types.js").StatementCallback}
 */
function callbackOf(given, issue) {
  return {
    issue_id: given.issue_id,
    number: issue?.number ?? "",
    text: issue?.text ?? "",
    round: given.round,
    measure: [issue?.measure, issue?.method].filter(Boolean).join(" · "),
    answer: given.answer,
    reason: given.reason,
    ...(given.told && { told: given.told }),
  };
}

/**
 * The same of a work order: its work is named as one, so that the owner knows what the answer is about.
 * @param {AnswerSaid} given
 * @param {import("./types.js").OrderDone | undefined} order
 * @param {import("./types.js").Locale} locale
 * @returns {import("./types.js").StatementCallback}
 */
function orderCallbackOf(given, order, locale) {
  const done = order?.finished_on;
  return {
    order_id: given.order_id,
    number: order?.number ?? "",
    text: order?.text ?? "",
    round: given.round,
    measure: [order?.work_done, order?.worker || order?.department?.[locale]].filter(Boolean).join(" · "),
    answer: given.answer,
    reason: given.reason,
    ...(done && { done_on: done }),
  };
}

/**
 * @param {IssueRaised} issue
 * @param {number} n
 * @param {Estate} estate
 * @param {import("./types.js").Locale} locale
 * @param {ReturnType<typeof liableAt>} where
 * @returns {import("./types.js").StatementIssue}
 */
function issueOf(issue, n, estate, locale, where) {
  const category = categoryOf(estate, issue.category);
  return {
    id: issue.id,
    n,
    text: issue.text,
    category: category?.name[locale] ?? "",
    department: issue.answered ? "" : (departmentFor(pathOf(estate, issue.category), where)?.name[locale] ?? ""),
    answered: issue.answered,
    answer: issue.answer,
    promised_on: issue.promised_on ?? "",
    ...complaintIn(issue),
  };
}

/**
 * @param {IssueRaised} issue
 * @param {Draft} draft
 * @param {Estate} estate
 * @returns {IssueRaised}
 */
function settledIssue(issue, draft, estate) {
  const { id, text, category, urgency, answered, answer, promised_on, photos, report_up } = issue;
  const promise = promised_on || promisedOn(estate, urgency, draft.started_at);
  return {
    id,
    text,
    category,
    urgency,
    answered,
    answer: answered ? answer : "",
    promised_on: answered ? undefined : promise,
    photos: photos.map(named),
    ...complaintIn(issue),
    // Between the officer and the office: the owner reads where it goes, and by when it is answered.
    ...(report_up && !answered ? { report_up } : {}),
  };
}

/** Said only of a complaint, so that the statement of any other issue reads as it always did. @param {{ complaint?: import("./types.js").Complaint }} issue */
const complaintIn = ({ complaint }) =>
  complaint ? { complaint: { nature: complaint.nature, grade: complaint.grade } } : {};

/** Begun and left: no word, no photo. @param {IssueRaised} issue */
const isEmpty = (issue) => !issue.text.trim() && !issue.answer.trim() && !issue.photos.length;

/** Of what was raised, of the work that a callback asked about, of sheets of paper. @param {Pick<Said, "issues" | "answers" | "surveys">} said */
function photosOf({ issues, answers, surveys }) {
  return [
    ...issues.flatMap(({ id, photos }) => photos.map(({ sha256 }) => ({ sha256, issue_id: id }))),
    ...answers.flatMap(({ issue_id = "", photos = [] }) => photos.map(({ sha256 }) => ({ sha256, issue_id }))),
    ...surveys.flatMap(({ sheet_id, photos = [] }) => photos.map(({ sha256 }) => ({ sha256, issue_id: sheet_id }))),
  ];
}

/** @param {AnswerSaid | import("./types.js").StatementCallback} given */
function answerSaid({ issue_id, order_id, round, answer, reason, told }) {
  return { ...(order_id ? { order_id } : { issue_id }), round, answer, reason, ...(told && { told }) };
}

/** @param {Statement} s */
function saidIn(s) {
  return {
    visit: s.visit.id,
    number: s.visit.number,
    unit: s.unit.id,
    method: s.visit.method,
    locale: s.locale,
    interviewee: s.interviewee,
    callbacks: s.callbacks.map(answerSaid),
    issues: s.issues.map(({ id, text, answered, answer, promised_on, complaint }) => ({
      id,
      text,
      answered,
      answer,
      promised_on,
      ...complaintIn({ complaint }),
    })),
    photos: s.photos,
    wishes: s.wishes,
    rating: s.rating,
    surveys: (s.surveys ?? []).map(sheetSeen),
    ...(s.unsigned && { unsigned: { reason: s.unsigned.reason, note: s.unsigned.note } }),
  };
}

/** @param {Said} d */
function saidBy(d) {
  return {
    visit: d.id,
    number: d.number,
    unit: d.unit_id,
    method: d.method,
    locale: d.locale,
    interviewee: { name: d.interviewee.name, relation: d.interviewee.relation },
    callbacks: d.answers.map(answerSaid),
    issues: d.issues.map(({ id, text, answered, answer, promised_on, complaint }) => ({
      id,
      text,
      answered,
      answer,
      promised_on: promised_on ?? "",
      ...complaintIn({ complaint }),
    })),
    photos: photosOf(d),
    wishes: d.wishes,
    rating: d.rating,
    surveys: d.surveys.map(sheetSaid),
    ...(d.witness && d.unsigned && { unsigned: d.unsigned }),
  };
}
