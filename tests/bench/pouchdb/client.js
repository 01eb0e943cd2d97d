// The other tablet: PouchDB with its default store on disk, replicating as it comes. `node client.js FOLDER URL`.
import PouchDB from "pouchdb";
import { obey, timed } from "./commands.js";

const [folder, url] = process.argv.slice(2);
const Stored = PouchDB.defaults({ prefix: `${folder}/` });
let made = 0;

/** A document of about `bytes` bytes of JSON, like a record of a visit. */
const aDocument = (bytes) => ({
  _id: `visit-${String(++made).padStart(9, "0")}`,
  kind: "visit",
  at: new Date().toISOString(),
  text: "主卫天花板渗水 ".repeat(Math.ceil(bytes / 22)).slice(0, Math.floor((bytes - 110) / 2.75)),
});

await obey({
  /** Many records saved offline, then sent: `replicate.to` with batches of `batch` (default: PouchDB's own). */
  async push({ count, bytes, batch }) {
    const { here, there } = pair();
    await here.bulkDocs(Array.from({ length: count }, () => aDocument(bytes)));
    const { ms, done } = await timed(() => here.replicate.to(there, batch ? { batch_size: batch } : {}));
    expect(done.docs_written === count, done);
    return { ms, size: await size(here) };
  },

  /** Each record sent by a replication of its own, as a tablet does that comes online with one record. */
  async pushSingle({ count, bytes, attachment }) {
    const { here, there } = pair();
    await there.info();
    let ms = 0;
    for (let i = 0; i < count; i++) {
      await here.put(withAttachment(aDocument(bytes), attachment));
      const sent = await timed(() => here.replicate.to(there));
      expect(sent.done.docs_written === 1, sent.done);
      ms += sent.ms;
    }
    return { ms };
  },

  /** Each record sent by one continuous replication: from saving it until PouchDB says that it was written there. */
  async pushLive({ count, bytes, attachment }) {
    const { here, there } = pair();
    await there.info();
    const running = here.replicate.to(there, { live: true });
    await new Promise((resolve) => running.once("paused", resolve));
    let ms = 0;
    for (let i = 0; i < count; i++) {
      const document = withAttachment(aDocument(bytes), attachment);
      const sent = await timed(async () => {
        const written = new Promise((resolve) => running.once("change", resolve));
        await here.put(document);
        await written;
      });
      ms += sent.ms;
    }
    running.cancel();
    await running;
    return { ms };
  },

  /** Fill a database on the server that later pulls read. */
  async fill({ database, count, bytes }) {
    const there = new Stored(`${url}/${database}`);
    for (let left = count; left > 0; left -= 500) {
      await there.bulkDocs(Array.from({ length: Math.min(left, 500) }, () => aDocument(bytes)));
    }
    return { count: (await there.info()).doc_count };
  },

  /** A tablet that has nothing yet: `replicate.from` into a new store, kept under the name `into`. */
  async pull({ database, into, batch, count }) {
    const here = await opened(into);
    const options = batch ? { batch_size: batch } : {};
    const { ms, done } = await timed(() => here.replicate.from(`${url}/${database}`, options));
    expect(done.docs_written === count, done);
    const bytes = await size(here);
    await here.close();
    return { ms, size: bytes };
  },

  /** `count` documents change there, then the tablet `into` pulls again. */
  async deltaPull({ database, into, count, batch }) {
    const here = await opened(into);
    const there = new Stored(`${url}/${database}`);
    const rows = (await there.allDocs({ include_docs: true, limit: count })).rows;
    await there.bulkDocs(rows.map((row) => ({ ...row.doc, at: new Date().toISOString() })));
    const options = batch ? { batch_size: batch } : {};
    const { ms, done } = await timed(() => here.replicate.from(`${url}/${database}`, options));
    expect(done.docs_written === count, done);
    await here.close();
    return { ms };
  },
});

/** A store here, ready before the time is taken. */
async function opened(name) {
  const here = new Stored(name);
  await here.info();
  return here;
}

/** A fresh store here and a fresh database there. */
function pair() {
  const name = `push-${++made}`;
  return { here: new Stored(`here-${name}`), there: new Stored(`${url}/${name}`) };
}

function withAttachment(document, attachment) {
  if (!attachment) return document;
  return { ...document, _attachments: { "photo.jpg": { content_type: "image/jpeg", data: attachment } } };
}

/** Bytes of JSON of one document as it is replicated. */
async function size(store) {
  const { rows } = await store.allDocs({ include_docs: true, limit: 1 });
  return Buffer.byteLength(JSON.stringify(rows[0].doc));
}

function expect(truth, said) {
  if (!truth) throw new Error(`replicated something else: ${JSON.stringify(said)}`);
}
