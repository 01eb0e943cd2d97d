// Categories of issues: where one stands in the estate's tree, whom it goes to, and the grid to choose from.

import { html, nothing } from "lit";
import { _, locale } from "../i18n.js";
import { departmentFor } from "../warranty.js";
import { icon } from "./icon.js";

/** @typedef {import("../types.js").Category} Category */
/** @typedef {import("../types.js").Estate} Estate */

/**
 * @param {Estate | undefined} estate
 * @param {string} code
 * @returns {Category[]} parent and leaf, or one of them, or nothing
 */
export function pathTo(estate, code) {
  for (const parent of estate?.categories ?? []) {
    if (parent.code === code) return [parent];
    const child = parent.children?.find((one) => one.code === code);
    if (child) return [parent, child];
  }
  return [];
}

/** `秩序维护 › 停车`. @param {Category[]} path */
export function pathWords(path) {
  return path.map((category) => category.name[locale()]).join(" › ");
}

/**
 * Whom it is routed to: its own department, or its parent's; at a unit, within a warranty, the one liable for that.
 * @param {Category[]} path
 * @param {Parameters<typeof departmentFor>[1]} [where]
 */
export function departmentWords(path, where) {
  return departmentFor(path, where)?.name[locale()] ?? "";
}

/** @param {Category[]} path */
export function categoryIcon(path) {
  return path.findLast((category) => category.icon)?.icon ?? "message-report";
}

/**
 * What can be chosen from: what is in use, and no group of which nothing is left.
 * @param {Category[]} categories
 * @returns {Category[]}
 */
export function offered(categories) {
  return categories
    .filter((category) => !category.retired)
    .filter((category) => !category.children?.length || offered(category.children).length > 0);
}

/** Can it be chosen, or must one go deeper? @param {Category[]} path */
export function isLeaf(path) {
  return path.length > 0 && !path[path.length - 1].children?.length;
}

/**
 * Pictures with words; the chosen one is marked.
 * @param {Category[]} categories
 * @param {string} chosen code
 * @param {(category: Category) => void} pick
 * @param {string} [look]
 */
export function categoryTiles(categories, chosen, pick, look = "") {
  return html`<div class="tiles" role="group" aria-label=${_("Category")}>
    ${categories.map(
      (category) => html`<button
        type="button"
        class="tile choice ${look}"
        aria-pressed=${category.code === chosen ? "true" : "false"}
        @click=${() => pick(category)}
      >
        ${icon(category.icon)}<span>${category.name[locale()]}</span>
      </button>`,
    )}
  </div>`;
}

/**
 * Choosing in two steps; what was chosen stands alone until another is wanted.
 * @param {object} choice
 * @param {() => Estate | undefined} choice.estate
 * @param {() => string} choice.chosen code
 * @param {(code: string) => unknown} choice.pick
 * @param {() => void} choice.redraw
 */
export function categoryChoice({ estate, chosen, pick, redraw }) {
  /** The parent whose children are shown; "" for all parents. */
  let within = "";
  let choosing = !isLeaf(pathTo(estate(), chosen()));

  /** @param {boolean} on */
  function choose(on) {
    choosing = on;
    within = "";
    redraw();
  }

  /** @param {Category} category */
  function picked(category) {
    if (category.children?.length) {
      within = category.code;
      return redraw();
    }
    choosing = false;
    pick(category.code);
  }

  return {
    begin: () => choose(true),
    view: () => {
      const path = pathTo(estate(), chosen());
      if (!choosing)
        return html`<button type="button" class="btn choice wide" aria-pressed="true" @click=${() => choose(true)}>
          ${icon(categoryIcon(path))}<span class="grow">${pathWords(path)}</span><span>${_("Choose another")}</span>
        </button>`;
      const parent = estate()?.categories.find((category) => category.code === within);
      return html`${parent ? html`<button type="button" class="btn ghost start" @click=${() => choose(true)}>${icon("arrow-left")}${parent.name[locale()]}</button>` : nothing}
        ${categoryTiles(offered(parent?.children ?? estate()?.categories ?? []), chosen(), picked)}`;
    },
  };
}
