// The briefing on the tablet: what holds today, what is new, and what may be told to whoever owns a home now.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  aboutTheOwner,
  briefingOn,
  isTheirs,
  metThisOwner,
  tell,
  toTell,
  wasTold,
} from "../../static/tablet/briefing.js";
import { dateIn } from "../../static/tablet/days.js";
import { worthShowing } from "../../static/tablet/records.js";
import {
  anIssue,
  anOffice,
  aPerson,
  aSignedVisit,
  aTablet,
  aUnit,
  ESTATE,
  enrolled,
  idOf,
  NOON,
  OFFICER,
  reopened,
} from "./support/tablet.js";

const HOUR = 3_600_000;
const LINE = idOf(5001);
const offline = () => Promise.reject(new TypeError("offline"));
const dateOf = (at) => dateIn(at, "Asia/Shanghai");

const aLine = (change = {}) => ({
  kind: "work",
  version: 1,
  text: { zh: "夜间巡逻增至每 2 小时一次", en: "Patrols come every 2 hours" },
  buildings: [],
  valid_from: "2026-11-01",
  ...change,
});
const row = (id, change = {}) => ({ ...aLine(change), id, unread: false });
const issueRow = (id, change = {}) => ({ id, estate: ESTATE, v: 1, pending: false, doc: anIssue(change) });
const textsOf = (lines) => lines.map((line) => line.text.zh);

/** A home sold to 赵敏 on a day; 陈建国 owned it before. */
const sold = (change = {}) =>
  aUnit({ people: [{ ...aPerson("赵敏", "zm", "zhao min"), since: "2026-10-05" }], ...change });

test("a line shows on its days, the last one included", () => {
  const lines = [
    { id: "a", ...aLine({ valid_from: "2026-11-23" }) },
    { id: "b", ...aLine({ valid_from: "2026-11-24" }) },
    { id: "c", ...aLine({ valid_until: "2026-11-23" }) },
    { id: "d", ...aLine({ valid_until: "2026-11-22" }) },
  ];

  const shown = briefingOn(lines, "2026-11-23", new Set());

  assert.deepEqual(shown.map((line) => line.id).sort(), ["a", "c"]);
});

test("what is new stands first, and what was read in an earlier version is new again", () => {
  const lines = [
    { id: "a", ...aLine() },
    { id: "b", ...aLine({ version: 2, valid_from: "2026-10-01" }) },
    { id: "c", ...aLine({ valid_from: "2026-11-20" }) },
  ];

  const shown = briefingOn(lines, "2026-11-23", new Set(["a:1", "b:1", "c:1"]));

  assert.deepEqual(
    shown.map(({ id, unread }) => [id, unread]),
    [
      ["b", true],
      ["c", false],
      ["a", false],
    ],
  );
});

test("to an owner one tells what is about their building, then the estate; never facts, never another building", () => {
  const lines = [
    row("a", { text: { zh: "全小区", en: "" } }),
    row("b", { text: { zh: "3 栋", en: "" }, buildings: ["3"], kind: "measures" }),
    row("c", { text: { zh: "5 栋", en: "" }, buildings: ["5"] }),
    row("d", { text: { zh: "情况", en: "" }, kind: "facts" }),
  ];

  const told = toTell({ unit: aUnit(), issues: [], lines, dateOf });

  assert.deepEqual([textsOf(told.near), textsOf(told.estate), told.own], [["3 栋"], ["全小区"], []]);
});

test("what was done about this owner's words comes first: done before being done, the latest first", () => {
  const unit = aUnit({ last_visit: { on: "2026-10-20" } });
  const accepted = [{ at: "2026-11-05T01:00:00.000Z", kind: "issue:accepted", round: 1 }];
  const issues = [
    issueRow("measure", { state: "accepted", measure: "加装摄像头", due_on: "2026-11-30", history: accepted }),
    issueRow("early", { rectified_on: "2026-11-02", rectified_note: "已更换" }),
    issueRow("late", { rectified_on: "2026-11-12", rectified_note: "已增至每 2 小时一次" }),
    issueRow("waits", { state: "routed" }),
  ];

  const { own } = toTell({ unit, issues, lines: [], dateOf });

  assert.deepEqual(
    own.map(({ issueId, what, on, note, dueOn }) => [issueId, what, on, note, dueOn]),
    [
      ["late", "done", "2026-11-12", "已增至每 2 小时一次", ""],
      ["early", "done", "2026-11-02", "已更换", ""],
      ["measure", "measure", "2026-11-05", "加装摄像头", "2026-11-30"],
    ],
  );
});

test("a new date is told until the owner knows of it, and a state of a later app says nothing", () => {
  const unit = aUnit({ last_visit: { on: "2026-11-10" } });
  const accepted = [
    { at: "2026-11-05T01:00:00.000Z", kind: "issue:accepted", round: 1 },
    { at: "2026-11-12T01:00:00.000Z", kind: "issue:deferred", round: 1 },
  ];
  const deferred = { from_on: "2026-11-20", to_on: "2026-12-05", reason: "防水材料未到", told: false };
  const put = { state: "accepted", due_on: "2026-12-05", history: accepted };
  const issues = [
    issueRow("new date", { ...put, deferred }),
    issueRow("knows", { ...put, deferred: { ...deferred, told: true } }),
    issueRow("later app", { state: "a_state_of_a_later_app" }),
  ];

  const { own } = toTell({ unit, issues, lines: [], dateOf });

  assert.deepEqual(
    own.map(({ issueId, what, on, fromOn, note, dueOn }) => [issueId, what, on, fromOn, note, dueOn]),
    [["new date", "deferred", "2026-11-12", "2026-11-20", "防水材料未到", "2026-12-05"]],
  );
});

test("what the owner heard at the last visit, or answered just now, is not told again", () => {
  const unit = aUnit({ last_visit: { on: "2026-11-10" } });
  const closed = (day) => [{ at: `${day}T02:00:00.000Z`, kind: "issue:owner_satisfied", round: 1 }];
  const issues = [
    issueRow("then", { state: "closed", rectified_on: "2026-11-08", history: closed("2026-11-10") }),
    issueRow("since", { state: "closed", rectified_on: "2026-11-12", history: closed("2026-11-15") }),
    issueRow("old", {
      state: "accepted",
      history: [{ at: "2026-11-04T02:00:00.000Z", kind: "issue:accepted", round: 1 }],
    }),
    { ...issueRow("now", { rectified_on: "2026-11-20" }), pending: true },
  ];

  const { own } = toTell({ unit, issues, lines: [], dateOf });

  assert.deepEqual(
    own.map(({ issueId }) => issueId),
    ["since"],
  );
});

test("after a sale nothing that the owner before had said is told to the next", () => {
  const issues = [
    issueRow("before", { raised_on: "2026-09-30", rectified_on: "2026-11-12" }),
    issueRow("same day, the seller", { raised_on: "2026-10-05", raised_by: "陈建国", rectified_on: "2026-11-12" }),
    issueRow("same day, the buyer", { raised_on: "2026-10-05", raised_by: "赵敏", rectified_on: "2026-11-12" }),
    issueRow("after", { raised_on: "2026-10-06", raised_by: "赵敏的丈夫", rectified_on: "2026-11-11" }),
  ];

  const { own } = toTell({ unit: sold(), issues, lines: [], dateOf });

  assert.deepEqual(
    own.map(({ issueId }) => issueId),
    ["same day, the buyer", "after"],
  );
});

test("of two owners the one who came first counts; where nobody owns it nothing is told", () => {
  const since = (name, day) => ({ ...aPerson(name, "x", "x"), since: day });
  const couple = aUnit({ people: [since("陈建国", "2020-01-01"), since("王芳", "2026-11-01")] });

  assert.equal(isTheirs({ raised_on: "2021-05-01", raised_by: "陈建国" }, couple), true);
  assert.equal(isTheirs({ raised_on: "2021-05-01", raised_by: "陈建国" }, aUnit({ people: [] })), false);
});

test("where the office has not said since when, only a name tells whose words they are", () => {
  assert.equal(isTheirs({ raised_on: "2026-11-02", raised_by: "陈建国" }, aUnit()), true);
  assert.equal(isTheirs({ raised_on: "2026-11-02", raised_by: "周伟" }, aUnit()), false);
});

test("the last visit was this owner's, or it was made before they came", () => {
  assert.equal(metThisOwner(sold({ last_visit: { on: "2026-10-06" } })), true);
  assert.equal(metThisOwner(sold({ last_visit: { on: "2026-09-01" } })), false);
  assert.equal(metThisOwner(sold()), true);
});

test("a visit on the day of a sale is nobody's for sure, and is not told to the next owner", () => {
  assert.equal(metThisOwner(sold({ last_visit: { on: "2026-10-05" } })), false);
});

test("what is known of a company is shown where it owns, not where it rents or has sold", () => {
  const company = { ...aPerson("恒达贸易", "hdmy", "heng da mao yi"), id: idOf(7) };
  const facts = [row("a", { kind: "facts", owner: company.id }), row("b", { kind: "facts" })];

  assert.deepEqual(
    aboutTheOwner(aUnit({ people: [company] }), facts).map(({ id }) => id),
    ["a"],
  );
  assert.deepEqual(aboutTheOwner(aUnit({ people: [{ ...company, relation: "tenant" }] }), facts), []);
  assert.deepEqual(aboutTheOwner(sold(), facts), []);
});

async function withLines(...lines) {
  const office = await anOffice();
  lines.forEach((line, n) => {
    office.put("briefing", idOf(5001 + n), ESTATE, line);
  });
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  return { office, tablet, engine };
}

test("a line begins and ends by the estate's calendar, without a sync", async () => {
  // Noon in Shanghai; at midnight there it is four in the afternoon in UTC.
  const { tablet, engine } = await withLines(aLine({ valid_from: "2026-11-24", valid_until: "2026-11-24" }));
  tablet.fetch = offline;
  const seen = () => engine.briefing(ESTATE).length;

  const shown = [seen()];
  for (const hours of [11, 2, 23]) {
    tablet.clock.jump(hours * HOUR);
    shown.push(seen());
  }

  assert.deepEqual(shown, [0, 0, 1, 0]);
  assert.equal(dateOf(NOON + 13 * HOUR), "2026-11-24");
  await engine.close();
});

test("what was read offline is not new any more, survives a reload and reaches the office once", async () => {
  const { office, tablet, engine } = await withLines(aLine(), aLine({ version: 3, kind: "measures" }));
  tablet.fetch = offline;
  let again = await reopened(engine, tablet);
  const unread = () => again.briefing(ESTATE).filter((line) => line.unread);
  assert.equal(unread().length, 2);

  const record = await again.readBriefing(ESTATE, unread());
  assert.deepEqual([record.kind, record.state, unread().length], ["briefing", "here", 0]);
  again = await reopened(again, tablet);
  assert.equal(unread().length, 0);
  assert.equal(worthShowing(again.records()).length, 1);
  tablet.fetch = office.fetch;
  again = await reopened(again, tablet);
  await again.sync();

  const [{ operation }] = [...office.operations.values()];
  assert.deepEqual([operation.kind, operation.v, operation.author], ["briefing.read", 1, OFFICER.id]);
  assert.deepEqual(operation.body.items.map(({ id, version }) => [id, version]).sort(), [
    [LINE, 1],
    [idOf(5002), 3],
  ]);
  assert.equal(operation.body.estate_id, ESTATE);
  assert.equal(unread().length, 0);
  assert.deepEqual([again.records()[0].state, worthShowing(again.records())], ["complete", []]);
  assert.equal(again.today().counts.done, 0, "reading is no door");
  await again.close();
});

test("a line that is written anew is new again", async () => {
  const { office, engine } = await withLines(aLine());
  await engine.readBriefing(ESTATE, engine.briefing(ESTATE));
  await engine.sync();

  office.put("briefing", LINE, ESTATE, aLine({ version: 2 }));
  await engine.sync();

  assert.deepEqual(
    engine.briefing(ESTATE).map(({ version, unread }) => [version, unread]),
    [[2, true]],
  );
  await engine.close();
});

test("what was read on another tablet is not new on this one", async () => {
  const { office, engine } = await withLines(aLine());
  await engine.readBriefing(ESTATE, engine.briefing(ESTATE));
  await engine.sync();

  const other = await enrolled(office);

  assert.deepEqual(
    other.briefing(ESTATE).map(({ unread }) => unread),
    [false],
  );
  await Promise.all([engine.close(), other.close()]);
});

test("a reading that the office refused is shown among the records, and its lines stay new", async () => {
  const { office, engine } = await withLines(aLine());
  office.judge = () => ({ status: "rejected", code: "operation:failed", reason: "请联系主管" });

  await engine.readBriefing(ESTATE, engine.briefing(ESTATE));
  await engine.sync();

  assert.deepEqual(
    worthShowing(engine.records()).map(({ kind, state }) => [kind, state]),
    [["briefing", "rejected"]],
  );
  assert.equal(engine.briefing(ESTATE)[0].unread, true);
  await engine.close();
});

test("where nothing is new there is nothing to save", async () => {
  const { engine } = await withLines();

  await assert.rejects(engine.readBriefing(ESTATE, []), (error) => error.code === "briefing:nothing_new");

  assert.equal(engine.syncState().unsent, 0);
  await engine.close();
});

const tellable = [
  { under: "recent_work", line: { id: "a", version: 1 } },
  { under: "recent_work", line: { id: "b", version: 3 } },
  { under: "measures", issueId: "i" },
];
const work = tellable.filter(({ under }) => under === "recent_work");
const aDraft = () => ({ script: { introduced: false, purpose: false, recent_work: false, measures: false } });

test("a line that was told ticks its words of the script; the last one taken back unticks them", () => {
  const draft = aDraft();

  tell(draft, [work[1]], true, work);
  const told = structuredClone(draft);
  tell(draft, [work[1]], false, work);

  assert.deepEqual([told.told, told.script.recent_work], [{ lines: [{ id: "b", version: 3 }], issues: [] }, true]);
  assert.deepEqual([draft.told, draft.script.recent_work], [{ lines: [], issues: [] }, false]);
});

test("all lines under the same words are told at once, and an issue of the owner's beside them", () => {
  const draft = aDraft();

  tell(draft, work, true, work);
  tell(draft, work, true, work);
  tell(draft, [tellable[2]], true, [tellable[2]]);

  assert.deepEqual(
    draft.told.lines.map(({ id }) => id),
    ["a", "b"],
  );
  assert.deepEqual([draft.told.issues, draft.script.measures], [["i"], true]);
  assert.ok(tellable.every((one) => wasTold(draft, one)));
});

test("what was told goes with the visit, and what the owner signs says nothing of it", async () => {
  const { office, engine } = await withLines(aLine());
  const draft = await aSignedVisit(engine);
  tell(draft, [{ under: "recent_work", line: { id: LINE, version: 1 } }], true, []);

  await engine.holdVisit(draft);
  await engine.sync();

  const [{ operation }] = [...office.operations.values()];
  assert.deepEqual(operation.body.told, { lines: [{ id: LINE, version: 1 }], issues: [] });
  assert.equal(operation.body.statement, draft.signing.text);
  assert.ok(!operation.body.statement.includes(LINE));
  await engine.close();
});
