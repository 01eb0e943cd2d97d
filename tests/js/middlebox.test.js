// What stands between a tablet and its office and means well: nothing is lost, it is gone round where that can be,
// and whoever holds the tablet reads what is wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../../static/tablet/engine.js";
import { setLocale } from "../../static/tablet/i18n.js";
import { messageIn } from "./support/office.js";
import { aJpeg, anOffice, aSignedVisit, aTablet, ESTATE, enrolled, OFFICER, PIN } from "./support/tablet.js";

setLocale("en");
const page = (status, type = "text/html") => new Response("<h1>No</h1>", { status, headers: { "Content-Type": type } });
const size = ({ body }) => body?.byteLength ?? body?.length ?? 0;
const packed = ({ headers }) => new Headers(headers).get("Content-Encoding") === "gzip";

/** A tablet whose line leads through a box, which can be put in later. */
async function behindABox() {
  const office = await anOffice();
  const line = { box: undefined };
  const through = (url, init = {}) => (line.box ? line.box(url, init, office.fetch) : office.fetch(url, init));
  const engine = await enrolled(office, aTablet(office, { fetch: through }));
  return { office, engine, line };
}

async function aVisitSaved(engine, photos = []) {
  return engine.holdVisit(await aSignedVisit(engine, { photos }));
}

const UNPACKED_ONLY = {
  "refuses what is packed (415)": (url, init, onward) => (packed(init) ? page(415) : onward(url, init)),
  "refuses what is packed (400)": (url, init, onward) => (packed(init) ? page(400) : onward(url, init)),
  "lets through only what it can read (403)": (url, init, onward) => (packed(init) ? page(403) : onward(url, init)),
  "takes away the word that it is packed": async (url, init, onward) => {
    if (!packed(init)) return onward(url, init);
    const { "Content-Encoding": _gone, ...headers } = init.headers;
    return messageIn({ ...init, headers }).then(
      () => onward(url, { ...init, headers }),
      () =>
        Response.json({ code: "message:unreadable", message: "The server cannot read this message." }, { status: 400 }),
    );
  },
};

for (const [what, box] of Object.entries(UNPACKED_ONLY)) {
  test(`a box that ${what} is gone round: what is sent goes as it is, and stays so`, async () => {
    const { office, engine, line } = await behindABox();
    let refused = 0;
    line.box = async (url, init, onward) => {
      refused += packed(init) ? 1 : 0;
      return box(url, init, onward);
    };

    await aVisitSaved(engine);
    await engine.sync();
    await aNote(engine);
    await engine.sync();

    assert.equal(engine.syncState().unsent, 0);
    assert.equal(engine.syncState().error, null);
    assert.equal(office.operations.size, 2);
    assert.equal(refused, 1);
    await engine.close();
  });
}

test("a box that lets nothing large through gets photos in smaller pieces", async () => {
  const { office, engine, line } = await behindABox();
  line.box = (url, init, onward) => (size(init) > 20_000 ? page(413) : onward(url, init));

  await aVisitSaved(engine, [aJpeg({ filling: 90_000 })]);
  await engine.sync();

  const { unsent, unsentPhotos, error } = engine.syncState();
  assert.deepEqual({ unsent, unsentPhotos, error }, { unsent: 0, unsentPhotos: 0, error: null });
  assert.ok([...office.blobs.values()].every(({ complete }) => complete));
  await engine.close();
});

const IN_ITS_PLACE = {
  "its login page": () => page(200),
  "another address": () => ({ type: "opaqueredirect", status: 0, ok: false, headers: new Headers(), body: null }),
  "that one must log in first (511)": () => page(511),
  "that this is not allowed (403)": () => page(403),
  "that a proxy wants a password (407)": () => page(407),
};

for (const [what, answer] of Object.entries(IN_ITS_PLACE)) {
  test(`a network that answers with ${what} is named, nothing is lost, and all goes once it lets through`, async () => {
    const { office, engine, line } = await behindABox();
    line.box = () => answer();

    await aVisitSaved(engine);
    await engine.sync();

    assert.equal(engine.syncState().unsent, 1);
    assert.equal(engine.syncState().online, true);
    assert.match(engine.syncState().error.message, /answers in the office's place/);

    line.box = undefined;
    await engine.sync();
    assert.equal(engine.syncState().unsent, 0);
    assert.equal(engine.syncState().error, null);
    assert.equal(office.operations.size, 1);
    await engine.close();
  });
}

test("whoever enrols behind a login page reads of it, and the code is good afterwards", async () => {
  const office = await anOffice();
  let fetch = async () => page(200);
  const engine = await openEngine(aTablet(office, { fetch: (...asked) => fetch(...asked) }));
  const by = { code: office.code(OFFICER, [ESTATE]), pin: PIN };

  await assert.rejects(engine.enrol(by), { code: "sync:not_office" });
  fetch = office.fetch;
  await engine.enrol(by);

  assert.equal(engine.state, "open");
  await engine.close();
});

async function aNote(engine) {
  const [{ entityId }] = engine.records();
  await engine.appendToVisit(entityId, "The owner rang again.".repeat(60));
}
