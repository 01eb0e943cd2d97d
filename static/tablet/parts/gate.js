// What stands before the app: its mark and the choice of language.

import { html } from "lit";
import { locale } from "../i18n.js";
import { icon } from "./icon.js";

const MARK = new URL("../app.svg", import.meta.url).pathname;

export function mark() {
  return html`<img class="gate-mark" src=${MARK} alt="" />`;
}

/** The other language, in its own words. @param {import("../app.js").App} app */
export function languageButton(app) {
  const other = locale() === "zh" ? "en" : "zh";
  return html`<button type="button" class="btn ghost" lang=${other} @click=${() => app.speak(other)}>
    ${icon("language")}${other === "zh" ? "中文" : "English"}
  </button>`;
}
