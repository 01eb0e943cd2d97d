// What stands in a sheet, what was typed into it, what has been saved; knows no page and no network.

import { readTsv, writeTsv } from "./tsv.js";

/**
 * @typedef {object} Cell
 * @property {string} value as the office keeps it
 * @property {string} text what one edits and copies
 * @property {string} shown how it stands on the page
 * @property {string} was what it was before an amendment changed it
 * @property {string} [typed] what was typed and is not saved
 * @property {"" | "saving" | "refused" | "overtaken" | "unsent"} state
 * @property {string} message why it is not saved
 */
/** @typedef {{ id: string, cells: Cell[] }} Row */
/** @typedef {{ row: number, column: number }} Place */
/** @typedef {{ top: number, left: number, bottom: number, right: number }} Range both ends belong to it */
/** @typedef {Place & { text: string }} Writing */
/** @typedef {Place & { before: string, after: string }} Step */
/**
 * @typedef {object} Answer
 * @property {string} line
 * @property {string} field
 * @property {"saved" | "refused" | "overtaken"} state
 * @property {string} [value]
 * @property {string} [text]
 * @property {string} [shown]
 * @property {string} [was]
 * @property {string} message
 */
/** @typedef {{ line: string, field: string, seen: string, text: string }} Sent */

/** The office said why it takes none of it. */
export class NotTaken extends Error {}

export class SheetModel {
  /** @type {Step[][]} */
  #done = [];
  /** @type {Step[][]} */
  #undone = [];
  /** @type {Promise<void>} */
  #sending = Promise.resolve();

  /**
   * @param {Row[]} rows
   * @param {string[]} fields the names of the columns
   * @param {(cells: Sent[]) => Promise<Answer[]>} send rejects with NotTaken, or with anything when nobody answered
   * @param {(places: Place[]) => void} told these cells look different now
   */
  constructor(rows, fields, send, told = () => {}) {
    this.rows = rows;
    this.fields = fields;
    this.send = send;
    this.told = told;
  }

  /** @param {Place} place */
  at({ row, column }) {
    return this.rows[row].cells[column];
  }

  /** @param {Place} place what stands in the cell, saved or not */
  text(place) {
    const cell = this.at(place);
    return cell.typed ?? cell.text;
  }

  /** @param {Cell["state"][]} state how many cells stand so */
  count(...state) {
    return this.rows.flatMap((row) => row.cells).filter((cell) => state.includes(cell.state)).length;
  }

  /** @param {Range} range */
  copy(range) {
    return writeTsv(rowsOf(range).map((row) => columnsOf(range).map((column) => this.text({ row, column }))));
  }

  /**
   * Text from a spreadsheet: over the whole range where it fits in whole, else from its first cell on.
   * @param {Range} range
   * @param {string} tsv
   * @returns {{ into: Range, outside: number }} the cells that were pasted into, and how many lie outside the table
   */
  paste(range, tsv) {
    const block = readTsv(tsv);
    const wide = Math.max(...block.map((row) => row.length));
    const [high, broad] = [range.bottom - range.top + 1, range.right - range.left + 1];
    const fills = high % block.length === 0 && broad % wide === 0;
    const into = {
      top: range.top,
      left: range.left,
      bottom: Math.min(range.top + (fills ? high : block.length), this.rows.length) - 1,
      right: Math.min(range.left + (fills ? broad : wide), this.fields.length) - 1,
    };
    this.write(
      placesIn(into).flatMap(({ row, column }) => {
        const text = block[(row - into.top) % block.length][(column - into.left) % wide];
        return text === undefined ? [] : [{ row, column, text }];
      }),
    );
    const lies = (/** @type {number} */ row, /** @type {number} */ column) =>
      into.top + row < this.rows.length && into.left + column < this.fields.length;
    const outside = block.flatMap((cells, row) => cells.filter((text, column) => text.trim() && !lies(row, column)));
    return { into, outside: outside.length };
  }

  /**
   * The first row of a range into the others; of one row alone, what stands above it.
   * @param {Range} range
   */
  fillDown(range) {
    const from = range.top === range.bottom ? range.top - 1 : range.top;
    if (from < 0) return;
    const into = { ...range, top: from + 1 };
    this.write(placesIn(into).map(({ row, column }) => ({ row, column, text: this.text({ row: from, column }) })));
  }

  /**
   * Empties what may be empty.
   * @param {Range} range
   */
  clear(range) {
    const may = new Set(["purpose", "time"]);
    const places = placesIn(range).filter(({ column }) => may.has(this.fields[column]));
    this.write(places.map((place) => ({ ...place, text: "" })));
  }

  /**
   * Types into cells, as one step that can be undone.
   * @param {Writing[]} writings
   */
  write(writings) {
    const steps = this.#write(writings);
    if (steps.length === 0) return;
    this.#done.push(steps);
    this.#undone = [];
  }

  /** Takes the last step back. Returns its cells. */
  undo() {
    const steps = this.#done.pop();
    if (!steps) return [];
    this.#undone.push(steps);
    this.#write(steps.map(({ row, column, before }) => ({ row, column, text: before })));
    return steps;
  }

  /** Does again what was undone last. Returns its cells. */
  redo() {
    const steps = this.#undone.pop();
    if (!steps) return [];
    this.#done.push(steps);
    this.#write(steps.map(({ row, column, after }) => ({ row, column, text: after })));
    return steps;
  }

  /** @param {Place} place lets go of what was typed and not saved */
  letGo(place) {
    const cell = this.at(place);
    if (cell.state === "saving" || cell.typed === undefined) return false;
    settle(cell);
    this.told([place]);
    return true;
  }

  /** Sends what did not reach the office once more. */
  retry() {
    const places = this.#all().filter((place) => this.at(place).state === "unsent");
    for (const place of places) this.at(place).state = "saving";
    this.told(places);
    this.#enqueue(places);
  }

  /** Until everything that was typed has its answer. */
  async settled() {
    await this.#sending;
  }

  /**
   * @param {Writing[]} writings
   * @returns {Step[]} those that change something
   */
  #write(writings) {
    /** @type {Step[]} */
    const steps = [];
    for (const { row, column, text } of writings) {
      const cell = this.at({ row, column });
      const before = this.text({ row, column });
      if (text === before && (cell.state === "" || cell.state === "saving")) continue;
      steps.push({ row, column, before: cell.state === "overtaken" ? cell.text : before, after: text });
      cell.typed = text;
      cell.state = "saving";
      cell.message = "";
    }
    this.told(steps);
    if (steps.length > 0) this.#enqueue(steps);
    return steps;
  }

  /**
   * One request after the other, so that each is sent with what the one before has come to.
   * @param {Place[]} places
   */
  #enqueue(places) {
    const batch = places.map(({ row, column }) => ({ row, column, text: this.text({ row, column }) }));
    this.#sending = this.#sending.then(() => this.#save(batch));
  }

  /** @param {Writing[]} batch */
  async #save(batch) {
    const cells = batch.map(({ row, column, text }) => ({
      line: this.rows[row].id,
      field: this.fields[column],
      seen: this.at({ row, column }).value,
      text,
    }));
    try {
      this.#take(batch, await this.send(cells));
    } catch (error) {
      const refused = error instanceof NotTaken;
      for (const writing of batch.filter((one) => this.#isLast(one))) {
        const cell = this.at(writing);
        cell.state = refused ? "refused" : "unsent";
        cell.message = refused ? error.message : "";
      }
      this.told(batch);
    }
  }

  /** @param {Writing[]} batch @param {Answer[]} answers in the same order */
  #take(batch, answers) {
    for (const [index, writing] of batch.entries()) {
      const cell = this.at(writing);
      const answer = answers[index];
      const isLast = this.#isLast(writing);
      // What nobody is told of here is not what they have seen: their next writing is then answered as overtaken.
      if (answer.state === "saved" || (answer.state === "overtaken" && isLast)) stand(cell, answer);
      if (!isLast) continue;
      if (answer.state === "saved") settle(cell);
      else {
        cell.state = answer.state;
        cell.message = answer.message;
      }
      if (answer.state === "overtaken") this.#goesBackTo(writing, cell.text);
    }
    this.told(batch);
  }

  /**
   * Undone, a cell says what somebody else wrote there, and no longer what it said before that.
   * @param {Place} place
   * @param {string} theirs
   */
  #goesBackTo({ row, column }, theirs) {
    for (const step of this.#done.flat()) {
      if (step.row === row && step.column === column) step.before = theirs;
    }
  }

  /** @param {Writing} writing whether nothing else was typed there since */
  #isLast(writing) {
    return this.at(writing).typed === writing.text;
  }

  #all() {
    const [bottom, right] = [this.rows.length - 1, this.fields.length - 1];
    return placesIn({ top: 0, left: 0, bottom, right });
  }
}

/** @param {Range} range @returns {Place[]} its cells, row by row */
export function placesIn(range) {
  return rowsOf(range).flatMap((row) => columnsOf(range).map((column) => ({ row, column })));
}

/** @param {Place} one @param {Place} other @returns {Range} */
export function between(one, other) {
  return {
    top: Math.min(one.row, other.row),
    left: Math.min(one.column, other.column),
    bottom: Math.max(one.row, other.row),
    right: Math.max(one.column, other.column),
  };
}

/** @param {Cell} cell @param {Answer} answer what the office keeps there */
function stand(cell, answer) {
  if (answer.value === undefined) return;
  cell.value = answer.value;
  cell.text = answer.text ?? "";
  cell.shown = answer.shown ?? "";
  cell.was = answer.was ?? "";
}

/** @param {Cell} cell */
function settle(cell) {
  cell.typed = undefined;
  cell.state = "";
  cell.message = "";
}

/** @param {Range} range */
function rowsOf({ top, bottom }) {
  return Array.from({ length: bottom - top + 1 }, (_row, index) => top + index);
}

/** @param {Range} range */
function columnsOf({ left, right }) {
  return Array.from({ length: right - left + 1 }, (_column, index) => left + index);
}
