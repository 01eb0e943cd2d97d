// A survey that is out at the door of the tablet's tests: what it asks, its sheet, how it is filled in.
import { go, sheetsDue } from "../../../static/tablet/surveys.js";
import { anOffice, aTask, ESTATE, idOf } from "./tablet.js";

export const SURVEY = idOf(8700);
export const SHEET = idOf(8701);
export const TASK = idOf(8702);
export const [FIRST, SECOND, REPAIRS] = [idOf(8710), idOf(8711), idOf(7002)];
export const COLLECT_AT = "2026-11-25T10:00:00.000Z";

export const aSurvey = () => ({
  number: "2026-1",
  form: "satisfaction",
  state: "out",
  title: { zh: "2026 年业主满意度调查", en: "Owner satisfaction 2026" },
  purpose: { zh: "了解您对物业服务的评价。", en: "To learn what you think of our service." },
  key_items: { zh: ["维修是否及时", "楼道是否清洁"], en: ["Are repairs in time", "Are the stairs clean"] },
  issue_from: "2026-11-20",
  issue_until: "2026-11-30",
  collect_until: "2026-12-10",
  departments: [
    {
      id: REPAIRS,
      name: { zh: "工程维修部", en: "Repairs" },
      questions: [
        { id: FIRST, text: { zh: "维修及时", en: "In time" } },
        { id: SECOND, text: { zh: "上门有礼", en: "Polite" } },
      ],
    },
  ],
});

export const dueTask = (change = {}) =>
  aTask({
    kind: "survey_hand_out",
    called: { zh: "待发调查表", en: "Survey to hand out" },
    title: "2026 年业主满意度调查",
    survey_id: SURVEY,
    sheet_id: SHEET,
    sheet_number: "2026-1-0001",
    ...change,
  });

export async function anOfficeWithASurvey(change = {}) {
  const office = await anOffice();
  office.put("survey", SURVEY, ESTATE, aSurvey());
  office.put("task", TASK, ESTATE, dueTask(change));
  return office;
}

/** A sheet of a draft that is due. */
export const aSheet = (out = false) => {
  const row = { id: TASK, kind: out ? "survey_collect" : "survey_hand_out", surveyId: SURVEY, sheetId: SHEET };
  return sheetsDue([{ ...row, sheetNumber: "2026-1-0001", agreedAt: "" }], new Map([[SURVEY, aSurvey()]]))[0];
};

export const filledIn = (sheet) => {
  go(sheet, "on_screen");
  Object.assign(sheet.levels, { [FIRST]: "dissatisfied", [SECOND]: "none" });
  sheet.opinions[REPAIRS] = " 来得太慢 ";
  Object.assign(sheet, { overall: "basic", callback_welcome: "yes" });
};

/** An estate that promises a first answer within some days. */
export const estateOf = (engine) => ({
  ...engine.estate(ESTATE),
  ...{ answer_days: { urgent: 1, ordinary: 3, major: 1 } },
});
