// A survey's sheet that comes to the tablet once a visit was begun: it stands in the visit, what was read stays as it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setLocale } from "../../static/tablet/i18n.js";
import { stillSays } from "../../static/tablet/statement.js";
import { go, sheetsNow } from "../../static/tablet/surveys.js";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { markup, pageModule, press } from "./support/screen.js";
import { aSheet, aSurvey, COLLECT_AT, dueTask, estateOf, filledIn, SHEET, SURVEY, TASK } from "./support/survey.js";
import { anOffice, aTablet, ESTATE, enrolled, idOf, reopened, shown, UNIT } from "./support/tablet.js";

const { surveyPage } = await pageModule("survey");
const { visitPage } = await pageModule("visit");

/** A visit that was begun before the survey went out, and what the tablet fetched since. */
async function begunBefore() {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  await engine.startVisit(UNIT);
  const kept = await VisitKept.open(engine, UNIT, () => {});
  await kept.change((draft) => Object.assign(draft, { wishes: "少打电话", rating: "none" }));
  const goOut = async () => {
    office.put("survey", SURVEY, ESTATE, aSurvey());
    office.put("task", TASK, ESTATE, dueTask());
    await engine.sync();
  };
  return { office, tablet, engine, kept, goOut };
}

test("a sheet that comes after the knock stands in the visit, and belongs to it once something becomes of it", async () => {
  const { office, engine, kept, goOut } = await begunBefore();
  assert.deepEqual(kept.sheets(), []);
  await goOut();
  assert.deepEqual(
    kept.sheetsLeft().map(({ sheet_id, number, out }) => [sheet_id, number, out]),
    [[SHEET, "2026-1-0001", false]],
  );
  assert.deepEqual([kept.draft.surveys, kept.draft.wishes], [[], "少打电话"], "nothing is written before a tap");

  await kept.takeUpSheet(SHEET, filledIn);
  office.remove("survey", SURVEY);
  office.change("task", TASK, { state: "cancelled" });
  await engine.sync();
  assert.equal(engine.survey(SURVEY)?.number, "2026-1", "its words stay with the visit, over or not");
  await shown(engine, kept.draft);
  await engine.holdVisit(kept.draft);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  const [read] = JSON.parse(operation.body.statement).surveys;
  assert.deepEqual([read.number, read.questions.length, operation.body.wishes], ["2026-1-0001", 2, "少打电话"]);
  assert.ok(operation.body.task_ids.includes(TASK));
  await engine.close();
});

test("a sheet that comes after the knock stands on the visit's screen at once, and a tap on it leads to its page", async () => {
  const { engine, kept, goOut } = await begunBefore();
  setLocale("en");
  const went = [];
  const app = { engine, redraw: () => {}, say: () => {}, go: (path) => went.push(path), visit: async () => kept };
  const visit = await visitPage(app, { unit: UNIT });
  assert.doesNotMatch(markup(visit.view()), /Owner satisfaction 2026/);
  await goOut();
  assert.match(markup(visit.view()), /Owner satisfaction 2026.*To hand out/s);

  await press(visit.view(), "Fill in now");
  await kept.settled;

  assert.deepEqual(went, [`visit/${UNIT}/survey/${SHEET}`]);
  assert.match(markup((await surveyPage(app, { unit: UNIT, sheet: SHEET })).view()), /In time/);
  assert.doesNotMatch(markup(visit.view()), /To hand out/, "something became of it");
  await engine.close();
});

test("a sheet that came after the knock is still there in a tablet that was switched off, its survey over or not", async () => {
  const { office, tablet, engine, kept, goOut } = await begunBefore();
  await goOut();
  await kept.takeUpSheet(SHEET, filledIn);
  office.remove("survey", SURVEY);
  await engine.sync();

  const again = await reopened(engine, tablet);

  assert.equal(again.survey(SURVEY)?.title.en, "Owner satisfaction 2026");
  const draft = (await VisitKept.open(again, UNIT, () => {})).draft;
  const [read] = JSON.parse((await again.statement(draft)).text).surveys;
  assert.deepEqual(read.opinions[0].text, "来得太慢");
  await again.close();
});

test("a sheet that comes while the owner reads changes nothing of what they sign", async () => {
  const { engine, kept, goOut } = await begunBefore();
  await shown(engine, kept.draft);
  const { signing } = structuredClone(kept.draft);

  await goOut();

  assert.ok(stillSays(kept.draft.signing, kept.draft, estateOf(engine)));
  assert.deepEqual([kept.draft.signing, kept.draft.surveys], [signing, []]);
  await engine.holdVisit(kept.draft);
  assert.equal(engine.tasksAt(UNIT).filter(({ surveyId }) => surveyId).length, 1, "it stays due");
  await engine.close();
});

test("of a sheet of which nothing became it counts how it stands with the office, of any other what was tapped", () => {
  const [untouched, tapped] = [aSheet(), aSheet()];
  go(tapped, "handed_out");
  const now = { ...aSheet(true), task_id: idOf(8703), agreed_at: COLLECT_AT };
  const stands = ([{ task_id, out, agreed_at, act }]) => [task_id, out, agreed_at, act];

  assert.deepEqual(stands(sheetsNow([untouched], [now])), [idOf(8703), true, COLLECT_AT, ""]);
  assert.deepEqual(stands(sheetsNow([tapped], [now])), [TASK, false, "", "handed_out"]);
  assert.deepEqual(stands(sheetsNow([untouched], [])), [TASK, false, "", ""]);
});
