// Finding a unit: by number, label, name, pinyin and initials, quickly, over thousands.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Index } from "../../static/tablet/search.js";
import { newVault } from "../../static/tablet/vault.js";
import { aPerson, aUnit, ESTATE, idOf } from "./support/tablet.js";

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

test("one changed unit rewrites one chunk, not the estate", () => {
  const index = anIndex(STREET);
  const touched = index.take({ type: "unit", id: idOf(3), estate: ESTATE, v: 50, doc: STREET[0] }, 1);

  assert.deepEqual(touched, { estate: ESTATE, n: 3 });
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
