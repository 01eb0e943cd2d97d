// The light index of all that a user may see: rows for lists and for finding a unit, kept in encrypted chunks.
//
// A chunk holds some hundred rows of one estate, in the order in which they came, so that a pulled page rewrites the
// one or two chunks it fills or touches, and opening the tablet reads a few dozen chunks instead of thousands of
// documents. Of tasks only those still due are in it: what was settled over the years is never asked for.
import { sealValue, unsealValue } from "./vault.js";

/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").UnitRow} UnitRow */
/** @typedef {import("./types.js").Task} Task */
/** @typedef {import("./types.js").RecordDoc} RecordDoc */
/** @typedef {import("./schema.js").ChunkRow} ChunkRow */

/**
 * @typedef {object} Entry  One row of the index.
 * @property {"unit" | "task" | "record"} type
 * @property {string} id
 * @property {string} estate
 * @property {number} v
 * @property {number} gen
 * @property {any} row  `UnitRow`, `Task` or `RecordDoc`
 */

/** @typedef {{ estate: string, n: number }} ChunkName */

/** @typedef {ChunkName & { entries: Map<string, Entry> }} Chunk  by `type:id` */

const MOST_IN_CHUNK = 400;
const MOST_FOUND = 50;
const WORST = 5;

export class Index {
  /** @type {Map<string, Chunk>} by estate and number */
  #chunks = new Map();
  /** @type {Map<string, Chunk>} where each entry lies, by `type:id` */
  #homes = new Map();
  /** @type {Record<Entry["type"], Map<string, Entry>>} by id */
  #entries = { unit: new Map(), task: new Map(), record: new Map() };
  /** @type {Map<string, string[][]>} what a unit is found by, most telling first; made when first looked for */
  #keys = new Map();
  /** @type {UnitRow[] | undefined} as one walks; undefined when a unit changed since */
  #walk;
  /** @type {{ id: string, estate: string, v: number, gen: number, task: Task }[] | undefined} undefined when one changed since */
  #tasks;
  /** @type {Map<string, { estate: string, record: RecordDoc }> | undefined} likewise */
  #records;

  /**
   * @param {CryptoKey} key
   * @param {string} user
   * @param {ChunkRow[]} rows
   */
  static async opened(key, user, rows) {
    const index = new Index();
    const chunks = await Promise.all(rows.map((row) => unsealValue(key, placeOf(user, row), row)));
    rows.forEach((row, i) => {
      for (const entry of chunks[i]) if (isWanted(entry.type, entry.row)) index.#put(entry, index.#chunk(row));
    });
    return index;
  }

  /** A copy to change while others go on reading this one. */
  copy() {
    const index = new Index();
    for (const { estate, n, entries } of this.#chunks.values()) {
      const chunk = { estate, n, entries: new Map(entries) };
      index.#chunks.set(keyOf(chunk), chunk);
      for (const key of entries.keys()) index.#homes.set(key, chunk);
    }
    for (const type of TYPES) index.#entries[type] = new Map(this.#entries[type]);
    index.#keys = new Map(this.#keys);
    index.#walk = this.#walk;
    return index;
  }

  /**
   * Take in a pulled change. Older versions of the same generation are passed over.
   * @param {Change} change
   * @param {number} gen
   * @returns {ChunkName | undefined} the chunk that changed
   */
  take(change, gen) {
    const type = TYPES.find((each) => each === change.type);
    if (!type) return undefined;
    const known = this.#entries[type].get(change.id);
    if (known && !change.gone && known.gen === gen && known.v > change.v) return undefined;
    if (change.gone || !isWanted(type, change.doc)) return known && this.#drop(known);
    if (known && known.estate !== change.estate) this.#drop(known);
    return this.#put(entryOf(type, change, gen));
  }

  /**
   * Drop what fails the test: revoked estates, earlier generations.
   * @param {(entry: Entry) => boolean} keep
   * @returns {ChunkName[]} chunks that changed
   */
  keepOnly(keep) {
    const all = TYPES.flatMap((type) => [...this.#entries[type].values()]);
    return all.filter((entry) => !keep(entry)).map((entry) => this.#drop(entry));
  }

  /**
   * @param {CryptoKey} key
   * @param {string} user
   * @param {ChunkName[]} names  may repeat
   * @returns {Promise<{ chunks: ChunkRow[], emptied: ChunkName[] }>}
   */
  async sealed(key, user, names) {
    const once = [...new Map(names.map((name) => [keyOf(name), name])).values()];
    const full = once.filter((name) => this.#chunk(name).entries.size);
    const chunks = full.map(async ({ estate, n }) => {
      const entries = [...this.#chunk({ estate, n }).entries.values()];
      return { user, estate, n, ...(await sealValue(key, placeOf(user, { estate, n }), entries)) };
    });
    return { chunks: await Promise.all(chunks), emptied: once.filter((name) => !this.#chunk(name).entries.size) };
  }

  /** @param {string} id @returns {UnitRow | undefined} */
  unit(id) {
    return this.#entries.unit.get(id)?.row;
  }

  /** @returns {readonly UnitRow[]} as one walks */
  units() {
    this.#walk ??= [...this.#entries.unit.values()].map((entry) => entry.row).sort(asOneWalks);
    return this.#walk;
  }

  /** @returns {readonly { id: string, estate: string, v: number, gen: number, task: Task }[]} those still due */
  tasks() {
    this.#tasks ??= [...this.#entries.task.values()].map(({ id, estate, v, gen, row }) => ({
      id,
      estate,
      v,
      gen,
      task: row,
    }));
    return this.#tasks;
  }

  /** @returns {Map<string, { estate: string, record: RecordDoc }>} by operation */
  records() {
    this.#records ??= new Map(
      [...this.#entries.record.values()].map(({ estate, row }) => [row.op_id, { estate, record: row }]),
    );
    return this.#records;
  }

  /** Do now what the first search would have to do: put units in order and spell out what each is found by. */
  getReady() {
    for (const row of this.units()) this.#keysOf(row);
  }

  /**
   * Units by number, label, name, pinyin or initials; every word must match. Best first.
   * @param {string} text
   * @returns {UnitRow[]}
   */
  search(text) {
    const words = plain(text).split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    /** @type {UnitRow[][]} by score, each as one walks */
    const found = Array.from({ length: WORST * words.length + 1 }, () => []);
    for (const row of this.units()) {
      const score = scoreOf(this.#keysOf(row), words);
      if (score < Number.POSITIVE_INFINITY) found[score].push(row);
    }
    return found.flat().slice(0, MOST_FOUND);
  }

  /** @param {UnitRow} row */
  #keysOf(row) {
    let keys = this.#keys.get(row.id);
    if (!keys) {
      keys = keysOf(row);
      this.#keys.set(row.id, keys);
    }
    return keys;
  }

  /** @param {ChunkName} name */
  #chunk({ estate, n }) {
    const key = keyOf({ estate, n });
    let chunk = this.#chunks.get(key);
    if (!chunk) {
      chunk = { estate, n, entries: new Map() };
      this.#chunks.set(key, chunk);
    }
    return chunk;
  }

  /** @param {string} estate @returns {Chunk} with room for one more */
  #roomIn(estate) {
    const chunks = [...this.#chunks.values()].filter((chunk) => chunk.estate === estate);
    const free = chunks.find((chunk) => chunk.entries.size < MOST_IN_CHUNK);
    return free ?? this.#chunk({ estate, n: Math.max(-1, ...chunks.map(({ n }) => n)) + 1 });
  }

  /**
   * @param {Entry} entry
   * @param {Chunk} [into]
   * @returns {ChunkName}
   */
  #put(entry, into) {
    const key = `${entry.type}:${entry.id}`;
    const chunk = into ?? this.#homes.get(key) ?? this.#roomIn(entry.estate);
    chunk.entries.set(key, entry);
    this.#homes.set(key, chunk);
    this.#entries[entry.type].set(entry.id, entry);
    this.#noted(entry);
    return chunk;
  }

  /** @param {Entry} entry @returns {ChunkName} */
  #drop(entry) {
    const key = `${entry.type}:${entry.id}`;
    const chunk = /** @type {Chunk} */ (this.#homes.get(key));
    chunk.entries.delete(key);
    this.#homes.delete(key);
    this.#entries[entry.type].delete(entry.id);
    this.#noted(entry);
    return chunk;
  }

  /** What was made of it is made anew when next asked for. @param {Entry} entry */
  #noted({ type, id }) {
    if (type === "task") this.#tasks = undefined;
    if (type === "record") this.#records = undefined;
    if (type !== "unit") return;
    this.#keys.delete(id);
    this.#walk = undefined;
  }
}

/**
 * Building, entrance, floor downwards, number: the way one walks.
 * @param {UnitRow} a
 * @param {UnitRow} b
 */
export function asOneWalks(a, b) {
  return (
    byNumber(a.building, b.building) ||
    byNumber(a.entrance, b.entrance) ||
    b.floor - a.floor ||
    byNumber(a.number, b.number)
  );
}

const collator = new Intl.Collator("zh", { numeric: true });
/** Most neighbours share building and entrance: those are not worth a collation. @param {string} a @param {string} b */
const byNumber = (a, b) => (a === b ? 0 : alike(a, b) ? (a < b ? -1 : 1) : collator.compare(a, b));
/** Numbers of as many digits are in the order of their text. @param {string} a @param {string} b */
const alike = (a, b) => a.length === b.length && DIGITS.test(a) && DIGITS.test(b);
const DIGITS = /^\d+$/;

/** @type {Entry["type"][]} */
const TYPES = ["unit", "task", "record"];

/** @param {Entry["type"]} type @param {any} row */
const isWanted = (type, row) => type !== "task" || row.state === "due";

/** @param {ChunkName} name */
const keyOf = ({ estate, n }) => `${estate}/${n}`;

/**
 * @param {string} user
 * @param {ChunkName} name
 */
const placeOf = (user, { estate, n }) => `index:${user}:${estate}:${n}`;

/**
 * @param {Entry["type"]} type
 * @param {Change} change
 * @param {number} gen
 * @returns {Entry}
 */
function entryOf(type, { id, estate, v, doc }, gen) {
  const row = type === "unit" ? unitRowOf(id, estate, /** @type {Unit} */ (doc)) : doc;
  return { type, id, estate, v, gen, row };
}

/**
 * @param {string} id
 * @param {string} estate
 * @param {Unit} unit
 * @returns {UnitRow}
 */
export function unitRowOf(id, estate, unit) {
  const owner = unit.people.find((person) => person.relation === "owner") ?? unit.people[0];
  return {
    id,
    estate,
    building: unit.building,
    entrance: unit.entrance,
    floor: unit.floor,
    number: unit.number,
    label: unit.label,
    name: owner?.name ?? "",
    names: unit.people.map((person) => person.name),
    initials: unit.people.map((person) => person.initials),
    pinyin: unit.people.map((person) => person.pinyin),
    occupancy: unit.occupancy,
    care: unit.care,
    doNotDisturb: unit.do_not_disturb ?? "",
    handoverOn: unit.handover_on ?? "",
    attempts: unit.attempts,
    tries: unit.tries ?? [],
    last: unit.last_visit ? { on: unit.last_visit.on, rating: unit.last_visit.rating } : null,
  };
}

/**
 * What a unit is found by. First its places, then names and initials (from their start), then what may match inside.
 * @param {UnitRow} row
 * @returns {string[][]}
 */
function keysOf(row) {
  const places = [row.number, `${row.building}-${row.entrance}-${row.number}`, `${row.building}-${row.number}`];
  const sounds = row.pinyin.map((syllables) => plain(syllables).replaceAll(" ", ""));
  const labels = [row.label.zh, row.label.en].map((label) => plain(label));
  return [
    places.map(plain),
    [...row.names, ...row.initials].map(plain).concat(sounds),
    [
      ...row.names.map(plain),
      ...labels,
      ...labels.map((label) => label.replaceAll(" ", "")),
      ...row.pinyin.map(plain),
      ...sounds,
    ],
  ];
}

/**
 * @param {string[][]} keys
 * @param {string[]} words
 * @returns {number} less is better; infinite if a word matches nothing
 */
function scoreOf(keys, words) {
  let score = 0;
  for (const word of words) score += scoreOfWord(keys, word);
  return score;
}

/**
 * @param {string[][]} keys
 * @param {string} word
 */
function scoreOfWord([places, starts, inside], word) {
  if (places.includes(word)) return 0;
  if (starts.includes(word)) return 1;
  if (places.some((key) => key.startsWith(word))) return 2;
  if (starts.some((key) => key.startsWith(word))) return 3;
  if (places.some((key) => key.includes(word))) return 4;
  return inside.some((key) => key.includes(word)) ? WORST : Number.POSITIVE_INFINITY;
}

/** Full-width digits and letters as half-width, case folded. @param {string} text */
const plain = (text) => text.normalize("NFKC").toLowerCase().trim();
