// What whoever holds a withdrawn tablet reads.

import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { icon } from "./icon.js";

/** @param {import("../app.js").App} app */
export function withdrawnCard(app) {
  const { withdrawn, dropped, unsent, unsentPhotos } = app.engine.syncState();
  if (!withdrawn) return nothing;
  const words =
    withdrawn === "emptied"
      ? _("This tablet was withdrawn by the office; everything on it was handed in and deleted here.")
      : _("This tablet was withdrawn by the office. It hands in what it still holds, then it empties itself.");
  const lost = _("Begun here and never saved, so deleted with it: %(count)s. The office sees this number.", {
    count: dropped,
  });
  return html`<div class="card row withdrawn" role="status">
    ${icon("shield-check", "large is-brand")}
    <div class="grow">
      <p class="banner-words">${words}</p>
      ${dropped ? html`<p class="is-late num" data-testid="dropped">${lost}</p>` : nothing}
      ${
        withdrawn === "handing in"
          ? html`<p class="muted num">${_("Records left: %(records)s · photos left: %(photos)s", { records: unsent, photos: unsentPhotos })}</p>`
          : nothing
      }
    </div>
  </div>`;
}
