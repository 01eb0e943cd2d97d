// What the engine refuses: a code that a program can keep and words that a person can read.

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
