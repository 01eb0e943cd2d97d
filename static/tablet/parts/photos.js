// Photos: taken, made smaller, kept, shown.

import { html, nothing } from "lit";
import { Refused } from "../errors.js";
import { _ } from "../i18n.js";
import { icon } from "./icon.js";

/** @typedef {import("../types.js").Photo} Photo */

const LONG_EDGE = 2000;
const QUALITY = 0.85;

/**
 * A button that opens the camera.
 * @param {object} button
 * @param {string} button.words
 * @param {string} [button.look]
 * @param {() => unknown} button.before the draft must be on disk before the camera may push the app out of memory
 * @param {(file: File) => unknown} button.take
 */
export function cameraButton({ words, look = "btn", before, take }) {
  return html`<label class="pick ${look}">
    ${icon("camera")}${words}
    <input type="file" accept="image/*" capture="environment" @click=${before} @change=${(/** @type {Event} */ event) => picked(event, take)} />
  </label>`;
}

/** @param {Event} event @param {(file: File) => unknown} take */
function picked(event, take) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const file = input.files?.[0];
  input.value = "";
  if (file) take(file);
}

/**
 * @param {import("../engine.js").Engine} engine
 * @param {{ sha256: string }[]} photos
 * @param {(photo: any) => void} [remove]
 */
export function photoRow(engine, photos, remove) {
  if (!photos.length) return nothing;
  return html`<div class="photos">
    ${photos.map(
      (photo, at) => html`<div class="photo">
        <kept-photo .engine=${engine} .sha256=${photo.sha256} .words=${_("Photo %(number)s", { number: at + 1 })}></kept-photo>
        ${
          remove
            ? html`<button type="button" class="remove" @click=${once(() => remove(photo))} aria-label=${_("Remove photo %(number)s", { number: at + 1 })}>
                ${icon("trash")}
              </button>`
            : nothing
        }
      </div>`,
    )}
  </div>`;
}

/** A second tap of the same thumb would take the next photo, which has moved into the place of the first. @param {() => void} act */
const once = (act) => (/** @type {MouseEvent} */ event) => {
  if (!(event?.detail > 1)) act();
};

/** @type {Promise<unknown>} */
let atWork = Promise.resolve();

/**
 * Scaled down to a long edge of 2000 px, as JPEG on white, the right way up. One after another, however many are asked
 * for: a picture takes 50 MB while it is worked on.
 * @param {Blob} file  whatever this browser can show
 * @returns {Promise<Blob>}
 * @throws `photo:unreadable`
 */
export function shrink(file) {
  const mine = atWork.then(() => shrunk(file));
  atWork = mine.catch(() => {});
  return mine;
}

/** @param {Blob} file */
async function shrunk(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw unreadable(file);
  });
  const scale = Math.min(1, LONG_EDGE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const pen = canvas.getContext("2d");
  if (pen) {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  }
  image.close();
  /** @type {Blob | null} */
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  // Its memory is given back now, not when somebody collects it.
  canvas.width = 0;
  canvas.height = 0;
  if (!blob || !pen) throw unreadable(file);
  return blob;
}

/** @param {Blob} file */
function unreadable(file) {
  const name = file instanceof File ? file.name : "";
  const words = /hei[cf]/i.test(`${file.type} ${name}`)
    ? _("This tablet cannot read HEIC pictures. Set its camera to JPEG, or take the photo here.")
    : _("This picture cannot be read. Please take it again.");
  return new Refused("photo:unreadable", words);
}

/** `<kept-photo .engine .sha256 .words>`: a photo out of the tablet's storage. */
export class KeptPhoto extends HTMLElement {
  /** @type {import("../engine.js").Engine | undefined} */
  engine;
  #sha256 = "";
  #url = "";
  #image = document.createElement("img");

  connectedCallback() {
    this.append(this.#image);
    if (this.#sha256 && !this.#url) this.#load();
  }

  disconnectedCallback() {
    this.#letGo();
  }

  set words(/** @type {string} */ words) {
    this.#image.alt = words;
  }

  set sha256(/** @type {string} */ sha256) {
    if (sha256 === this.#sha256) return;
    this.#sha256 = sha256;
    this.#letGo();
    if (this.isConnected) this.#load();
  }

  async #load() {
    const wanted = this.#sha256;
    const blob = await this.engine?.photo(wanted);
    if (!blob || wanted !== this.#sha256 || !this.isConnected) return;
    this.#url = URL.createObjectURL(blob);
    this.#image.src = this.#url;
  }

  #letGo() {
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = "";
  }
}

customElements.define("kept-photo", KeptPhoto);
