// Words in the user's language: English is the message id, Chinese comes from the exported catalogue.

/** @typedef {import("./types.js").Locale} Locale */
/** @typedef {(msgid: string, params?: Record<string, string | number>) => string} Gettext */

/** @type {Record<string, Record<string, string>>} */
const catalogues = { en: {}, zh: {} };

/** @type {Locale} */
let current = "zh";

/**
 * The message in the current language; `%(name)s` is replaced by `params.name`.
 * A message that the catalogue lacks is shown in English.
 * @type {Gettext}
 */
export const _ = (msgid, params) => say(current, msgid, params);

/**
 * `_` for one language, whatever the current one: owner mode speaks the owner's.
 * Name the result `_`, so that its messages are found for translation.
 * @param {Locale} locale
 * @returns {Gettext}
 */
export const speaking = (locale) => (msgid, params) => say(locale, msgid, params);

/** @returns {Locale} */
export const locale = () => current;

/** @param {Locale} to */
export function setLocale(to) {
  current = to;
}

/**
 * Fetch the Chinese catalogue (precached, so this works offline). Without it everything is said in English.
 * @param {import("./types.js").Fetch} fetch
 * @param {string} [url]
 */
export async function loadCatalogue(fetch, url = new URL("../catalogue/zh.json", import.meta.url).href) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`catalogue: ${response.status}`);
  catalogues.zh = await response.json();
}

/**
 * @param {Locale} locale
 * @param {string} msgid
 * @param {Record<string, string | number>} [params]
 */
function say(locale, msgid, params) {
  // Three dots never begin a line.
  const text = (catalogues[locale][msgid] || msgid).replaceAll(" …", "\u00a0…");
  if (!params) return text;
  return text.replace(/%\((\w+)\)s/g, (whole, name) => (name in params ? String(params[name]) : whole));
}
