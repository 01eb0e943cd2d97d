// Our tablet, as far as the network sees it: sends frozen operations, pulls pages and keeps each with its cursor in one
// batch of the same store that PouchDB uses. `node tablet.js URL`.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gunzip, gzipSync } from "node:zlib";
import leveldown from "leveldown";
import { obey, timed } from "./commands.js";

const [url] = process.argv.slice(2);
/** In pieces of a page's size: in Node's own of 16 kB, unpacking would take four times as long as in a browser. */
const PIECE = { chunkSize: 1024 * 1024 };
const unpacked = promisify(gunzip);
const agent = new Agent({ keepAlive: true, maxSockets: 2 });
/** The tablet that pulled last. @type {{ into: string, store: any, cursor: string, versions: Map<string, number> } | undefined} */
let held;

await obey({
  /** Frozen operations from a file, sent in batches of `batch`; each batch is zipped as the tablet does. */
  async push({ file, batch, token }) {
    const operations = JSON.parse(readFileSync(file, "utf8"));
    await ask("GET", "/healthz");
    const { ms, done } = await timed(() => pushAll(operations, batch, token));
    expect(done.length === operations.length && done.every((receipt) => receipt.status === "applied"), done[0]);
    return { ms };
  },

  /** Each operation sent alone, and after it the photo that it names. */
  async pushPhotos({ file, token }) {
    const visits = JSON.parse(readFileSync(file, "utf8"));
    await ask("GET", "/healthz");
    const { ms } = await timed(async () => {
      for (const { operation, sealed, frozen } of visits) {
        const [receipt] = await push([operation], token);
        expect(receipt.status === "applied", receipt);
        const body = Buffer.from(frozen);
        const headers = { ...bearer(token), "Upload-Offset": "0", "Upload-Length": String(body.length) };
        const answer = await ask("PUT", `/sync/blobs/${sealed}`, headers, body);
        expect(answer.headers["upload-complete"] === "?1", answer.headers);
      }
    });
    return { ms };
  },

  /** Everything since the last pull into the store `into`, checked against the server's digest. */
  async pull({ into, token, anew = false }) {
    if (anew) agent.destroy(); // another process of the server may answer the next connection
    const tablet = await tabletOf(into);
    await ask("GET", "/healthz");
    let told;
    const { ms } = await timed(async () => {
      told = await pullAll(tablet, token);
    });
    return { ms, ...told };
  },
});

/** The one that pulled last, or a new one in its place. */
async function tabletOf(into) {
  if (held?.into === into) return held;
  if (held) await new Promise((resolve) => held.store.close(resolve));
  held = { into, store: await opened(into), cursor: "", versions: new Map() };
  return held;
}

async function pushAll(operations, batch, token) {
  const receipts = [];
  for (let start = 0; start < operations.length; start += batch) {
    receipts.push(...(await push(operations.slice(start, start + batch), token)));
  }
  return receipts;
}

async function push(operations, token) {
  const message = {
    device_time: new Date().toISOString(),
    app_version: "bench",
    unsent: { count: operations.length },
    storage: { persisted: true, usage: 1000, quota: 1_000_000_000 },
    operations,
  };
  const headers = { ...bearer(token), "Content-Type": "application/json", "Content-Encoding": "gzip" };
  const answer = await ask("POST", "/sync/push", headers, gzipSync(JSON.stringify(message)));
  return JSON.parse(answer.body).receipts;
}

async function pullAll(tablet, token) {
  let documents = 0;
  let bytes = 0;
  const pageAfter = (cursor) => begun("GET", `/sync/pull?cursor=${encodeURIComponent(cursor)}`, bearer(token));
  for (let ahead = pageAfter(tablet.cursor); ; ) {
    const { headers, body } = await ahead;
    if (headers["next-cursor"]) ahead = pageAfter(headers["next-cursor"]); // as the tablet does, while this one comes
    const text = await body;
    const page = JSON.parse(text);
    await kept(tablet, page);
    documents += page.changes.length;
    bytes += Buffer.byteLength(text);
    if (page.more) continue;
    const digest = digestOf(tablet.versions);
    expect(page.digest.sha256 === digest && page.digest.count === tablet.versions.size, page.digest);
    return { documents, bytes };
  }
}

/** The page and its cursor in one batch. */
async function kept(tablet, page) {
  const writes = [{ type: "put", key: "cursor", value: page.cursor }];
  for (const change of page.changes) {
    const key = `${change.type}:${change.id}`;
    if (change.gone) {
      writes.push({ type: "del", key });
      tablet.versions.delete(key);
    } else {
      writes.push({ type: "put", key, value: JSON.stringify(change) });
      tablet.versions.set(key, change.v);
    }
  }
  await new Promise((resolve, reject) => tablet.store.batch(writes, (error) => (error ? reject(error) : resolve())));
  tablet.cursor = page.cursor;
}

function digestOf(versions) {
  const lines = Array.from(versions, ([key, version]) => `${key}:${version}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}

async function opened(folder) {
  const store = leveldown(folder);
  await new Promise((resolve, reject) => store.open((error) => (error ? reject(error) : resolve())));
  return store;
}

function bearer(token) {
  return { Authorization: `Bearer ${token}` };
}

/** One request and its whole answer, over a kept connection. */
async function ask(method, path, headers = {}, sending = undefined) {
  const answer = await begun(method, path, headers, sending);
  return { headers: answer.headers, body: await answer.body };
}

/** One request, answered as soon as the head is here; `body` becomes unpacked text. */
function begun(method, path, headers, sending = undefined) {
  return new Promise((resolve, reject) => {
    const length = sending === undefined ? {} : { "Content-Length": sending.length };
    const sent = request(url + path, { method, agent, headers: { "Accept-Encoding": "gzip", ...headers, ...length } });
    sent.on("error", reject);
    sent.on("response", (answer) => {
      const body = textOf(answer);
      if (answer.statusCode === 200) resolve({ headers: answer.headers, body });
      else body.then((text) => reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`)), reject);
    });
    sent.end(sending);
  });
}

async function textOf(answer) {
  const raw = await buffer(answer);
  return (answer.headers["content-encoding"] === "gzip" ? await unpacked(raw, PIECE) : raw).toString("utf8");
}

function expect(truth, said) {
  if (!truth) throw new Error(`the office answered something else: ${JSON.stringify(said)}`);
}
