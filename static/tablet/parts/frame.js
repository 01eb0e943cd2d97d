// The frame of a screen: the bar on top, the page, the way on or the five places below.

import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { complaint } from "./bits.js";
import { icon } from "./icon.js";

/** @typedef {import("./bits.js").Piece} Piece */

/**
 * @param {object} parts
 * @param {Piece} parts.top
 * @param {Piece} parts.body
 * @param {Piece} [parts.foot]
 * @param {string} [parts.look]
 */
export function screen({ top, body, foot = nothing, look = "" }) {
  return html`<div class="screen ${look}">
    ${top}
    <main class="body">${body}</main>
    ${foot}
  </div>`;
}

/**
 * @param {object} bar
 * @param {Piece} bar.title
 * @param {Piece} [bar.sub]
 * @param {Piece} [bar.lead] the way out, at the left
 * @param {Piece} [bar.aside] the state, at the right
 * @param {Piece} [bar.extra] below
 * @param {string} [bar.look] class of the title
 */
export function topBar({ title, sub = nothing, lead = nothing, aside = nothing, extra = nothing, look = "" }) {
  return html`<header class="top">
    <div class="top-row">
      ${lead}
      <div class="top-title">
        <h1 class="num ${look}" tabindex="-1">${title}</h1>
        ${sub === nothing ? nothing : html`<p class="muted num">${sub}</p>`}
      </div>
      ${aside}
    </div>
    ${extra === nothing ? nothing : html`<div class="top-extra">${extra}</div>`}
  </header>`;
}

/** No screen of its own: what is asked for is not here. @param {import("../app.js").App} app @param {string} path @returns {import("../app.js").Page} */
export function elsewhere(app, path) {
  queueMicrotask(() => app.replace(path));
  return { view: () => html`` };
}

/** @param {string} to path to go to @param {string} [iconName] @param {string} [words] */
export function wayBack(to, iconName = "arrow-left", words = _("Back")) {
  return html`<a class="btn ghost square way-back" href="#/${to}" aria-label=${words}>${icon(iconName, "large")}</a>`;
}

/**
 * The way on. Why it did not go on is said above it, under the eyes of whoever tapped, however long the page is.
 * @param {Piece} content
 * @param {string} [trouble]
 */
export function foot(content, trouble = "") {
  return html`<footer class="foot">${complaint(trouble)}<div class="foot-row">${content}</div></footer>`;
}

/**
 * The five places of the app.
 * @param {import("../app.js").App} app
 * @param {string} here
 * @param {Piece} [act]  what is to be done on this screen, above the places
 * @param {string} [trouble]  why it was not done
 */
export function places(app, here, act = nothing, trouble = "") {
  const { unsent } = app.engine.syncState();
  const all = [
    ["today", "list-check", _("Today")],
    ["find", "building", _("Units")],
    ["records", "cloud-up", _("Records")],
    ["briefing", "speakerphone", _("Briefing")],
    ["me", "user", _("Me")],
  ];
  return html`<footer class="foot">
    ${act === nothing ? nothing : html`${complaint(trouble)}<div class="foot-row above-places">${act}</div>`}
    <nav class="nav" aria-label=${_("Places")}>
      ${all.map(
        ([to, iconName, words]) => html`<a href="#/${to}" aria-current=${to === here ? "page" : nothing}>
          ${icon(iconName)}${words}${to === "records" && unsent ? html` <b class="nav-count num">${unsent}</b>` : nothing}
        </a>`,
      )}
    </nav>
  </footer>`;
}
