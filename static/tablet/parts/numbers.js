// Telephone numbers: shown so that one knows which, never whole; a dead one with what a call to it found, and when.

import { html } from "lit";
import { _ } from "../i18n.js";
import { chip } from "./bits.js";
import { day } from "./when.js";
import { outcomeWords } from "./words.js";

/** `138 **** 6021`: enough to tell which phone, not enough for the next in line. @param {string} phone */
export function masked(phone) {
  const digits = phone.replace(/\D/g, "");
  return digits.length > 7 ? `${digits.slice(0, 3)} **** ${digits.slice(-4)}` : `*** ${digits.slice(-2)}`;
}

/** What dials a number. @param {string} phone */
export const dialled = (phone) => `tel:${phone.replace(/[^+\d]/g, "")}`;

/** @param {import("../types.js").DeadNumber} dead */
export function deadChip(dead) {
  const words = _("%(what)s, %(day)s", { what: outcomeWords(dead.outcome), day: day(dead.on) });
  return html`${chip(words, "late", "phone-x")}`;
}
