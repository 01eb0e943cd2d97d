// A complaint made at the door: in what the owner signs, and sent; a callback on one is a category of its own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { kindOf } from "../../static/tablet/kinds.js";
import { anIssue, anOffice, aSignedVisit, aTask, ESTATE, enrolled, idOf, ink, shown, UNIT } from "./support/tablet.js";

const complaint = { nature: "delay", grade: "important" };

async function atTheDoor(how = {}) {
  const office = await anOffice();
  const engine = await enrolled(office);
  return { office, engine, draft: await aSignedVisit(engine, how) };
}

test("what the owner signs says that it is a complaint, and so does what is sent", async () => {
  const change = (draft) => Object.assign(draft.issues[0], { complaint: { ...complaint, open: true } });
  const { office, engine, draft } = await atTheDoor({ change });

  await engine.holdVisit(draft);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  assert.deepEqual(operation.body.issues[0].complaint, complaint);
  assert.deepEqual(JSON.parse(operation.body.statement).issues[0].complaint, complaint);
  await engine.close();
});

test("of an issue that is none nobody says a word", async () => {
  const change = (draft) => Object.assign(draft.issues[0], { complaint: undefined });
  const { office, engine, draft } = await atTheDoor({ change });

  await engine.holdVisit(draft);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  assert.ok(!("complaint" in operation.body.issues[0]));
  assert.ok(!("complaint" in JSON.parse(operation.body.statement).issues[0]));
  await engine.close();
});

test("what the officer cannot solve is reported up with the record, and the owner signs not a word of it", async () => {
  const change = (draft) => Object.assign(draft.issues[0], { report_up: true });
  const { office, engine, draft } = await atTheDoor({ change });

  await engine.holdVisit(draft);
  await engine.sync();

  const [{ operation }] = office.operations.values();
  assert.equal(operation.body.issues[0].report_up, true);
  assert.ok(!("report_up" in JSON.parse(operation.body.statement).issues[0]));
  await engine.close();
});

test("made a complaint after the owner signed, it must be shown and signed again", async () => {
  const { engine, draft } = await atTheDoor();
  Object.assign(draft.issues[0], { complaint });

  await assert.rejects(engine.holdVisit(draft), (error) => error.code === "statement:changed");
  await shown(engine, draft);
  for (const who of ["owner", "officer"]) {
    draft.signing[who] = { how: "signed", ink: ink(), signed_at: new Date().toISOString() };
  }
  draft.signing.end_seen_at = new Date().toISOString();
  await engine.holdVisit(draft);
  await engine.close();
});

test("a callback on a complaint has its own category, asks for the owner's answer, and shows how grave it is", async () => {
  const office = await anOffice();
  office.put("issue", idOf(9001), ESTATE, anIssue({ complaint: "major" }));
  office.put(
    "task",
    idOf(8002),
    ESTATE,
    aTask({ kind: "issue_callback", complaint: true, issue_id: idOf(9001), due_on: "2026-11-22" }),
  );
  const engine = await enrolled(office);

  const task = engine.tasksAt(UNIT).find(({ id }) => id === idOf(8002));
  const draft = await aSignedVisit(engine);

  assert.equal(task.kind, "complaint_callback");
  assert.deepEqual([kindOf(task).category, kindOf(task).settledBy], ["complaint_callback", "answer"]);
  assert.deepEqual(
    draft.answers.map(({ issue_id }) => issue_id),
    [idOf(9001)],
  );
  await engine.close();
});
