// Any unit of the estate by number, name or pinyin initials; every letter narrows the list.

import { html, nothing } from "lit";
import { _, locale } from "../i18n.js";
import { chip, empty, section } from "../parts/bits.js";
import { places, screen, topBar } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { moreButton, whenNearTheEnd } from "../parts/more.js";
import { syncPill } from "../parts/state.js";
import { namesOf, occupancyWords } from "../parts/words.js";

/** @typedef {import("../types.js").UnitRow} UnitRow */

/** What was looked for last; it stays while the app is open. */
let text = "";
/** Units drawn of those found; more with each time that the end of the list comes near. */
const FEW = 15;
let most = FEW;
/** @type {string} the entrance whose doors are listed */
let entrance = "";
/** @type {string} who looked: the next one is not told whom they looked for */
let whose = "";

/** @type {import("../routes.js").PageMaker} */
export async function findPage(app) {
  const { id } = app.engine.me().staff;
  if (id !== whose) [whose, text, most, entrance] = [id, "", FEW, ""];

  /** @param {string} to */
  function look(to) {
    text = to;
    most = FEW;
    app.redraw();
  }

  function showMore() {
    most += FEW;
    app.redraw();
  }

  return {
    leave: whenNearTheEnd(showMore),
    title: _("Find a unit"),
    view: () =>
      screen({
        top: topBar({
          title: _("Find a unit"),
          aside: syncPill(app),
          extra: searchField(look),
        }),
        body: text.trim() ? found(app.engine.search(text), showMore) : entrances(app),
        foot: places(app, "find"),
      }),
  };
}

/** @param {(to: string) => void} look */
function searchField(look) {
  return html`<label class="search">
    ${icon("search")}
    <span class="visually-hidden">${_("Unit number, name or pinyin initials")}</span>
    <input
      class="input"
      type="search"
      inputmode="search"
      autocomplete="off"
      spellcheck="false"
      .value=${text}
      placeholder=${_("Number, name or initials")}
      @input=${(/** @type {InputEvent} */ event) => look(/** @type {HTMLInputElement} */ (event.target).value)}
    />
    ${
      text
        ? html`<button type="button" class="btn ghost square" aria-label=${_("Clear")} @click=${() => look("")}>${icon("x")}</button>`
        : nothing
    }
  </label>`;
}

/** @param {UnitRow[]} rows @param {() => void} showMore */
function found(rows, showMore) {
  if (!rows.length)
    return empty(
      "search",
      _("Nothing found"),
      _("Try the unit number, a part of the name, or the first letters of its pinyin: cjg for 陈建国."),
    );
  return html`<p class="visually-hidden" role="status">${_("Found: %(count)s", { count: rows.length })}</p>
    <ul class="list">
      ${rows.slice(0, most).map((row) => html`<li>${unitLink(row, true)}</li>`)}
    </ul>
    ${rows.length > most ? moreButton(_("More units: %(count)s", { count: rows.length - most }), showMore) : nothing}`;
}

/** @param {UnitRow} row @param {boolean} whole with building and entrance */
function unitLink(row, whole) {
  return html`<a class="item door" href="#/unit/${row.id}">
    <div class="door-number num"><b>${row.number}</b></div>
    <div class="door-what">
      <p><span class="name">${namesOf(row)}</span> ${row.occupancy === "owner" ? nothing : chip(occupancyWords(row.occupancy))}</p>
      ${whole ? html`<p class="muted">${row.label[locale()]}</p>` : nothing}
    </div>
    ${icon("chevron-right", "muted")}
  </a>`;
}

/** Nothing typed: walk in by building and entrance. @param {import("../app.js").App} app */
function entrances(app) {
  const rows = app.engine.units(app.estateId);
  if (!rows.length)
    return empty(
      "building",
      _("No units on this tablet yet"),
      _("The office grants you an estate; its units come with the next exchange."),
    );
  const buildings = Map.groupBy(rows, (row) => row.building);
  return html`${[...buildings].map(([building, units]) => oneBuilding(app, building, units))}`;
}

/** @param {import("../app.js").App} app @param {string} building @param {UnitRow[]} units */
function oneBuilding(app, building, units) {
  const parts = [...Map.groupBy(units, (row) => row.entrance)];
  const open = parts.find(([part]) => `${building}/${part}` === entrance);
  return section(
    _("Building %(building)s", { building }),
    html`<div class="chips">
        ${parts.map(([part, doors]) => {
          const key = `${building}/${part}`;
          return html`<button
            type="button"
            class="chip filter num"
            aria-pressed=${key === entrance ? "true" : "false"}
            @click=${() => {
              entrance = key === entrance ? "" : key;
              app.redraw();
            }}
          >
            ${_("Entrance %(entrance)s · %(count)s doors", { entrance: part || "1", count: doors.length })}
          </button>`;
        })}
      </div>
      ${open ? html`<ul class="list">${open[1].map((row) => html`<li>${unitLink(row, false)}</li>`)}</ul>` : nothing}`,
    _("%(count)s doors", { count: units.length }),
  );
}
