// What the engine refuses: a code that a program can keep and words that a person can read.

import { _ } from "./i18n.js";

export class Refused extends Error {
  /**
   * @param {string} code  `thing:why`
   * @param {string} message  already in the user's language
   */
  constructor(code, message) {
    super(message);
    this.name = "Refused";
    this.code = code;
  }
}

/**
 * What a person reads of whatever went wrong: the words of whoever refused, tablet or office. What nobody worded, a
 * browser's own error, goes to the console.
 * @param {unknown} error
 * @returns {string}
 */
export function inWords(error) {
  const { code, message } = /** @type {{ code?: unknown, message?: string }} */ (error ?? {});
  if (typeof code === "string" && message) return message;
  console.error(error);
  return _("That did not work on this tablet. Please try again; if it stays so, tell the office.");
}

/** What is asked for at a unit that is not here. */
export const unknownUnit = () => new Refused("unit:unknown", _("This unit is not on this tablet."));
