// The light index of all that a user may see: rows for lists and for finding a unit, kept in encrypted chunks.
//
// A chunk holds the rows of one estate whose ids end alike. A pulled page rewrites only the chunks it touches, and
// opening the tablet reads a few dozen chunks instead of thousands of documents.
import { sealValue, unsealValue } from "./vault.js";

/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").UnitRow} UnitRow */
/** @typedef {import("./types.js").Task} Task */
/** @typedef {import("./types.js").RecordDoc} RecordDoc */
/** @typedef {import("./store.js").ChunkRow} ChunkRow */

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

const CHUNKS = 16;
const MOST_FOUND = 50;
const WORST = 5;
const INDEXED = new Set(["unit", "task", "record"]);

export class Index {
  /** @type {Map<string, Map<string, Entry>>} by chunk name, then by `type:id` */
  #chunks = new Map();
  /** @type {Map<string, Entry>} by `type:id` */
  #entries = new Map();
  /** @type {Map<string, string[][]>} what each unit is found by: most telling first */
  #keys = new Map();
  /** @type {UnitRow[] | undefined} as one walks; undefined when a unit changed since */
  #walk;

  /**
   * @param {CryptoKey} key
   * @param {string} user
   * @param {ChunkRow[]} rows
   */
  static async opened(key, user, rows) {
    const index = new Index();
    const chunks = await Promise.all(rows.map((row) => unsealValue(key, placeOf(user, row), row)));
    for (const entries of chunks) for (const entry of entries) index.#put(entry);
    return index;
  }

  /** A copy to change while others go on reading this one. */
  copy() {
    const index = new Index();
    for (const [name, chunk] of this.#chunks) index.#chunks.set(name, new Map(chunk));
    index.#entries = new Map(this.#entries);
    index.#keys = new Map(this.#keys);
    return index;
  }

  /**
   * Take in a pulled change. Older versions of the same generation are passed over.
   * @param {Change} change
   * @param {number} gen
   * @returns {ChunkName | undefined} the chunk that changed
   */
  take(change, gen) {
    if (!INDEXED.has(change.type)) return undefined;
    const known = this.#entries.get(`${change.type}:${change.id}`);
    if (change.gone) return known && this.#drop(known);
    if (known && known.gen === gen && known.v > change.v) return undefined;
    if (known && known.estate !== change.estate) this.#drop(known);
    return this.#put(entryOf(change, gen));
  }

  /**
   * Drop what fails the test: revoked estates, earlier generations.
   * @param {(entry: Entry) => boolean} keep
   * @returns {ChunkName[]} chunks that changed
   */
  keepOnly(keep) {
    return [...this.#entries.values()].filter((entry) => !keep(entry)).map((entry) => this.#drop(entry));
  }

  /**
   * @param {CryptoKey} key
   * @param {string} user
   * @param {ChunkName[]} names  may repeat
   * @returns {Promise<{ chunks: ChunkRow[], emptied: ChunkName[] }>}
   */
  async sealed(key, user, names) {
    const once = [...new Map(names.map((name) => [`${name.estate}/${name.n}`, name])).values()];
    const full = once.filter((name) => this.#chunk(name).size);
    const chunks = full.map(async ({ estate, n }) => {
      const entries = [...this.#chunk({ estate, n }).values()];
      return { user, estate, n, ...(await sealValue(key, placeOf(user, { estate, n }), entries)) };
    });
    return { chunks: await Promise.all(chunks), emptied: once.filter((name) => !this.#chunk(name).size) };
  }

  /** @param {string} id @returns {UnitRow | undefined} */
  unit(id) {
    return this.#entries.get(`unit:${id}`)?.row;
  }

  /** @returns {readonly UnitRow[]} as one walks */
  units() {
    this.#walk ??= this.#all("unit")
      .map((entry) => entry.row)
      .sort(asOneWalks);
    return this.#walk;
  }

  /** @returns {{ id: string, estate: string, v: number, task: Task }[]} */
  tasks() {
    return this.#all("task").map(({ id, estate, v, row }) => ({ id, estate, v, task: row }));
  }

  /** @returns {Map<string, { estate: string, record: RecordDoc }>} by operation */
  records() {
    return new Map(this.#all("record").map(({ estate, row }) => [row.op_id, { estate, record: row }]));
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
      const score = scoreOf(/** @type {string[][]} */ (this.#keys.get(row.id)), words);
      if (score < Number.POSITIVE_INFINITY) found[score].push(row);
    }
    return found.flat().slice(0, MOST_FOUND);
  }

  /** @param {Entry["type"]} type */
  #all(type) {
    return [...this.#entries.values()].filter((entry) => entry.type === type);
  }

  /** @param {ChunkName} name */
  #chunk({ estate, n }) {
    const key = `${estate}/${n}`;
    let chunk = this.#chunks.get(key);
    if (!chunk) {
      chunk = new Map();
      this.#chunks.set(key, chunk);
    }
    return chunk;
  }

  /** @param {Entry} entry */
  #put(entry) {
    const name = nameOf(entry);
    const key = `${entry.type}:${entry.id}`;
    this.#chunk(name).set(key, entry);
    this.#entries.set(key, entry);
    if (entry.type !== "unit") return name;
    this.#keys.set(entry.id, keysOf(entry.row));
    this.#walk = undefined;
    return name;
  }

  /** @param {Entry} entry */
  #drop(entry) {
    const name = nameOf(entry);
    const key = `${entry.type}:${entry.id}`;
    this.#chunk(name).delete(key);
    this.#entries.delete(key);
    if (entry.type !== "unit") return name;
    this.#keys.delete(entry.id);
    this.#walk = undefined;
    return name;
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
const byNumber = collator.compare;

/** @param {Entry} entry @returns {ChunkName} */
const nameOf = ({ estate, id }) => ({ estate, n: Number.parseInt(id.slice(-1), 16) % CHUNKS || 0 });

/**
 * @param {string} user
 * @param {ChunkName} name
 */
const placeOf = (user, { estate, n }) => `index:${user}:${estate}:${n}`;

/**
 * @param {Change} change
 * @param {number} gen
 * @returns {Entry}
 */
function entryOf({ type, id, estate, v, doc }, gen) {
  const row = type === "unit" ? unitRowOf(id, estate, /** @type {Unit} */ (doc)) : doc;
  return { type: /** @type {Entry["type"]} */ (type), id, estate, v, gen, row };
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
