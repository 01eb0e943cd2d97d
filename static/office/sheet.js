// The table of a plan, written in by keyboard: it shows what stands in the model and tells it what is typed.

import { between, NotTaken, SheetModel } from "./sheet/model.js";

/** @typedef {import("./sheet/model.js").Place} Place */
/** @typedef {import("./sheet/model.js").Range} Range */
/** @typedef {import("./sheet/model.js").Cell} Cell */

const WIDE = "(min-width: 961px)";
/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

class SheetPage {
  /** @type {Place} */
  #here = { row: 0, column: 0 };
  /** @type {Place} where a range begins; it ends here */
  #anchor = { row: 0, column: 0 };
  #writes = false;
  #leaves = false;
  #drags = false;
  /** how many cells of what was pasted last lie outside the table */
  #outside = 0;

  /** @param {HTMLTableElement} table */
  constructor(table) {
    this.table = table;
    this.words = table.dataset;
    this.lines = [...table.querySelectorAll("tr[data-line]")].filter((line) => line instanceof HTMLTableRowElement);
    this.cells = this.lines.map((line) => [
      .../** @type {NodeListOf<HTMLTableCellElement>} */ (line.querySelectorAll("td[data-field]")),
    ]);
    this.fields = this.cells[0].map((cell) => cell.dataset.field ?? "");
    const rows = this.lines.map((line, row) => ({ id: line.dataset.line ?? "", cells: this.cells[row].map(read) }));
    this.model = new SheetModel(
      rows,
      this.fields,
      (cells) => this.#send(cells),
      (places) => this.#show(places),
    );
    this.card = /** @type {HTMLElement} */ (table.closest(".sheet-card"));
    this.entry = document.createElement("input");
    this.entry.className = "sheet-entry";
    this.entry.autocomplete = "off";
    this.entry.spellcheck = false;
    this.entry.maxLength = 2000;
  }

  start() {
    this.table.setAttribute("role", "grid");
    this.table.setAttribute("aria-multiselectable", "true");
    this.table.classList.add("sheet-on");
    for (const box of this.#boxes()) box.tabIndex = -1;
    this.#goTo(this.#here, false, false);
    this.entry.addEventListener("keydown", (event) => this.#pressed(event));
    this.entry.addEventListener("input", () => this.#begun());
    this.entry.addEventListener("blur", () => this.#commit());
    this.entry.addEventListener("focus", () => this.#ready());
    this.entry.addEventListener("copy", (event) => this.#copied(event));
    this.entry.addEventListener("cut", (event) => this.#copied(event) && this.model.clear(this.#range()));
    this.entry.addEventListener("paste", (event) => this.#pasted(event));
    this.table.addEventListener("keydown", (event) => this.#pressedOnBox(event));
    this.table.addEventListener("mousedown", (event) => this.#pointed(event));
    this.table.addEventListener("mouseover", (event) => this.#dragged(event));
    this.table.addEventListener("dblclick", (event) => this.#placeOf(event.target) && this.#begin());
    this.table.addEventListener("click", (event) => this.#decided(event));
    addEventListener("mouseup", () => {
      this.#drags = false;
    });
    addEventListener("beforeunload", (event) => {
      if (this.#writes) this.#commit();
      if (this.model.count("saving", "unsent", "refused", "overtaken") > 0) event.preventDefault();
    });
    this.card.querySelector("[data-retry]")?.addEventListener("click", () => this.model.retry());
  }

  // --- where one is ---

  /** @param {Place} place @param {boolean} extends_ the range grows from where it began */
  #goTo(place, extends_ = false, focus = true) {
    if (this.#writes) this.#commit();
    this.#here = place;
    if (!extends_) this.#anchor = place;
    const cell = this.cells[place.row][place.column];
    if (this.entry.parentElement !== cell) cell.append(this.entry);
    this.#label(place);
    this.#paint();
    if (!focus) return;
    this.entry.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#ready();
  }

  /** @param {number} down @param {number} right */
  #step(down, right, extends_ = false) {
    const row = Math.min(Math.max(this.#here.row + down, 0), this.cells.length - 1);
    const column = Math.min(Math.max(this.#here.column + right, 0), this.fields.length - 1);
    this.#goTo({ row, column }, extends_);
  }

  /** The next cell to the right, then of the next line; nothing after the last. @param {1 | -1} way */
  #next(way) {
    const index = this.#here.row * this.fields.length + this.#here.column + way;
    if (index < 0 || index >= this.cells.length * this.fields.length) return false;
    this.#goTo({ row: Math.floor(index / this.fields.length), column: index % this.fields.length });
    return true;
  }

  /** @returns {Range} */
  #range() {
    return between(this.#anchor, this.#here);
  }

  #paint() {
    const range = this.#range();
    for (const [row, cells] of this.cells.entries()) {
      for (const [column, cell] of cells.entries()) {
        const isIn = row >= range.top && row <= range.bottom && column >= range.left && column <= range.right;
        cell.setAttribute("aria-selected", String(isIn));
      }
    }
  }

  /** @param {Place} place what a reader of the screen hears there */
  #label(place) {
    const head = this.cells[place.row][place.column].dataset.label ?? "";
    const unit = this.lines[place.row].querySelector(".form-check-label")?.textContent?.trim() ?? "";
    const cell = this.model.at(place);
    this.entry.setAttribute("aria-label", `${unit}, ${head}`);
    this.entry.setAttribute("aria-invalid", String(cell.state !== "" && cell.state !== "saving"));
    if (cell.message) this.entry.setAttribute("aria-describedby", sayingOf(this.cells[place.row][place.column]).id);
    else this.entry.removeAttribute("aria-describedby");
  }

  // --- writing ---

  /** The cell's text lies chosen in the entry: what is typed takes its place, and a spreadsheet can copy it. */
  #ready() {
    if (this.#writes) return;
    this.entry.value = this.model.text(this.#here);
    this.entry.select();
  }

  #begun() {
    if (this.#writes) return;
    this.#writes = true;
    this.entry.classList.add("sheet-writes");
    if (document.getElementById(`sheet-list-${this.#field()}`))
      this.entry.setAttribute("list", `sheet-list-${this.#field()}`);
  }

  /** Goes on writing what stands there. */
  #begin() {
    this.#ready();
    this.#begun();
    this.entry.setSelectionRange(this.entry.value.length, this.entry.value.length);
  }

  #field() {
    return this.fields[this.#here.column];
  }

  #commit() {
    if (!this.#writes) return;
    this.#stop();
    this.#outside = 0;
    this.model.write([{ ...this.#here, text: this.entry.value }]);
  }

  #stop() {
    this.#writes = false;
    this.entry.classList.remove("sheet-writes");
    this.entry.removeAttribute("list");
  }

  // --- keys ---

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const done =
      event.key === "Tab" ? this.#tab(event) : this.#writes ? this.#whileWriting(event) : this.#whileWalking(event);
    if (done) event.preventDefault();
    if (event.key !== "Escape" && event.key !== "Tab" && event.key !== "Shift") this.#leaves = false;
  }

  /** @param {KeyboardEvent} event after Escape it leaves the table, as everywhere else */
  #tab(event) {
    if (this.#leaves) {
      this.#leaves = false;
      return false;
    }
    this.#commit();
    return this.#next(event.shiftKey ? -1 : 1);
  }

  /** @param {KeyboardEvent} event */
  #whileWriting(event) {
    if (event.key === "Enter") {
      this.#commit();
      this.#step(event.shiftKey ? -1 : 1, 0);
      return true;
    }
    if (event.key !== "Escape") return false;
    this.#stop();
    this.#ready();
    return true;
  }

  /** @param {KeyboardEvent} event */
  #whileWalking(event) {
    if (event.ctrlKey || event.metaKey) return this.#command(event);
    const step = STEPS[event.key];
    if (step) {
      if (event.key === "ArrowLeft" && this.#here.column === 0 && !event.shiftKey)
        this.#boxes()[this.#here.row].focus();
      else this.#step(step[0], step[1], event.shiftKey);
      return true;
    }
    if (event.key === "Escape") {
      if (!this.model.letGo(this.#here)) this.#leaves = true;
      this.#ready();
      return true;
    }
    if (event.key === "Enter" || event.key === "F2") this.#begin();
    else if (event.key === "Delete") this.model.clear(this.#range());
    else if (event.key === "Home") this.#step(0, -this.fields.length, event.shiftKey);
    else if (event.key === "End") this.#step(0, this.fields.length, event.shiftKey);
    else if (event.key === "PageDown") this.#step(10, 0, event.shiftKey);
    else if (event.key === "PageUp") this.#step(-10, 0, event.shiftKey);
    else return false;
    return true;
  }

  /** @param {KeyboardEvent} event */
  #command(event) {
    const key = event.key.toLowerCase();
    const last = this.cells.length - 1;
    if (key === "d") this.model.fillDown(this.#range());
    else if (key === "z" && !event.shiftKey) this.#follow(this.model.undo());
    else if (key === "y" || key === "z") this.#follow(this.model.redo());
    else if (key === "home") this.#goTo({ row: 0, column: 0 }, event.shiftKey);
    else if (key === "end") this.#goTo({ row: last, column: this.fields.length - 1 }, event.shiftKey);
    else if (event.key === "ArrowDown") this.#step(last, 0, event.shiftKey);
    else if (event.key === "ArrowUp") this.#step(-last, 0, event.shiftKey);
    else return false;
    return true;
  }

  /** Shows where something was undone. @param {Place[]} places */
  #follow(places) {
    if (places.length === 0) return;
    this.#goTo(places[0]);
    this.#goTo(places[places.length - 1], true);
  }

  // --- copy and paste ---

  /** @param {ClipboardEvent} event */
  #copied(event) {
    if (this.#writes || !event.clipboardData) return false;
    event.clipboardData.setData("text/plain", this.model.copy(this.#range()));
    event.preventDefault();
    return true;
  }

  /** @param {ClipboardEvent} event */
  #pasted(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (this.#writes || !text) return;
    event.preventDefault();
    const { into, outside } = this.model.paste(this.#range(), text);
    this.#outside = outside;
    this.#goTo({ row: into.top, column: into.left });
    this.#goTo({ row: into.bottom, column: into.right }, true);
    this.#status();
  }

  // --- boxes and the mouse ---

  #boxes() {
    return this.lines.map((line) => /** @type {HTMLInputElement} */ (line.querySelector("input[name=line]")));
  }

  /** @param {KeyboardEvent} event on the box of a line: up and down along the boxes, right into the cells */
  #pressedOnBox(event) {
    const row = this.#boxes().indexOf(/** @type {HTMLInputElement} */ (event.target));
    const step = STEPS[event.key];
    if (row < 0 || !step) return;
    event.preventDefault();
    if (step[1] > 0) this.#goTo({ row, column: 0 });
    else this.#boxes()[Math.min(Math.max(row + step[0], 0), this.lines.length - 1)].focus();
  }

  /** @param {EventTarget | null} target @returns {Place | undefined} */
  #placeOf(target) {
    const cell = target instanceof Element ? target.closest("td[data-field]") : null;
    const row = this.cells.findIndex((cells) => cells.some((one) => one === cell));
    if (!cell || row < 0) return undefined;
    return { row, column: this.cells[row].indexOf(/** @type {HTMLTableCellElement} */ (cell)) };
  }

  /** @param {MouseEvent} event */
  #pointed(event) {
    const place = this.#placeOf(event.target);
    if (!place || event.button !== 0 || (event.target instanceof Element && event.target.closest("button"))) return;
    if (this.#writes && event.target === this.entry) return;
    event.preventDefault();
    this.#drags = true;
    this.#goTo(place, event.shiftKey);
  }

  /** @param {MouseEvent} event */
  #dragged(event) {
    const place = this.#drags ? this.#placeOf(event.target) : undefined;
    if (place && (place.row !== this.#here.row || place.column !== this.#here.column)) this.#goTo(place, true);
  }

  /** @param {MouseEvent} event one of the two buttons at a cell that somebody else wrote in */
  #decided(event) {
    const act = event.target instanceof HTMLElement ? event.target.dataset.decides : undefined;
    const place = this.#placeOf(event.target);
    if (!act || !place) return;
    if (act === "mine") this.model.write([{ ...place, text: this.model.text(place) }]);
    else this.model.letGo(place);
    this.#goTo(place);
  }

  // --- the office ---

  /** @param {import("./sheet/model.js").Sent[]} cells */
  async #send(cells) {
    const token = this.table.closest("form")?.querySelector("input[name=csrf_token]");
    const answer = await fetch(this.words.sheet ?? "", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "",
      },
      body: JSON.stringify({ cells }),
    });
    const said = await answer.json();
    if (!answer.ok) throw new NotTaken(said.message);
    for (const [officer, count] of Object.entries(said.shares)) {
      const share = this.card.querySelector(`[data-share="${officer}"]`);
      if (share) share.textContent = String(count);
    }
    return said.cells;
  }

  /** @param {Place[]} places */
  #show(places) {
    for (const place of places) this.#draw(this.cells[place.row][place.column], this.model.at(place));
    this.#label(this.#here);
    if (!this.#writes && document.activeElement === this.entry) this.#ready();
    this.#status();
  }

  /** @param {HTMLElement} td @param {Cell} cell */
  #draw(td, cell) {
    /** @type {HTMLElement} */ (td.querySelector(".sheet-shown")).textContent = cell.typed ?? cell.shown;
    td.classList.toggle("sheet-saving", cell.state === "saving");
    td.classList.toggle(
      "sheet-wrong",
      cell.state === "refused" || cell.state === "overtaken" || cell.state === "unsent",
    );
    part(td, "s", "sheet-was tiny", cell.was);
    const message = cell.state === "unsent" ? (this.words.wordsAtCell ?? "") : cell.message;
    const said = part(td, "span", "sheet-said", message);
    if (said && cell.state === "overtaken") said.append(this.#choice());
    if (said) sayingOf(td);
  }

  /** What to do where somebody else was faster. */
  #choice() {
    const choice = document.createElement("span");
    choice.className = "sheet-choice";
    for (const [act, words] of [
      ["mine", this.words.wordsMine],
      ["theirs", this.words.wordsTheirs],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.decides = act;
      button.textContent = words ?? "";
      choice.append(button);
    }
    return choice;
  }

  #status() {
    const [saving, wrong, unsent] = [
      this.model.count("saving"),
      this.model.count("refused", "overtaken"),
      this.model.count("unsent"),
    ];
    const words = unsent
      ? this.words.wordsUnsent
      : saving
        ? this.words.wordsSaving
        : wrong
          ? this.words.wordsWrong
          : this.words.wordsSaved;
    const status = this.card.querySelector("[data-status]");
    const outside = this.#outside ? (this.words.wordsOutside ?? "").replace("{n}", String(this.#outside)) : "";
    if (status) status.textContent = [(words ?? "").replace("{n}", String(unsent || wrong)), outside].join(" ").trim();
    const trouble = (unsent + wrong > 0 && !saving) || outside !== "";
    this.card.querySelector(".sheet-status")?.classList.toggle("sheet-trouble", trouble);
    if (saving === 0) tellAnew();
    const retry = this.card.querySelector("[data-retry]");
    if (retry instanceof HTMLElement) retry.hidden = unsent === 0;
  }
}

/** Fetches anew what the page says of what was written, where it says something. */
async function tellAnew() {
  const shown = document.querySelector("[data-follows]");
  if (!shown) return;
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-follows]");
    if (answer.ok && now) shown.replaceWith(now);
  } catch {
    // It stays as it was; the cells say what is saved.
  }
}

/** @param {HTMLElement} td @returns {Cell} as the page brought it */
function read(td) {
  return {
    value: td.dataset.value ?? "",
    text: td.dataset.text ?? "",
    shown: td.querySelector(".sheet-shown")?.textContent?.trim() ?? "",
    was: td.querySelector(".sheet-was")?.textContent?.trim() ?? "",
    state: "",
    message: "",
  };
}

/**
 * A part of a cell that is only there while it has words.
 * @param {HTMLElement} td
 * @param {string} tag
 * @param {string} name its classes
 * @param {string} words
 */
function part(td, tag, name, words) {
  let found = td.querySelector(`.${name.split(" ")[0]}`);
  if (!words) {
    found?.remove();
    return undefined;
  }
  if (!found) {
    found = document.createElement(tag);
    found.className = name;
    td.append(found);
  }
  found.textContent = words;
  return /** @type {HTMLElement} */ (found);
}

let sayings = 0;

/** @param {HTMLElement} td the words at a cell, with an id to point at */
function sayingOf(td) {
  const said = /** @type {HTMLElement} */ (td.querySelector(".sheet-said"));
  if (said && !said.id) said.id = `sheet-said-${++sayings}`;
  return said;
}

/** Narrow pages keep the list as it is, with its boxes and buttons. */
function start() {
  const table = document.querySelector("table[data-sheet]");
  if (table instanceof HTMLTableElement && !table.classList.contains("sheet-on") && matchMedia(WIDE).matches) {
    if (table.querySelector("tr[data-line]")) new SheetPage(table).start();
  }
}

matchMedia(WIDE).addEventListener("change", start);
start();
