// Fetching what changed: each page and its cursor are kept together, and the last one proves that all is there.
import { sha256 } from "./canonical.js";
import { NotTheOffice } from "./http.js";
import { Index } from "./search.js";
import { sealValue } from "./vault.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./schema.js").ScopeRow} ScopeRow */
/** @typedef {import("./types.js").PullPage} PullPage */
/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").RecordDoc} RecordDoc */
/** @typedef {{ versions: Map<string, number>, revoked: Set<string>, changes: Change[] }} After  what a page leads to */
/** @typedef {(next: string | null) => void} OnNext  hears where the page after one begins, before that one is here */
/** @typedef {(cursor: string, onNext: OnNext) => Promise<unknown>} Get */
/** @typedef {{ cursor: string, page: Promise<unknown>, next: Promise<string | null> }} Asked  a page under way */

const MOST_RESTORES = 2;
/** Fetching everything anew because of a digest is for accidents; against an office that is wrong it would not help. */
const ANEW_EVERY = 3_600_000;
/** While a long pull goes on, what came so far is shown now and then: drawing after every page would hold it up. */
const SHOW_EVERY = 3_000;

/** Raised when the documents do not add up to what the office says even after starting over. */
export class NotTheSame extends Error {
  constructor() {
    super("the documents differ from the office's");
    this.name = "NotTheSame";
    this.code = "sync:differs";
  }
}

export class Puller {
  #store;
  #user;
  #key;
  #now;
  /** @type {{ rev: number, value: Index } | undefined} */
  #index;
  /** @type {{ rev: number, value: Map<string, number> } | undefined} by `type:id` */
  #versions;

  /**
   * @param {{ store: Store, user: string, key: CryptoKey, now: () => number }} parts  one user's open vault
   */
  constructor({ store, user, key, now }) {
    this.#now = now;
    this.#store = store;
    this.#user = user;
    this.#key = key;
  }

  /** @returns {Promise<number>} counts how often everything was fetched anew */
  async generation() {
    return (await this.#scope()).gen;
  }

  /** @returns {Promise<Index>} as it is stored now */
  async index() {
    const { rev } = await this.#scope();
    if (this.#index?.rev !== rev) {
      const chunks = await this.#store.chunks(this.#user);
      this.#index = { rev, value: await Index.opened(this.#key, this.#user, chunks) };
    }
    return this.#index.value;
  }

  /**
   * Pull until the office has nothing more. After a restore of the office or a wrong digest everything is fetched
   * anew beside what is there, which stays readable until all of the new is here.
   * @param {{ get: Get, open: () => boolean, onPage: () => Promise<void> }} parts
   *   `open`: false as soon as the vault is locked
   */
  async pull({ get, open, onPage }) {
    let [unseen, seenAt] = [false, Number.NEGATIVE_INFINITY];
    const show = async () => {
      [unseen, seenAt] = [false, this.#now()];
      await onPage();
    };
    const onTaken = async () => {
      unseen = true;
      if (Math.abs(this.#now() - seenAt) >= SHOW_EVERY) await show();
    };
    try {
      await this.#pullAll(get, open, onTaken);
    } finally {
      if (unseen) await show();
    }
  }

  /**
   * @param {Get} get
   * @param {() => boolean} open
   * @param {() => Promise<void>} onTaken
   */
  async #pullAll(get, open, onTaken) {
    /** @type {Asked | undefined} under way while the page before it comes and is kept */
    let ahead;
    try {
      for (let restores = 0, more = true; more && open(); ) {
        const was = await this.#scope();
        const coming = ahead?.cursor === was.cursor ? ahead : asked(get, was.cursor);
        ahead = undefined;
        coming.next.then((cursor) => {
          if (cursor) ahead = asked(get, cursor);
        });
        const page = checked(await coming.page);
        const restored = was.epoch !== "" && page.epoch !== was.epoch;
        if (page.more && !restored) ahead ??= asked(get, page.cursor);
        const taken = restored ? "restored" : await this.#take(was, page);
        if (taken === "restored" && ++restores > MOST_RESTORES) throw new NotTheSame();
        if (taken === "restored") await this.#store.startOver(was, { epoch: page.epoch, resend: true, at: was.anewAt });
        if (taken === "differs") await this.#fetchAnew(page.epoch);
        if (taken !== "nothing") await onTaken();
        more = page.more || taken === "overtaken" || taken === "differs" || taken === "restored";
      }
    } finally {
      await ahead?.page.catch(() => {});
    }
  }

  /** @param {string} epoch */
  async #fetchAnew(epoch) {
    const [scope, at] = [await this.#scope(), this.#now()];
    if (Math.abs(at - scope.anewAt) < ANEW_EVERY) throw new NotTheSame();
    await this.#store.startOver(scope, { epoch, resend: false, at });
  }

  async #scope() {
    const scope = await this.#store.scope(this.#user);
    if (!scope) throw new Error(`no scope for ${this.#user}`);
    return scope;
  }

  /** @param {ScopeRow} scope @returns {Promise<Map<string, number>>} what there is of its generation */
  async #versionsIn({ rev, gen }) {
    if (this.#versions?.rev !== rev) {
      const rows = await this.#store.versions(this.#user, gen);
      this.#versions = { rev, value: new Map(rows.map(({ type, id, v }) => [`${type}:${id}`, v])) };
    }
    return this.#versions.value;
  }

  /**
   * @param {ScopeRow} was
   * @param {PullPage} page
   * @returns {Promise<"kept" | "nothing" | "overtaken" | "differs">}
   */
  async #take(was, page) {
    const last = !page.more;
    if (isIdle(was, page)) return "nothing";
    const index = (await this.index()).copy();
    const next = await this.#after(await this.#versionsIn(was), page);
    const proof = last && page.digest ? await digestOf(next.versions) : undefined;
    const differs = proof !== undefined && (proof.count !== page.digest?.count || proof.sha256 !== page.digest?.sha256);
    const commit = await this.#commitOf(was, index, next, page, differs ? "" : (proof?.sha256 ?? ""));
    if (!(await this.#store.commitPage(commit))) return "overtaken";
    const { rev } = commit.scope;
    this.#index = { rev, value: index };
    this.#versions = { rev, value: next.versions };
    return differs ? "differs" : "kept";
  }

  /**
   * What the documents' versions are after a page, and which of its changes count.
   * @param {Map<string, number>} before
   * @param {PullPage} page
   * @returns {Promise<After>}
   */
  async #after(before, page) {
    const versions = new Map(before);
    const revoked = new Set(page.revoked);
    for (const name of await this.#inEstates(revoked)) versions.delete(name);
    /** @type {Map<string, Change>} the last word on each document */
    const counted = new Map();
    for (const change of page.changes) {
      const name = `${change.type}:${change.id}`;
      if ((versions.get(name) ?? -1) > change.v) continue;
      counted.set(name, change);
      if (change.gone) versions.delete(name);
      else versions.set(name, change.v);
    }
    return { versions, revoked, changes: [...counted.values()] };
  }

  /** @param {Set<string>} estates @returns {Promise<string[]>} `type:id` of whatever is in them */
  async #inEstates(estates) {
    const names = await Promise.all([...estates].map((estate) => this.#store.namesIn(this.#user, estate)));
    return names.flat();
  }

  /**
   * @param {ScopeRow} was
   * @param {Index} index  is changed to what it will be
   * @param {After} next
   * @param {PullPage} page
   * @param {string} proven  digest that the documents were checked against
   */
  async #commitOf(was, index, next, page, proven) {
    const last = !page.more;
    const touched = index.keepOnly((entry) => !next.revoked.has(entry.estate));
    for (const change of next.changes) touched.push(...some(index.take(change, was.gen)));
    if (last) touched.push(...index.keepOnly((entry) => entry.gen === was.gen));
    const { chunks, emptied } = await index.sealed(this.#key, this.#user, touched);
    const live = next.changes.filter((change) => !change.gone);
    const records = live.flatMap(({ type, doc }) => (type === "record" ? [/** @type {RecordDoc} */ (doc)] : []));
    return {
      was,
      scope: { ...was, epoch: page.epoch, cursor: page.cursor, rev: was.rev + 1, proven },
      docs: await Promise.all(live.map((change) => this.#docRow(change, was.gen))),
      gone: next.changes.filter((change) => change.gone).map(({ type, id }) => ({ type, id })),
      revoked: [...next.revoked],
      chunks,
      emptied,
      complete: last,
      lost: records.flatMap((record) => record.missing),
      numbers: records.flatMap((record) => numberIn(record.number)),
    };
  }

  /**
   * @param {Change} change
   * @param {number} gen
   */
  async #docRow({ type, id, estate, v, doc }, gen) {
    const unit = type === "unit" ? id : doc && "unit_id" in doc ? doc.unit_id : "";
    return {
      user: this.#user,
      type,
      id,
      estate,
      unit,
      gen,
      v,
      ...(await sealValue(this.#key, docPlace(this.#user, type, id), doc)),
    };
  }
}

/**
 * @param {string} user
 * @param {string} type
 * @param {string} id
 */
export const docPlace = (user, type, id) => `doc:${user}:${type}:${id}`;

/**
 * What the office calls the scope's digest.
 * @param {Map<string, number>} versions  by `type:id`
 * @returns {Promise<{ count: number, sha256: string }>}
 */
export async function digestOf(versions) {
  // Names are as long as each other within a type, so that they are in the order of their lines.
  const names = [...versions.keys()].sort();
  const lines = names.map((name) => `${name}:${versions.get(name)}\n`);
  return { count: lines.length, sha256: await sha256(lines.join("")) };
}

/**
 * Nothing new, and what is here was proven against this very digest.
 * @param {ScopeRow} was
 * @param {PullPage} page
 */
function isIdle(was, page) {
  const quiet = !page.more && !page.changes.length && !page.revoked.length && page.cursor === was.cursor;
  return quiet && was.proven !== "" && page.digest?.sha256 === was.proven;
}

/** @param {any} page @returns {PullPage} */
function checked(page) {
  if (typeof page?.epoch !== "string" || typeof page.cursor !== "string" || !Array.isArray(page.changes)) {
    throw new NotTheOffice("what answered the pull is not the office");
  }
  return { granted: [], revoked: [], ...page };
}

/**
 * The page after a cursor, asked for before anybody waits for it.
 * @param {Get} get
 * @param {string} cursor
 * @returns {Asked}
 */
function asked(get, cursor) {
  /** @type {OnNext} */
  let onNext = () => {};
  const next = new Promise((/** @type {OnNext} */ resolve) => {
    onNext = resolve;
  });
  const page = get(cursor, onNext);
  page.catch(() => {});
  return { cursor, page, next };
}

/** @template T @param {T | undefined} thing @returns {T[]} */
const some = (thing) => (thing === undefined ? [] : [thing]);

/**
 * @param {string} text  `T07-0012`
 * @returns {{ code: string, number: number }[]}
 */
function numberIn(text) {
  const parts = /^(.+)-(\d+)$/.exec(text ?? "");
  return parts ? [{ code: parts[1], number: Number(parts[2]) }] : [];
}
