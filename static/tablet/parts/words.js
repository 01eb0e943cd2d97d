// The words for what is kept as a code. Each takes the speaker, so that owner mode can use the owner's language.

import { locale, _ as spoken } from "../i18n.js";
import { kindOf } from "../kinds.js";

/** @typedef {import("../i18n.js").Gettext} Gettext */

/** @param {import("../types.js").Rating | ""} rating @param {Gettext} [_] */
export function ratingWords(rating, _ = spoken) {
  switch (rating) {
    case "satisfied":
      return _("Satisfied");
    case "basic":
      return _("Mostly satisfied");
    case "dissatisfied":
      return _("Dissatisfied");
    case "none":
      return _("No opinion");
    default:
      return "–";
  }
}

/** Of a survey's answers. @param {import("../types.js").Level | ""} level @param {Gettext} [_] */
export function levelWords(level, _ = spoken) {
  switch (level) {
    case "very_satisfied":
      return _("Very satisfied");
    case "satisfied":
      return _("Satisfied");
    case "basic":
      return _("Mostly satisfied");
    case "dissatisfied":
      return _("Dissatisfied");
    case "very_dissatisfied":
      return _("Very dissatisfied");
    case "none":
      return _("No opinion");
    default:
      return "–";
  }
}

/** @param {string} relation @param {Gettext} [_] */
export function relationWords(relation, _ = spoken) {
  switch (relation) {
    case "owner":
      return _("Owner");
    case "spouse":
      return _("Spouse");
    case "family":
      return _("Family member");
    case "tenant":
      return _("Tenant");
    default:
      return _("Somebody else");
  }
}

/** @param {import("../types.js").Urgency} urgency @param {Gettext} [_] */
export function urgencyWords(urgency, _ = spoken) {
  switch (urgency) {
    case "urgent":
      return _("Urgent");
    case "major":
      return _("Major");
    default:
      return _("Ordinary");
  }
}

/** How grave a complaint is. @param {import("../types.js").Grade} grade @param {Gettext} [_] */
export function gradeWords(grade, _ = spoken) {
  switch (grade) {
    case "important":
      return _("Important complaint");
    case "major":
      return _("Major complaint");
    default:
      return _("Ordinary complaint");
  }
}

/** What a complaint is about. @param {import("../types.js").Nature} nature @param {Gettext} [_] */
export function natureWords(nature, _ = spoken) {
  switch (nature) {
    case "attitude":
      return _("Staff attitude");
    case "quality":
      return _("Quality of the work");
    case "delay":
      return _("Not seen to in time");
    case "charges":
      return _("Charges");
    case "safety":
      return _("Safety and order");
    case "environment":
      return _("Cleanliness and surroundings");
    case "neighbours":
      return _("Neighbours");
    default:
      return _("Other complaint");
  }
}

/** How a visit ended for its owner. @param {import("../types.js").RecordRow} record @param {Gettext} [_] */
export function signedWords({ method, ownerSigned }, _ = spoken) {
  if (method === "phone") return _("told by phone");
  return ownerSigned ? _("owner signed") : _("owner did not sign");
}

/** What a visit came to; that nothing was raised is said where it is all there is. @param {import("../types.js").RecordRow} record @param {Gettext} [_] */
export function broughtWords({ answers, issues, sheets }, _ = spoken) {
  return dotted(
    answers && _("Answers: %(count)s", { count: answers }),
    (issues || !(answers || sheets)) && _("Issues: %(count)s", { count: issues }),
    sheets && _("Survey sheets: %(count)s", { count: sheets }),
  );
}

/** @param {import("../types.js").Outcome | ""} outcome @param {Gettext} [_] */
export function outcomeWords(outcome, _ = spoken) {
  switch (outcome) {
    case "nobody_home":
      return _("Nobody home");
    case "refused":
      return _("Did not want to talk");
    case "no_answer":
      return _("Phone not answered");
    case "child_only":
      return _("Only a child at home");
    case "unallocated":
      return _("Number not allocated");
    case "suspended":
      return _("Number suspended");
    case "wrong_number":
      return _("Wrong number");
    case "rescheduled":
      return _("Another time agreed");
    default:
      return "";
  }
}

/** @param {number} calls  in vain, as many as the estate's setting or more @param {Gettext} [_] */
export function unreachableWords(calls, _ = spoken) {
  return _("Unreachable by phone: %(count)s attempts", { count: calls });
}

/** @param {"owner" | "let" | "vacant"} occupancy @param {Gettext} [_] */
export function occupancyWords(occupancy, _ = spoken) {
  switch (occupancy) {
    case "let":
      return _("Let to a tenant");
    case "vacant":
      return _("Vacant");
    default:
      return _("Owner lives here");
  }
}

/** @param {import("../types.js").Method} method @param {Gettext} [_] */
export function methodWords(method, _ = spoken) {
  return method === "phone" ? _("By phone") : _("At the door");
}

/** `专项走访：暖气打压前逐户确认`: the kind, and what it is about. @param {import("../types.js").TaskRow} task @param {Gettext} [_] */
export function whatIsDue(task, _ = spoken) {
  const kind = kindOf(task).words();
  const title = task.title || task.order?.text;
  return title ? _("%(kind)s: %(title)s", { kind, title }) : kind;
}

/** Whose home it is. @param {import("../types.js").UnitRow | undefined} row @param {Gettext} [_] */
export function namesOf(row, _ = spoken) {
  return row?.names.join(locale() === "zh" ? "、" : ", ") || _("Owner not known");
}

/** `王师傅 · 11月20日完成`: whatever there is of it. A dot ends a line and begins none. @param {...unknown} parts */
export function dotted(...parts) {
  return parts.filter(Boolean).join("\u00a0· ");
}

/** Sentences one after the other; Chinese leaves no space between them. @param {...string} parts */
export function sentences(...parts) {
  return parts.filter(Boolean).join(locale() === "zh" ? "" : " ");
}
