// Cells as text, as every spreadsheet puts them on the clipboard: tabs between cells, a line for each row.

/**
 * The rows of a copied range. A cell in quotes may hold tabs, line breaks and doubled quotes.
 * @param {string} text
 * @returns {string[][]}
 */
export function readTsv(text) {
  /** @type {string[][]} */
  const rows = [[]];
  let open = true;
  for (const [whole, quoted, plain, end] of text.replace(/\r\n?/g, "\n").matchAll(CELL)) {
    if (!whole && !open) continue;
    rows[rows.length - 1].push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\n") rows.push([]);
    open = end === "\t";
  }
  if (rows.length > 1 && rows[rows.length - 1].length === 0) rows.pop();
  return rows;
}

/** A cell in quotes, or plain, and what comes after it: a tab, a line break, or the end. */
const CELL = /(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))(\t|\n|$)/g;

/**
 * @param {string[][]} rows
 * @returns {string}
 */
export function writeTsv(rows) {
  return rows.map((row) => row.map(quoted).join("\t")).join("\n");
}

/** @param {string} text */
function quoted(text) {
  return /[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
