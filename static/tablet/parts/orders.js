// A finished work order in words: its number and who pays, what was done and by whom.

import { _, locale } from "../i18n.js";
import { day } from "./when.js";
import { dotted } from "./words.js";

/** `维修工作单 WX-2611-0007 · 有偿服务`. @param {import("../types.js").OrderDone} order */
export function orderNumber(order) {
  const paid = order.kind === "chargeable" ? _("Chargeable") : _("Free under warranty");
  return dotted(_("Work order %(number)s", { number: order.number }), paid);
}

/** What was done for a work order. @param {import("../types.js").OrderDone} order */
export function orderWords(order) {
  const holder = order.worker || order.department?.[locale()];
  return dotted(order.work_done, order.finished_on && _("done %(day)s", { day: day(order.finished_on) }), holder);
}
