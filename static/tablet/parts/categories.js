// Categories of issues: where one stands in the estate's tree, whom it goes to, and the grid to choose from.

import { html } from "lit";
import { _, locale } from "../i18n.js";
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

/** Whom it is routed to: its own department, or its parent's. @param {Category[]} path */
export function departmentWords(path) {
  const own = path.findLast((category) => category.department);
  return own?.department?.name[locale()] ?? "";
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
