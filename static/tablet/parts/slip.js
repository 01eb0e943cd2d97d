// The slip left at a door where nobody was: in the owner's language, large enough to copy by hand, or printed.

import { html } from "lit";
import { speaking } from "../i18n.js";
import { clock, dayAndWeekday, dayOf } from "./when.js";

/**
 * Nobody's name stands on it: whoever passes by can read it.
 * @param {object} of
 * @param {import("../types.js").Locale} of.locale  the owner's
 * @param {import("../types.js").Words} of.label  of the unit
 * @param {import("../types.js").EstateDoc} of.estate
 * @param {string} of.officer
 * @param {number} of.now
 * @param {string} of.againAt  "" if no time was set
 */
export function slip({ locale, label, estate, officer, now, againAt }) {
  const _ = speaking(locale);
  const moment = (/** @type {string} */ at) => `${dayAndWeekday(dayOf(at), locale)} ${clock(at, locale)}`;
  return html`<div class="slip num" lang=${locale === "zh" ? "zh-CN" : "en"} data-testid="slip">
    <p>${_("To the household of %(unit)s:", { unit: label[locale] })}</p>
    <p>${_("We came to see you on %(moment)s and did not meet you.", { moment: moment(new Date(now).toISOString()) })}</p>
    <p>
      ${
        againAt
          ? _("We will try again on %(moment)s.", { moment: moment(againAt) })
          : _("We will get in touch with you again.")
      }
    </p>
    <p>${_("If another time suits you better, please call %(phone)s.", { phone: estate.phone.replaceAll(" ", "\u00a0") })}</p>
    <p class="slip-end">${estate.company[locale]}<br />${officer}</p>
  </div>`;
}
