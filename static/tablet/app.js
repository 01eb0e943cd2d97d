// Wires the tablet together: which screen is shown, what the engine says, and who may see it.

import { html, nothing, render } from "lit";
import { DraftKept } from "./draft_kept.js";
import { _, setLocale } from "./i18n.js";
import { rememberLanguage } from "./parts/language.js";
import { sheet } from "./parts/sheet.js";
import { standstill } from "./parts/standstill.js";
import { toast } from "./parts/toast.js";
import { setZone } from "./parts/when.js";
import { isAbove, isList, Places } from "./places.js";
import { pageFor } from "./routes.js";
import { Thumb } from "./thumb.js";
import { VisitKept } from "./visit_kept.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("lit").TemplateResult} Template */
/** @typedef {Record<string, string>} Params */
/** @typedef {import("./types.js").Locale} Locale */

/**
 * @typedef {object} Page  One screen while it is shown.
 * @property {() => Template} view
 * @property {string} [title]  for the browser's title
 * @property {(change: import("./types.js").ChangeKind) => unknown} [refresh]  the engine says that something changed
 * @property {() => void} [arrived]  it stands on the screen, for the first time
 * @property {() => void} [leave]
 */

const MINUTE = 60_000;
/** What marks the browser's entry that the app began with, or went on in: no page of it is known to come before. */
const FIRST = { from: "" };

export class App {
  /** @type {Page | null} */
  #page = null;
  #path = "";
  #turn = 0;
  #soon = 0;
  #places = new Places();
  /** Who worked here last; "" for nobody yet. */
  #whose = "";
  /** @type {Map<string, VisitKept>} */
  #visits = new Map();
  /** What is being noted on an inspection. @type {DraftKept<import("./types.js").InspectionDraft> | undefined} */
  #noting;
  /** @type {(() => Template) | null} */
  #sheet = null;
  /** What was said last, while it stands on the screen. @type {{ words: string, undo?: () => unknown } | null} */
  toast = null;
  /** @type {HTMLElement | null} */
  #opener = null;
  #thumb = new Thumb();

  /** The language that somebody asked for since the app began. @type {Locale | undefined} */
  chosen;
  /** The unit whose owner holds the tablet; "" while the officer does. */
  handedOver = "";
  /** The list that a unit card goes back to. */
  list = "today";
  /** Asked to lock, while a photo is on its way. */
  locking = false;
  /** A new version of the app waits; calling this brings it in. @type {(() => unknown) | null} */
  update = null;
  /** @type {string} */
  #estate = "";

  /**
   * @param {Engine} engine
   * @param {HTMLElement} root
   * @param {string} [version]
   */
  constructor(engine, root, version = "") {
    this.engine = engine;
    this.version = version;
    this.#root = root;
  }

  /** @type {HTMLElement} */
  #root;

  async start() {
    this.engine.subscribe((change, elsewhere) => this.hears(change, elsewhere));
    addEventListener("hashchange", () => this.show());
    for (const kind of ["pointerdown", "keydown"])
      addEventListener(kind, () => this.engine.touch(), { passive: true, capture: true });
    addEventListener("click", (event) => this.#passOn(event), { capture: true });
    addEventListener("click", (event) => this.#goBack(event));
    setInterval(() => this.redraw(), MINUTE / 2);
    if (!history.state) history.replaceState(FIRST, "");
    this.#isAnother();
    if (this.engine.state === "open") await this.#findHandedOver();
    await this.show();
  }

  /** @param {MouseEvent} event */
  #passOn(event) {
    if (this.#thumb.means(event, this.#sheet ?? this.#page)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * A way back to the page that one came from is gone back: the browser's own way back then leads on from there, and
   * not into what was left. A link that says nothing of it goes on as links do.
   * @param {MouseEvent} event
   */
  #goBack(event) {
    const link = event.target instanceof Element ? event.target.closest("a[href^='#/']") : null;
    if (!link || event.defaultPrevented) return;
    const to = decodeURI(link.getAttribute("href")?.slice(2) ?? "");
    if (to !== history.state?.from || !(isAbove(to, this.path) || link.matches(".way-back"))) return;
    event.preventDefault();
    history.back();
  }

  /** Where the app is: the address after `#/`. */
  get path() {
    return decodeURI(location.hash.replace(/^#\/?/, "")) || "today";
  }

  /** @param {string} path such as `unit/0192…` */
  go(path) {
    if (path === this.path) this.show();
    else location.hash = `#/${path}`;
  }

  /** Go without leaving a way back to where one is. @param {string} path */
  replace(path) {
    history.replaceState(history.state ?? FIRST, "", `#/${path}`);
    return this.show();
  }

  redraw() {
    if (!this.#page) return;
    const over = this.#sheet ? sheet(this.#sheet(), () => this.closeSheet()) : nothing;
    const note = this.toast ? toast(this.toast.words, this.toast.undo && (() => this.#undo())) : nothing;
    render(html`${this.#view(this.#page)}${note}${over}`, this.#root);
  }

  /** @param {unknown} error @returns {Page} */
  #noPage(error) {
    return { view: () => this.#instead(error) };
  }

  /** @param {Page} page */
  #view(page) {
    try {
      return page.view();
    } catch (error) {
      return this.#instead(error);
    }
  }

  /** Nobody waits before a page that cannot be made, and there is a way to what was saved. @param {unknown} error */
  #instead(error) {
    console.error(error);
    const isOfficers = this.engine.state === "open" && !this.handedOver;
    return standstill({
      title: _("This page cannot be shown"),
      words: _("Nothing was lost. Please try again in a moment."),
      otherwise: isOfficers ? html`<a class="btn ghost" href="#/records">${_("Where the records are")}</a>` : nothing,
    });
  }

  /** Speak another language; remembered for whoever is logged in, or is about to enrol. @param {Locale} to */
  async speak(to) {
    if (this.engine.state === "open") await this.engine.setLocale(to);
    else setLocale(to);
    this.chosen = to;
    await this.show();
  }

  /** Show whatever the address, the lock and owner mode call for. */
  async show() {
    const turn = ++this.#turn;
    const path = this.#allowed(this.path);
    const [make, params] = pageFor(path);
    const page = await make(this, params).catch((error) => this.#noPage(error));
    if (turn !== this.#turn) return page.leave?.();
    this.#leave();
    this.#page = page;
    this.#arrive(path);
  }

  /** @param {string} path @returns {string} */
  #allowed(path) {
    const { state } = this.engine;
    if (state === "outdated") return "outdated";
    if (state === "new") return path.startsWith("enrol") ? path : "enrol";
    if (state === "locked") return path.startsWith("enrol") ? path : "unlock";
    if (this.handedOver) return this.#holdOwnerMode();
    return path === "unlock" || path.startsWith("enrol") ? "today" : path;
  }

  /** Whoever holds the tablet in owner mode stays there, the back button included. */
  #holdOwnerMode() {
    const owner = `visit/${this.handedOver}/owner`;
    if (this.path !== owner) history.pushState(null, "", `#/${owner}`);
    return owner;
  }

  #leave() {
    if (this.#path) this.#places.leave(this.#path, scrollY);
    this.#page?.leave?.();
    this.#sheet = null;
  }

  /** @param {string} path */
  #arrive(path) {
    const from = this.#path;
    this.#path = path;
    // An entry of the browser's that nobody has marked yet was just added after that of the page before.
    if (!history.state) history.replaceState(from === path ? FIRST : { from }, "");
    if (isList(path)) this.list = path;
    rememberLanguage();
    document.title = this.#page?.title ?? "Doorstep";
    this.redraw();
    if (path === from) return;
    scrollTo(0, this.#places.of(path, from));
    const place = /** @type {HTMLElement | null} */ (this.#root.querySelector("[autofocus], h1"));
    place?.focus({ preventScroll: true });
    this.#page?.arrived?.();
  }

  /**
   * What the engine says.
   * @param {import("./types.js").ChangeKind} change
   * @param {boolean} elsewhere  another window made it
   */
  async hears(change, elsewhere) {
    if (change === "state") return this.#stateChanged();
    if (change === "drafts") await this.#readAgain();
    if (change === "drafts" && elsewhere) await this.#followHands();
    if (change === "documents") setZone(this.engine.estate(this.estateId)?.time_zone);
    await this.#page?.refresh?.(change);
    this.#redrawSoon();
  }

  /** What another window wrote in a visit or a note stands here too. */
  async #readAgain() {
    await Promise.all(this.#written().map((kept) => kept.readAgain()));
  }

  /** Much that the engine says in one breath is one drawing. */
  #redrawSoon() {
    if (this.#soon) return;
    this.#soon = requestAnimationFrame(() => {
      this.#soon = 0;
      this.redraw();
    });
  }

  async #stateChanged() {
    this.#visits.clear();
    this.#noting = undefined;
    // What could be undone was somebody's who may not be here any more.
    this.toast = null;
    const another = this.#isAnother();
    const before = this.handedOver;
    this.handedOver = "";
    if (this.engine.state === "open") await this.#findHandedOver();
    // Locked in another window, or another person's now: nobody signs here, and the idle lock comes again.
    if (!this.handedOver && (before || this.engine.state !== "open")) this.takeBack();
    await (another ? this.replace("today") : this.show());
  }

  /** Who works here begins with their own doors, not where another person was. @returns {boolean} was there one? */
  #isAnother() {
    if (this.engine.state !== "open") return false;
    const [{ id }, before] = [this.engine.me().staff, this.#whose];
    this.#whose = id;
    if (!before || id === before) return false;
    [this.#places, this.list] = [new Places(), "today"];
    return true;
  }

  /** After a reload or a killed tab: was the tablet in an owner's hands? */
  async #findHandedOver() {
    setZone(this.engine.estate(this.estateId)?.time_zone);
    for (const { unitId } of this.engine.drafts()) {
      const kept = await this.visit(unitId);
      if (kept?.isWithOwner()) return this.handOver(unitId);
    }
  }

  /**
   * Another window gave the tablet to an owner or took it back. An owner finds no window in which the officer's side
   * stands open, and none in which a summary can still be signed that was saved meanwhile.
   */
  async #followHands() {
    const unitId = this.handedOver;
    if (!unitId) {
      await this.#findHandedOver();
      return this.handedOver ? this.show() : undefined;
    }
    const begun = this.engine.drafts().some((draft) => draft.unitId === unitId);
    if (begun && this.#visits.get(unitId)?.isWithOwner()) return;
    if (!begun) this.forgetVisit(unitId);
    this.takeBack();
    await this.replace(begun ? `visit/${unitId}` : "today");
  }

  /** From now on only the owner's screen can be reached, and no way back into what it shows. @param {string} unitId */
  handOver(unitId) {
    this.handedOver = unitId;
    this.toast = null;
    this.engine.suspendIdle(true);
  }

  /** The officer has the tablet again. */
  takeBack() {
    this.handedOver = "";
    this.engine.suspendIdle(false);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  }

  /** The visit begun at a unit, the same object for every screen. @param {string} unitId */
  async visit(unitId) {
    const here = this.#visits.get(unitId);
    if (here) return here;
    const kept = await VisitKept.open(this.engine, unitId, () => this.redraw());
    if (kept && !this.#visits.has(unitId)) this.#visits.set(unitId, kept);
    return this.#visits.get(unitId);
  }

  /**
   * The note begun on an inspection of the estate that is worked in; a new one if there is none.
   * @param {import("./types.js").PlaceNamed} [where]  of the note before
   */
  async noting(where) {
    const { draft, savedAt } = await this.engine.startInspection(this.estateId, where);
    if (this.#noting?.draft.id !== draft.id)
      this.#noting = new DraftKept(this.engine, draft, savedAt, () => this.redraw());
    return this.#noting;
  }

  /** Resolves when whatever was typed or photographed here is on the disk. */
  async settled() {
    await Promise.allSettled(this.#written().map((kept) => kept.photosKept().then(() => kept.settled)));
    await this.engine.settled();
  }

  /** Is something being signed or sent, or a photo on its way, in whichever window? */
  async busy() {
    return this.engine.busy();
  }

  /** Lock at once; only a photo that is still being made smaller comes in before. */
  async lock() {
    this.locking = true;
    this.redraw();
    try {
      await this.settled();
    } finally {
      this.locking = false;
      await this.engine.lock();
    }
  }

  /** Whatever is being written down here. @returns {DraftKept<any>[]} */
  #written() {
    return this.#noting ? [this.#noting, ...this.#visits.values()] : [...this.#visits.values()];
  }

  /** A new version waits; the user is shown a way to bring it in. @param {() => unknown} bringIn */
  offer(bringIn) {
    this.update = bringIn;
    this.redraw();
  }

  /** Its draft is gone. @param {string} unitId */
  forgetVisit(unitId) {
    this.#visits.delete(unitId);
  }

  /** The estate that is worked in; the first until another is chosen. */
  get estateId() {
    const all = this.engine.estates();
    return all.some((estate) => estate.id === this.#estate) ? this.#estate : (all[0]?.id ?? "");
  }

  set estateId(id) {
    this.#estate = id;
    setZone(this.engine.estate(id)?.time_zone);
  }

  /** @param {() => Template} view drawn anew with every redraw until `closeSheet()` */
  openSheet(view) {
    this.#opener = /** @type {HTMLElement | null} */ (document.activeElement);
    this.#sheet = view;
    this.redraw();
  }

  closeSheet() {
    this.#sheet = null;
    this.redraw();
    this.#opener?.focus({ preventScroll: true });
  }

  /**
   * Say that something was done; with a way back if there is one. What an officer could take back is not said to the
   * owner, whose summary it would change.
   * @param {string} words
   * @param {() => unknown} [undo]
   */
  say(words, undo) {
    if (undo && this.handedOver) return;
    const said = { words, undo };
    this.toast = said;
    this.redraw();
    setTimeout(() => this.#unsay(said), undo ? 10_000 : 4_000);
  }

  /** What was done can be undone no more. */
  hush() {
    this.toast = null;
    this.redraw();
  }

  /** @param {object} said */
  #unsay(said) {
    if (this.toast !== said) return;
    this.toast = null;
    this.redraw();
  }

  #undo() {
    const undo = this.toast?.undo;
    this.toast = null;
    undo?.();
    this.redraw();
  }
}
