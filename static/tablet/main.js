// Starts the tablet app in the shell page.

import { App } from "./app.js";
import { openEngine } from "./engine.js";
import { loadCatalogue } from "./i18n.js";
import { keepFresh } from "./new_version.js";

const [, version = ""] = import.meta.url.match(/\/static\/([^/]+)\//) ?? [];

// Without its catalogue the app still works, in English.
await loadCatalogue((url) => fetch(url)).catch((error) => console.warn(error));
const engine = await openEngine({ version });
const app = new App(engine, /** @type {HTMLElement} */ (document.getElementById("app")), version);
await app.start();
keepFresh(app);
