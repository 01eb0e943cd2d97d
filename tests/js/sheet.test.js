// The sheet of a plan: what a spreadsheet pastes, filling down, undoing, and what becomes of each cell.

import assert from "node:assert/strict";
import { test } from "node:test";
import { between, NotTaken, placesIn, SheetModel } from "../../static/office/sheet/model.js";
import { readTsv, writeTsv } from "../../static/office/sheet/tsv.js";

const FIELDS = ["officer", "day", "purpose"];

/** An office that saves what it is sent and remembers it; `answers` says otherwise, one after the other. */
function anOffice(...answers) {
  const sent = [];
  const send = async (cells) => {
    sent.push(cells);
    const other = answers.shift();
    if (other instanceof Error) throw other;
    return cells.map((cell) => ({
      ...{ line: cell.line, field: cell.field, state: "saved", message: "" },
      ...{ value: cell.text, text: cell.text, shown: cell.text, was: "" },
      ...other?.(cell),
    }));
  };
  return { send, sent };
}

function aSheet(office = anOffice(), rows = 4) {
  const cell = (text) => ({ value: text, text, shown: text, was: "", state: "", message: "" });
  const lines = Array.from({ length: rows }, (_row, n) => ({
    id: `line ${n}`,
    cells: ["李敏", "2026-11-30", ""].map(cell),
  }));
  return new SheetModel(lines, FIELDS, office.send);
}

const column = (sheet, index) => sheet.rows.map((row) => row.cells[index].typed ?? row.cells[index].text);
const range = (top, left, bottom = top, right = left) => ({ top, left, bottom, right });

test("what a spreadsheet copies is read cell by cell", () => {
  const tables = [
    ["张伟", [["张伟"]]],
    ["", [[""]]],
    [
      "张伟\t2026/11/25\r\n李敏\t2026/11/26\r\n",
      [
        ["张伟", "2026/11/25"],
        ["李敏", "2026/11/26"],
      ],
    ],
    [
      "a\t\nb\tc",
      [
        ["a", ""],
        ["b", "c"],
      ],
    ],
    ["a\t", [["a", ""]]],
    ["a\n\nb", [["a"], [""], ["b"]]],
    ['"渗水\n复查"\t"说""好"""\n', [["渗水\n复查", '说"好"']]],
    ['"\t"\tb', [["\t", "b"]]],
    ['5" 管\tb', [['5" 管', "b"]]],
  ];
  for (const [text, rows] of tables) assert.deepEqual(readTsv(text), rows, JSON.stringify(text));
});

test("what is copied is read back as it was", () => {
  const rows = [
    ["张伟", "a\tb", ""],
    ['说"好"', "两\n行", "2026-11-25"],
  ];

  assert.deepEqual(readTsv(writeTsv(rows)), rows);
});

test("one cell fills the whole range, a block is pasted from the first cell on, and again where it fits in whole", async () => {
  const sheet = aSheet();

  sheet.paste(range(0, 0, 3, 0), "张伟");
  assert.deepEqual(column(sheet, 0), ["张伟", "张伟", "张伟", "张伟"]);

  const { into, outside } = sheet.paste(range(1, 1), "25\t复查\n26\t回访\n");
  assert.deepEqual([into, outside], [range(1, 1, 2, 2), 0]);
  assert.deepEqual(column(sheet, 1), ["2026-11-30", "25", "26", "2026-11-30"]);

  sheet.paste(range(0, 2, 3, 2), "甲\n乙");
  assert.deepEqual(column(sheet, 2), ["甲", "乙", "甲", "乙"]);
  await sheet.settled();
});

test("what would lie outside the table is cut off and counted, and a shorter line leaves its cells alone", async () => {
  const sheet = aSheet();

  const { into, outside } = sheet.paste(range(3, 1), "28\t复查\t多\n29\t回访\t\n\t\t\n");
  assert.deepEqual([into, outside], [range(3, 1, 3, 2), 3]);
  sheet.paste(range(0, 0), "张伟\t25\n李敏");

  assert.deepEqual(column(sheet, 1), ["25", "2026-11-30", "2026-11-30", "28"]);
  await sheet.settled();
});

test("a range is copied as a spreadsheet takes it", () => {
  const sheet = aSheet();

  assert.equal(sheet.copy(range(0, 0, 1, 1)), "李敏\t2026-11-30\n李敏\t2026-11-30");
});

test("filling down takes the first line of the range, of one line alone what stands above", async () => {
  const sheet = aSheet();
  sheet.write([
    { row: 0, column: 0, text: "张伟" },
    { row: 0, column: 2, text: "复查" },
  ]);

  sheet.fillDown(range(0, 0, 2, 0));
  sheet.fillDown(range(1, 2));
  sheet.fillDown(range(0, 1));

  assert.deepEqual(column(sheet, 0), ["张伟", "张伟", "张伟", "李敏"]);
  assert.deepEqual(column(sheet, 2), ["复查", "复查", "", ""]);
  await sheet.settled();
});

test("only what may be empty is emptied", async () => {
  const sheet = aSheet();
  sheet.write([{ row: 0, column: 2, text: "复查" }]);

  sheet.clear(range(0, 0, 3, 2));

  assert.deepEqual([column(sheet, 0)[0], column(sheet, 1)[0], column(sheet, 2)[0]], ["李敏", "2026-11-30", ""]);
  await sheet.settled();
});

test("a paste is undone and done again as one step, at the office too", async () => {
  const office = anOffice();
  const sheet = aSheet(office);
  sheet.paste(range(0, 0), "张伟\t25\n张伟\t26");

  assert.equal(sheet.undo().length, 4);
  assert.deepEqual(column(sheet, 0), ["李敏", "李敏", "李敏", "李敏"]);
  sheet.redo();
  await sheet.settled();

  assert.deepEqual(column(sheet, 1), ["25", "26", "2026-11-30", "2026-11-30"]);
  assert.deepEqual(
    office.sent.map((cells) => cells.length),
    [4, 4, 4],
  );
  assert.deepEqual([sheet.undo().length, sheet.undo().length], [4, 0]);
  await sheet.settled();
});

test("what was undone cannot be done again once something else was typed", async () => {
  const sheet = aSheet();
  sheet.write([{ row: 0, column: 2, text: "甲" }]);
  sheet.undo();
  sheet.write([{ row: 0, column: 2, text: "乙" }]);

  assert.deepEqual(sheet.redo(), []);
  assert.equal(sheet.text({ row: 0, column: 2 }), "乙");
  await sheet.settled();
});

test("one change is one request, and carries what was seen", async () => {
  const office = anOffice((cell) => ({ value: `kept ${cell.text}`, text: cell.text }));
  const sheet = aSheet(office);

  sheet.write([
    { row: 0, column: 2, text: "甲" },
    { row: 1, column: 2, text: "乙" },
  ]);
  sheet.write([{ row: 0, column: 2, text: "丙" }]);
  assert.equal(sheet.count("saving"), 2);
  await sheet.settled();

  assert.deepEqual(office.sent, [
    [
      { line: "line 0", field: "purpose", seen: "", text: "甲" },
      { line: "line 1", field: "purpose", seen: "", text: "乙" },
    ],
    [{ line: "line 0", field: "purpose", seen: "kept 甲", text: "丙" }],
  ]);
  assert.equal(sheet.count("saving"), 0);
});

test("what stands there already is not sent", async () => {
  const office = anOffice();
  const sheet = aSheet(office);

  sheet.write([{ row: 0, column: 0, text: "李敏" }]);
  await sheet.settled();

  assert.deepEqual([office.sent, sheet.undo()], [[], []]);
});

test("a cell that is refused says why, keeps what was typed, and can be let go of", async () => {
  const office = anOffice((cell) =>
    cell.text === "王五" ? { state: "refused", value: "李敏", text: "李敏", message: "没有王五" } : {},
  );
  const sheet = aSheet(office);
  sheet.paste(range(0, 0), "王五\n张伟");
  await sheet.settled();

  const [wrong, right] = sheet.rows.map((row) => row.cells[0]);
  assert.deepEqual([wrong.state, wrong.typed, wrong.message], ["refused", "王五", "没有王五"]);
  assert.deepEqual([right.state, right.text], ["", "张伟"]);
  assert.equal(sheet.letGo({ row: 0, column: 0 }), true);
  assert.equal(sheet.text({ row: 0, column: 0 }), "李敏");
});

test("where somebody else was faster both are there: theirs is left, or mine is written over it", async () => {
  const theirs = { state: "overtaken", value: "他的", text: "他的", shown: "他的", message: "孙丽华已改为他的" };
  const office = anOffice(
    () => theirs,
    () => ({}),
  );
  const sheet = aSheet(office);
  const place = { row: 0, column: 2 };
  sheet.write([{ ...place, text: "我的" }]);
  await sheet.settled();
  assert.deepEqual([sheet.at(place).typed, sheet.at(place).text, sheet.at(place).state], ["我的", "他的", "overtaken"]);

  sheet.write([{ ...place, text: "我的" }]);
  await sheet.settled();

  assert.deepEqual(office.sent[1], [{ line: "line 0", field: "purpose", seen: "他的", text: "我的" }]);
  assert.deepEqual([sheet.at(place).text, sheet.at(place).state], ["我的", ""]);
});

const THEIRS = { state: "overtaken", value: "他的", text: "他的", shown: "他的", message: "孙丽华已改为他的" };

test("undone where somebody else was faster, theirs stands there and not what was before both", async () => {
  const office = anOffice(() => THEIRS);
  const sheet = aSheet(office);
  const place = { row: 0, column: 2 };
  sheet.write([{ ...place, text: "我的" }]);
  await sheet.settled();

  sheet.undo();
  await sheet.settled();

  assert.deepEqual([sheet.at(place).text, sheet.at(place).state], ["他的", ""]);
  assert.deepEqual(office.sent.flat().slice(1), [{ line: "line 0", field: "purpose", seen: "他的", text: "他的" }]);
});

test("written over theirs and undone, theirs is there again", async () => {
  const sheet = aSheet(
    anOffice(
      () => THEIRS,
      () => ({}),
    ),
  );
  const place = { row: 0, column: 2 };
  sheet.write([{ ...place, text: "我的" }]);
  await sheet.settled();
  sheet.write([{ ...place, text: "我的" }]);
  await sheet.settled();

  sheet.undo();
  assert.equal(sheet.text(place), "他的");
  sheet.undo();

  assert.equal(sheet.text(place), "他的");
  await sheet.settled();
});

test("whoever goes on typing before they were told of another's words does not write over them unseen", async () => {
  const office = anOffice(() => THEIRS);
  const sheet = aSheet(office);
  const place = { row: 0, column: 2 };

  sheet.write([{ ...place, text: "我" }]);
  sheet.write([{ ...place, text: "我的" }]);
  await sheet.settled();

  assert.deepEqual(
    office.sent.flat().map((cell) => cell.seen),
    ["", ""],
  );
});

test("a refusal that knows of another's words does not count as having shown them", async () => {
  const office = anOffice(() => ({ state: "refused", value: "他的", text: "他的", message: "最多 200 字" }));
  const sheet = aSheet(office);
  const place = { row: 0, column: 2 };
  sheet.write([{ ...place, text: "太长" }]);
  await sheet.settled();

  sheet.write([{ ...place, text: "短" }]);
  await sheet.settled();

  assert.equal(office.sent[1][0].seen, "");
});

test("without an answer nothing that was typed is lost, and it is sent again", async () => {
  const office = anOffice(new TypeError("no network"));
  const sheet = aSheet(office);
  sheet.paste(range(0, 2), "甲\n乙");
  await sheet.settled();
  assert.deepEqual([sheet.count("unsent"), column(sheet, 2)], [2, ["甲", "乙", "", ""]]);

  sheet.retry();
  await sheet.settled();

  assert.deepEqual([sheet.count("unsent", "saving"), column(sheet, 2)], [0, ["甲", "乙", "", ""]]);
});

test("what the office takes none of is refused in its words", async () => {
  const sheet = aSheet(anOffice(new NotTaken("这份计划正在批阅")));
  sheet.write([{ row: 0, column: 2, text: "甲" }]);
  await sheet.settled();

  const cell = sheet.at({ row: 0, column: 2 });
  assert.deepEqual([cell.state, cell.message, cell.typed], ["refused", "这份计划正在批阅", "甲"]);
});

test("an answer that comes after something else was typed does not take it away", async () => {
  const sheet = aSheet();
  sheet.write([{ row: 0, column: 2, text: "甲" }]);
  sheet.write([{ row: 0, column: 2, text: "甲乙" }]);
  await Promise.resolve();

  assert.equal(sheet.text({ row: 0, column: 2 }), "甲乙");
  await sheet.settled();
  assert.equal(sheet.at({ row: 0, column: 2 }).text, "甲乙");
});

test("a range is the cells between two, whichever was first", () => {
  assert.deepEqual(between({ row: 2, column: 0 }, { row: 1, column: 1 }), range(1, 0, 2, 1));
  assert.equal(placesIn(range(1, 0, 2, 1)).length, 4);
});
