// A small real office in memory: it keeps the protocol's promises, decrypts what comes, and remembers everything.

import { webcrypto } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { compactDecrypt, exportJWK, generateKeyPair } from "jose";
import { canonicalText, sha256 } from "../../../static/tablet/canonical.js";

const PAGE = 3;
/** What the record of each kind of operation is called. */
const RECORDS = {
  "visit.hold": "visit",
  "attempt.record": "attempt",
  "visit.append": "addendum",
  "owner.correct": "correction",
  "briefing.read": "briefing",
  "inspection.record": "inspection",
};

export class FakeOffice {
  epoch = "epoch-1";
  seq = 0;
  /** @type {Map<string, any>} the newest word on each document, by `type:id` */
  docs = new Map();
  /** @type {Map<string, { receipt: string, digest: string, operation: any, device: string }>} */
  operations = new Map();
  /** @type {Map<string, { bytes: Uint8Array, length: number, complete: boolean, jpeg?: Uint8Array }>} */
  blobs = new Map();
  /** @type {Map<string, any>} by send token */
  devices = new Map();
  /** @type {Map<string, any>} by read token */
  readers = new Map();
  /** @type {Map<string, any>} by code */
  codes = new Map();
  /** @type {any[]} every push, as it came */
  pushes = [];
  escrows = [];
  /** @type {Map<string, string>} the newest escrow of each device */
  safe = new Map();
  /** Hours for which a tablet may be silent; undefined as long as nobody says. @type {number | undefined} */
  leaseHours;
  /** Passwords of the office logins, by staff id. @type {Map<string, string>} */
  passwords = new Map();
  /** @type {{ device: string, drafts: number }[]} tablets that said they are empty */
  emptied = [];
  /** @type {(operation: any) => Partial<{ status: string, code: string, reason: string }>} what the office thinks of it */
  judge = () => ({});
  requests = [];
  /** By its own clock. */
  now = Date.parse("2026-11-23T08:00:00.000Z");

  static async open() {
    const office = new FakeOffice();
    office.keys = await generateKeyPair("ECDH-ES", { extractable: true });
    office.serverKey = { ...(await exportJWK(office.keys.publicKey)), kid: "office-1" };
    return office;
  }

  /** A one-time code for a member of staff who serves some estates. */
  code(staff, estates) {
    const code = `CODE${String(this.codes.size + 1).padStart(4, "0")}`;
    this.codes.set(code, { staff, estates });
    return code;
  }

  put(type, id, estate, doc, only) {
    this.seq += 1;
    this.docs.set(`${type}:${id}`, { type, id, estate, v: this.seq, doc, only });
  }

  change(type, id, change) {
    const { estate, doc, only } = this.docs.get(`${type}:${id}`);
    this.put(type, id, estate, { ...doc, ...change }, only);
  }

  remove(type, id) {
    this.seq += 1;
    const { estate, only } = this.docs.get(`${type}:${id}`);
    this.docs.set(`${type}:${id}`, { type, id, estate, v: this.seq, gone: true, only });
  }

  /** The office comes back from a backup made earlier. */
  restore(backup) {
    this.epoch = `epoch-${Number(this.epoch.split("-")[1]) + 1}`;
    Object.assign(this, structuredClone(backup));
  }

  backup() {
    return structuredClone({ seq: this.seq, docs: this.docs, operations: this.operations, blobs: this.blobs });
  }

  fetch = async (url, init = {}) => {
    const { pathname, searchParams } = new URL(url, "http://office");
    const question = pathname === "/sync/pull" ? `?${searchParams.get("cursor")}` : "";
    this.requests.push(`${init.method ?? "GET"} ${pathname}${question}`);
    const token = new Headers(init.headers).get("Authorization")?.replace("Bearer ", "") ?? "";
    if (pathname === "/sync/enrol") return this.#enrol(await messageIn(init));
    if (pathname === "/sync/escrow") return this.#escrow(token, await messageIn(init));
    if (pathname === "/sync/recover") return this.#recover(token, await messageIn(init));
    if (pathname === "/sync/wiped") return this.#wiped(token, await messageIn(init));
    if (pathname === "/sync/push") return this.#push(token, await messageIn(init));
    if (pathname === "/sync/pull") return this.#pull(token, searchParams.get("cursor") ?? "");
    if (pathname.startsWith("/sync/blobs/")) return this.#blob(token, pathname.split("/").at(-1), init);
    return refusal(404, "http:404");
  };

  #enrol({ code, key, app_version }) {
    const { staff, estates } = this.codes.get(code) ?? {};
    if (!staff) return refusal(403, "enrol:code_unknown");
    this.codes.delete(code);
    const n = this.devices.size + 1;
    const device = { id: webcrypto.randomUUID(), code: `T${String(n).padStart(2, "0")}`, key, app_version };
    const send = `send-${n}`;
    const read = `read-${n}`;
    this.devices.set(send, device);
    this.readers.set(read, { staff, estates, device });
    return json({
      device: { id: device.id, code: device.code },
      staff,
      send_token: send,
      read_token: read,
      server_key: this.serverKey,
      epoch: this.epoch,
      server_time: this.#time(),
    });
  }

  #escrow(token, { jwe }) {
    if (!this.readers.has(token)) return refusal(401, "auth:token");
    this.escrows.push(jwe);
    this.safe.set(this.readers.get(token).device.id, jwe);
    return new Response(null, { status: 204 });
  }

  async #recover(token, { staff_id, password }) {
    const device = this.devices.get(token);
    if (!device) return refusal(401, "auth:token");
    if (device.withdrawn) return refusal(403, "device:revoked");
    if (!password || this.passwords.get(staff_id) !== password) return refusal(403, "recover:wrong_password");
    const raw = await this.decryptedBytes(this.safe.get(device.id), "doorstep-key");
    return json({ key: Buffer.from(raw).toString("base64url") });
  }

  #wiped(token, { drafts }) {
    const device = this.devices.get(token);
    if (!device?.withdrawn) return refusal(device ? 403 : 401, "device:not_withdrawn");
    this.emptied.push({ device: device.code, drafts });
    return new Response(null, { status: 204 });
  }

  /** A tablet is lost: for everybody on it nothing is read any more, and what it brings is looked at by a person. */
  withdraw(key) {
    for (const device of this.devices.values()) if (device.key.x === key.x) device.withdrawn = true;
    for (const [token, { device }] of this.readers) if (device.withdrawn) this.readers.delete(token);
  }

  async #push(token, message) {
    const device = this.devices.get(token);
    if (!device) return refusal(401, "auth:token");
    this.pushes.push(message);
    const receipts = [];
    for (const sent of message.operations) receipts.push(await this.#receive(sent, device));
    const told = { server_time: this.#time(), epoch: this.epoch, lease_hours: this.leaseHours };
    const standing = JSON.stringify(device.withdrawn ? { ...told, withdrawn: true } : told).slice(1);
    return new Response(`{"receipts":[${receipts.join(",")}],${standing}`);
  }

  async #receive({ op_id, op_seq, digest, jwe }, device) {
    const known = this.operations.get(op_id);
    if (known?.digest === digest) return known.receipt;
    const no = { op_id, digest, status: "rejected", version: 0, received_at: this.#time(), missing: [] };
    if (known) return JSON.stringify({ ...no, code: "operation:digest_differs", reason: "differs" });
    if ((await sha256(jwe)) !== digest)
      return JSON.stringify({ ...no, code: "operation:hash_differs", reason: "damaged" });
    const operation = JSON.parse(await this.decrypted(jwe, "doorstep-op"));
    if (operation.op_seq !== op_seq) throw new Error("op_seq differs");
    const judged = device.withdrawn ? { status: "review", code: "device:revoked" } : this.judge(operation);
    const verdict = { status: "applied", ...judged };
    if (verdict.status === "applied") this.#apply(operation, device);
    const photos = (operation.body.issues ?? [operation.body]).flatMap((one) => one.photos ?? []);
    const missing = photos.map((photo) => photo.sealed).filter((sealed) => !this.blobs.get(sealed)?.complete);
    const number = `HF-2611-${String(this.operations.size + 1).padStart(4, "0")}`;
    const receipt = canonicalText({
      ...no,
      ...verdict,
      version: verdict.status === "applied" ? this.seq : 0,
      number,
      missing,
    });
    this.operations.set(op_id, { receipt, digest, operation, device: device.id });
    if (verdict.status === "applied") this.#record(operation, number, missing);
    return receipt;
  }

  #apply({ kind, entity_id, author, body }) {
    if (kind === "visit.append" || kind === "briefing.read" || kind === "inspection.record") return;
    if (kind === "owner.correct") return this.#noted(entity_id, author, body);
    if (kind === "attempt.record") return this.#count(body);
    for (const id of body.task_ids) if (this.docs.has(`task:${id}`)) this.change("task", id, { state: "done" });
    this.change("unit", body.unit_id, { attempts: 0, tries: [] });
  }

  #count({ unit_id, tried_at: at, method, outcome, task_ids: tasks, again_at }) {
    const { tries = [] } = this.docs.get(`unit:${unit_id}`).doc;
    const all = [...tries, { at, method, outcome, tasks, ...(again_at && { again_at }) }];
    this.change("unit", unit_id, { attempts: all.length, tries: all });
  }

  /** A correction of an owner file waits, and every tablet learns of it. */
  #noted(id, author, { unit_id, about, person_id: person, value, noted_at: at }) {
    const { corrections = [] } = this.docs.get(`unit:${unit_id}`).doc;
    const by = [...this.readers.values()].find(({ staff }) => staff.id === author)?.staff.name ?? "";
    this.change("unit", unit_id, { corrections: [...corrections, { id, about, person, value, by, at }] });
  }

  #record(operation, receipt, missing) {
    const { op_id, entity_id, kind, estate_id, at, author, body } = operation;
    const unit_id = body.unit_id ?? this.docs.get(`record:${body.visit_id}`)?.doc.unit_id ?? "";
    this.put(
      "record",
      entity_id,
      estate_id,
      {
        op_id,
        visit_id: entity_id,
        kind: RECORDS[kind],
        unit_id: unit_id ?? "",
        number: body.number ?? "",
        receipt: kind === "briefing.read" ? "" : receipt,
        status: "applied",
        complete: missing.length === 0,
        missing,
        at,
        ...(kind === "owner.correct" && { correction: { about: body.about, state: "waiting" } }),
        ...(kind === "briefing.read" && { read: body.items }),
      },
      author,
    );
  }

  async #pull(token, cursor) {
    const reader = this.readers.get(token);
    if (!reader) return refusal(401, "auth:token");
    const was = cursor ? JSON.parse(cursor) : { epoch: this.epoch, seen: {} };
    const seen = was.epoch === this.epoch ? was.seen : {};
    const mine = (row) => reader.estates.includes(row.estate) && (!row.only || row.only === reader.staff.id);
    const rows = [...this.docs.values()]
      .filter((row) => mine(row) && row.v > (seen[row.estate] ?? 0) && !(row.gone && !(row.estate in seen)))
      .sort((a, b) => a.v - b.v);
    const page = rows.slice(0, PAGE);
    const next = Object.fromEntries(reader.estates.map((estate) => [estate, seen[estate] ?? 0]));
    for (const row of page) next[row.estate] = row.v;
    const more = rows.length > page.length;
    const ahead = JSON.stringify({ epoch: this.epoch, seen: next });
    const told = {
      lease_hours: this.leaseHours,
      staff_name: reader.staff.name,
      server_time: this.#time(),
      epoch: this.epoch,
      cursor: ahead,
      more,
      changes: page.map(({ only: _only, ...row }) => row),
      granted: reader.estates.filter((estate) => !(estate in seen)),
      revoked: Object.keys(seen).filter((estate) => !reader.estates.includes(estate)),
      ...(more ? {} : { digest: await this.digest(mine) }),
    };
    return json(told, more ? { "Next-Cursor": ahead } : {});
  }

  #time() {
    return new Date(this.now).toISOString();
  }

  async digest(mine) {
    const live = [...this.docs.values()].filter((row) => mine(row) && !row.gone);
    const lines = live.map((row) => `${row.type}:${row.id}:${row.v}\n`).sort();
    return { count: lines.length, sha256: await sha256(lines.join("")) };
  }

  async #blob(token, sealed, init) {
    if (!this.devices.has(token)) return refusal(401, "auth:token");
    const held = this.blobs.get(sealed);
    if (init.method === "HEAD") return held ? standing(held) : refusal(404, "blob:unknown");
    const headers = new Headers(init.headers);
    const offset = Number(headers.get("Upload-Offset"));
    const blob = held ?? { bytes: new Uint8Array(), length: Number(headers.get("Upload-Length")), complete: false };
    if (blob.complete) return standing(blob);
    if (offset !== blob.bytes.length)
      return refusal(409, "blob:offset_differs", { "Upload-Offset": String(blob.bytes.length) });
    blob.bytes = Buffer.concat([blob.bytes, new Uint8Array(await new Response(init.body).arrayBuffer())]);
    this.blobs.set(sealed, blob);
    if (blob.bytes.length < blob.length) return standing(blob);
    if ((await sha256(new Uint8Array(blob.bytes))) !== sealed) {
      this.blobs.delete(sealed);
      return refusal(422, "blob:hash_differs");
    }
    blob.complete = true;
    blob.jpeg = await this.decryptedBytes(Buffer.from(blob.bytes).toString("latin1"), "doorstep-blob");
    for (const { doc } of [...this.docs.values()].filter((row) => row.doc?.missing?.includes(sealed))) {
      const missing = doc.missing.filter((each) => each !== sealed);
      this.change("record", doc.visit_id, { missing, complete: missing.length === 0 });
    }
    return standing(blob);
  }

  async decryptedBytes(jwe, typ) {
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, this.keys.privateKey);
    const { epk: _epk, ...header } = protectedHeader;
    if (canonicalText(header) !== canonicalText({ alg: "ECDH-ES", enc: "A256GCM", kid: "office-1", typ })) {
      throw new Error(`wrong header ${JSON.stringify(header)}`);
    }
    return plaintext;
  }

  async decrypted(jwe, typ) {
    return Buffer.from(await this.decryptedBytes(jwe, typ)).toString("utf8");
  }
}

/** What a request says, unpacked. */
export async function messageIn({ body, headers }) {
  const bytes = Buffer.from(await new Response(body).arrayBuffer());
  const plain = new Headers(headers).get("Content-Encoding") === "gzip" ? gunzipSync(bytes) : bytes;
  return JSON.parse(plain.toString("utf8"));
}

const json = (value, headers = {}) =>
  new Response(JSON.stringify(value), { headers: { "Content-Type": "application/json", ...headers } });

const refusal = (status, code, headers = {}) =>
  new Response(JSON.stringify({ code, message: code }), { status, headers });

function standing({ bytes, complete }) {
  return new Response(null, {
    status: 200,
    headers: { "Upload-Offset": String(bytes.length), "Upload-Complete": complete ? "?1" : "?0" },
  });
}
