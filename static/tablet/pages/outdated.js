// A window left behind: the app was updated in another one.

import { _ } from "../i18n.js";
import { standstill } from "../parts/standstill.js";

/** @type {import("../routes.js").PageMaker} */
export async function outdatedPage() {
  return {
    title: _("Load this window anew"),
    view: () =>
      standstill({
        title: _("Load this window anew"),
        words: _("The app was updated in another window. Load this one anew; what was saved is kept."),
      }),
  };
}
