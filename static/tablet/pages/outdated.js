// A window left behind: the app was updated in another one, or what it stood on is gone.

import { _ } from "../i18n.js";
import { standstill } from "../parts/standstill.js";

/** @type {import("../routes.js").PageMaker} */
export async function outdatedPage(app) {
  return {
    title: _("Reload this window"),
    view: () => standstill({ title: _("Reload this window"), words: app.engine.whyOutdated() }),
  };
}
