// A visit being written down: every change goes to the tablet's storage at once.

import { DraftKept } from "./draft_kept.js";
import { newId } from "./ids.js";
import { lackOf } from "./surveys.js";
import { isAboutTheEnd, lacksWords } from "./to_answer.js";
import { worthAWitness } from "./visit.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").IssueRaised} IssueRaised */
/** @typedef {import("./types.js").Statement} Statement */
/** @typedef {import("./types.js").DraftSignature} DraftSignature */

/**
 * Whose turn it is: the officer writes · the owner reads and signs · a witness signs that they did not · the owner is
 * done and hands the tablet back · the officer signs.
 * @typedef {"visit" | "owner" | "witness" | "thanks" | "officer"} Phase
 */
/** @typedef {Draft & { phase?: Phase }} KeptDraft */

/** @extends {DraftKept<KeptDraft>} */
export class VisitKept extends DraftKept {
  /** @type {Promise<void>} */
  #remaking = Promise.resolve();

  /**
   * @param {Engine} engine
   * @param {string} unitId
   * @param {() => void} redraw
   * @returns {Promise<VisitKept | undefined>} undefined if no visit has been begun there
   */
  static async open(engine, unitId, redraw) {
    const found = await engine.draft(unitId);
    return found && new VisitKept(engine, found.draft, found.savedAt, redraw);
  }

  /** @returns {Phase} */
  get phase() {
    return this.draft.phase ?? "visit";
  }

  isWithOwner() {
    return ["owner", "witness", "thanks"].includes(this.phase);
  }

  /** @param {string} id @returns {IssueRaised | undefined} */
  issue(id) {
    return this.draft.issues.find((issue) => issue.id === id);
  }

  /** One more line of what the owner says. A second tap of the same thumb begins no second one. */
  addIssue() {
    const begun = this.taking ? undefined : this.draft.issues.find(isUnwritten);
    if (begun) return begun;
    /** @type {IssueRaised} */
    const issue = {
      id: newId(Date.now()),
      text: "",
      category: "",
      urgency: "ordinary",
      answered: false,
      answer: "",
      photos: [],
    };
    this.change((draft) => {
      draft.issues.push(issue);
    });
    return issue;
  }

  /** Lines begun and left without a word or a photo are no issues. One of them may be what a photo on its way is for. */
  dropEmptyIssues() {
    if (this.taking) return;
    const kept = this.draft.issues.filter((issue) => !isUnwritten(issue));
    if (kept.length === this.draft.issues.length) return;
    this.change((draft) => {
      draft.issues = kept;
    });
  }

  /** A survey's sheet of this visit. @param {string} id */
  sheet(id) {
    return this.draft.surveys?.find(({ sheet_id }) => sheet_id === id);
  }

  /** Sheets of this visit, and those that came here since it was begun. */
  sheets() {
    return this.engine.sheetsOf(this.draft);
  }

  /** Sheets due here of which nothing became. */
  sheetsLeft() {
    return this.sheets().filter(({ act }) => !act);
  }

  /**
   * Something becomes of a sheet: one that came since the visit was begun belongs to it from now on.
   * @param {string} id
   * @param {(sheet: import("./types.js").DraftSheet) => void} change
   */
  takeUpSheet(id, change) {
    const found = this.sheets().find(({ sheet_id }) => sheet_id === id);
    if (!found) return this.settled;
    return this.change((draft) => {
      const others = (draft.surveys ?? []).map((one) => (one.sheet_id === id ? found : one));
      draft.surveys = others.includes(found) ? others : [...others, found];
      change(found);
    });
  }

  /** The first sheet of which something is missing. @param {number} now */
  firstSheetGap(now) {
    return this.draft.surveys?.find((sheet) => lackOf(sheet, now, this.draft.interviewee.name));
  }

  /**
   * The first thing that must be filled in before the owner can read it.
   * @returns {{ issue: string, lacks: "text" | "category" | "answer" } | null}
   */
  firstGap() {
    for (const issue of this.draft.issues) {
      const lacks = gapOf(issue);
      if (lacks) return { issue: issue.id, lacks };
    }
    return null;
  }

  /**
   * Something due is spoken about at this visit, or left for next time.
   * @param {string} taskId
   * @param {boolean} now
   */
  takeUp(taskId, now) {
    return this.change((draft) => {
      const others = draft.task_ids.filter((id) => id !== taskId);
      draft.task_ids = now ? [...others, taskId] : others;
    });
  }

  /** Callbacks that the owner has not answered yet, and what they were not told; to what has ended nobody must object. */
  unanswered() {
    return this.draft.answers.filter((answer) => !answer.answer && !isAboutTheEnd(answer));
  }

  /** Does an answer lack the owner's words for it? */
  lacksWords() {
    return this.draft.answers.some(lacksWords);
  }

  /**
   * The summary is made and goes to the owner, or on the phone to the officer who reads it out.
   * Ink already given to the same words stays. A photo on its way is waited for: what is signed names every photo.
   */
  async handOver() {
    await this.photosKept();
    const locale = await this.#readIn();
    const made = await this.engine.statement({ ...this.draft, locale, witness: undefined });
    await this.change((draft) => {
      draft.locale = locale;
      delete draft.unsigned;
      delete draft.witness;
      delete draft.signing?.witness;
      draft.phase = draft.method === "phone" ? "officer" : "owner";
      draft.started_at = made.value.visit.started_at;
      const { categories, promising } = made;
      if (draft.signing?.sha256 === made.sha256) Object.assign(draft.signing, { categories, promising });
      else draft.signing = shownNow(made);
    });
  }

  /** The owner's language, not the officer's who works here: as they chose in this visit, or at an earlier one. */
  async #readIn() {
    const { signing, method, locale, unit_id, interviewee } = this.draft;
    // On the phone the officer reads it, out loud.
    return signing || method === "phone" ? locale : this.engine.languageOf(unit_id, interviewee.name);
  }

  /**
   * What the owner reads, exactly as it is kept.
   * @returns {Statement}
   */
  statement() {
    return JSON.parse(this.draft.signing?.text ?? "{}");
  }

  /**
   * A change of what the owner reads: the statement is made anew and ink given to the old one goes. Both are saved
   * together, so that a tablet that dies in between never shows words that the draft does not say.
   * @param {(draft: KeptDraft) => void} change
   */
  remakeStatement(change) {
    const remade = this.#remaking.then(() => this.#remake(change));
    this.#remaking = remade.catch(() => {});
    return remade;
  }

  /** @param {(draft: KeptDraft) => void} change */
  async #remake(change) {
    const changed = structuredClone(this.draft);
    change(changed);
    const made = await this.engine.statement(changed);
    await this.change((draft) => {
      change(draft);
      draft.started_at = made.value.visit.started_at;
      const mark = emptied(draft.signing?.owner);
      draft.signing = { ...shownNow(made), ...(mark && { owner: mark }) };
    });
  }

  /** The end of the summary was on the screen. */
  endSeen() {
    if (!this.draft.signing || this.draft.signing.end_seen_at) return;
    this.change((draft) => {
      if (draft.signing) draft.signing.end_seen_at = now();
    });
  }

  /**
   * @param {"owner" | "witness" | "officer"} who
   * @param {import("./types.js").Ink | undefined} ink undefined clears it
   */
  sign(who, ink) {
    return this.change((draft) => {
      if (!draft.signing) return;
      const before = draft.signing[who];
      if (ink) draft.signing[who] = { ...(before ?? { how: "signed" }), ink, signed_at: now() };
      else if (before?.how === "mark") draft.signing[who] = emptied(before);
      else delete draft.signing[who];
    });
  }

  /** The owner cannot write: a mark, read aloud, with a witness. */
  beginMark() {
    return this.change((draft) => {
      delete draft.unsigned;
      if (draft.signing)
        draft.signing.owner = { how: "mark", ink: noInk(), witness: "", read_aloud: false, signed_at: now() };
    });
  }

  /** Back to a signature. */
  endMark() {
    return this.change((draft) => {
      delete draft.signing?.owner;
    });
  }

  /** Resolves when the summary says what was answered last. */
  get remade() {
    return this.#remaking;
  }

  /** The owner is done, unless the summary became another one at this moment: that one is not signed yet. */
  async ownerDone() {
    await this.remade;
    if (!this.draft.signing?.owner?.ink.strokes.length) return;
    await this.change((draft) => {
      draft.phase = "thanks";
    });
  }

  /**
   * The owner does not sign; the visit stands.
   * @param {import("./types.js").Unsigned} why
   */
  async notSigned(why) {
    const witnessed = worthAWitness(this.draft);
    /** @param {KeptDraft} draft */
    const note = (draft) => {
      if (!draft.rating) draft.rating = "none";
      delete draft.signing?.owner;
      draft.unsigned = why;
      if (witnessed) draft.witness = { name: "", relation: "" };
      draft.phase = witnessed ? "witness" : "thanks";
    };
    if (witnessed || !this.draft.rating) await this.remakeStatement(note);
    else await this.change(note);
  }

  /**
   * Who the witness is. Ink that was given under another name goes.
   * @param {Partial<import("./types.js").Witness>} who
   */
  nameWitness(who) {
    return this.change((draft) => {
      Object.assign(draft.witness ?? {}, who);
      delete draft.signing?.witness;
    });
  }

  /** Nobody is there to witness it: what was called solved stays open. */
  noWitness() {
    return this.remakeStatement((draft) => {
      delete draft.witness;
      draft.phase = "thanks";
    });
  }

  /** @param {Phase} phase */
  turn(phase) {
    return this.change((draft) => {
      draft.phase = phase;
    });
  }
}

/**
 * A visit that was dropped begins once more with its old words. Photos went with the old draft, and whatever was signed
 * was signed for a draft that is no more.
 * @param {Engine} engine
 * @param {KeptDraft} old
 */
export async function beginAgain(engine, old) {
  // Whoever knocked anew meanwhile wrote other words; those stay.
  if (await engine.draft(old.unit_id)) return;
  const fresh = await engine.startVisit(old.unit_id, { method: old.method });
  await engine.saveDraft(old.unit_id, withWordsOf(fresh, old));
}

/** What is no longer due is not taken up again. @param {Draft} fresh @param {KeptDraft} old @returns {Draft} */
function withWordsOf(fresh, old) {
  const { started_at, locale, interviewee, script, told, wishes, rating } = old;
  const given = new Map(old.answers.map((one) => [aboutWhat(one), one]));
  return structuredClone({
    ...fresh,
    ...{ started_at, locale, interviewee, script, told, wishes, rating },
    task_ids: fresh.task_ids.filter((id) => old.task_ids.includes(id)),
    answers: fresh.answers.map((one) => {
      const { answer, reason } = given.get(aboutWhat(one)) ?? one;
      return { ...one, answer, reason };
    }),
    surveys: (fresh.surveys ?? []).map((one) => {
      const before = old.surveys?.find(({ sheet_id, out }) => sheet_id === one.sheet_id && out === one.out);
      return before ? { ...before, task_id: one.task_id, photos: [] } : one;
    }),
    issues: old.issues.map((issue) => ({ ...issue, photos: [] })),
  });
}

/** The round of the issue or the work order, and what was said of it. @param {import("./types.js").DraftAnswer} one */
const aboutWhat = (one) => [one.issue_id ?? one.order?.id, one.round, one.told?.what, one.told?.to_on].join(":");

/**
 * What an issue still lacks before the owner can read it.
 * @param {IssueRaised} issue
 * @returns {"text" | "category" | "answer" | null}
 */
export function gapOf(issue) {
  if (!issue.text.trim()) return "text";
  if (!issue.category) return "category";
  if (issue.answered && !issue.answer.trim()) return "answer";
  return null;
}

/** Begun, and neither a word nor a photo in it. @param {IssueRaised} issue */
const isUnwritten = ({ text, answer, photos }) => !text.trim() && !answer.trim() && !photos.length;

/** @param {import("./types.js").StatementMade} made @returns {import("./types.js").Signing} */
function shownNow({ text, sha256, categories, promising }) {
  return { text, sha256, categories, promising, shown_at: now() };
}

/** A mark keeps its witness when its ink is cleared. @param {DraftSignature | undefined} signature */
function emptied(signature) {
  return signature?.how === "mark" ? { ...signature, ink: noInk() } : undefined;
}

/** @returns {import("./types.js").Ink} */
function noInk() {
  return { canvas: { width: 1, height: 1, ratio: 100 }, pointer: "touch", strokes: [] };
}

function now() {
  return new Date().toISOString();
}
