// New versions of the app: looked for on resume, brought in after asking, never while something is being signed.

import { _ } from "./i18n.js";

/** @typedef {import("./app.js").App} App */

const WORKER = "/service-worker.js";
const SCOPE = "/tablet";

/** @param {App} app */
export async function keepFresh(app) {
  if (!("serviceWorker" in navigator)) return;
  const had = Boolean(navigator.serviceWorker.controller);
  let reloaded = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // The first worker takes over a page that is already whole; only a newer one needs a reload, and only one.
    if (!had || reloaded) return;
    reloaded = true;
    location.reload();
  });
  const registration = await navigator.serviceWorker
    .register(WORKER, { scope: SCOPE, updateViaCache: "none" })
    .catch(() => null);
  if (!registration) return;
  offer(app, registration);
  registration.addEventListener("updatefound", () => watch(app, registration));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => {});
  });
}

/** @param {App} app @param {ServiceWorkerRegistration} registration */
function watch(app, registration) {
  registration.installing?.addEventListener("statechange", () => offer(app, registration));
}

/** @param {App} app @param {ServiceWorkerRegistration} registration */
function offer(app, registration) {
  const { waiting } = registration;
  if (!waiting || !registration.active) return;
  app.update = async () => {
    if (await app.engine.busy()) return app.say(_("Something is being signed or sent. Try again in a moment."));
    waiting.postMessage({ kind: "take-over" });
  };
  app.redraw();
}
