// The photos of a form: taken one after another or chosen from the album, made smaller, shown, taken out again.

import { shrink } from "./shrink.js";

/** The photos that a form will send, in the order they were taken. */
export class Camera {
  /** @type {{ photo: Blob, thumb: HTMLCanvasElement }[]} */
  #taken = [];
  /** @type {Promise<unknown>} */
  #atWork = Promise.resolve();
  /** @type {HTMLElement} */
  #part;
  /** @type {(words: string) => void} */
  #say;

  /**
   * @param {HTMLElement} part
   * @param {(words: string) => void} say what is wrong with a photo
   */
  constructor(part, say) {
    this.#part = part;
    this.#say = say;
    part.dataset.ready = "yes";
    for (const input of part.querySelectorAll("input[type=file]")) {
      if (input instanceof HTMLInputElement) input.addEventListener("change", () => this.#take(input));
    }
  }

  /** All photos, once they are small. @returns {Promise<Blob[]>} */
  async photos() {
    await this.#atWork;
    return this.#taken.map((one) => one.photo);
  }

  /** @param {HTMLInputElement} input */
  #take(input) {
    const files = [...(input.files ?? [])];
    input.value = "";
    // One after another: a picture takes 50 MB while it is worked on.
    for (const file of files) this.#atWork = this.#atWork.then(() => this.#add(file));
  }

  /** @param {File} file */
  async #add(file) {
    if (this.#taken.length >= Number(this.#part.dataset.most)) {
      this.#say(this.#part.dataset.tooMany ?? "");
      return;
    }
    try {
      this.#taken.push(await shrink(file));
      this.#say("");
    } catch {
      this.#say(this.#part.dataset.unreadable ?? "");
    }
    this.#show();
  }

  #show() {
    const list = this.#part.querySelector("[data-taken]");
    if (!(list instanceof HTMLElement)) return;
    list.hidden = !this.#taken.length;
    list.replaceChildren(...this.#taken.map((one, at) => this.#item(one, at)));
  }

  /** @param {{ photo: Blob, thumb: HTMLCanvasElement }} one @param {number} at */
  #item(one, at) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const cross = document.createElement("span");
    cross.textContent = "×";
    button.type = "button";
    button.ariaLabel = (this.#part.dataset.remove ?? "").replace("{n}", String(at + 1));
    button.append(cross);
    button.addEventListener("click", () => {
      this.#taken.splice(at, 1);
      this.#show();
    });
    item.append(one.thumb, button);
    return item;
  }
}
