// Which address shows which screen.

import { addendumPage } from "./pages/addendum.js";
import { briefingPage } from "./pages/briefing.js";
import { callPage } from "./pages/call.js";
import { copyPage } from "./pages/copy.js";
import { correctPage } from "./pages/correct.js";
import { enrolPage } from "./pages/enrol.js";
import { findPage } from "./pages/find.js";
import { inspectPage } from "./pages/inspect.js";
import { issuePage } from "./pages/issue.js";
import { mePage } from "./pages/me.js";
import { nobodyPage } from "./pages/nobody.js";
import { officerPage } from "./pages/officer.js";
import { outdatedPage } from "./pages/outdated.js";
import { ownerPage } from "./pages/owner.js";
import { recordsPage } from "./pages/records.js";
import { savedPage } from "./pages/saved.js";
import { surveyPage } from "./pages/survey.js";
import { todayPage } from "./pages/today.js";
import { unitPage } from "./pages/unit.js";
import { unlockPage } from "./pages/unlock.js";
import { visitPage } from "./pages/visit.js";
import { whoPage } from "./pages/who.js";

/** @typedef {(app: import("./app.js").App, params: Record<string, string>) => Promise<import("./app.js").Page>} PageMaker */

/** @type {[string, PageMaker][]} */
const ROUTES = [
  ["enrol", enrolPage],
  ["enrol/:code", enrolPage],
  ["unlock", unlockPage],
  ["outdated", outdatedPage],
  ["today", todayPage],
  ["find", findPage],
  ["unit/:unit", unitPage],
  ["unit/:unit/nobody", nobodyPage],
  ["unit/:unit/call", callPage],
  ["unit/:unit/call/:person/:index", callPage],
  ["unit/:unit/correct", correctPage],
  ["visit/:unit", visitPage],
  ["visit/:unit/correct", correctPage],
  ["visit/:unit/who", whoPage],
  ["visit/:unit/issue/:issue", issuePage],
  ["visit/:unit/issue/:issue/:lacks", issuePage],
  ["visit/:unit/survey/:sheet", surveyPage],
  ["visit/:unit/survey/:sheet/:lacks", surveyPage],
  ["visit/:unit/owner", ownerPage],
  ["visit/:unit/officer", officerPage],
  ["inspect", inspectPage],
  ["saved/:op", savedPage],
  ["saved/:op/copy", copyPage],
  ["unit/:unit/copy/:op", copyPage],
  ["records", recordsPage],
  ["records/:op/add", addendumPage],
  ["briefing", briefingPage],
  ["me", mePage],
];

/**
 * An address that means nothing shows today's doors.
 * @param {string} path
 * @returns {[PageMaker, Record<string, string>]}
 */
export function pageFor(path) {
  for (const [pattern, make] of ROUTES) {
    const params = matched(pattern.split("/"), path.split("/"));
    if (params) return [make, params];
  }
  return [todayPage, {}];
}

/** @param {string[]} pattern @param {string[]} parts */
function matched(pattern, parts) {
  if (pattern.length !== parts.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [at, piece] of pattern.entries()) {
    if (piece.startsWith(":")) params[piece.slice(1)] = parts[at];
    else if (piece !== parts[at]) return null;
  }
  return params;
}
