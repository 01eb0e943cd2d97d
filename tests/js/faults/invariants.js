// The promises that hold whatever goes wrong, each by its name, checked on the office's database and the tablets' storage.

import assert from "node:assert/strict";
import { sha256 } from "../../../static/tablet/canonical.js";
import { docPlace } from "../../../static/tablet/pull.js";
import { unsealValue } from "../../../static/tablet/vault.js";

const ONCE = ["visit:held", "visit:complete", "attempt:recorded", "issue:recorded", "task:done", "task:made"];

/**
 * @typedef {object} Scene  Office and tablets at one moment.
 * @property {any} seen  `state` of looking.py
 * @property {import("./hand.js").Hand[]} hands
 * @property {Map<import("./hand.js").Hand, Record<string, any[]>>} rows  each tablet's storage
 * @property {Map<string, any>} views  `view` of looking.py, by member of staff
 * @property {import("./road.js").Road} road
 */

/**
 * @param {{ office: import("./office.js").RealOffice, road: import("./road.js").Road, estate: string, hands: import("./hand.js").Hand[] }} world
 * @returns {Promise<Scene>} while no tablet is on
 */
export async function sceneOf({ office, road, estate, hands }) {
  const rows = new Map();
  const views = new Map();
  for (const hand of hands) {
    rows.set(hand, await hand.rows());
    for (const { id } of hand.people) views.set(id, await office.ask("view", { officer: id }));
  }
  return { seen: await office.ask("state", { estate }), hands, rows, views, road };
}

/** Whatever happened a moment ago. @param {any} world */
export async function checkAtAnyMoment(world) {
  const scene = await sceneOf(world);
  for (const invariant of AT_ANY_MOMENT) await invariant(scene);
  return scene;
}

/** After the network is back and every user of every tablet has synced. @param {any} world */
export async function checkAtRest(world) {
  await world.road.clears();
  for (let round = 0; round < 2; round++) for (const hand of world.hands) await comeToRest(hand);
  const scene = await checkAtAnyMoment(world);
  for (const invariant of AT_REST) await invariant(scene);
  return scene;
}

async function comeToRest(hand) {
  for (const person of hand.people) {
    await hand.on();
    // A tablet that was silent for long opens only after the office heard of it.
    await hand.engine.sync();
    await hand.as(person);
    for (let i = 0; i < 3; i++) await hand.engine.sync();
    const { error } = hand.engine.syncState();
    assert.equal(error, null, `${person.name} cannot sync: ${error?.code}`);
    await theScreenIsTheOfficesView(hand);
    await hand.off();
  }
}

// ---- At any moment ------------------------------------------------------------------------------

/** 1 */
export async function whatWasCalledSavedIsHereOrHasOneReceipt({ seen, hands, rows, road }) {
  for (const { hand, promised } of promises(hands)) {
    const mine = rows.get(hand);
    const row = mine.operations.find(({ opId }) => opId === promised.opId);
    const arrived = seen.operations.filter(({ said }) => said.entity_id === promised.entity);
    assert.ok(arrived.length <= 1, `1: ${promised.opId} arrived under several ids`);
    if (row) await bytesAreWhole(mine, row.opId, row.digest, `1: the bytes of ${promised.opId}`);
    assert.ok(row || arrived.length, `1: ${promised.opId} was called saved and is nowhere`);
    if (row && arrived.length) assert.equal(arrived[0].digest, row.digest, `1: other bytes of ${promised.opId}`);
    if (row?.receipt && knowsTheOffice(mine, row.user, seen))
      assert.deepEqual(row.receipt, arrived[0]?.receipt, `1: ${promised.opId} shows a receipt that nobody gave`);
  }
  for (const [name, receipts] of road.told) assert.equal(receipts.size, 1, `1: ${name} got several receipts`);
}

/** 2 */
export async function effectsHappenOnce({ seen }) {
  const times = counted(
    seen.happened.filter(({ kind }) => ONCE.includes(kind)).map(({ kind, subject }) => `${kind} ${subject}`),
  );
  for (const [what, count] of times) assert.equal(count, 1, `2: ${what} happened ${count} times`);
  const records = recordsOf(seen);
  unique(
    records.map(({ receipt_number }) => receipt_number),
    "2: receipt number",
  );
  unique(
    records.map(({ number }) => number),
    "2: number of the tablet",
  );
  unique(
    seen.issues.map(({ number }) => number),
    "2: number of an issue",
  );
  for (const { op_id, said, status } of seen.operations) {
    const of = records.filter(({ operation }) => operation === op_id).length;
    assert.ok(of <= 1 && (of === 1 || status !== "applied"), `2: ${of} records of ${op_id}`);
    if (status !== "applied" || said.kind !== "visit.hold") continue;
    const raised = seen.issues.filter(({ visit }) => visit === said.entity_id).map(({ id }) => id);
    assert.deepEqual(raised.sort(), said.body.issues.map(({ id }) => id).sort(), `2: issues of ${op_id}`);
    const answers = seen.answers.filter(({ visit, issue }) => visit === said.entity_id && !raised.includes(issue));
    assert.equal(answers.length, said.body.answers.length, `2: answers of ${op_id}`);
  }
}

/** 5 */
export async function nothingAcknowledgedDisappears({ seen, hands, rows }) {
  for (const { hand, promised } of promises(hands)) {
    const mine = rows.get(hand);
    const arrived = seen.operations.find(({ op_id }) => op_id === promised.opId);
    if (!arrived) continue; // invariant 1 says that its bytes are here
    assert.equal(arrived.digest_of_bytes, arrived.digest, `5: the office changed ${promised.opId}`);
    if (promised.kind === "attempt") assert.equal(arrived.said.body.note, promised.said.note);
    else if (promised.kind === "addendum") sameAddendum(arrived.said.body, promised.said, `5: ${promised.opId}`);
    else sameVisit(arrived.said.body, promised.said, `5: ${promised.opId} at the office`);
    const added = seen.addenda.find(({ operation }) => operation === promised.opId);
    if (added) assert.deepEqual([added.visit, added.text], [promised.said.visit, promised.said.text]);
    const visit = seen.visits.find(({ operation }) => operation === promised.opId);
    if (visit) sameEntered(visit, seen, promised.said, `5: visit of ${promised.opId}`);
    for (const { sealed, sha256: hash } of promised.said.photos ?? []) {
      const there = visit?.photos.find((photo) => photo.sha256 === hash);
      const came = seen.uploads[sealed]?.complete;
      if (there?.arrived) assert.ok(there.readable, `5: the office lost photo ${hash}`);
      else if (came) assert.ok(seen.uploads[sealed].readable, `5: the office lost upload ${sealed}`);
      else await bytesAreWhole(mine, sealed, sealed, `5: photo ${hash} is neither at the office nor here`);
    }
  }
}

/** 6 */
export async function theCursorNeverPassesAnUnappliedRow({ hands, rows, views }) {
  for (const { mine, scope } of scopesOf(hands, rows)) {
    const view = views.get(scope.user);
    if (!scope.cursor || scope.epoch !== view.epoch) continue;
    const { e, s } = JSON.parse(Buffer.from(scope.cursor, "base64url").toString("utf8"));
    assert.equal(e, scope.epoch, "6: a cursor of another epoch");
    const held = new Map(mine.docs.filter(({ user }) => user === scope.user).map((doc) => [nameOf(doc), doc.v]));
    for (const row of view.documents) {
      if (row.v > (s[row.estate] ?? 0)) continue;
      assert.equal(held.get(nameOf(row)), row.gone ? undefined : row.v, `6: ${nameOf(row)} lies behind the cursor`);
    }
  }
}

/** 7 */
export async function theScreenNeverGoesBack({ seen, hands }) {
  const refused = seen.operations.filter(({ status }) => status === "rejected" || status === "held");
  const mayBeDue = new Set(refused.map(({ op_id }) => op_id));
  const tookBack = hands.flatMap((hand) => hand.tookBack.filter(({ opId }) => !opId || !mayBeDue.has(opId)));
  assert.deepEqual(
    tookBack.map(({ what }) => what),
    [],
    "7: the screen went back to an older version",
  );
}

/** 10 */
export async function everyPhotoIsThereBeforeComplete({ seen, hands, rows, views }) {
  for (const visit of seen.visits.filter(({ complete }) => complete))
    for (const photo of visit.photos)
      assert.ok(photo.arrived && photo.readable, `10: ${visit.id} lacks ${photo.sha256}`);
  const there = new Set(
    seen.visits.flatMap(({ photos }) => photos.filter(({ readable }) => readable).map(({ sealed }) => sealed)),
  );
  const entered = new Set(seen.visits.map(({ operation }) => operation));
  for (const hand of hands) {
    const mine = rows.get(hand);
    for (const { sealed, op, user, complete } of mine.photos) {
      if (!complete || !entered.has(op) || !knowsTheOffice(mine, user, seen)) continue;
      assert.ok(there.has(sealed), `10: the tablet takes ${sealed} for complete`);
    }
  }
  for (const { documents } of views.values())
    for (const { type, doc } of documents)
      if (type === "record" && doc?.complete) assert.deepEqual(doc.missing, [], `10: record ${doc.op_id}`);
}

/** 11 */
export async function theAuthorNeverChanges({ seen, hands }) {
  const authors = new Map(promises(hands).map(({ promised }) => [promised.opId, promised.author]));
  for (const { op_id, author, said } of seen.operations) {
    assert.equal(author, said.author, `11: ${op_id} is entered as somebody else's`);
    if (authors.has(op_id)) assert.equal(author, authors.get(op_id), `11: author of ${op_id}`);
  }
  const byOperation = new Map(seen.operations.map(({ op_id, author }) => [op_id, author]));
  for (const { operation, officer } of recordsOf(seen))
    assert.equal(officer, byOperation.get(operation), `11: officer of the record of ${operation}`);
}

// ---- At rest ------------------------------------------------------------------------------------

/** 1 */
export async function everythingSavedHasItsReceipt({ seen, hands, rows }) {
  for (const { hand, promised } of promises(hands)) {
    const arrived = seen.operations.find(({ op_id }) => op_id === promised.opId);
    assert.ok(arrived, `1: ${promised.opId} was called saved and never arrived`);
    const row = rows.get(hand).operations.find(({ opId }) => opId === promised.opId);
    if (row) assert.deepEqual(row.receipt, arrived.receipt, `1: receipt of ${promised.opId}`);
  }
  for (const hand of hands) {
    const left = rows.get(hand).operations.filter(({ state }) => state === "here");
    assert.deepEqual(
      left.map(({ opId }) => opId),
      [],
      "1: something stays unsent",
    );
  }
}

/** 1: what is added to a visit stands beside it, whichever of them came first. */
export async function whatWasAddedStandsWithItsVisit({ seen, hands }) {
  const visits = new Set(seen.visits.map(({ id }) => id));
  const added = new Set(seen.addenda.map(({ operation }) => operation));
  for (const { promised } of promises(hands)) {
    if (promised.kind !== "addendum" || !visits.has(promised.said.visit)) continue;
    assert.ok(added.has(promised.opId), `1: ${promised.opId} waits although its visit is entered`);
  }
}

/** 3 */
export async function theTabletHoldsTheOfficesView({ hands, rows, views }) {
  for (const { mine, scope } of scopesOf(hands, rows)) {
    const view = views.get(scope.user);
    const live = view.documents.filter(({ gone }) => !gone);
    const docs = mine.docs.filter(({ user }) => user === scope.user);
    assert.deepEqual(docs.map(versioned).sort(), live.map(versioned).sort(), `3: documents of ${scope.user}`);
    const lines = live.map((row) => `${versioned(row)}\n`).sort();
    assert.equal(scope.proven, await sha256(lines.join("")), `3: digest of ${scope.user}`);
    const session = mine.settings.find(({ name }) => name === "session")?.value;
    if (session?.staffId !== scope.user) continue;
    const content = new Map(live.map((row) => [nameOf(row), row.doc]));
    for (const doc of docs) {
      const said = await unsealValue(session.key, docPlace(scope.user, doc.type, doc.id), doc);
      assert.deepEqual(said, content.get(nameOf(doc)), `3: content of ${nameOf(doc)}`);
    }
  }
}

/** 4 */
export async function nothingOutOfScopeStays({ hands, rows, views }) {
  for (const { mine, scope } of scopesOf(hands, rows)) {
    const { estates } = views.get(scope.user);
    for (const kind of ["docs", "chunks"]) {
      const strange = mine[kind].filter(({ user, estate }) => user === scope.user && !estates.includes(estate));
      assert.deepEqual(
        strange.map((row) => row.id ?? row.n),
        [],
        `4: ${kind} of an estate that ${scope.user} left`,
      );
    }
  }
}

/** 10 */
export async function everyPhotoArrived({ seen, hands, rows }) {
  const entered = new Set(seen.visits.map(({ operation }) => operation));
  for (const hand of hands) {
    const left = rows.get(hand).photos.filter(({ op, complete }) => op !== "" && !complete);
    assert.deepEqual(
      left.map(({ sealed }) => sealed),
      [],
      "10: a photo stays unsent",
    );
  }
  for (const { promised } of promises(hands)) {
    if (!entered.has(promised.opId)) continue;
    const visit = seen.visits.find(({ operation }) => operation === promised.opId);
    if (visit) assert.ok(visit.complete, `10: ${promised.opId} is not complete`);
  }
}

/** 12: who was refused is told why, and all others went through. */
export async function aRefusalBlocksNobodyElse({ seen, hands, rows }) {
  const refused = seen.operations.filter(({ status }) => status === "rejected" || status === "held");
  for (const { op_id, code } of refused) assert.ok(code, `12: ${op_id} is refused without a reason`);
  for (const { hand, promised } of promises(hands)) {
    const row = rows.get(hand).operations.find(({ opId }) => opId === promised.opId);
    const { status } = seen.operations.find(({ op_id }) => op_id === promised.opId);
    const shown = { applied: "received" }[status] ?? status;
    if (row) assert.equal(row.state, shown, `12: ${promised.opId}`);
  }
}

// ---- Between two moments, and two lives ---------------------------------------------------------

/** 13 @param {Record<string, any[]>} before @param {Record<string, any[]>} after  storage before and after an upgrade */
export async function anUpgradeNeverShrinksTheOutbox(before, after) {
  const now = new Map(after.frozen.map(({ id, bytes }) => [id, bytes]));
  const rows = new Map(after.operations.map((row) => [row.opId, row]));
  for (const { opId, digest, photos, state } of before.operations.filter((row) => row.state === "here")) {
    assert.equal(rows.get(opId)?.state, state, `13: ${opId} left the outbox`);
    assert.equal(rows.get(opId)?.digest, digest, `13: ${opId} was frozen anew`);
    for (const id of [opId, ...photos]) {
      const was = before.frozen.find((row) => row.id === id).bytes;
      assert.deepEqual(now.get(id), was, `13: the bytes of ${id}`);
    }
  }
}

/** 14 @param {any} one @param {any} other  `state` of the office after the same story by two clocks */
export function resultsDoNotDependOnTheClock(one, other) {
  assert.deepEqual(outcomeOf(one), outcomeOf(other), "14: the tablet's clock changed the result");
}

/** What became of everything, without ids, times and the numbers that come of them. */
function outcomeOf({ operations, visits, attempts, issues, answers, tasks }) {
  const sorted = (rows) => rows.map((row) => JSON.stringify(row)).sort();
  return {
    operations: sorted(operations.map(({ status, code, said }) => [status, code, said.kind, said.op_seq])),
    visits: sorted(
      visits.map(({ wishes, rating, review, complete, photos }) => [wishes, rating, review, complete, photos.length]),
    ),
    attempts: sorted(attempts.map(({ outcome, note }) => [outcome, note])),
    issues: sorted(issues.map(({ text, state, round }) => [text, state, round])),
    answers: sorted(answers.map(({ answer, reason, round, moved }) => [answer, reason, round, moved])),
    tasks: sorted(tasks.map(({ kind, state }) => [kind, state])),
  };
}

export const AT_ANY_MOMENT = [
  whatWasCalledSavedIsHereOrHasOneReceipt,
  effectsHappenOnce,
  nothingAcknowledgedDisappears,
  theCursorNeverPassesAnUnappliedRow,
  theScreenNeverGoesBack,
  everyPhotoIsThereBeforeComplete,
  theAuthorNeverChanges,
];

export const AT_REST = [
  everythingSavedHasItsReceipt,
  whatWasAddedStandsWithItsVisit,
  theTabletHoldsTheOfficesView,
  nothingOutOfScopeStays,
  everyPhotoArrived,
  aRefusalBlocksNobodyElse,
];

// ---- Inside -------------------------------------------------------------------------------------

/** 3, as the user sees it: the units of the estate, and what is due at each. */
async function theScreenIsTheOfficesView(hand) {
  const { engine, estate } = hand;
  const shown = engine.units(estate).map(({ id }) => id);
  const docs = (await hand.rows()).docs.filter(({ user }) => user === engine.me().staff.id);
  const units = docs.filter(({ type, estate: of }) => type === "unit" && of === estate).map(({ id }) => id);
  assert.deepEqual(shown.sort(), units.sort(), "3: the list of units is not what is stored");
}

const recordsOf = ({ visits, attempts, addenda }) => [...visits, ...attempts, ...addenda];

const promises = (hands) => hands.flatMap((hand) => hand.promised.map((promised) => ({ hand, promised })));

/** @returns {{ mine: Record<string, any[]>, scope: any }[]} */
const scopesOf = (hands, rows) =>
  hands.flatMap((hand) => rows.get(hand).scopes.map((scope) => ({ mine: rows.get(hand), scope })));

/** Has this user heard that the office was put back to a backup, if it was? */
const knowsTheOffice = (mine, user, seen) => mine.scopes.find((scope) => scope.user === user)?.epoch === seen.epoch;

const nameOf = ({ type, id }) => `${type}:${id}`;
const versioned = ({ type, id, v }) => `${type}:${id}:${v}`;

async function bytesAreWhole(mine, id, digest, what) {
  const frozen = mine.frozen.find((row) => row.id === id);
  assert.ok(frozen, `${what}: gone`);
  assert.equal(await sha256(frozen.bytes), digest, `${what}: damaged`);
}

function sameVisit(body, said, what) {
  assert.equal(body.number, said.number, what);
  assert.equal(body.wishes, said.wishes, what);
  assert.equal(body.statement, said.statement, what);
  assert.deepEqual(
    body.issues.map(({ id, text }) => ({ id, text })),
    said.texts,
    what,
  );
  const photos = body.issues.flatMap((issue) =>
    issue.photos.map(({ sha256: hash, sealed }) => ({ sha256: hash, sealed })),
  );
  assert.deepEqual(photos, said.photos, what);
  sameSignatures(body.signatures, said, what);
}

function sameAddendum(body, said, what) {
  assert.deepEqual([body.visit_id, body.text], [said.visit, said.text], what);
}

function sameEntered(visit, { issues }, said, what) {
  assert.deepEqual([visit.number, visit.wishes, visit.statement], [said.number, said.wishes, said.statement], what);
  for (const { id, text } of said.texts) assert.equal(issues.find((issue) => issue.id === id)?.text, text, what);
  assert.deepEqual(
    visit.photos.map(({ sha256: hash }) => hash).sort(),
    said.photos.map(({ sha256: hash }) => hash).sort(),
    what,
  );
  sameSignatures(visit.signatures, said, what);
}

function sameSignatures(signatures, said, what) {
  const ink = Object.fromEntries(signatures.map(({ role, ink }) => [role, ink.strokes]));
  assert.equal(signatures.length, Object.keys(said.strokes).length, `${what}: signatures`);
  assert.deepEqual(ink, said.strokes, `${what}: ink`);
}

function counted(names) {
  const times = new Map();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return times;
}

function unique(names, what) {
  for (const [name, count] of counted(names.filter(Boolean)))
    assert.equal(count, 1, `${what} ${name} is given ${count} times`);
}
