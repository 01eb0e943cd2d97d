// The way to the camera, for which the system may push the app out of memory, and back with a photo.

import { inWords } from "../errors.js";
import { shrink } from "./photos.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../draft_kept.js").DraftKept<any>} Kept */

/** The draft is on disk and the app stays unlocked before it opens. @param {App} app @param {Kept} kept */
export function beforeCamera(app, kept) {
  app.engine.suspendIdle(true);
  const back = new AbortController();
  for (const kind of ["focus", "visibilitychange"]) {
    addEventListener(kind, () => resume(app, back), { signal: back.signal });
  }
  return kept.save();
}

/** Back from the camera. @param {App} app @param {AbortController} back */
function resume(app, back) {
  if (document.visibilityState !== "visible") return;
  back.abort();
  app.engine.suspendIdle(Boolean(app.handedOver));
}

/**
 * What it brings, made smaller and kept.
 * @param {App} app
 * @param {Kept} kept
 * @param {() => import("../types.js").Photo[] | undefined} photos  of the draft, that it comes to stand in
 * @param {File} file
 * @returns {Promise<string>} why it could not be kept; "" if it was
 */
export function keepPhotoIn(app, kept, photos, file) {
  return kept.takes(broughtInto(app, kept, photos, file));
}

/** @param {App} app @param {Kept} kept @param {() => import("../types.js").Photo[] | undefined} photos @param {File} file */
async function broughtInto(app, kept, photos, file) {
  try {
    const photo = await app.engine.savePhoto(kept.draft.id, await shrink(file));
    await kept.change(() => {
      const mine = photos();
      if (!mine?.some((one) => one.sha256 === photo.sha256)) mine?.push(photo);
    });
    return kept.trouble;
  } catch (error) {
    return inWords(error);
  }
}
