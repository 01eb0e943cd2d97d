// The language of the page: told to the browser, and remembered for what is said before anybody is known.

import { locale, setLocale } from "../i18n.js";

const SPOKEN = "doorstep:language";

/** As it was spoken here last; Chinese at first. */
export function speakAsBefore() {
  setLocale(memory()?.getItem(SPOKEN) === "en" ? "en" : "zh");
  tellBrowser();
}

/** From now on, also after a reload. */
export function rememberLanguage() {
  memory()?.setItem(SPOKEN, locale());
  tellBrowser();
}

function tellBrowser() {
  document.documentElement.lang = locale() === "zh" ? "zh-CN" : "en";
}

/** Where a browser refuses it, the app still has to say that it cannot start. */
function memory() {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
