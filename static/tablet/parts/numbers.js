// Telephone numbers: shown so that one knows which, never whole; a dead one with what a call to it found, and when.

import { html } from "lit";
import { _ } from "../i18n.js";
import { chip } from "./bits.js";
import { day } from "./when.js";
import { outcomeWords } from "./words.js";

const HIDDEN = 4;
const MOST_BEFORE = 3;
const MOST_AFTER = 4;

/**
 * `138 **** 6021`: enough to tell which phone, not enough for the next in line; of a landline less. As the office does.
 * @param {string} phone
 */
export function masked(phone) {
  const digits = phone.replace(/\D/g, "").replace(/^86(?=\d{11}$)/, "");
  if (digits.length < 7) return digits && "****";
  const shown = digits.length - HIDDEN;
  const after = Math.min(MOST_AFTER, Math.ceil(shown / 2));
  const before = Math.min(MOST_BEFORE, shown - after);
  return `${digits.slice(0, before)} **** ${digits.slice(-after)}`;
}

/** What dials a number. @param {string} phone */
export const dialled = (phone) => `tel:${phone.replace(/[^+\d]/g, "")}`;

/** @param {import("../types.js").DeadNumber} dead */
export function deadChip(dead) {
  const words = _("%(what)s, %(day)s", { what: outcomeWords(dead.outcome), day: day(dead.on) });
  return html`${chip(words, "late", "phone-x")}`;
}
