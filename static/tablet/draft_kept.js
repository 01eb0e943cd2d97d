// Something being written down: every change goes to the tablet's storage at once.

import { inWords, Refused } from "./errors.js";
import { _ } from "./i18n.js";

/** @typedef {import("./engine.js").Engine} Engine */

/** A write that takes longer is not passed over in silence, ms. */
const LONG = 500;

/** @template {import("./types.js").Draft | import("./types.js").InspectionDraft} D */
export class DraftKept {
  /** @type {Promise<unknown>} */
  #saving = Promise.resolve();
  #waiting = false;
  /** @type {Set<Promise<unknown>>} */
  #coming = new Set();

  /** Why the last change could not be saved; "" if it was. */
  trouble = "";
  /** A change is on its way to the disk. */
  busy = false;
  /** It has been for so long that what is on the screen must not be called saved. */
  late = false;

  /**
   * @param {Engine} engine
   * @param {D} draft
   * @param {string} savedAt
   * @param {() => void} redraw
   */
  constructor(engine, draft, savedAt, redraw) {
    this.engine = engine;
    this.draft = draft;
    this.savedAt = savedAt;
    this.redraw = redraw;
    if (!savedAt) this.trouble = draftGone();
  }

  /** Resolves when every change made so far is on disk, or could not be saved. */
  get settled() {
    return this.#saving;
  }

  /** Is a photo on its way into it? A large one takes seconds to be made smaller. */
  get taking() {
    return this.#coming.size > 0;
  }

  /** Resolves when every photo taken so far is kept, or could not be. */
  async photosKept() {
    await Promise.allSettled(this.#coming);
  }

  /**
   * A photo was taken, and until it is here nothing is done that would leave it behind.
   * @template T
   * @param {Promise<T>} photo
   */
  takes(photo) {
    this.#coming.add(photo);
    this.redraw();
    const done = this.engine.signing();
    const here = () => {
      this.#coming.delete(photo);
      done();
      this.redraw();
    };
    photo.then(here, here);
    return photo;
  }

  /**
   * Change the draft and save it. Resolves when it is on disk, whatever was typed meanwhile included.
   * @param {(draft: D) => void} change
   */
  change(change) {
    change(this.draft);
    return this.save();
  }

  /** Changes made while one save runs go into the next one together. */
  save() {
    if (!this.#waiting) {
      this.#waiting = true;
      // A screen that could not be drawn after one of them keeps none of the next from the disk.
      const write = () => this.#write();
      this.#saving = this.#saving.then(write, write);
    }
    this.busy = true;
    this.redraw();
    return this.#saving;
  }

  /** What another window wrote in it counts here too; while something of our own is on its way, that decides. */
  async readAgain() {
    if (this.busy) return;
    const { savedAt } = this;
    const found = await this.engine.draft(this.draft.unit_id);
    // Whatever was saved here while it was read is newer.
    if (this.busy || this.savedAt !== savedAt || found?.savedAt === savedAt) return;
    this.#take(found);
    this.redraw();
  }

  async #write() {
    this.#waiting = false;
    const slow = setTimeout(() => {
      this.late = true;
      this.redraw();
    }, LONG);
    try {
      const savedAt = await this.engine.saveDraft(this.draft.unit_id, structuredClone(this.draft), this.savedAt);
      if (savedAt) this.savedAt = savedAt;
      this.trouble = savedAt ? "" : draftGone();
    } catch (error) {
      if (isElsewhere(error)) this.#take(await this.engine.draft(this.draft.unit_id));
      this.trouble = inWords(error);
    }
    clearTimeout(slow);
    this.late = false;
    this.busy = this.#waiting;
    this.redraw();
  }

  /** As it stands on the disk. @param {{ draft: any, savedAt: string } | undefined} found */
  #take(found) {
    const mine = found?.draft.id === this.draft.id ? found : undefined;
    if (mine) [this.draft, this.savedAt] = [mine.draft, mine.savedAt];
    this.trouble = mine ? "" : draftGone();
  }
}

/** @param {unknown} error */
const isElsewhere = (error) => error instanceof Refused && error.code === "draft:elsewhere";

/** Saved or deleted meanwhile, as in another window: what is typed now goes nowhere. */
const draftGone = () => _("This draft was saved or deleted already.");
