/**
 * The rows of a CSV file with a number and a message each, read with nothing guessed. What is wrong with a row is
 * told row by row, before the first message is sent.
 *
 * The rules and the ids are those of the program `make send` (tools/csv_rows.py), so that each continues what the
 * other has begun: tests/web/test_sheets_like_the_tool.py compares them.
 * @module
 */

import { findColumns } from "./columns.js";
import { QuotingError, records, SheetError } from "./file.js";
import { isBlank, lengthOf, spaced, visible } from "./text.js";

/** What the gateway's contract takes (openapi.yaml, SendRequest). */
export const LONGEST_NUMBER = 64;
const LONGEST_MESSAGE = 2000;

const SEPARATORS = /[^\p{L}\p{N}_+]+/gu;
const SCIENTIFIC = /^[0-9][.,]?[0-9]*[eE]\+?[0-9]+$/u;
/** `491601234567.0`: read without its dot, it would be another person's number. */
const DECIMALS = /^(\+?[0-9]+[.,][0-9]{1,2}|[^\n]*[.,]0)$/u;
/**
 * What a spreadsheet program would run when it opens the results (also with the full-width signs of East Asian
 * keyboards). A number can begin with +.
 */
export const FORMULA = /^([=@\-\uff1d\uff20\uff0d]|[+\uff0b].*[\p{L}\p{Nl}\p{No}])/su;

/**
 * @typedef {object} Row
 * @property {number} line the line of the file where it begins, counted from 1
 * @property {string} number
 * @property {string} message
 */
/**
 * @typedef {object} Fault what is wrong with one row
 * @property {number} line
 * @property {string} column its name in the header; empty: it is all of them
 * @property {string} code
 * @property {import("./file.js").Values} values
 */
/**
 * @typedef {object} Sheet
 * @property {string} delimiter
 * @property {string} numberColumn
 * @property {string} messageColumn
 * @property {Row[]} rows
 * @property {Fault[]} wrong
 * @property {Map<number, number>} sheetRows the line a row begins in, and the number that a spreadsheet program
 *   shows beside it: a text of several lines is several lines of the file, and one row
 */

/**
 * Every row of the file's text.
 * @param {string} text
 * @param {import("./columns.js").Chosen} [chosen] the columns' names, if the file does not call them in our words
 * @returns {Sheet}
 * @throws {SheetError} the file as a whole cannot be read, or has no rows
 */
export function readSheet(text, chosen = {}) {
  const columns = findColumns(text, chosen);
  const { delimiter, names, places } = columns;
  /** @type {Sheet} */
  const sheet = {
    delimiter,
    numberColumn: names[places.number] ?? "",
    messageColumn: names[places.message] ?? "",
    rows: [],
    wrong: [],
    sheetRows: new Map(),
  };
  let sheetRow = -columns.hintLines;
  try {
    for (const { line, cells } of records(text, delimiter)) {
      sheetRow += 1;
      if (line <= columns.line || isBlank(cells)) continue;
      sheet.sheetRows.set(line, sheetRow);
      const fault = troubleWith(cells, columns);
      if (fault) sheet.wrong.push({ line, ...fault });
      else sheet.rows.push(rowOf(line, cells, places));
    }
  } catch (error) {
    if (!(error instanceof QuotingError)) throw error;
    sheet.sheetRows.set(error.line, sheetRow + 1);
    sheet.wrong.push({ line: error.line, column: "", code: "rest-unread", values: {} });
  }
  if (sheet.sheetRows.size === 0) throw new SheetError("no-rows");
  return sheet;
}

/**
 * The id of a row's message: the same for the same number and text within one send, wherever the row stands. It
 * does not matter how the number is spaced or how an accent is encoded.
 * @param {Row} row
 * @param {string} send the name of the send
 */
export async function messageId(row, send) {
  const content = pythonJson([send, spelling(row.number), row.message.normalize("NFC")]);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content));
  const digits = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0"));
  return `csv-${digits.join("").slice(0, 40)}`;
}

/**
 * A number without what people put between its digits.
 * @param {string} number
 */
export function spelling(number) {
  return number.replace(SEPARATORS, "");
}

/**
 * Strings as Python's `json.dumps` writes a list of them: a space behind each comma, and nothing but ASCII.
 * @param {readonly string[]} strings
 */
function pythonJson(strings) {
  const list = strings.map((each) => JSON.stringify(each)).join(", ");
  const escaped = list.replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `[${escaped}]`;
}

/**
 * What is wrong with the shape of a row. Cells that are missing at its end are empty ones.
 * @param {readonly string[]} cells
 * @param {import("./columns.js").Columns} columns
 * @returns {Omit<Fault, "line"> | null}
 */
function troubleWith(cells, { names, places }) {
  if (cells.slice(names.length).some((cell) => visible(cell) !== "")) {
    return { column: "", code: "too-many-cells", values: { n: cells.length, m: names.length } };
  }
  const number = troubleWithNumber(visible(cells[places.number] ?? ""));
  if (number) return { column: names[places.number] ?? "", values: {}, ...number };
  const message = troubleWithMessage(cells[places.message] ?? "");
  return message && { column: names[places.message] ?? "", values: {}, ...message };
}

/** @typedef {{code: string, values?: import("./file.js").Values}} Trouble */

/**
 * @param {string} number
 * @returns {Trouble | null}
 */
function troubleWithNumber(number) {
  if (number === "") return { code: "number-empty" };
  if (SCIENTIFIC.test(number)) return { code: "number-rounded" };
  if (DECIMALS.test(number)) return { code: "number-decimals" };
  if (FORMULA.test(number)) return { code: "number-formula" };
  if (lengthOf(number) <= LONGEST_NUMBER) return null;
  return { code: "number-long", values: { n: LONGEST_NUMBER } };
}

/**
 * @param {string} message
 * @returns {Trouble | null}
 */
function troubleWithMessage(message) {
  if (spaced(message) === "") return { code: "message-empty" };
  if (lengthOf(message) <= LONGEST_MESSAGE) return null;
  return { code: "message-long", values: { n: LONGEST_MESSAGE } };
}

/**
 * @param {number} line
 * @param {readonly string[]} cells
 * @param {Record<import("./columns.js").What, number>} places
 * @returns {Row}
 */
function rowOf(line, cells, places) {
  return {
    line,
    number: spaced(cells[places.number] ?? ""),
    message: (cells[places.message] ?? "").replace(/\r\n?/g, "\n"),
  };
}
