// The tablet's storage: the only file that knows IndexedDB. Ciphertext comes in and goes out; no key is used here.
//
// Every write is one strict-durability transaction, and nothing but storage is awaited inside one. In clear stand
// only ids, types, versions, times, states and hashes, and what sending needs while the tablet is locked.
import { Dexie } from "dexie";
import { Refused } from "./errors.js";
import { _ } from "./i18n.js";
import { VERSIONS } from "./schema.js";

/** @typedef {import("./schema.js").UserRow} UserRow */
/** @typedef {import("./schema.js").DeviceRow} DeviceRow */
/** @typedef {import("./schema.js").ScopeRow} ScopeRow */
/** @typedef {import("./schema.js").OperationRow} OperationRow */
/** @typedef {import("./schema.js").PhotoRow} PhotoRow */
/** @typedef {import("./schema.js").PageCommit} PageCommit */
/** @typedef {import("./schema.js").NewOperation} NewOperation */
/** @typedef {import("./schema.js").DocRow} DocRow */
/** @typedef {import("./schema.js").ChunkRow} ChunkRow */
/** @typedef {import("./schema.js").DraftRow} DraftRow */
/** @typedef {import("./schema.js").FrozenRow} FrozenRow */
/** @typedef {import("./schema.js").CopyRow} CopyRow */
/** @typedef {import("./schema.js").Session} Session */
/** @typedef {import("./types.js").Receipt} Receipt */
/** @typedef {import("./schema.js").Version} Version */

export class Store {
  #db;
  #newest;
  #outdated = false;
  #deleted = false;
  /** This window has had it open: from now on nobody may find it empty and think that all was handed in. */
  #opened = false;
  /** A newer app upgrades the storage, or it is deleted: this connection has let go. @type {() => void} */
  onOutdated = () => {};
  /** An upgrade waits for another tab that does not let go. @type {() => void} */
  onBlocked = () => {};

  /**
   * @param {{ indexedDB?: IDBFactory, name?: string, versions?: Version[] }} [where]
   */
  constructor({ indexedDB, name = "doorstep", versions = VERSIONS } = {}) {
    const given = indexedDB ? { indexedDB, IDBKeyRange: globalThis.IDBKeyRange } : {};
    this.#db = new Dexie(name, { ...given, chromeTransactionDurability: "strict" });
    this.#newest = Math.max(...versions.map(({ version }) => version));
    for (const { version, stores, upgrade } of versions) {
      const declared = this.#db.version(version).stores(stores);
      if (upgrade) declared.upgrade(upgrade);
    }
    this.#db.on("versionchange", ({ newVersion }) => this.#letGo(newVersion === null));
    this.#db.on("blocked", () => this.onBlocked());
    this.#db.on("populate", () => this.#neverAnew());
  }

  /**
   * Brings older storage up to date, whole or not at all.
   * @throws `storage:newer` if a newer app wrote it: this one would write what that one does not understand
   */
  async open() {
    await guarded(this.#db.open());
    // IndexedDB counts in whole numbers, Dexie in tenths of them.
    this.#opened = Math.floor(this.#db.backendDB().version / 10) <= this.#newest;
    if (this.#opened) return;
    this.#db.close();
    throw new Refused(
      "storage:newer",
      _("The records on this tablet belong to a newer version of the app. They are kept; update the app to go on."),
    );
  }

  /** Somebody else changed the storage; what is written from here would not fit it any more. */
  get outdated() {
    return this.#outdated;
  }

  /** Why nothing is read or written from here any more. */
  whyOutdated() {
    const words = this.#deleted
      ? _("What was stored on this tablet was deleted, in another window or by the browser. Reload this one.")
      : _("The app was updated in another window. Reload this one; what was saved is kept.");
    return new Refused("storage:outdated", words);
  }

  close() {
    this.#db.close();
  }

  // ---- Who ------------------------------------------------------------------------------------

  /** @returns {Promise<UserRow[]>} */
  users() {
    return this.#table("users").toArray();
  }

  /** @param {string} staffId @returns {Promise<UserRow | undefined>} */
  user(staffId) {
    return this.#table("users").get(staffId);
  }

  /**
   * @param {string} staffId
   * @param {Partial<UserRow>} change
   */
  async changeUser(staffId, change) {
    await this.#write(["users"], () => this.#table("users").update(staffId, change));
  }

  /** @returns {Promise<CryptoKeyPair | undefined>} */
  signingKey() {
    return this.#setting("signingKey");
  }

  /**
   * The first key stays, whoever else makes one.
   * @param {CryptoKeyPair} pair
   * @returns {Promise<CryptoKeyPair>} the key that stands
   */
  async keepSigningKey(pair) {
    return this.#write(["settings"], async () => {
      const kept = await this.#setting("signingKey");
      if (kept) return kept;
      await this.#table("settings").put({ name: "signingKey", value: pair });
      return pair;
    });
  }

  /** @returns {Promise<(JsonWebKey & { kid?: string }) | undefined>} */
  serverKey() {
    return this.#setting("serverKey");
  }

  /**
   * What a device seals and freezes with, read at one moment.
   * @param {string} deviceId
   * @returns {Promise<{ device?: DeviceRow, signingKey?: CryptoKeyPair, serverKey?: JsonWebKey & { kid?: string } }>}
   */
  sealing(deviceId) {
    return this.#read(["devices", "settings"], async () => {
      const [device, signingKey, serverKey] = await Promise.all([
        this.device(deviceId),
        this.signingKey(),
        this.serverKey(),
      ]);
      return { device, signingKey, serverKey };
    });
  }

  /**
   * A person enrolled: vault, device, the office's key and the open session, all at once.
   * @param {{ user: UserRow, device: { id: string, code: string }, serverKey: JsonWebKey, scope: ScopeRow, session: Session }} all
   */
  async enrolled({ user, device, serverKey, scope, session }) {
    await this.#write(["users", "devices", "scopes", "settings"], async () => {
      await this.#table("users").put(user);
      const known = await this.#table("devices").get(device.id);
      if (!known) await this.#table("devices").put({ ...device, opSeq: 0, number: 0, prev: "0".repeat(64) });
      if (!(await this.#table("scopes").get(user.staffId))) await this.#table("scopes").put(scope);
      await this.#table("settings").bulkPut([
        { name: "serverKey", value: serverKey },
        { name: "session", value: session },
      ]);
    });
  }

  /** @returns {Promise<Session | undefined>} */
  session() {
    return this.#setting("session");
  }

  /** @param {Session} session */
  async keepSession(session) {
    await this.#write(["settings"], () => this.#table("settings").put({ name: "session", value: session }));
  }

  /**
   * Only while that user's session stands, so that a late touch does not undo a lock.
   * @param {string} staffId
   * @param {number} touchedAt
   */
  async touchSession(staffId, touchedAt) {
    await this.#write(["settings"], async () => {
      const session = await this.#setting("session");
      if (session?.staffId === staffId)
        await this.#table("settings").put({ name: "session", value: { ...session, touchedAt } });
    });
  }

  async endSession() {
    await this.#write(["settings"], () => this.#table("settings").delete("session"));
  }

  /** @param {string} id @returns {Promise<DeviceRow | undefined>} */
  device(id) {
    return this.#table("devices").get(id);
  }

  /**
   * The device's next number; never given twice.
   * @param {string} id
   * @returns {Promise<string>} `T07-0012`
   */
  async nextNumber(id) {
    return this.#write(["devices"], async () => {
      const device = await this.#table("devices").get(id);
      device.number += 1;
      await this.#table("devices").put(device);
      return `${device.code}-${String(device.number).padStart(4, "0")}`;
    });
  }

  // ---- Documents ------------------------------------------------------------------------------

  /** @param {string} user @returns {Promise<ScopeRow | undefined>} */
  scope(user) {
    return this.#table("scopes").get(user);
  }

  /** @param {string} user @returns {Promise<ChunkRow[]>} */
  chunks(user) {
    return this.#table("chunks").where("[user+estate+n]").between([user], [user, Dexie.maxKey]).toArray();
  }

  /**
   * Versions of all documents of a generation, without reading the documents.
   * @param {string} user
   * @param {number} gen
   * @returns {Promise<{ type: string, id: string, v: number }[]>}
   */
  async versions(user, gen) {
    const ofGen = this.#table("docs").where("[user+gen+type+id+v]").between([user, gen], [user, gen, Dexie.maxKey]);
    const keys = await ofGen.keys();
    return keys.map((key) => {
      const [, , type, id, v] = /** @type {any} */ (key);
      return { type, id, v };
    });
  }

  /** @param {string} user @param {string} type @param {string} id @returns {Promise<DocRow | undefined>} */
  doc(user, type, id) {
    return this.#table("docs").get([user, type, id]);
  }

  /** @param {string} user @param {string} type @returns {Promise<DocRow[]>} */
  docsOf(user, type) {
    return this.#table("docs").where("[user+type+id]").between([user, type], [user, type, Dexie.maxKey]).toArray();
  }

  /** @param {string} user @param {string} unit @returns {Promise<DocRow[]>} whatever belongs to a unit */
  docsAt(user, unit) {
    return this.#table("docs").where("[user+unit]").equals([user, unit]).toArray();
  }

  /** @param {string} user @param {string} estate @returns {Promise<string[]>} `type:id` of every document in it */
  async namesIn(user, estate) {
    const keys = await this.#table("docs").where("[user+estate]").equals([user, estate]).primaryKeys();
    return keys.map((key) => {
      const [, type, id] = /** @type {any} */ (key);
      return `${type}:${id}`;
    });
  }

  /**
   * One pulled page and its cursor, or nothing if another tab came first.
   * @param {PageCommit} page
   * @returns {Promise<boolean>} committed
   */
  async commitPage({ was, scope, docs, gone, revoked, chunks, emptied, complete, lost, numbers }) {
    const { user } = scope;
    return this.#write(["scopes", "docs", "chunks", "photos", "devices"], async () => {
      const now = await this.#table("scopes").get(user);
      if (now?.rev !== was.rev) return false;
      for (const estate of revoked) await this.#table("docs").where("[user+estate]").equals([user, estate]).delete();
      await this.#table("docs").bulkDelete(gone.map(({ type, id }) => [user, type, id]));
      await this.#table("docs").bulkPut(docs);
      if (complete) await this.#dropEarlier(user, scope.gen);
      await this.#table("chunks").bulkDelete(emptied.map(({ estate, n }) => [user, estate, n]));
      await this.#table("chunks").bulkPut(chunks);
      await this.#table("scopes").put(scope);
      await this.#table("photos").where("sealed").anyOf(lost).modify({ complete: 0, tried: 1 });
      await this.#passNumbers(numbers);
      return true;
    });
  }

  /**
   * Begin a new generation from an empty cursor. After a restore of the office (`epoch` differs) whatever is kept
   * is also sent again.
   * @param {ScopeRow} was
   * @param {{ epoch: string, resend: boolean, at: number }} how
   */
  async startOver(was, { epoch, resend, at }) {
    const { user } = was;
    await this.#write(["scopes", "operations", "photos"], async () => {
      const now = await this.#table("scopes").get(user);
      if (now?.rev !== was.rev) return;
      await this.#table("scopes").put({
        user,
        epoch,
        cursor: "",
        gen: was.gen + 1,
        rev: was.rev + 1,
        proven: "",
        anewAt: at,
      });
      if (!resend) return;
      await this.#table("operations").where("user").equals(user).modify({ state: "here", receipt: null, safeAt: "" });
      await this.#table("photos")
        .filter((photo) => photo.user === user)
        .modify({ complete: 0, tried: 1 });
    });
  }

  // ---- Drafts and photos ----------------------------------------------------------------------

  /** @param {string} user @param {string} unit @returns {Promise<DraftRow | undefined>} */
  draft(user, unit) {
    return this.#table("drafts").get([user, unit]);
  }

  /** @param {string} user @returns {Promise<DraftRow[]>} */
  drafts(user) {
    return this.#table("drafts").where("[user+unit]").between([user], [user, Dexie.maxKey]).toArray();
  }

  /** @returns {Promise<number>} anybody's */
  draftCount() {
    return this.#table("drafts").count();
  }

  /**
   * @param {DraftRow} row
   * @param {CopyRow} ground  the documents it stands on; goes when the draft goes
   * @returns {Promise<boolean>} false if another draft stands there already
   */
  async beginDraft(row, ground) {
    return this.#write(["drafts", "copies"], async () => {
      if (await this.#table("drafts").get([row.user, row.unit])) return false;
      await this.#table("drafts").put(row);
      await this.#table("copies").put({ ...ground, id: groundId(row.id) });
      return true;
    });
  }

  /** @param {string} draftId @returns {Promise<CopyRow | undefined>} */
  ground(draftId) {
    return this.copy(groundId(draftId));
  }

  /**
   * @param {DraftRow} row
   * @param {string} [since]  when the one that it follows was saved: not over what another tab has written since
   * @param {CopyRow} [ground]  where it stands on more than it did
   * @returns {Promise<string>} saved at, later than that; "" if that draft is gone: held or deleted meanwhile
   */
  async keepDraft(row, since, ground) {
    return this.#write(ground ? ["drafts", "copies"] : ["drafts"], async () => {
      const kept = await this.#table("drafts").get([row.user, row.unit]);
      if (kept?.id !== row.id) return "";
      if (since !== undefined && kept.savedAt !== since) return "elsewhere";
      const savedAt = momentAfter(kept.savedAt, row.savedAt);
      const groundAt = ground ? savedAt : kept.groundAt;
      await this.#table("drafts").put({ ...row, savedAt, ...(groundAt && { groundAt }) });
      if (ground) await this.#table("copies").put({ ...ground, id: groundId(row.id) });
      return savedAt;
    });
  }

  /** @param {string} user @param {string} unit */
  async deleteDraft(user, unit) {
    await this.#write(["drafts", "photos", "frozen", "copies"], async () => {
      const draft = await this.#table("drafts").get([user, unit]);
      if (!draft) return;
      await this.#dropDraft(draft, []);
    });
  }

  /**
   * @param {{ row: PhotoRow, frozen: FrozenRow, copy: CopyRow }} photo
   * @returns {Promise<boolean>} false if its draft is gone
   */
  async keepPhoto({ row, frozen, copy }) {
    return this.#write(["photos", "frozen", "copies", "drafts"], async () => {
      if (!(await this.#table("drafts").where("id").equals(row.draft).count())) return false;
      await this.#table("frozen").put(frozen);
      await this.#table("copies").put(copy);
      await this.#table("photos").put(row);
      return true;
    });
  }

  /** @param {string} user @param {string} sha256 @returns {Promise<PhotoRow[]>} */
  photosOf(user, sha256) {
    return this.#table("photos").where("[user+sha256]").equals([user, sha256]).toArray();
  }

  /** @returns {Promise<PhotoRow[]>} */
  photos() {
    return this.#table("photos").toArray();
  }

  /** @returns {Promise<PhotoRow[]>} those of saved records that the office lacks */
  unsentPhotos() {
    return this.#table("photos")
      .where("complete")
      .equals(0)
      .filter((photo) => photo.op !== "")
      .toArray();
  }

  /**
   * @param {string} sealed
   * @param {{ complete?: 0 | 1, tried?: 0 | 1 }} change
   */
  async markPhoto(sealed, change) {
    await this.#write(["photos"], () => this.#table("photos").update(sealed, change));
  }

  /** @param {string} id @returns {Promise<Uint8Array<ArrayBuffer> | undefined>} */
  async frozen(id) {
    return (await this.#table("frozen").get(id))?.bytes;
  }

  /** @param {string} id @returns {Promise<CopyRow | undefined>} */
  copy(id) {
    return this.#table("copies").get(id);
  }

  /** Something that the vault alone reads, and that nothing else stands for. @param {CopyRow} row */
  async keepCopy(row) {
    await this.#write(["copies"], () => this.#table("copies").put(row));
  }

  /** What is being written on pages that have no draft. @param {string} place  under which they lie @returns {Promise<string[]>} their ids */
  jotted(place) {
    return this.#table("copies").where("id").startsWith(place).primaryKeys();
  }

  /** @param {string} id */
  async dropCopy(id) {
    await this.#write(["copies"], () => this.#table("copies").delete(id));
  }

  // ---- Operations -----------------------------------------------------------------------------

  /**
   * Keep an operation: its frozen bytes, its photos, the device's counters, and the end of what it was made of, all or
   * nothing.
   * @param {NewOperation} operation
   * @returns {Promise<"saved" | "moved" | "gone" | OperationRow>} "moved": the device's counters are not as they were;
   *   "gone": the draft that it was made of is not there, or another person's; a row: this visit was saved before
   */
  async saveOperation({ row, frozen, copy, was, device, ofDraft, jotted }) {
    return this.#write(["operations", "frozen", "copies", "devices", "photos", "drafts"], async () => {
      const [before, now, draft] = await Promise.all([
        this.#table("operations").where("entity").equals(row.entity).first(),
        this.#table("devices").get(device.id),
        this.#table("drafts").get([row.user, row.unit]),
      ]);
      // Whatever was written for it is not unsaved any more, nor where it was saved before and could not be read back.
      if (before && jotted) await this.#table("copies").delete(jotted);
      if (before) return before;
      if (ofDraft && draft?.id !== row.entity) return "gone";
      if (now.opSeq !== was.opSeq || now.prev !== was.prev) return "moved";
      await Promise.all([
        this.#table("devices").put({ ...device, number: now.number }),
        this.#table("frozen").put(frozen),
        this.#table("copies").put(copy),
        this.#table("operations").put(row),
        ...row.photos.map((sealed) => this.#table("photos").update(sealed, { op: row.opId })),
        draft?.id === row.entity && this.#dropDraft(draft, row.photos),
        jotted && this.#table("copies").delete(jotted),
      ]);
      return "saved";
    });
  }

  /** @param {string} opId @returns {Promise<OperationRow | undefined>} */
  operation(opId) {
    return this.#table("operations").get(opId);
  }

  /** @param {string} opId @returns {Promise<{ kept?: OperationRow, bytes?: Uint8Array<ArrayBuffer> }>} as it stands on the disk */
  whatWasKept(opId) {
    return this.#read(["operations", "frozen"], async () => {
      const [kept, bytes] = await Promise.all([this.operation(opId), this.frozen(opId)]);
      return { kept, bytes };
    });
  }

  /** @param {string} user @returns {Promise<OperationRow[]>} */
  operations(user) {
    return this.#table("operations").where("user").equals(user).toArray();
  }

  /** @returns {Promise<OperationRow[]>} any user's, in the order in which each device made them */
  async unsent() {
    const rows = await this.#table("operations").where("state").equals("here").toArray();
    return rows.sort((a, b) => (a.device === b.device ? a.opSeq - b.opSeq : a.device < b.device ? -1 : 1));
  }

  /**
   * What the office said on arrival; what it lacks of the photos, and what it has of them.
   * @param {{ receipt: Receipt, state: OperationRow["state"] }[]} answers
   */
  async keepReceipts(answers) {
    await this.#write(["operations", "photos"], async () => {
      for (const { receipt, state } of answers) {
        const row = await this.#table("operations").get(receipt.op_id);
        if (!row) continue;
        await this.#table("operations").put({ ...row, state, receipt });
        await this.#table("photos")
          .where("sealed")
          .anyOf(row.photos.filter((/** @type {string} */ sealed) => receipt.missing.includes(sealed)))
          .modify({ complete: 0 });
      }
    });
  }

  /**
   * @param {string[]} opIds  complete at the office
   * @param {string} at  by the office's clock
   */
  async markSafe(opIds, at) {
    await this.#write(["operations"], () =>
      this.#table("operations").where("opId").anyOf(opIds).modify({ safeAt: at }),
    );
  }

  /** @param {string[]} opIds  whose every hash the office confirmed, long ago */
  async dropOperations(opIds) {
    await this.#write(["operations", "photos", "frozen", "copies"], async () => {
      const rows = (await this.#table("operations").bulkGet(opIds)).filter(Boolean);
      const ids = rows.flatMap((row) => [row.opId, ...row.photos]);
      await this.#table("frozen").bulkDelete(ids);
      await this.#table("copies").bulkDelete(ids);
      await this.#table("photos").bulkDelete(rows.flatMap((row) => row.photos));
      await this.#table("operations").bulkDelete(rows.map((row) => row.opId));
    });
  }

  // ---- Contact --------------------------------------------------------------------------------

  /**
   * @returns {Promise<{ lastOkAt: string, toldAt: number, wiped?: boolean } | undefined>} last time that all went
   *   through; last push; whether this tablet's storage was emptied behind its back before it was enrolled anew
   */
  contact() {
    return this.#setting("contact");
  }

  /** @param {{ lastOkAt: string, toldAt: number, wiped?: boolean }} contact */
  async keepContact(contact) {
    await this.#write(["settings"], () => this.#table("settings").put({ name: "contact", value: contact }));
  }

  // ---- Silence and withdrawal ------------------------------------------------------------------

  /**
   * The office was heard: from now on this tablet may be silent for so long.
   * @param {number} hours
   * @param {number} now
   */
  async renewLease(hours, now) {
    await this.#write(["settings"], () =>
      this.#table("settings").put({ name: "lease", value: { hours, spent: 0, at: now } }),
    );
  }

  /**
   * Count the time since the lease was last looked at. Whichever way the clock was set, its steps add up.
   * @param {number} now
   * @returns {Promise<import("./standing.js").Lease | undefined>} undefined before the first contact
   */
  async spendLease(now) {
    return this.#write(["settings"], async () => {
      const lease = await this.lease(now);
      if (lease) await this.#table("settings").put({ name: "lease", value: lease });
      return lease;
    });
  }

  /**
   * The same, without keeping it.
   * @param {number} now
   * @returns {Promise<import("./standing.js").Lease | undefined>}
   */
  async lease(now) {
    const lease = await this.#setting("lease");
    return lease && { ...lease, spent: lease.spent + Math.abs(now - lease.at), at: now };
  }

  /** @returns {Promise<number>} records and photos that the office has not confirmed byte for byte */
  async unconfirmed() {
    const operations = await this.#table("operations").filter(isUnconfirmed).count();
    return operations + (await this.unsentPhotos()).length;
  }

  /**
   * Empty the storage, unless something in it is not confirmed by the office: then nothing is touched.
   * @returns {Promise<boolean>} whether it is empty now
   */
  async wipe() {
    const tables = this.#db.tables.map(({ name }) => name);
    return this.#write(tables, async () => {
      if (await this.unconfirmed()) return false;
      for (const name of tables) await this.#table(name).clear();
      return true;
    });
  }

  /** Delete the database itself; an empty one stands in its place. */
  async destroy() {
    this.#opened = false;
    await this.#db.delete();
    await this.open();
  }

  // ---- Inside a transaction -------------------------------------------------------------------

  /**
   * With its ground, and with photos that were taken for it and then removed from it.
   * @param {DraftRow} draft
   * @param {string[]} kept
   */
  async #dropDraft(draft, kept) {
    const photos = await this.#table("photos").where("draft").equals(draft.id).toArray();
    const loose = photos.map((photo) => photo.sealed).filter((sealed) => !kept.includes(sealed));
    await this.#table("photos").bulkDelete(loose);
    await this.#table("frozen").bulkDelete(loose);
    await this.#table("copies").bulkDelete([...loose, groundId(draft.id)]);
    await this.#table("drafts").delete([draft.user, draft.unit]);
  }

  /** @param {string} user @param {number} gen */
  async #dropEarlier(user, gen) {
    await this.#table("docs").where("[user+gen+type+id+v]").between([user], [user, gen]).delete();
  }

  /** @param {{ code: string, number: number }[]} numbers */
  async #passNumbers(numbers) {
    if (!numbers.length) return;
    for (const device of await this.#table("devices").toArray()) {
      const used = numbers.filter(({ code }) => code === device.code).map(({ number }) => number);
      const number = Math.max(device.number, ...used);
      if (number > device.number) await this.#table("devices").put({ ...device, number });
    }
  }

  /** @param {string} name */
  async #setting(name) {
    return (await this.#table("settings").get(name))?.value;
  }

  /** @param {string} name @returns {import("dexie").Table<any, any>} */
  #table(name) {
    return this.#db.table(name);
  }

  /**
   * A browser that empties its storage closes what is open; the next access would make an empty one of the same name.
   * @throws `storage:outdated`, which undoes that
   */
  #neverAnew() {
    if (!this.#opened) return;
    this.#letGo(true);
    throw this.whyOutdated();
  }

  /** Never opened again by itself: that would be old code on new storage. @param {boolean} deleted */
  #letGo(deleted) {
    this.#outdated = true;
    this.#deleted = deleted;
    this.#db.close();
    this.onOutdated();
  }

  /**
   * @template T
   * @param {string[]} tables
   * @param {() => PromiseLike<T>} work
   * @returns {Promise<T>} what `work` found, all of it from one moment
   */
  async #read(tables, work) {
    return this.#db.transaction("r", tables, work);
  }

  /**
   * Written whole or not at all; where space is short, once more after making some.
   * @template T
   * @param {string[]} tables
   * @param {() => PromiseLike<T>} work
   * @returns {Promise<T>}
   */
  async #write(tables, work) {
    if (this.#outdated) throw this.whyOutdated();
    try {
      return await this.#db.transaction("rw", tables, work);
    } catch (error) {
      if (this.#outdated) throw this.whyOutdated();
      if (!isQuota(error) || !(await this.#makeRoom())) return guarded(Promise.reject(error));
    }
    return guarded(this.#db.transaction("rw", tables, work));
  }

  /**
   * Drop what can be done without: this tablet's readable copies of photos that are complete at the office. The frozen
   * ones stay, so that they can be sent again.
   * @returns {Promise<boolean>} there was something to drop
   */
  async #makeRoom() {
    const arrived = await this.#table("photos")
      .where("complete")
      .equals(1)
      .filter((photo) => photo.op !== "")
      .primaryKeys();
    const copies = this.#table("copies");
    const dropped = this.#db.transaction("rw", ["copies"], () => copies.where("id").anyOf(arrived).delete());
    return (await dropped.catch(() => 0)) > 0;
  }
}

/**
 * Without a receipt for these very bytes. That the office holds other bytes under the same id is no receipt for ours.
 * @param {OperationRow} row
 */
const isUnconfirmed = ({ state, receipt, digest }) =>
  state === "here" || receipt?.digest !== digest || receipt?.code === "operation:digest_differs";

/**
 * Savings of one moment have each their own; a clock that was put back is believed.
 * @param {string} before
 * @param {string} at
 */
function momentAfter(before, at) {
  const since = Date.parse(at) - Date.parse(before);
  return since <= 0 && since > -1000 ? new Date(Date.parse(before) + 1).toISOString() : at;
}

/** @param {string} draftId */
const groundId = (draftId) => `ground:${draftId}`;

/**
 * @template T
 * @param {PromiseLike<T>} work
 * @returns {Promise<T>}
 */
async function guarded(work) {
  try {
    return await work;
  } catch (error) {
    if (isQuota(error))
      throw new Refused("storage:full", _("The tablet's storage is full. Nothing was lost; please free some space."));
    throw error;
  }
}

/** @param {any} error */
function isQuota(error) {
  return [error?.name, error?.inner?.name].includes("QuotaExceededError");
}
