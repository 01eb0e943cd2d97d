// New versions of the app: looked for on resume, brought in after asking, never while something is being signed.

import { _ } from "./i18n.js";

/**
 * @typedef {object} Running  What a new version would push aside.
 * @property {() => Promise<boolean>} busy  something is being signed or sent
 * @property {() => Promise<unknown>} settled  whatever was typed is on the disk
 * @property {(bringIn: () => unknown) => void} offer  a new version waits; the user may bring it in
 * @property {(words: string) => void} say
 */

const WORKER = "/service-worker.js";
const SCOPE = "/tablet";
const PATIENCE = 2_000;
const LOOK_EVERY = 15 * 60_000;

/**
 * @param {Running} running
 * @returns {Promise<() => void>} call it after each contact with the office
 */
export async function keepFresh(running) {
  const container = navigator.serviceWorker;
  if (!container) return () => {};
  let mine = versionOf(container.controller);
  let reloading = false;

  async function controllerChanged() {
    const [was, is] = await Promise.all([mine, versionOf(container.controller)]);
    // The first worker takes over a page that is already whole; only another version needs a reload, and only one.
    mine = Promise.resolve(was ?? is);
    if (was === undefined || (was && was === is) || reloading) return;
    reloading = true;
    await within(PATIENCE, running.settled());
    location.reload();
  }

  container.addEventListener("controllerchange", controllerChanged);
  const registration = await container.register(WORKER, { scope: SCOPE, updateViaCache: "none" }).catch(() => null);
  if (!registration) return () => {};
  const offer = () => offerWaiting(running, registration, mine);
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  offer();
  return lookOut(registration);
}

/**
 * Look for a new version on resume, when the network returns, and now and then while in touch with the office.
 * @param {ServiceWorkerRegistration} registration
 */
function lookOut(registration) {
  let looked = performance.now();
  const look = () => {
    looked = performance.now();
    registration.update().catch(() => {});
  };
  addEventListener("online", look);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  return () => {
    if (performance.now() - looked > LOOK_EVERY) look();
  };
}

/**
 * @param {Running} running
 * @param {ServiceWorkerRegistration} registration
 * @param {Promise<string | undefined>} mine
 */
async function offerWaiting(running, registration, mine) {
  const { waiting, active } = registration;
  if (!waiting || !active) return;
  const takeOver = () => registration.waiting?.postMessage({ kind: "take-over" });
  // The same app with another list of withdrawn versions: nobody need be asked.
  if ((await versionOf(waiting)) === ((await mine) ?? (await versionOf(active)))) return takeOver();
  running.offer(async () => {
    if (await running.busy()) running.say(_("Something is being signed or sent. Try again in a moment."));
    else takeOver();
  });
}

/**
 * @param {ServiceWorker | null} worker
 * @returns {Promise<string | undefined>} undefined if there is none; "" if it does not answer
 */
async function versionOf(worker) {
  if (!worker) return undefined;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((heard) => {
    port1.onmessage = ({ data }) => heard(data);
  });
  worker.postMessage({ kind: "version" }, [port2]);
  return (await within(PATIENCE, answer)) ?? "";
}

/**
 * @template T
 * @param {number} ms
 * @param {Promise<T>} work
 * @returns {Promise<T | undefined>}
 */
function within(ms, work) {
  return Promise.race([work, new Promise((done) => setTimeout(() => done(undefined), ms))]);
}
