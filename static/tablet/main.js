// Starts the tablet app in the shell page.

import { render } from "lit";
import { App } from "./app.js";
import { openEngine } from "./engine.js";
import { Refused } from "./errors.js";
import { _, loadCatalogue } from "./i18n.js";
import { keepFresh } from "./new_version.js";
import { speakAsBefore } from "./parts/language.js";
import { standstill } from "./parts/standstill.js";

/** After so long without the storage whoever waits is told why nothing is here yet, ms. */
const SLOW = 2_000;

const [, version = ""] = import.meta.url.match(/\/static\/([^/]+)\//) ?? [];
const root = /** @type {HTMLElement} */ (document.getElementById("app"));

speakAsBefore();
// Without its catalogue the app still works, in English.
await loadCatalogue((url) => fetch(url)).catch((error) => console.warn(error));
const app = await started().catch(cannotStart);
const inTouch = await keepFresh(app ?? nobodyAtWork());
app?.engine.subscribe((change) => {
  if (change === "sync" && !app.engine.syncState().error) inTouch();
});

async function started() {
  const waiting = setTimeout(stillOpening, SLOW);
  const onBlocked = () => {
    clearTimeout(waiting);
    otherWindowInTheWay();
  };
  const engine = await openEngine({ version, onBlocked }).finally(() => clearTimeout(waiting));
  const opened = new App(engine, root, version);
  await opened.start();
  return opened;
}

/** @param {unknown} error @returns {undefined} */
function cannotStart(error) {
  console.error(error);
  const words = error instanceof Refused ? error.message : _("Nothing was lost. Please try again in a moment.");
  stand({ title: _("The app cannot start"), words });
}

/** A large storage on a slow disk, or another window that does not let go of it: browsers do not say which. */
function stillOpening() {
  stand({
    title: _("The app is still opening"),
    words: _(
      "It waits for this tablet's storage and goes on by itself. If nothing happens for a minute, close other windows of the app and reload.",
    ),
  });
}

function otherWindowInTheWay() {
  stand({
    title: _("Another window is in the way"),
    words: _("The app brings its storage up to date. Please close its other windows; then it goes on by itself."),
  });
}

/** Where the app did not start, a new version may come in as soon as somebody asks for it. */
function nobodyAtWork() {
  return {
    busy: async () => false,
    settled: async () => {},
    say: () => {},
    offer: (/** @type {() => unknown} */ bringIn) =>
      stand({
        title: _("A new version is ready"),
        words: _("Nothing was lost. Please update the app."),
        act: _("Update now"),
        go: bringIn,
      }),
  };
}

/** @param {Parameters<typeof standstill>[0]} why */
function stand(why) {
  render(standstill(why), root);
}
