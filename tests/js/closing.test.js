// What an owner's answer can do is said before it is asked for, by the same rows that the office decides by.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { closes, isAnother } from "../../static/tablet/closing.js";
import { setLocale } from "../../static/tablet/i18n.js";
import { VisitKept } from "../../static/tablet/visit_kept.js";
import { markup, pageModule } from "./support/screen.js";
import { anIssue, anOffice, aTask, ESTATE, enrolled, idOf, UNIT } from "./support/tablet.js";

const { callPage } = await pageModule("call");
const { visitPage } = await pageModule("visit");
const { rows } = JSON.parse(readFileSync(new URL("../vectors/closing.json", import.meta.url), "utf8"));

for (const [what, raised, round, method, relation, signed, expected] of rows) {
  test(`${what} of the ${raised}'s in round ${round}, by ${method}, the ${relation}, ${signed || "nobody"} signs: ${expected ? "closes" : "stays open"}`, () => {
    const asked = {
      complaint: what === "complaint",
      order: what === "order" ? {} : undefined,
      round,
      owners: raised === "owner",
    };

    assert.equal(closes(asked, { method, relation, signed }), expected);
  });
}

const OWNER = { id: "1", name: "陈建国", kind: "person", relation: "owner" };
const COMPANY = { id: "2", name: "锦绣置业有限公司", kind: "company", relation: "owner" };

for (const [why, met, people, expected] of [
  ["an owner of that name", { name: "陈建国", relation: "owner" }, [OWNER], false],
  ["chosen from the file", { name: "陈先生", relation: "owner", person_id: "1" }, [OWNER], false],
  ["another name", { name: "王强", relation: "owner" }, [OWNER], true],
  ["somebody for a company", { name: "王强", relation: "owner" }, [COMPANY], false],
  ["nobody known as tenant", { name: "王强", relation: "tenant" }, [OWNER], false],
  ["nobody known at all", { name: "王强", relation: "owner" }, [], false],
]) {
  test(`the owner file is asked about whoever is called owner or tenant: ${why}`, () => {
    assert.equal(isAnother(met, { people }), expected);
  });
}

const BY_PHONE_STAYS_OPEN = "“Satisfied” by phone does not close a complaint";
const BY_PHONE_COUNTS = "An answer by phone counts";

/** An app without a screen, with the visits that were opened in it. */
function anApp(engine) {
  const visits = new Map();
  const visit = async (id) => visits.get(id) ?? visits.set(id, await VisitKept.open(engine, id, () => {})).get(id);
  return /** @type {any} */ ({ engine, list: "today", redraw: () => {}, say: () => {}, visit });
}

/** A callback on an issue, or on a complaint. */
async function due(change = {}) {
  const office = await anOffice();
  office.put("issue", idOf(9001), ESTATE, anIssue({ round: 1, ...change }));
  const task = { kind: "issue_callback", issue_id: idOf(9001), due_on: "2026-11-22" };
  office.put("task", idOf(8002), ESTATE, aTask({ ...task, ...(change.complaint && { complaint: true }) }));
  const engine = await enrolled(office);
  setLocale("en");
  return engine;
}

test("before one rings it says that no answer by phone closes a complaint, and that it closes anything else", async () => {
  const complained = await due({ complaint: "major" });
  const ordinary = await due();

  const ofComplaint = markup((await callPage(anApp(complained), { unit: UNIT })).view());
  const ofIssue = markup((await callPage(anApp(ordinary), { unit: UNIT })).view());

  assert.ok(ofComplaint.includes(BY_PHONE_STAYS_OPEN) && !ofComplaint.includes(BY_PHONE_COUNTS));
  assert.ok(ofIssue.includes(BY_PHONE_COUNTS) && !ofIssue.includes(BY_PHONE_STAYS_OPEN));
  await complained.close();
  await ordinary.close();
});

test("at the door a complaint is for the owner's own signature: with a spouse it is said that they cannot close it", async () => {
  const engine = await due({ complaint: "ordinary" });
  await engine.startVisit(UNIT, { method: "door" });
  const app = anApp(engine);
  const words = async () => markup((await visitPage(app, { unit: UNIT })).view());
  const withOwner = await words();

  await (await app.visit(UNIT)).change((draft) =>
    Object.assign(draft, { interviewee: { name: "王芳", relation: "spouse" } }),
  );
  const withSpouse = await words();

  await (await app.visit(UNIT)).change((draft) =>
    Object.assign(draft, { interviewee: { name: "王强", relation: "owner" } }),
  );
  const withSomebody = await words();

  assert.ok(!withOwner.includes("what-it-can-do"));
  assert.ok(withSpouse.includes("Only the owner's own signature closes it"));
  assert.ok(withSomebody.includes("Whoever answers is not in the owner file"));
  await engine.close();
});

test("the officer can tell what is done and how, who answers for it and until when, and how many photos show it", async () => {
  const settled = {
    measure: "防水重做",
    method: "分两次涂刷",
    responsible: "周涛",
    due_on: "2026-11-20",
    photos_after: 3,
  };
  const engine = await due(settled);

  const call = markup((await callPage(anApp(engine), { unit: UNIT })).view());

  assert.ok(call.includes("Settled: 防水重做 · 分两次涂刷 · 周涛"));
  assert.ok(call.includes("Photos of the work done: 3"));
  await engine.close();
});
