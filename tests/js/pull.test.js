// Fetching: page by page, cursor and page together, proven whole, begun anew when the office is not what it was.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../../static/tablet/engine.js";
import { Store } from "../../static/tablet/store.js";
import { chances, FAULTS } from "./support/faults.js";
import {
  aJpeg,
  anEstate,
  anOffice,
  aPerson,
  aSignedVisit,
  aTablet,
  aTask,
  atRest,
  aUnit,
  awaited,
  ESTATE,
  enrolled,
  idOf,
  OFFICER,
  reopened,
  UNIT,
} from "./support/tablet.js";

const OTHER = "01930000-0000-7000-8000-00000000e002";

test("everything of the scope comes, page by page, and the cursor stands behind it", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);

  // Three pages of three, and one more look that finds nothing new.
  assert.equal(office.requests.filter((line) => line.includes("/sync/pull")).length, 4);
  assert.deepEqual(
    engine.units(ESTATE).map(({ number }) => number),
    ["1202", "1102", "0401"],
  );
  assert.deepEqual(engine.estate(ESTATE).name, "锦绣花园");
  assert.equal((await engine.issuesAt(UNIT))[0].doc.text, "主卫天花板渗水");
  await sameAsOffice(office, tablet, engine);
  await engine.close();
});

test("a page is asked for while the one before it is still being kept", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const kept = [];
  tablet.store = new (class extends Store {
    async commitPage(commit) {
      const done = await super.commitPage(commit);
      kept.push(commit.scope.cursor);
      return done;
    }
  })({ indexedDB: tablet.indexedDB });
  const { fetch } = tablet;
  const keptWhenAsked = [];
  tablet.fetch = (url, init) => {
    if (url.includes("/sync/pull")) keptWhenAsked.push(kept.length);
    return fetch(url, init);
  };
  const engine = await enrolled(office, tablet);

  // The second page before the first is kept, the third before the second; the last look only after all.
  assert.deepEqual([keptWhenAsked, kept.length], [[0, 0, 1, 3], 3]);
  await sameAsOffice(office, tablet, engine);
  await engine.close();
});

test("a page is asked for as soon as the office has said where it begins, while the one before it is on its way", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const begun = awaited();
  const { fetch } = tablet;
  let pages = 0;
  tablet.fetch = async (url, init) => {
    if (!url.includes("/sync/pull")) return fetch(url, init);
    pages += 1;
    if (pages === 2) begun.resolve();
    const answer = await fetch(url, init);
    return pages === 1 ? bodyAfter(answer, begun.promise) : answer;
  };

  const engine = await enrolled(office, tablet);

  await sameAsOffice(office, tablet, engine);
  await engine.close();
});

test("an office that says only in the page itself where the next one begins is understood too", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const { fetch } = tablet;
  tablet.fetch = async (url, init) => {
    const answer = await fetch(url, init);
    answer.headers.delete("Next-Cursor");
    return answer;
  };

  const engine = await enrolled(office, tablet);

  assert.equal(office.requests.filter((line) => line.includes("/sync/pull")).length, 4);
  await sameAsOffice(office, tablet, engine);
  await engine.close();
});

test("a second sync fetches only what changed; a tombstone takes away", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);

  office.change("unit", UNIT, { people: [aPerson("周涛", "zt", "zhou tao")] });
  office.remove("task", idOf(8003));
  office.requests.length = 0;
  await engine.sync();

  assert.equal(office.requests.filter((line) => line.includes("/sync/pull")).length, 1);
  assert.deepEqual(
    [engine.unitRow(UNIT).name, engine.search("cjg").length, engine.search("zt").length],
    ["周涛", 0, 1],
  );
  assert.deepEqual(engine.tasksAt(idOf(1102)), []);
  await sameAsOffice(office, tablet, engine);
  await engine.close();
});

test("a revocation removes every document of the estate and nothing that was not sent", async () => {
  const office = await anOffice();
  office.put("estate", OTHER, OTHER, anEstate({ name: { zh: "另一个小区", en: "Another" } }));
  office.put("unit", idOf(5001), OTHER, aUnit({ number: "0501" }));
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet, { estates: [ESTATE, OTHER] });
  assert.equal(engine.estates().length, 2);
  const { fetch } = tablet;
  tablet.fetch = (url, init) => (url.endsWith("/push") ? Promise.reject(new TypeError("lost")) : fetch(url, init));
  engine = await reopened(engine, tablet);
  await engine.holdVisit(await aSignedVisit(engine));
  tablet.fetch = (url, init) =>
    url.endsWith("/push") ? Promise.resolve(new Response("{}", { status: 401 })) : fetch(url, init);
  engine = await reopened(engine, tablet);

  office.readers.get("read-1").estates = [OTHER];
  await engine.sync();

  assert.deepEqual(
    engine.estates().map(({ name }) => name),
    ["另一个小区"],
  );
  assert.deepEqual(
    [engine.search("1202"), engine.tasksDue(), await engine.issuesAt(UNIT), await engine.unit(UNIT)],
    [[], [], [], undefined],
  );
  assert.ok((await atRest(tablet)).docs.every((row) => row.estate === OTHER));
  assert.deepEqual(
    engine.records().map(({ state, unitNumber, name }) => [state, unitNumber, name]),
    [["here", "1202", "陈建国"]],
  );
  await engine.close();
});

test("a grant brings the whole estate", async () => {
  const office = await anOffice();
  office.put("estate", OTHER, OTHER, anEstate({ name: { zh: "另一个小区", en: "Another" } }));
  office.put("unit", idOf(5001), OTHER, aUnit({ number: "0501" }));
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);

  office.readers.get("read-1").estates.push(OTHER);
  await engine.sync();

  assert.deepEqual(
    engine.search("0501").map(({ id }) => id),
    [idOf(5001)],
  );
  await sameAsOffice(office, tablet, engine);
  await engine.close();
});

test("after a restore of the office the tablet starts over and sends again what the office lost", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const backup = office.backup();
  await engine.holdVisit(await aSignedVisit(engine, { photos: [aJpeg()] }));
  await engine.sync();
  office.change("unit", UNIT, { care: ["独居老人"] });
  await engine.sync();
  const [before] = [...office.operations.values()].map(({ digest }) => digest);

  office.restore(backup);
  await engine.sync();
  await engine.sync();

  assert.deepEqual(
    [...office.operations.values()].map(({ digest }) => digest),
    [before],
  );
  assert.equal(
    [...office.blobs.values()].every(({ complete }) => complete),
    true,
  );
  assert.deepEqual([engine.records()[0].state, engine.unitRow(UNIT).care], ["complete", ["家有婴儿"]]);
  await sameAsOffice(office, tablet, engine);
  await engine.close();
});

test("while everything is fetched anew, what was known stays readable", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  tablet.fetch = (url, init) => {
    tablet.clock.jump(4000);
    return office.fetch(url, init);
  };
  const engine = await enrolled(office, tablet);
  office.restore(office.backup());
  const seen = [];
  engine.subscribe((change) => {
    if (change === "documents") seen.push(engine.search("1202").length);
  });

  await engine.sync();

  assert.ok(seen.length >= 3 && seen.every((found) => found === 1));
  await sameAsOffice(office, tablet, engine);
  await engine.close();
});

test("a long pull is shown now and then, and all of it at its end, even if the network goes", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let left = Number.POSITIVE_INFINITY;
  tablet.fetch = (url, init) => {
    if (url.includes("/sync/pull") && left-- <= 0) throw new TypeError("network lost");
    return office.fetch(url, init);
  };
  const engine = await enrolled(office, tablet);
  for (let n = 1; n <= 12; n++) office.put("unit", idOf(100 + n), ESTATE, aUnit({ number: String(100 + n) }));
  let shown = 0;
  engine.subscribe((change) => {
    if (change === "documents") shown += 1;
  });
  left = 3;

  await engine.sync();

  assert.equal(shown, 2);
  assert.equal(engine.units(ESTATE).length, 3 + 9);
  left = Number.POSITIVE_INFINITY;
  await engine.sync();
  await sameAsOffice(office, tablet, engine);
  await engine.close();
});

test("a document missed without a word is noticed by the digest, and everything is fetched anew", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let hide = true;
  tablet.fetch = async (url, init) => {
    const answer = await office.fetch(url, init);
    if (!url.includes("/sync/pull") || !hide) return answer;
    const page = await answer.json();
    const changes = page.changes.filter(({ id }) => id !== idOf(1102));
    if (changes.length < page.changes.length) hide = false;
    return new Response(JSON.stringify({ ...page, changes }));
  };

  const engine = await enrolled(office, tablet);

  assert.equal(engine.unitRow(idOf(1102)).number, "1102");
  assert.equal(engine.syncState().error, null);
  await sameAsOffice(office, tablet, engine);
  await engine.close();
});

test("an office whose digest never fits is asked for everything once an hour at most; what came is there, the trouble is said", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  office.digest = async () => ({ count: 1, sha256: "0".repeat(64) });

  const engine = await enrolled(office, tablet);

  assert.equal(engine.syncState().error.code, "sync:differs");
  assert.equal(engine.units(ESTATE).length, 3);
  const begun = () => office.requests.filter((line) => line === "GET /sync/pull?").length;
  assert.equal(begun(), 2);
  await engine.sync();
  assert.equal(begun(), 2);
  tablet.clock.jump(3_600_001);
  await engine.sync();
  assert.equal(begun(), 3);
  await engine.close();
});

test("an older version that comes late does not replace a newer one", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const old = office.docs.get(`unit:${UNIT}`);
  office.change("unit", UNIT, { care: ["独居老人"] });
  await engine.sync();
  const digest = await office.digest(() => true);
  office.fetch = async (url) => {
    if (!url.includes("/sync/pull")) throw new TypeError("lost");
    const { only: _only, ...change } = old;
    return new Response(
      JSON.stringify({ epoch: office.epoch, cursor: "later", more: false, changes: [change], digest }),
    );
  };
  tablet.fetch = office.fetch;

  const later = await reopened(engine, tablet);
  await later.sync();

  assert.deepEqual(later.unitRow(UNIT).care, ["独居老人"]);
  assert.deepEqual((await later.unit(UNIT)).care, ["独居老人"]);
  await later.close();
});

for (const [name, fault] of Object.entries(FAULTS)) {
  test(`a pull that goes wrong (${name}) on any page ends with the whole scope`, async () => {
    const office = await anOffice();
    for (let n = 1; n <= 9; n++) office.put("unit", idOf(n), ESTATE, aUnit({ number: `0${n}01`, floor: n }));
    const random = chances(11);
    const tablet = aTablet(office);
    tablet.fetch = (url, init) =>
      url.includes("/sync/pull") && random() < 0.4 ? fault(office.fetch, url, init) : office.fetch(url, init);

    const engine = await enrolled(office, tablet);
    for (let tries = 0; tries < 30 && (engine.syncState().error || !engine.syncState().lastOkAt); tries++)
      await engine.sync();

    assert.equal(engine.units(ESTATE).length, 12);
    await sameAsOffice(office, tablet, engine);
    await engine.close();
  });
}

test("work on the tablet lies over what is pulled until the office has confirmed it", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  let engine = await enrolled(office, tablet);
  tablet.fetch = (url, init) =>
    url.endsWith("/push") ? Promise.reject(new TypeError("lost")) : office.fetch(url, init);
  engine = await reopened(engine, tablet);

  await engine.holdVisit(await aSignedVisit(engine));
  office.change("task", idOf(8001), { due_on: "2026-11-24" });
  office.change("unit", UNIT, { care: ["独居老人"] });
  await engine.sync();
  assert.deepEqual([engine.tasksAt(UNIT), engine.unitRow(UNIT).last], [[], { on: "2026-11-23", rating: "basic" }]);
  assert.equal((await engine.issuesAt(UNIT))[0].pending, true);
  assert.deepEqual((await engine.unit(UNIT)).last_visit, {
    on: "2026-11-23",
    officer: "李敏",
    rating: "basic",
    wishes: "希望周末下午联系",
    answered: 0,
    routed: 1,
  });

  tablet.fetch = office.fetch;
  engine = await reopened(engine, tablet);
  await engine.sync();
  // The office sends the callback out again, round 3: that is due, whatever was settled before.
  office.put("task", idOf(8004), ESTATE, aTask({ kind: "issue_callback", issue_id: idOf(9001), round: 3 }));
  await engine.sync();

  assert.deepEqual(
    engine.tasksAt(UNIT).map(({ id, round }) => [id, round]),
    [[idOf(8004), 3]],
  );
  assert.equal((await engine.issuesAt(UNIT))[0].pending, false);
  await engine.close();
});

test("what another user or estate owns is never asked of the vault that is open", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await openEngine(tablet);

  assert.deepEqual([engine.state, engine.units(ESTATE), engine.records(), engine.drafts()], ["new", [], [], []]);
  assert.throws(
    () => engine.me(),
    (error) => error.code === "vault:locked",
  );
  await engine.close();
  assert.ok(OFFICER.id);
});

/** The tablet holds exactly what the office would send to a new one, and knows it. */
async function sameAsOffice(office, tablet, engine) {
  const [reader] = office.readers.values();
  const mine = [...office.docs.values()].filter(
    (row) => reader.estates.includes(row.estate) && !row.gone && (!row.only || row.only === OFFICER.id),
  );
  const held = (await atRest(tablet)).docs.map(({ type, id, v }) => `${type}:${id}:${v}`);
  assert.deepEqual(held.sort(), mine.map(({ type, id, v }) => `${type}:${id}:${v}`).sort());
  const units = mine.filter(({ type }) => type === "unit").map(({ id }) => id);
  const rows = reader.estates.flatMap((estate) => engine.units(estate)).map(({ id }) => id);
  assert.deepEqual(rows.sort(), units.sort());
}

/** The head of an answer at once, its body only after something else has happened. */
function bodyAfter(answer, happened) {
  const transform = async (part, onward) => {
    await happened;
    onward.enqueue(part);
  };
  return new Response(answer.body.pipeThrough(new TransformStream({ transform })), answer);
}
