// The owner's copy: given at the door without a network, by a link that only the owner holds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256, utf8 } from "../../static/tablet/canonical.js";
import { setLocale } from "../../static/tablet/i18n.js";
import { copyAddress, newCopyToken } from "../../static/tablet/take_away.js";
import { markup, pageModule, press } from "./support/screen.js";
import { anEstate, anOffice, aSignedVisit, aTablet, atRest, ESTATE, enrolled, reopened } from "./support/tablet.js";

const { copyPage } = await pageModule("copy");
const { plainCopy, takeAwayCopy } = await import("../../static/tablet/parts/take_away.js");
const { savedPage } = await pageModule("saved");

const TOKEN = /^[0-9a-hjkmnp-tv-z]{26}$/;
const offline = () => Promise.reject(new TypeError("offline"));
const COPIES = { at: "https://visits.example.com/c/", days: 180 };

/** Whom the browser can hand a text to; a plain one to nobody. */
const aBrowser = (navigator = {}) =>
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
aBrowser();

/** An app without a screen. */
const anApp = (engine, change = {}) =>
  /** @type {any} */ ({ engine, list: "today", estateId: ESTATE, redraw: () => {}, replace: () => {}, ...change });

async function afterAVisit({ estate = anEstate({ copies: COPIES }), network = false, change = () => {} } = {}) {
  const office = await anOffice();
  office.put("estate", ESTATE, ESTATE, estate);
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  if (!network) tablet.fetch = offline;
  const visit = await engine.holdVisit(await aSignedVisit(engine, { change }));
  setLocale("en");
  return { office, tablet, engine, visit };
}

test("the copy is there without a network and after a reload: what was signed, under the same link", async () => {
  const { tablet, engine, visit } = await afterAVisit();
  const copy = await engine.takeAway(visit.opId);
  const again = await reopened(engine, tablet);

  const later = await again.takeAway(visit.opId);

  assert.match(copy.token, TOKEN);
  assert.deepEqual([later.token, later.sha256, later.statement], [copy.token, copy.sha256, copy.statement]);
  assert.equal(copy.statement.visit.id, visit.entityId);
  assert.equal(copy.signatures[0].statement, copy.sha256);
  await again.close();
});

test("the office is sent the hash of the token only, and at rest nobody reads the token", async () => {
  const { office, tablet, engine, visit } = await afterAVisit({ network: true });
  const { token } = await engine.takeAway(visit.opId);

  await engine.sync();

  const [{ operation }] = [...office.operations.values()];
  assert.equal(operation.body.copy_token_sha256, await sha256(utf8(token)));
  assert.ok(!JSON.stringify(operation).includes(token));
  await engine.close();
  assert.ok(!Buffer.from(JSON.stringify(await atRest(tablet))).includes(token));
});

test("every visit has a token of its own, and the address is the office's or else that of this app", () => {
  const tokens = new Set(Array.from({ length: 500 }, newCopyToken));

  assert.equal(tokens.size, 500);
  assert.ok([...tokens].every((token) => TOKEN.test(token)));
  assert.equal(copyAddress({ copies: COPIES }, "abc"), "https://visits.example.com/c/abc");
  assert.equal(
    copyAddress(undefined, "abc", "https://tablet.example.com/static/1/tablet/take_away.js"),
    "https://tablet.example.com/c/abc",
  );
});

test("the screen speaks the language that was signed, with department, day, objection and code", async () => {
  const { engine, visit } = await afterAVisit();
  const page = await copyPage(anApp(engine), { op: visit.opId });

  const shown = markup(page.view());

  for (const words of [
    "3 栋 1 单元 1202",
    "访客车辆占用固定车位",
    "保卫部",
    "2026年11月30日",
    "0571-8888 1234",
    "lang=zh-CN",
  ])
    assert.ok(shown.includes(words), words);
  assert.ok(shown.includes('data-testid="qr"'));
  assert.ok(shown.includes("It opens once the office has received this visit"));
  assert.ok(!shown.includes("It can be opened now"));
  await engine.close();
});

for (const [who, words, change] of [
  ["the owner, who signs", "You: satisfied, done", () => {}],
  [
    "the owner, who does not sign",
    "You: satisfied, not signed: you are asked again",
    (draft) => Object.assign(draft, { unsigned: { reason: "refused", note: "不在屏幕上签字" } }),
  ],
  ["a tenant, who signs", "You: satisfied", (draft) => Object.assign(draft.interviewee, { relation: "tenant" })],
]) {
  test(`what is called good is done only by an owner's signature, and the copy says so: ${who}`, async () => {
    const { engine, visit } = await afterAVisit({
      change: (draft) => {
        Object.assign(draft.issues[0], { answered: true, answer: "当场移开了车" });
        Object.assign(draft.answers[0], { answer: "satisfied", reason: "" });
        change(draft);
      },
    });
    const copy = await engine.takeAway(visit.opId);

    const told = [markup(takeAwayCopy(anApp(engine), copy, false)), plainCopy(copy)];

    for (const text of told) assert.deepEqual([...new Set(text.match(/You: satisfied[a-z ,:]*/g))], [words]);
    await engine.close();
  });
}

test("once the office has it, the screen says that the link opens", async () => {
  const { engine, visit } = await afterAVisit({ network: true });
  const page = await copyPage(anApp(engine), { op: visit.opId });

  await engine.sync();

  assert.ok(markup(page.view()).includes("It can be opened now"));
  await engine.close();
});

for (const [copy, words] of [
  [{ until: "2026-11-30T09:00:00.000Z", ended: true }, "The office ended the link"],
  [{ until: "2020-01-01T09:00:00.000Z", ended: false }, "The time of its link is over"],
]) {
  test(`of a link that opens no more no code is shown and none is sent: ${words}`, async () => {
    const { office, engine, visit } = await afterAVisit({ network: true });
    const { token } = await engine.takeAway(visit.opId);
    await engine.sync();
    office.change("record", visit.entityId, { copy });
    await engine.sync();

    const page = await copyPage(anApp(engine), { op: visit.opId });

    const shown = markup(page.view());
    assert.ok(shown.includes(words));
    assert.ok(!shown.includes('data-testid="qr"'));
    assert.ok(shown.includes("访客车辆占用固定车位"));
    assert.ok(!plainCopy(await engine.takeAway(visit.opId)).includes(token));
    await engine.close();
  });
}

test("after saving it is one tap away, after an attempt there is none", async () => {
  const { engine, visit } = await afterAVisit();
  const attempt = await engine.recordAttempt({ unitId: visit.unitId, outcome: "nobody_home" });

  const [held, tried] = await Promise.all([visit, attempt].map(({ opId }) => savedPage(anApp(engine), { op: opId })));

  assert.ok(markup(held.view()).includes(`#/saved/${visit.opId}/copy`));
  assert.ok(!markup(tried.view()).includes("give-copy"));
  for (const page of [held, tried]) page.leave?.();
  assert.equal(await engine.takeAway(attempt.opId), undefined);
  await engine.close();
});

test("once the office has all of it, nothing says that it is still to be sent", async () => {
  const { tablet, engine, office, visit } = await afterAVisit();
  const said = async () => {
    const page = await savedPage(anApp(engine), { op: visit.opId });
    page.leave?.();
    return markup(page.view()).includes("It is sent by itself");
  };
  const before = await said();
  tablet.fetch = office.fetch;

  await engine.sync();

  assert.deepEqual([before, await said()], [true, false]);
  await engine.close();
});

test("it is sent as plain words with its link, and closing the list of apps again is no trouble", async () => {
  const { engine, visit } = await afterAVisit();
  const copy = await engine.takeAway(visit.opId);
  const sent = [];
  const shares = ["AbortError", "NotAllowedError", ""];
  aBrowser({
    canShare: () => true,
    share: async (what) => {
      sent.push(what.text);
      const name = shares.shift();
      if (name) throw Object.assign(new Error(name), { name });
    },
  });
  const page = await copyPage(anApp(engine), { op: visit.opId });

  await press(page.view(), "Send");
  const closed = markup(page.view());
  await press(page.view(), "Send");
  const failed = markup(page.view());
  await press(page.view(), "Send");

  assert.deepEqual(sent, Array(3).fill(plainCopy(copy)));
  for (const words of ["访客车辆占用固定车位", "保卫部", `https://visits.example.com/c/${copy.token}`])
    assert.ok(sent[0].includes(words));
  assert.deepEqual(
    [closed, failed, markup(page.view())].map((shown) => shown.includes("It could not be sent")),
    [false, true, false],
  );
  aBrowser();
  await engine.close();
});

test("a visit that an older app saved has a copy without a code", async () => {
  const { engine, visit } = await afterAVisit();
  const whole = await engine.takeAway(visit.opId);
  const app = anApp({ records: () => engine.records(), takeAway: async () => ({ ...whole, token: "", link: "none" }) });

  const shown = markup((await copyPage(app, { op: visit.opId })).view());

  assert.ok(!shown.includes('data-testid="qr"'));
  assert.ok(shown.includes("ask the office for a link"));
  assert.ok(!plainCopy({ ...whole, token: "", link: "none" }).includes("https://"));
  await engine.close();
});

test("where a witness signed, the copy says what they signed, and nothing that the owner agreed to", async () => {
  const { engine, visit } = await afterAVisit();
  const copy = await engine.takeAway(visit.opId);
  const [owner] = copy.signatures;
  const words = "I was present when all of this was gone through.";
  const unsigned = { reason: "refused", note: "wants to think it over", words };
  const witnessed = {
    ...copy,
    statement: { ...copy.statement, locale: "en", unsigned },
    unsigned,
    signatures: [{ ...owner, role: "witness", signer: { name: "王桂英", relation: "neighbour" } }],
  };
  const read = (one) => markup(takeAwayCopy(/** @type {any} */ ({ engine }), one, true));

  assert.ok(read(copy).includes(copy.statement.consent.text));
  assert.ok(read(witnessed).includes(words));
  assert.match(read(witnessed), /王桂英 signed as a witness \d\d:\d\d/);
  assert.ok(!read(witnessed).includes(copy.statement.consent.text));
  await engine.close();
});
