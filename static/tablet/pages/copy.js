// The owner's copy: shown to be scanned, printed or sent, also without a network.

import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { elsewhere, foot, screen, topBar, wayBack } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { plainCopy, takeAwayCopy } from "../parts/take_away.js";

/** @type {import("../routes.js").PageMaker} */
export async function copyPage(app, { op, unit = "" }) {
  const copy = await app.engine.takeAway(op);
  if (!copy) return elsewhere(app, unit ? `unit/${unit}` : "records");
  const back = unit ? `unit/${unit}` : app.list === "records" ? "records" : `saved/${op}`;
  const plain = { title: copy.statement.visit.number, text: plainCopy(copy) };
  let trouble = "";

  async function send() {
    trouble = "";
    try {
      await navigator.share(plain);
    } catch (error) {
      // Whoever closes the list of apps again has changed their mind; that is no trouble.
      if (/** @type {Error} */ (error).name !== "AbortError")
        trouble = _("It could not be sent. Print it, or let the owner scan the code.");
    }
    app.redraw();
  }

  return {
    title: _("The owner's copy"),
    view: () => {
      const record = app.engine.records().find(({ opId }) => opId === op);
      const received = record?.state === "received" || record?.state === "complete";
      return screen({
        look: "owner copy-screen",
        top: topBar({
          lead: wayBack(back),
          title: _("The owner's copy"),
          sub: howToGive(copy.link),
        }),
        body: takeAwayCopy(app, copy, received),
        foot: foot(
          html`${
            canSend(plain)
              ? html`<button type="button" class="btn side" @click=${send}>${icon("share")}${_("Send")}</button>`
              : nothing
          }<button type="button" class="btn primary big" @click=${() => print()}>${icon("printer")}${_("Print")}</button>`,
          trouble,
        ),
      });
    },
  };
}

/** @param {import("../types.js").TakeAway["link"]} link */
function howToGive(link) {
  switch (link) {
    case "none":
      return _("Saved before copies had a link: print it, or ask the office for a link.");
    case "over":
      return _("The time of its link is over: print it, or ask the office for a new link.");
    case "ended":
      return _("The office ended the link that was given here: print it, or ask the office for its new link.");
    default:
      return _("Let the owner scan the code, print it, or send it.");
  }
}

/** Not every browser has somebody to hand a text to. @param {ShareData} what */
const canSend = (what) => typeof navigator.share === "function" && navigator.canShare?.(what) !== false;
