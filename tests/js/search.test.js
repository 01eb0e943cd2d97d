// Finding a unit: by number, label, name, pinyin and initials, quickly, over thousands.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Index } from "../../static/tablet/search.js";
import { newVault } from "../../static/tablet/vault.js";
import { aPerson, aTask, aUnit, ESTATE, idOf } from "./support/tablet.js";

function anIndex(units) {
  const index = new Index();
  units.forEach((unit, i) => {
    index.take({ type: "unit", id: idOf(i + 1), estate: ESTATE, v: i + 1, doc: unit }, 1);
  });
  return index;
}

const STREET = [
  aUnit({ number: "1202", people: [aPerson("陈建国", "cjg", "chen jian guo"), aPerson("李芳", "lf", "li fang")] }),
  aUnit({ number: "0202", floor: 2, people: [aPerson("周涛", "zt", "zhou tao")] }),
  aUnit({
    building: "12",
    number: "0201",
    floor: 2,
    people: [aPerson("启明科技有限公司", "qmkjyxgs", "qi ming ke ji you xian gong si")],
  }),
  aUnit({ building: "5", entrance: "2", number: "1202", people: [] }),
  aUnit({ number: "0302", floor: 3, people: [aPerson("ANNA Müller", "am", "anna müller")] }),
];

const found = (text) =>
  anIndex(STREET)
    .search(text)
    .map(({ building, number, name }) => [building, number, name].join(" "));

test("what is found by what is typed", () => {
  /** @type {[string, string[]][]} */
  const cases = [
    ["1202", ["3 1202 陈建国", "5 1202 "]],
    ["１２０２", ["3 1202 陈建国", "5 1202 "]],
    ["120", ["3 1202 陈建国", "5 1202 "]],
    ["陈建国", ["3 1202 陈建国"]],
    ["建国", ["3 1202 陈建国"]],
    ["李芳", ["3 1202 陈建国"]],
    ["cjg", ["3 1202 陈建国"]],
    ["CJ", ["3 1202 陈建国"]],
    ["chenjian", ["3 1202 陈建国"]],
    ["jian guo", ["3 1202 陈建国"]],
    ["qmkj", ["12 0201 启明科技有限公司"]],
    ["科技", ["12 0201 启明科技有限公司"]],
    ["müller", ["3 0302 ANNA Müller"]],
    ["5-2-1202", ["5 1202 "]],
    ["5栋", ["5 1202 "]],
    ["5 栋 1202", ["5 1202 "]],
    ["building 12", ["3 1202 陈建国", "5 1202 ", "12 0201 启明科技有限公司"]],
    ["zt 0202", ["3 0202 周涛"]],
    ["zt 1202", []],
    ["   ", []],
    ["无此人", []],
  ];

  for (const [text, expected] of cases) assert.deepEqual(found(text), expected, text);
});

test("exact numbers first, then what begins so, then what contains it", () => {
  assert.deepEqual(found("02").slice(0, 3), ["3 0202 周涛", "12 0201 启明科技有限公司", "3 1202 陈建国"]);
});

test("a stored index opens as it was, a changed unit is found by its new name only", async () => {
  const { key } = await newVault("123456");
  const index = anIndex(STREET);
  const names = Array.from({ length: 16 }, (_each, n) => ({ estate: ESTATE, n }));
  const { chunks } = await index.sealed(key, "me", names);

  const again = await Index.opened(key, "me", chunks);
  const change = { type: /** @type {const} */ ("unit"), id: idOf(2), estate: ESTATE, v: 99 };
  again.take({ ...change, doc: aUnit({ number: "0202", people: [aPerson("孙丽华", "slh", "sun li hua")] }) }, 1);

  assert.deepEqual(index.search("zt").length, 1);
  assert.deepEqual([again.search("zt").length, again.search("slh").length, again.units().length], [0, 1, 5]);
  assert.ok(chunks.every(({ bytes }) => !Buffer.from(bytes).includes("陈建国")));
});

test("one changed unit rewrites the few hundred rows it lies among, not the estate", async () => {
  const index = anIndex(Array.from({ length: 1000 }, () => STREET[0]));

  const touched = index.take({ type: "unit", id: idOf(450), estate: ESTATE, v: 5000, doc: STREET[1] }, 1);

  assert.deepEqual([touched?.estate, touched?.n, touched?.entries.size], [ESTATE, 1, 400]);
});

test("what came with one page lies together, and fills the room that was left", () => {
  const index = anIndex(Array.from({ length: 400 }, () => STREET[0]));
  const take = (n, change) => index.take({ type: "unit", id: idOf(n), estate: ESTATE, v: 9000 + n, ...change }, 1)?.n;

  assert.deepEqual([take(501, { doc: STREET[1] }), take(502, { doc: STREET[2] })], [1, 1]);
  assert.deepEqual([take(7, { gone: true }), take(503, { doc: STREET[3] }), take(504, { doc: STREET[3] })], [0, 0, 1]);
});

test("tasks that are settled are not in the index, whether they came so or became so", async () => {
  const { key } = await newVault("123456");
  const index = new Index();
  const task = (n, v, state) => index.take({ type: "task", id: idOf(n), estate: ESTATE, v, doc: aTask({ state }) }, 1);
  task(1, 1, "due");
  task(2, 2, "done");
  const { chunks } = await index.sealed(key, "me", [{ estate: ESTATE, n: 0 }]);
  const again = await Index.opened(key, "me", chunks);
  assert.deepEqual(
    [index, again].map((each) => each.tasks().map(({ id }) => id)),
    [[idOf(1)], [idOf(1)]],
  );

  assert.equal(task(1, 3, "done")?.n, 0);
  assert.deepEqual(index.tasks(), []);
  assert.equal(task(1, 4, "due")?.n, 0);
  assert.equal(index.tasks().length, 1);
});

test("over five thousand units a word is found in a few milliseconds", () => {
  const units = Array.from({ length: 5000 }, (_each, i) =>
    aUnit({
      building: String(1 + (i % 30)),
      number: String(100 + (i % 900)).padStart(4, "0"),
      people: [aPerson("陈建国", "cjg", "chen jian guo")],
    }),
  );
  const index = anIndex(units);
  index.search("warm");

  const began = performance.now();
  for (const text of ["c", "cj", "cjg", "12", "1202"]) index.search(text);
  const each = (performance.now() - began) / 5;

  assert.ok(each < 100, `${each} ms`);
});
