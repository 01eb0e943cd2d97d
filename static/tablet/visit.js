// The rules of a visit at the door: how a draft begins, when it may be saved, and what is sent of it.
import { Refused } from "./errors.js";
import { _ } from "./i18n.js";
import { tooLittle, tooMuch } from "./ink.js";
import { forTheAnswer, forTheTalk, kindOf, toBeTold } from "./kinds.js";
import { settled, stillSays } from "./statement.js";
import { lackOf, sheetsDue } from "./surveys.js";
import { lacksWords } from "./to_answer.js";

/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").DraftSignature} DraftSignature */
/** @typedef {import("./types.js").EstateDoc} Estate */
/** @typedef {import("./types.js").Evidence} Evidence */
/** @typedef {import("./types.js").Signing} Signing */

/** Characters in one field, as the office takes them. */
const LONGEST = 4000;
export const LONGEST_NAME = 120;

/**
 * @param {{ id: string, number: string, unitId: string, unit: import("./types.js").Unit, v: number, estateId: string,
 *   method: import("./types.js").Method, locale: import("./types.js").Locale, at: string,
 *   tasks: import("./types.js").TaskRow[], issues: Map<string, import("./types.js").Issue>,
 *   asked?: import("./types.js").DraftAnswer[], surveys?: Map<string, import("./types.js").Survey> }} start
 *   asked: what the owner is told or may say beside callbacks
 * @returns {Draft}
 */
export function newDraft(start) {
  const { id, number, unitId, unit, v, estateId, method, locale, at, tasks, issues } = start;
  const { asked = [], surveys = new Map() } = start;
  const owner = unit.people.find((person) => person.relation === "owner");
  const callbacks = forTheAnswer(tasks).flatMap((task) => toBeAnswered(task, issues));
  return {
    id,
    number,
    unit_id: unitId,
    estate_id: estateId,
    base_version: v,
    method,
    started_at: at,
    locale,
    interviewee: owner ? { name: owner.name, relation: "owner", person_id: owner.id } : { name: "", relation: "other" },
    script: { introduced: false, purpose: false, recent_work: false, measures: false },
    told: { lines: [], issues: [] },
    task_ids: forTheTalk(tasks).map((task) => task.id),
    answers: [
      ...callbacks,
      ...asked
        .filter(({ issue_id }) => !callbacks.some((one) => one.issue_id === issue_id))
        .map((one) => asATask(one, tasks)),
    ],
    surveys: sheetsDue(tasks, surveys),
    issues: [],
    wishes: "",
    rating: "",
  };
}

/**
 * What is not here cannot be shown, and nobody calls good what they did not see: its callback stays due.
 * @param {import("./types.js").TaskRow} task
 * @param {Map<string, import("./types.js").Issue>} issues
 * @returns {import("./types.js").DraftAnswer[]}  none for a callback on something that is not here
 */
function toBeAnswered({ id, order, issueId, round }, issues) {
  if (order) return [{ task_id: id, order, round, answer: "", reason: "" }];
  const asked = issues.get(issueId);
  if (!asked) return [];
  return [{ task_id: id, issue_id: issueId, round: asked.round, answer: "", reason: "", photos: [] }];
}

/** What is told because it is somebody's task settles that. @param {import("./types.js").DraftAnswer} asked @param {import("./types.js").TaskRow[]} tasks */
function asATask(asked, tasks) {
  const due = toBeTold(tasks).find(
    (task) => task.issueId === asked.issue_id && kindOf(task).tells === asked.told?.what && task.round === asked.round,
  );
  return due ? { ...asked, task_id: due.id } : asked;
}

/**
 * May this draft be saved as a visit held?
 * @param {Draft} draft
 * @param {Estate} estate
 * @returns {Signing} what was shown and signed
 * @throws `Refused` with what is missing
 */
export function requireWhole(draft, estate) {
  const { signing } = draft;
  if (!draft.interviewee.name.trim())
    throw new Refused("visit:nobody_met", _("Please write down whom you spoke with."));
  if (draft.interviewee.name.length > LONGEST_NAME) throw longName();
  for (const issue of settled(draft, estate).issues) requireIssue(issue);
  if (draft.answers.some(lacksWords))
    throw new Refused("answer:no_words", _("Please write down in the owner's words why they do not agree."));
  if (tooLong([draft.wishes, ...draft.answers.map((given) => given.reason)])) throw longWords();
  for (const sheet of draft.surveys ?? []) requireSheet(sheet, draft.interviewee.name);
  if (!draft.rating) throw new Refused("visit:no_rating", _("Please choose a rating, or “no opinion”."));
  if (!signing) throw new Refused("visit:not_shown", _("Please show the summary first."));
  if (!stillSays(signing, draft, estate)) {
    throw new Refused(
      "statement:changed",
      _("The record changed after it was shown. Please show it again and sign again."),
    );
  }
  if (ownerMustSign(draft)) requireSignature(signing.owner);
  if (ownerMustSign(draft) && !signing.end_seen_at) {
    throw new Refused("statement:end_not_seen", _("Please let the owner read the summary to its end."));
  }
  if (draft.witness && !signing.end_seen_at) {
    throw new Refused("statement:end_not_seen", _("Please let the witness read to the end what they witness."));
  }
  if (draft.witness) requireWitness(draft, signing);
  requireSignature(signing.officer);
  return signing;
}

/** Something was called solved, or a sheet taken, that a witness can confirm where the owner does not sign. @param {Draft} draft */
export const worthAWitness = ({ method, answers, issues, surveys = [] }) =>
  method === "door" &&
  (answers.some(({ answer, told }) => answer === "satisfied" || (answer === "agreed" && told?.what === "explained")) ||
    issues.some(({ answered }) => answered) ||
    surveys.some(({ act }) => act === "handed_out"));

/** At the door the owner signs, unless it is written down why not. On the phone nobody can. @param {Draft} draft */
export const ownerMustSign = (draft) => draft.method === "door" && !draft.unsigned;

/**
 * The signatures of a draft in their order, still without chain and seal.
 * @param {Draft} draft
 * @param {Signing} signing
 * @param {{ officer: { id: string, name: string }, deviceId: string, version: string }} by
 * @returns {Omit<Evidence, "prev" | "seal">[]}
 */
export function signaturesOf(draft, signing, { officer, deviceId, version }) {
  const common = { v: /** @type {const} */ (1), statement: signing.sha256, device_id: deviceId, app_version: version };
  /** @type {Omit<Evidence, "prev" | "seal">[]} */
  const signatures = [];
  if (ownerMustSign(draft) && signing.owner) {
    const { name, relation, person_id } = draft.interviewee;
    signatures.push({
      ...common,
      ...inkAndTimes(signing.owner, signing),
      role: "owner",
      signer: { name, relation, person_id },
    });
  }
  if (draft.witness && signing.witness) {
    const signer = { name: draft.witness.name.trim(), relation: draft.witness.relation };
    signatures.push({ ...common, ...inkAndTimes(signing.witness, signing), role: "witness", signer });
  }
  if (signing.officer) {
    const signer = { name: officer.name, relation: "officer", staff_id: officer.id };
    signatures.push({ ...common, ...inkAndTimes(signing.officer, signing), role: "officer", signer });
  }
  return signatures;
}

/**
 * @param {Draft} draft
 * @param {Estate} estate
 * @param {{ signing: Signing, endedAt: string }} end
 * @returns {Omit<import("./types.js").VisitBody, "signatures" | "copy_token_sha256">}  what is sealed and frozen with its signatures
 */
export function bodyOf(draft, estate, { signing, endedAt }) {
  const said = settled(draft, estate);
  return {
    number: said.number,
    unit_id: said.unit_id,
    method: said.method,
    started_at: said.started_at,
    ended_at: endedAt,
    interviewee: said.interviewee,
    script: said.script,
    told: said.told,
    task_ids: [
      ...said.task_ids,
      ...said.answers.flatMap((given) => given.task_id ?? []),
      ...said.surveys.flatMap((given) => given.task_id ?? []),
      ...draft.answers.flatMap((given) => toldAlone(given, said.told)),
    ],
    answers: said.answers.map(sentAnswer),
    issues: said.issues,
    wishes: said.wishes,
    rating: said.rating || "none",
    statement: signing.text,
    unsigned: said.unsigned,
    surveys: said.surveys,
  };
}

/**
 * The task of another date that was told, where nothing was said to it: being told settles it (R39).
 * @param {import("./types.js").DraftAnswer} given @param {import("./types.js").ToldAtDoor} at
 */
const toldAlone = ({ answer, task_id, issue_id, told }, at) =>
  !answer && task_id && told?.what === "new_date" && at.issues.includes(issue_id ?? "") ? [task_id] : [];

/** What was told stands in the statement, its task in the record; of it only another date is said once more. @param {import("./statement.js").AnswerSaid} said */
function sentAnswer({ told, ...given }) {
  if (!told) return given;
  const { task_id: _task, ...alone } = given;
  return told.what === "new_date" ? { ...alone, new_date: told.to_on } : alone;
}

/** @param {import("./types.js").IssueRaised} issue */
function requireIssue({ text, category, answer }) {
  if (!text.trim()) throw new Refused("issue:no_words", _("Please write down in words what the owner raised."));
  if (!category) throw new Refused("issue:no_category", _("Please choose a category for each issue."));
  if (tooLong([text, answer])) throw longWords();
}

/** @param {import("./types.js").DraftSheet} sheet @param {string} met */
function requireSheet(sheet, met) {
  // A time that passes while the summary is read was agreed all the same.
  const lack = lackOf(sheet, 0, met);
  // Whether a paper is blank is asked before it is read: what is signed already is saved as it was signed.
  if (lack && lack !== "copy")
    throw new Refused("survey:not_whole", _("Please complete what became of the survey's sheet."));
  if (tooLong([sheet.reason, ...Object.values(sheet.opinions)])) throw longWords();
  if (sheet.signed_name.length > LONGEST_NAME) throw longName();
}

/** @param {string[]} texts */
const tooLong = (texts) => texts.some((text) => text.length > LONGEST);

const longWords = () => new Refused("visit:too_long", _("A text is longer than 4,000 characters."));

const longName = () => new Refused("visit:too_long", _("A name is longer than 120 characters."));

/** @param {Draft} draft @param {Signing} signing */
function requireWitness({ witness, interviewee }, signing) {
  if (!witness?.name.trim() || !witness.relation || witness.name.trim() === interviewee.name.trim())
    throw new Refused("signature:no_witness", _("A witness is somebody else than the owner, with a name."));
  requireSignature(signing.witness);
}

/** @param {DraftSignature | undefined} signature */
function requireSignature(signature) {
  if (!signature) throw new Refused("signature:missing", _("A signature is missing."));
  if (tooLittle(signature.ink, signature.how)) {
    throw new Refused("signature:too_little_ink", _("That is too little for a signature. Please sign again."));
  }
  if (tooMuch(signature.ink)) {
    throw new Refused("signature:too_much_ink", _("That is too much for a signature. Please sign again."));
  }
  if (signature.how === "mark" && (signature.witness?.length ?? 0) > LONGEST_NAME) throw longName();
  if (signature.how === "mark" && !(signature.witness?.trim() && signature.read_aloud)) {
    throw new Refused("signature:no_witness", _("A mark needs a witness, and the summary read aloud."));
  }
}

/**
 * @param {DraftSignature} signature
 * @param {Signing} signing
 */
function inkAndTimes({ how, ink, witness, read_aloud, shown_at, end_seen_at, signed_at }, signing) {
  return {
    how,
    ink,
    ...(how === "mark" ? { witness, read_aloud } : {}),
    shown_at: shown_at ?? signing.shown_at,
    end_seen_at: end_seen_at ?? signing.end_seen_at ?? signed_at,
    signed_at,
  };
}
