// How long the office is waited for: a line may be slow, it may not be dead.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NotReached, Office } from "../../static/tablet/http.js";
import { awaited, Clock } from "./support/tablet.js";

const PATIENCE = 60_000;

/** An office whose answer arrives as the test lets it, and what was asked of it. */
function aSlowOffice() {
  const clock = new Clock();
  const head = awaited();
  const body = new TransformStream();
  const line = body.writable.getWriter();
  const fetch = (_url, { signal }) => {
    signal.addEventListener("abort", () => {
      head.reject(signal.reason);
      line.abort(signal.reason).catch(() => {});
    });
    return head.promise;
  };
  const office = new Office({ fetch, base: "http://office", clock });
  return {
    clock,
    asked: office.get("/sync/pull", "token"),
    begin: () => head.resolve(new Response(body.readable)),
    line,
  };
}

test("an answer that comes in small parts is waited for, however long it takes in all", async () => {
  const { clock, asked, begin, line } = aSlowOffice();

  clock.pass(PATIENCE - 1);
  begin();
  for (const part of ['{"server', '_time":', '"noon"', "}"]) {
    await line.write(new TextEncoder().encode(part));
    clock.pass(PATIENCE - 1);
  }
  await line.close();

  assert.deepEqual(await asked, { server_time: "noon" });
});

test("an answer of which nothing comes any more is given up", async () => {
  const { clock, asked, begin, line } = aSlowOffice();

  begin();
  await line.write(new TextEncoder().encode('{"server'));
  clock.pass(PATIENCE);

  await assert.rejects(asked, NotReached);
});

test("an office that does not answer at all is given up", async () => {
  const { clock, asked } = aSlowOffice();

  clock.pass(PATIENCE);

  await assert.rejects(asked, NotReached);
});

test("an answer that has nothing to say is heard although a service worker gave it an empty body", async () => {
  const answer = { ok: true, status: 204, headers: new Headers(), body: new Blob([]).stream() };
  const office = new Office({ fetch: async () => answer, base: "http://office", clock: new Clock() });

  assert.equal(await office.post("/sync/escrow", "token", { jwe: "sealed" }), undefined);
});
