// An app without a screen, for the tests of its pages.

import { setLocale } from "../../../static/tablet/i18n.js";
import { anOffice, aTask, ESTATE, enrolled, idOf } from "./tablet.js";

/** An app without a screen: it only remembers where it was sent. */
export function anApp(engine, change = {}) {
  const app = {
    engine,
    list: "today",
    path: "",
    estateId: ESTATE,
    sent: [],
    redraw: () => {},
    say: () => {},
    hush: () => {},
  };
  const go = (path) => app.sent.push(path);
  return /** @type {any} */ (Object.assign(app, { go, replace: go }, change));
}

export async function atTheOffice(...tasks) {
  const office = await anOffice();
  tasks.forEach((task, n) => {
    office.put("task", idOf(8100 + n), ESTATE, aTask(task));
  });
  const engine = await enrolled(office);
  setLocale("en");
  return engine;
}
