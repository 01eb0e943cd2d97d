// Words: English is the message, Chinese its translation, and a missing one is no accident.

import assert from "node:assert/strict";
import { test } from "node:test";
import { _, loadCatalogue, locale, setLocale, speaking } from "../../static/tablet/i18n.js";

test("messages are said in the language that is set, parameters put in, whichever language another asks for", async () => {
  const catalogue = { Today: "今日走访", "Issues: %(count)s": "%(count)s 个事项", Empty: "" };
  await loadCatalogue(async () => new Response(JSON.stringify(catalogue)), "/static/1/catalogue/zh.json");
  setLocale("zh");

  assert.deepEqual(
    [_("Today"), _("Issues: %(count)s", { count: 2 }), _("Unknown"), _("Empty")],
    ["今日走访", "2 个事项", "Unknown", "Empty"],
  );
  assert.equal(speaking("en")("Issues: %(count)s", { count: 2 }), "Issues: 2");
  setLocale("en");
  assert.deepEqual(
    [locale(), _("Today"), speaking("zh")("Today"), _("%(gone)s", {})],
    ["en", "Today", "今日走访", "%(gone)s"],
  );
});

test("a catalogue that is not there is said to be missing", async () => {
  await assert.rejects(loadCatalogue(async () => new Response("", { status: 404 }), "/nowhere"));
});
