// Photos: cleaned, frozen once, handed in piece by piece, resumed where they stopped.

import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../static/tablet/canonical.js";
import { cleanJpeg } from "../../static/tablet/jpeg.js";
import { FAULTS, thinLine } from "./support/faults.js";
import { aJpeg, anOffice, aSignedVisit, aTablet, enrolled, reopened, UNIT } from "./support/tablet.js";

const bytesOf = async (blob) => new Uint8Array(await blob.arrayBuffer());

test("a photo loses what the camera wrote about place and owner, and nothing of the picture", async () => {
  const before = await bytesOf(aJpeg());

  const { bytes, width, height } = cleanJpeg(before);

  assert.deepEqual([width, height], [2000, 1500]);
  assert.ok(Buffer.from(before).includes("GPS") && !Buffer.from(bytes).includes("GPS"));
  assert.deepEqual(bytes.subarray(-400), before.subarray(-400));
  assert.deepEqual(cleanJpeg(bytes).bytes, bytes);
});

test("what is no JPEG is refused in words", async () => {
  const whole = await bytesOf(aJpeg());
  const broken = [
    new Uint8Array(),
    new Uint8Array([0x89, 0x50, 0x4e, 0x47]),
    whole.subarray(0, 20),
    whole.subarray(0, 45),
  ];
  for (const bytes of broken) {
    assert.throws(
      () => cleanJpeg(bytes),
      (error) => error.code === "photo:not_jpeg",
    );
  }
});

test("photos arrive byte for byte, and the record is complete only with the last of them", async () => {
  const { office, tablet, engine, draft } = await aVisitWithPhotos([
    aJpeg({ seed: 3 }),
    aJpeg({ seed: 5, filling: 900_000 }),
  ]);
  const states = [];
  tablet.fetch = async (url, init) => {
    states.push(...new Set(later?.records().map(({ state, photos }) => `${state} ${photos.sent}/${photos.total}`)));
    return office.fetch(url, init);
  };
  /** @type {any} */
  let later;
  later = await reopened(engine, tablet);
  await later.sync();

  assert.deepEqual([...new Set(states)], ["here 0/2", "received 0/2", "received 1/2", "complete 2/2"]);
  for (const photo of draft.issues[0].photos) {
    assert.equal(await sha256(new Uint8Array(office.blobs.get(photo.sealed).jpeg)), photo.sha256);
  }
  await later.close();
});

for (const [name, fault] of Object.entries(FAULTS)) {
  test(`an upload that goes wrong (${name}) goes on and ends whole`, async () => {
    const { office, tablet, engine, draft } = await aVisitWithPhotos([aJpeg({ filling: 700_000 })]);
    let puts = 0;
    tablet.fetch = (url, init) =>
      init?.method === "PUT" && ++puts === 2 ? fault(office.fetch, url, init) : office.fetch(url, init);

    const later = await reopened(engine, tablet);
    await later.sync();
    await later.sync();

    const [photo] = draft.issues[0].photos;
    assert.equal(await sha256(new Uint8Array(office.blobs.get(photo.sealed).jpeg)), photo.sha256);
    assert.deepEqual([later.records()[0].state, later.syncState().unsentPhotos], ["complete", 0]);
    await later.close();
  });
}

test("a photo goes on where it stopped, not from the beginning", async () => {
  const { office, tablet, engine } = await aVisitWithPhotos([aJpeg({ filling: 900_000 })]);
  let sent = 0;
  let puts = 0;
  tablet.fetch = (url, init) => {
    if (init?.method !== "PUT") return office.fetch(url, init);
    if (++puts === 2) return Promise.reject(new TypeError("network lost"));
    sent += init.body.length;
    return office.fetch(url, init);
  };

  const later = await reopened(engine, tablet);
  await later.sync();
  await later.sync();

  const [blob] = office.blobs.values();
  assert.equal(sent, blob.bytes.length);
  assert.equal(later.records()[0].state, "complete");
  await later.close();
});

test("over a line too thin for half a megabyte at once a photo goes in smaller pieces", async () => {
  const { office, tablet, engine } = await aVisitWithPhotos([aJpeg({ filling: 900_000 })]);
  tablet.fetch = thinLine(tablet, office.fetch, 100_000);
  const later = await reopened(engine, tablet);

  const arrived = () => [...office.blobs.values()].filter(({ complete }) => complete).length;
  for (let tries = 0; tries < 6 && !arrived(); tries++) await later.sync();

  assert.equal(arrived(), 1);
  await later.close();
});

test("a visit saved while photos are on their way goes before the next of them", async () => {
  const photos = [3, 5, 7].map((seed) => aJpeg({ seed }));
  const { office, tablet, engine } = await aVisitWithPhotos(photos);
  const order = [];
  /** @type {any} */
  let later;
  tablet.fetch = async (url, init) => {
    const answer = await office.fetch(url, init);
    const sent = url.endsWith("/push") && office.pushes.at(-1).operations.length;
    if (sent) order.push("records");
    if (init?.method !== "PUT") return answer;
    order.push("photo");
    if (order.length === 2) await later.recordAttempt({ unitId: UNIT, outcome: "no_answer" });
    return answer;
  };

  later = await reopened(engine, tablet);
  await later.sync();

  assert.deepEqual(order, ["records", "photo", "records", "photo", "photo"]);
  await later.close();
});

test("records not let in between two photos do not hold up the next of them", async () => {
  const { office, tablet, engine } = await aVisitWithPhotos([aJpeg({ seed: 3 }), aJpeg({ seed: 5 })]);
  const order = [];
  /** @type {any} */
  let later;
  tablet.fetch = async (url, init) => {
    if (url.endsWith("/push") && order.length) {
      order.push("not let in");
      return new Response('{"code":"auth:token","message":"?"}', { status: 401 });
    }
    const answer = await office.fetch(url, init);
    if (init?.method !== "PUT") return answer;
    order.push("photo");
    if (order.length === 1) await later.recordAttempt({ unitId: UNIT, outcome: "no_answer" });
    return answer;
  };

  later = await reopened(engine, tablet);
  await later.sync();

  assert.deepEqual(order.slice(0, 3), ["photo", "not let in", "photo"]);
  await later.close();
});

test("one photo that the office cannot take does not hold up the next", async () => {
  const { office, tablet, engine, draft } = await aVisitWithPhotos([aJpeg({ seed: 3 }), aJpeg({ seed: 5 })]);
  const [bad] = draft.issues[0].photos;
  tablet.fetch = (url, init) =>
    url.endsWith(bad.sealed) && init?.method === "PUT"
      ? Promise.resolve(new Response('{"code":"blob:unreadable","message":"?"}', { status: 422 }))
      : office.fetch(url, init);

  const later = await reopened(engine, tablet);
  await later.sync();

  const [record] = later.records();
  assert.deepEqual([record.state, record.photos], ["received", { total: 2, sent: 1 }]);
  assert.equal(later.syncState().error.code, "blob:unreadable");
  await later.close();
});

test("photos of a draft stay on the tablet; one removed from its issue is not sent with the visit", async () => {
  const office = await anOffice();
  const tablet = aTablet(office);
  const engine = await enrolled(office, tablet);
  const draft = await aSignedVisit(engine, {
    photos: [aJpeg({ seed: 3 }), aJpeg({ seed: 5 })],
    change: (d) => d.issues[0].photos.shift(),
  });
  await engine.sync();
  assert.equal(office.blobs.size, 0);

  await engine.holdVisit(draft);
  await engine.sync();

  assert.deepEqual([...office.blobs.keys()], [draft.issues[0].photos[0].sealed]);
  assert.deepEqual(engine.records()[0].photos, { total: 1, sent: 1 });
  await engine.close();
});

test("a visit with thirty photos at several issues arrives with all of them", async () => {
  const { office, tablet, engine } = await aVisitWithPhotos(
    Array.from({ length: 30 }, (_each, seed) => aJpeg({ seed: seed + 2 })),
    (draft) => {
      draft.issues.push({ ...draft.issues[0], id: crypto.randomUUID(), photos: draft.issues[0].photos.splice(0, 12) });
    },
  );
  tablet.fetch = office.fetch;

  const later = await reopened(engine, tablet);
  await later.sync();

  const [{ operation }] = office.operations.values();
  assert.deepEqual(
    operation.body.issues.map(({ photos }) => photos.length),
    [18, 12],
  );
  assert.deepEqual([later.records()[0].state, later.records()[0].photos], ["complete", { total: 30, sent: 30 }]);
  await later.close();
});

test("the same picture twice in one visit is kept once", async () => {
  const office = await anOffice();
  const engine = await enrolled(office);
  const { id } = await engine.startVisit("01930000-0000-7000-8000-000000001202");

  const [first, second] = [await engine.savePhoto(id, aJpeg()), await engine.savePhoto(id, aJpeg())];

  assert.deepEqual(first, second);
  await engine.close();
});

async function aVisitWithPhotos(photos, change) {
  const office = await anOffice();
  const tablet = aTablet(office);
  const before = await enrolled(office, tablet);
  tablet.fetch = () => Promise.reject(new TypeError("offline"));
  const engine = await reopened(before, tablet);
  const draft = await aSignedVisit(engine, { photos, change });
  await engine.holdVisit(draft);
  return { office, tablet, engine, draft };
}
