// Builders: an estate at the office, a tablet enrolled there, a visit ready to be saved.

import "fake-indexeddb/auto";
import "./quick_pins.js";
import { webcrypto } from "node:crypto";
import { IDBFactory } from "fake-indexeddb";
import { openEngine } from "../../../static/tablet/engine.js";
import { FakeOffice } from "./office.js";

export const PIN = "246810";
export const NOON = Date.parse("2026-11-23T04:00:00.000Z");
export const OFFICER = { id: "01930000-0000-7000-8000-000000000001", name: "李敏", locale: "zh" };
export const ESTATE = "01930000-0000-7000-8000-00000000e001";
export const UNIT = "01930000-0000-7000-8000-000000001202";

/** A clock that stands still until it is moved; moving it rings its timers. */
export class Clock {
  #now;
  #timers = new Map();
  #next = 1;

  constructor(now = NOON) {
    this.#now = now;
  }

  now = () => this.#now;

  setTimeout = (fn, ms) => {
    const id = this.#next++;
    this.#timers.set(id, { at: this.#now + ms, fn });
    return id;
  };

  clearTimeout = (id) => {
    this.#timers.delete(id);
  };

  pass(ms) {
    this.#now += ms;
    for (const [id, { at, fn }] of [...this.#timers]) {
      if (at > this.#now || !this.#timers.delete(id)) continue;
      fn();
    }
  }

  /** Set right, or wrong, by hand: timers do not notice. */
  jump(ms) {
    this.#now += ms;
  }
}

/** Something that has not happened yet. */
export function awaited() {
  let [resolve, reject] = [() => {}, () => {}];
  const promise = new Promise((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}

/** An estate with a few units, a plan and one callback. */
export async function anOffice() {
  const office = await FakeOffice.open();
  office.put("estate", ESTATE, ESTATE, anEstate());
  office.put("unit", UNIT, ESTATE, aUnit());
  office.put(
    "unit",
    idOf(1102),
    ESTATE,
    aUnit({ number: "1102", floor: 11, people: [aPerson("启明科技有限公司", "qmkj", "qi ming ke ji")] }),
  );
  office.put(
    "unit",
    idOf(401),
    ESTATE,
    aUnit({ number: "0401", floor: 4, entrance: "2", people: [aPerson("刘洋", "ly", "liu yang")] }),
  );
  office.put("issue", idOf(9001), ESTATE, anIssue());
  office.put("task", idOf(8001), ESTATE, aTask());
  office.put("task", idOf(8002), ESTATE, aTask({ kind: "issue_callback", issue_id: idOf(9001), due_on: "2026-11-22" }));
  office.put("task", idOf(8003), ESTATE, aTask({ unit_id: idOf(1102) }));
  return office;
}

export const idOf = (n) => `01930000-0000-7000-8000-${String(n).padStart(12, "0")}`;

export function anEstate(change = {}) {
  return {
    name: { zh: "锦绣花园", en: "Splendid Garden" },
    company: { zh: "锦绣物业", en: "Splendid Property" },
    phone: "0571-8888 1234",
    time_zone: "Asia/Shanghai",
    profile: "A",
    title: { zh: "走访记录表", en: "Visit record" },
    objection_days: 7,
    answer_days: { urgent: 1, ordinary: 3, major: 1 },
    categories: [
      {
        code: "security",
        name: { zh: "秩序维护", en: "Security" },
        icon: "shield",
        department: { id: idOf(7001), name: { zh: "保卫部", en: "Security dept" } },
        children: [{ code: "security.parking", name: { zh: "停车", en: "Parking" }, icon: "parking" }],
      },
    ],
    consent: {
      version: 1,
      text: { zh: "您的签名只用于确认以上内容。", en: "Your signature only confirms the above." },
    },
    news: [],
    measures: [],
    ...change,
  };
}

export const aPerson = (name, initials, pinyin, phone = "13800136021") => ({
  id: webcrypto.randomUUID(),
  name,
  kind: "person",
  relation: "owner",
  phone,
  initials,
  pinyin,
});

export const aUnit = (change = {}) => {
  const unit = {
    building: "3",
    entrance: "1",
    floor: 12,
    number: "1202",
    occupancy: "owner",
    people: [aPerson("陈建国", "cjg", "chen jian guo")],
    care: ["家有婴儿"],
    attempts: 0,
    ...change,
  };
  const { building, entrance, number } = unit;
  return {
    ...unit,
    label: {
      zh: `${building} 栋 ${entrance} 单元 ${number}`,
      en: `Building ${building}, Entrance ${entrance}, ${number}`,
    },
  };
};

export const anIssue = (change = {}) => ({
  number: "WT-2611-0118",
  unit_id: UNIT,
  text: "主卫天花板渗水",
  category: "security",
  urgency: "ordinary",
  state: "rectified",
  round: 2,
  measure: "防水重做",
  raised_on: "2026-11-02",
  raised_by: "陈建国",
  history: [],
  ...change,
});

export const aTask = (change = {}) => ({
  kind: "planned_visit",
  unit_id: UNIT,
  due_on: "2026-11-23",
  assignee: OFFICER.id,
  assignee_name: OFFICER.name,
  state: "due",
  ...change,
});

/** A survey's sheet that is to be collected. */
export const aSheetOut = (change = {}) =>
  aTask({
    kind: "survey_collect",
    survey_id: idOf(9500),
    sheet_id: idOf(9501),
    sheet_number: "MYD-2026-1-0001",
    ...change,
  });

/** Everything a tablet is handed, so that it can be switched off and on again. */
export function aTablet(office, change = {}) {
  return {
    clock: new Clock(),
    indexedDB: new IDBFactory(),
    fetch: office.fetch,
    version: "test",
    random: () => 0.5,
    ...change,
  };
}

/** An engine, enrolled, synced, open. */
export async function enrolled(office, tablet = aTablet(office), { staff = OFFICER, estates = [ESTATE] } = {}) {
  const engine = await openEngine(tablet);
  await engine.enrol({ code: office.code(staff, estates), pin: PIN });
  await engine.sync();
  return engine;
}

/** Switch off without a word, then on again. */
export async function reopened(engine, tablet) {
  await engine.close();
  return openEngine(tablet);
}

/** All that lies in the tablet's storage, as text: what a thief reads. */
export async function atRest(tablet) {
  const request = tablet.indexedDB.open("doorstep");
  const db = await new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  /** @type {Record<string, any[]>} */
  const rows = {};
  for (const name of db.objectStoreNames) {
    const all = db.transaction(name).objectStore(name).getAll();
    rows[name] = await new Promise((resolve) => {
      all.onsuccess = () => resolve(all.result);
    });
  }
  db.close();
  return rows;
}

/** Strokes that are enough for a signature. */
export const ink = () => ({
  canvas: { width: 700, height: 250, ratio: 200 },
  pointer: "pen",
  strokes: [Array.from({ length: 12 }, (_each, i) => [1000 + i * 120, 800 + (i % 3) * 90, 500, i * 16])],
});

/** A JPEG as a camera writes it, with the place where it was taken. */
export function aJpeg({ filling = 400, seed = 7 } = {}) {
  const exif = Buffer.from("Exif\0\0GPS 30.2741N 120.1551E");
  const frame = [0xff, 0xc0, 0, 11, 8, 0x05, 0xdc, 0x07, 0xd0, 1, 1, 0x11, 0];
  const scan = Buffer.from(Array.from({ length: filling }, (_each, i) => (i * seed) % 251));
  const bytes = Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2]),
    exif,
    Buffer.from(frame),
    Buffer.from([0xff, 0xda, 0, 3, 0]),
    scan,
    Buffer.from([0xff, 0xd9]),
  ]);
  return new Blob([bytes], { type: "image/jpeg" });
}

/** A visit that only has to be saved: one callback answered, one issue raised, shown, signed by both. */
export async function aSignedVisit(engine, { unitId = UNIT, photos = [], change = () => {} } = {}) {
  const draft = await engine.startVisit(unitId);
  draft.script = { introduced: true, purpose: true, recent_work: true, measures: true };
  for (const given of draft.answers.filter(({ told }) => !told))
    Object.assign(given, { answer: "dissatisfied", reason: "墙角仍有水印" });
  draft.issues.push({
    id: webcrypto.randomUUID(),
    text: "访客车辆占用固定车位",
    category: "security.parking",
    urgency: "ordinary",
    answered: false,
    answer: "",
    photos: [],
  });
  for (const photo of photos) draft.issues[0].photos.push(await engine.savePhoto(draft.id, photo));
  draft.wishes = "希望周末下午联系";
  draft.rating = "basic";
  change(draft);
  await shown(engine, draft);
  return draft;
}

/** Owner mode: the summary is shown, read to its end and signed, then signed by the officer. */
export async function shown(engine, draft) {
  const { text, sha256, value, categories, promising } = await engine.statement(draft);
  draft.started_at = value.visit.started_at;
  const signed = (at) => ({ how: "signed", ink: ink(), signed_at: at });
  draft.signing = {
    text,
    sha256,
    categories,
    promising,
    shown_at: "2026-11-23T04:10:00.000Z",
    end_seen_at: "2026-11-23T04:10:20.000Z",
    owner: signed("2026-11-23T04:11:00.000Z"),
    officer: signed("2026-11-23T04:12:00.000Z"),
  };
  await engine.saveDraft(draft.unit_id, draft);
  return draft;
}
