// What an answer is to that no callback asks for, and the answer itself, in words; in the owner's language too.

import { locale, _ as spoken } from "../i18n.js";
import { day } from "./when.js";

/** @typedef {import("../types.js").Told} Told */
/** @typedef {import("../types.js").StatementCallback} StatementCallback */
/** @typedef {import("../i18n.js").Gettext} Gettext */

/**
 * What the owner was told, in one sentence.
 * @param {Told} told
 * @param {import("../types.js").Locale} [to]
 * @param {Gettext} [_]
 */
export function toldWords({ what, words, cannot, from_on = "", to_on = "", on = "" }, to = locale(), _ = spoken) {
  switch (what) {
    case "new_date":
      return _("To be done by %(to)s instead of %(from)s: %(why)s", {
        to: day(to_on, to),
        from: day(from_on, to),
        why: words,
      });
    case "explained":
      return cannot === "at_all"
        ? _("It cannot be solved: %(why)s", { why: words })
        : _("It cannot be solved for now: %(why)s", { why: words });
    case "carried_over":
      return _("Put on the list for the yearly review on %(day)s, as agreed", { day: day(on, to) });
    case "closed_unsatisfied":
      return _("Closed on %(day)s by the company: %(why)s", { day: day(on, to), why: words });
    default:
      return _("Closed on %(day)s with the answer “satisfied”", { day: day(on, to) });
  }
}

/**
 * What the owner says to it, as they read it themselves, with its tone and icon.
 * @param {Pick<StatementCallback, "answer" | "told">} callback
 * @param {Gettext} _
 * @returns {[string, import("./bits.js").Tone, string]}
 */
export function answerWords({ answer, told }, _) {
  switch (answer) {
    case "satisfied":
      return [_("You: satisfied, done"), "good", "mood-happy"];
    case "agreed":
      return told?.what === "new_date"
        ? [_("You: agree with the new date"), "good", "mood-happy"]
        : [_("You: agree, it is looked at again in the yearly review"), "good", "mood-happy"];
    case "disagreed":
      return told?.what === "new_date"
        ? [_("You: do not agree with the new date"), "late", "mood-sad"]
        : [_("You: do not agree, it is looked at again"), "late", "mood-sad"];
    case "objected":
      return [_("You: object, it is opened again"), "late", "hand-stop"];
    default:
      return [_("You: dissatisfied, work goes on"), "late", "mood-sad"];
  }
}

/**
 * The same where it may not be the last word on it: of others than the owner, and by phone.
 * @type {typeof answerWords}
 */
export function othersWords({ answer, told }, _) {
  if (answer === "satisfied") return [_("You: satisfied"), "good", "mood-happy"];
  if (answer === "agreed" && told?.what !== "new_date") return [_("You: agree"), "good", "mood-happy"];
  return answerWords({ answer, told }, _);
}

/**
 * The same for an owner who did not sign, nor a witness for them: what they called good goes on.
 * @type {typeof answerWords}
 */
export function unsignedWords({ answer, told }, _) {
  if (answer === "satisfied") return [_("You: satisfied, not signed: you are asked again"), "wait", "mood-happy"];
  if (answer === "agreed" && told?.what !== "new_date")
    return [_("You: agree, not signed: you are asked again"), "wait", "mood-happy"];
  return answerWords({ answer, told }, _);
}

/**
 * The same for whoever reads what the owner said.
 * @param {Pick<StatementCallback, "answer" | "told">} callback
 * @param {Gettext} _
 * @returns {[string, import("./bits.js").Tone, string]}
 */
export function saidWords(callback, _) {
  const [, tone, iconName] = answerWords(callback, _);
  return [said(callback.answer, _), tone, iconName];
}

/** @param {import("../types.js").Answer} answer @param {Gettext} _ */
function said(answer, _) {
  switch (answer) {
    case "satisfied":
      return _("Satisfied");
    case "agreed":
      return _("Agrees");
    case "disagreed":
      return _("Disagrees");
    case "objected":
      return _("The owner objects");
    default:
      return _("Dissatisfied");
  }
}
