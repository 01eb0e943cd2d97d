// What a summary's end on the screen means: whoever signs has had these very words before their eyes to the last one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setLocale } from "../../static/tablet/i18n.js";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { markup, pageModule, press } from "./support/screen.js";
import { anOffice, enrolled, UNIT } from "./support/tablet.js";

const { ownerPage } = await pageModule("owner");
const { refusalSheet } = await pageModule("not_signing");

const SCREEN = 1000;
const FOOT = 200;
/** How far below its beginning a summary ends. */
const LENGTH = 1700;

test("whoever changes the language at the end has the other words still to read", async (t) => {
  const { kept, page, glass } = await atTheOwners(t);
  glass.scroll(LENGTH);
  assert.ok(kept.draft.signing.end_seen_at);

  await press(page.view(), "English");
  await glass.drawn();

  assert.match(kept.draft.signing.text, /"locale":"en"/);
  assert.equal(kept.draft.signing.end_seen_at, undefined);
  assert.match(markup(page.view()), /Please read to the end first/);
  glass.scroll(LENGTH);
  assert.ok(kept.draft.signing.end_seen_at);
});

test("a witness begins where their words begin, wherever the owner stopped", async (t) => {
  const { kept, app, glass } = await atTheOwners(t, (draft) => {
    draft.answers[0].answer = "satisfied";
  });
  glass.scroll(LENGTH);

  const sheet = refusalSheet(app, kept, (words) => words);
  press(sheet(), "I do not want to sign");
  press(sheet(), "I never sign on a screen");
  await press(sheet(), "Finish without a signature");
  await glass.drawn();

  assert.deepEqual([kept.phase, kept.draft.signing.end_seen_at], ["witness", undefined]);
  glass.scroll(LENGTH);
  assert.ok(kept.draft.signing.end_seen_at);
});

test("made larger with two fingers, the screen has shown the end when that part of it came up", async (t) => {
  const { kept, glass } = await atTheOwners(t);
  glass.enlarge({ offsetTop: 0, height: SCREEN / 4 });

  glass.scroll(LENGTH - SCREEN + FOOT);
  assert.equal(kept.draft.signing.end_seen_at, undefined);
  glass.enlarge({ offsetTop: SCREEN - SCREEN / 4, height: SCREEN / 4 });

  assert.ok(kept.draft.signing.end_seen_at);
});

/** A visit in its owner's hands, on a screen that is drawn and scrolled as a browser does. */
async function atTheOwners(t, change = (_draft) => {}) {
  const engine = await enrolled(await anOffice());
  setLocale("en");
  await engine.startVisit(UNIT);
  /** @type {any} */
  let [page, kept, glass] = [];
  t.after(async () => {
    await kept.settled;
    await glass.drawn();
    await engine.close();
  });
  glass = new Glass(t);
  const redraw = () => page?.view();
  kept = await VisitKept.open(engine, UNIT, redraw);
  await kept.change(change);
  await kept.handOver();
  const app = /** @type {any} */ ({ engine, redraw, visit: async () => kept, closeSheet: redraw, say: () => {} });
  page = await ownerPage(app, { unit: UNIT });
  page.view();
  await glass.drawn();
  return { kept, app, page, glass };
}

/** As much of a browser's window as a page looks at. */
class Glass {
  #scrolled = 0;
  #listeners = new Set();
  #frames = [];

  constructor(t) {
    const before = Object.fromEntries(["addEventListener", "scrollTo"].map((name) => [name, globalThis[name]]));
    const hear = (_kind, listener) => this.#listeners.add(listener);
    Object.assign(globalThis, {
      document: { querySelector: (what) => (what === ".summary-end" ? this.#end : { clientHeight: FOOT }) },
      innerHeight: SCREEN,
      addEventListener: hear,
      visualViewport: { offsetTop: 0, height: SCREEN, addEventListener: hear },
      scrollTo: (_x, y) => this.scroll(y),
      // It does not wait until something was saved.
      requestAnimationFrame: (draw) => this.#frames.push(drawn().then(draw)),
    });
    t.after(() => {
      for (const name of ["document", "innerHeight", "visualViewport", "requestAnimationFrame"])
        Reflect.deleteProperty(globalThis, name);
      Object.assign(globalThis, before);
    });
  }

  #end = { getBoundingClientRect: () => ({ top: LENGTH - this.#scrolled }) };

  scroll(to) {
    this.#scrolled = to;
    this.#tell();
  }

  enlarge(part) {
    Object.assign(globalThis.visualViewport, part);
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }

  /** Every frame asked for so far. */
  async drawn() {
    while (this.#frames.length) await this.#frames.shift();
  }
}

const drawn = () => new Promise((resolve) => setImmediate(resolve));
