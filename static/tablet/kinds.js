// Every kind of thing that can be due at a door, a row each: its words, its icon, and what settles it at a visit.

import { _, locale } from "./i18n.js";

/** @typedef {import("./types.js").TaskRow} TaskRow */

/**
 * @typedef {object} Kind
 * @property {string} category  of a visit made for it (R02), as the office calls it; "" if nobody here knows
 * @property {"meeting" | "answer" | "sheet" | "unknown"} settledBy  that the owner was met and spoken with about it; the
 *   owner's own answer; what became of a survey's sheet; nothing that this app knows of: it is shown, and stays due
 * @property {string} icon
 * @property {"explained" | "new_date"} [tells]  what the owner is told and answers to; no callback then
 * @property {() => string} words
 */

/** @type {Record<string, Kind>} */
export const KINDS = {
  planned_visit: {
    category: "scheduled",
    settledBy: "meeting",
    icon: "door-enter",
    words: () => _("Planned visit"),
  },
  special_visit: {
    category: "special",
    settledBy: "meeting",
    icon: "flag",
    words: () => _("Special visit"),
  },
  issue_callback: {
    category: "issue_callback",
    settledBy: "answer",
    icon: "refresh",
    words: () => _("Callback"),
  },
  complaint_callback: {
    category: "complaint_callback",
    settledBy: "answer",
    icon: "message-report",
    words: () => _("Complaint callback"),
  },
  order_callback: {
    category: "work_order_callback",
    settledBy: "answer",
    icon: "tool",
    words: () => _("Work-order callback"),
  },
  service_callback: {
    category: "service_callback",
    settledBy: "answer",
    icon: "tool",
    words: () => _("Chargeable-service callback"),
  },
  issue_explanation: {
    category: "issue_callback",
    settledBy: "answer",
    icon: "message-2",
    tells: "explained",
    words: () => _("Explain"),
  },
  new_date: {
    category: "issue_callback",
    settledBy: "answer",
    icon: "calendar-time",
    tells: "new_date",
    words: () => _("Tell the new date"),
  },
  survey_hand_out: {
    category: "special",
    settledBy: "sheet",
    icon: "clipboard-list",
    words: () => _("Survey to hand out"),
  },
  survey_collect: {
    category: "special",
    settledBy: "sheet",
    icon: "clipboard-check",
    words: () => _("Survey to collect"),
  },
};

/**
 * The row of a task's kind. A newer office may send one that this app has no row for: it says what it is called.
 * @param {Pick<TaskRow, "kind" | "called">} task
 * @returns {Kind}
 */
export function kindOf({ kind, called }) {
  if (Object.hasOwn(KINDS, kind)) return KINDS[kind];
  const words = () => called?.[locale()] || _("Something new to this app");
  return { category: "", settledBy: "unknown", icon: "help-circle", words };
}

/** @param {TaskRow[]} tasks @returns {TaskRow[]} those that a talk at the door settles */
export const forTheTalk = (tasks) => tasks.filter((task) => kindOf(task).settledBy === "meeting");

/** @param {TaskRow[]} tasks @returns {TaskRow[]} callbacks: the owner's answer settles them */
export const forTheAnswer = (tasks) =>
  tasks.filter((task) => kindOf(task).settledBy === "answer" && !kindOf(task).tells);

/** @param {TaskRow[]} tasks @returns {TaskRow[]} what the owner is to be told; their answer to it settles it */
export const toBeTold = (tasks) => tasks.filter((task) => kindOf(task).tells);

/** @param {TaskRow[]} tasks @returns {TaskRow[]} sheets of a survey to hand out or to collect */
export const forTheSheet = (tasks) => tasks.filter((task) => kindOf(task).settledBy === "sheet");

/** @param {TaskRow[]} tasks @returns {TaskRow[]} those that only a newer app can settle */
export const forANewerApp = (tasks) => tasks.filter((task) => kindOf(task).settledBy === "unknown");
