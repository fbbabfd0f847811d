/**
 * A CSV file as spreadsheet programs write it: its text, and the records in that text.
 *
 * UTF-8 with or without a byte order mark is understood, and UTF-16 with one (Excel's "Unicode text"). A
 * file in a Windows code page does not say in which: `readText` throws `not-utf-8`, and a person who has
 * looked at the names in it can have it read as Windows-1250.
 * @module
 */

export const DELIMITERS = [",", ";", "\t"];

/** @typedef {Readonly<Record<string, string | number>>} Values what stands in the sentence */

/** The file cannot be read as it is. `code` names the sentence, `values` what stands in it. */
export class SheetError extends Error {
  /**
   * @param {string} code
   * @param {Values} [values]
   */
  constructor(code, values = {}) {
    super(code);
    this.name = "SheetError";
    this.code = code;
    this.values = values;
  }
}

/** Where a cell ends cannot be told from here on. `line` is where its row begins. */
export class QuotingError extends SheetError {
  /** @param {number} line */
  constructor(line) {
    super("quoting", { line });
    this.line = line;
  }
}

/** What files begin with that are no CSV. */
const NOT_CSV = /** @type {const} */ ([
  ["xlsx", [0x50, 0x4b, 0x03, 0x04]],
  ["xls", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]],
  ["pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
]);
const UTF_16 = /** @type {const} */ ([
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
]);

/**
 * The text of a file, without byte order marks. It is decoded as it is read.
 * @param {Blob} file
 * @param {"utf-8" | "windows-1250"} [encoding] of a file without the mark of UTF-16
 * @returns {Promise<string>}
 * @throws {SheetError}
 */
export async function readText(file, encoding = "utf-8") {
  const head = new Uint8Array(await file.slice(0, 8).arrayBuffer());
  /** @param {readonly number[]} bytes */
  const begins = (bytes) => bytes.every((byte, place) => head[place] === byte);
  for (const [code, signature] of NOT_CSV) {
    if (begins(signature)) throw new SheetError(code);
  }
  const wide = UTF_16.find(([, mark]) => begins(mark))?.[0];
  const text = await decoded(file, wide ?? encoding);
  if (text === null) throw new SheetError(wide ? "broken-utf-16" : "not-utf-8");
  if (text.includes("\0")) throw new SheetError("no-text");
  return text.replace(/^\ufeff+/, "");
}

/**
 * The text, or null if the bytes are none in this encoding.
 * @param {Blob} file
 * @param {string} encoding
 */
async function decoded(file, encoding) {
  const decoder = new TextDecoderStream(encoding, { fatal: true });
  const parts = [];
  const reader = file
    .stream()
    .pipeThrough(/** @type {any} */ (decoder))
    .getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return parts.join("");
      parts.push(value);
    }
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** @typedef {{line: number, cells: string[]}} Line a record, and the line it begins in, counted from 1 */

/**
 * Each record of a text, as Python's strict `csv.reader` finds them. An empty line is a record without cells.
 * @param {string} text
 * @param {string} delimiter
 * @returns {Generator<Line, void>}
 * @throws {QuotingError}
 */
export function* records(text, delimiter) {
  const end = new RegExp(`[${delimiter}\\r\\n]`, "g");
  let place = 0;
  let line = 1;
  while (place < text.length) {
    const begin = line;
    /** @type {string[]} */
    const cells = [];
    if (isLineEnd(text, place)) {
      place = afterLineEnd(text, place);
      line += 1;
      yield { line: begin, cells };
      continue;
    }
    for (;;) {
      if (text[place] === '"') {
        const closed = quoted(text, place, begin);
        cells.push(closed.cell);
        line += closed.lines;
        place = closed.end;
      } else {
        end.lastIndex = place;
        const stop = end.exec(text)?.index ?? text.length;
        cells.push(text.slice(place, stop));
        place = stop;
      }
      if (text[place] === delimiter) {
        place += 1;
        continue;
      }
      if (place < text.length && !isLineEnd(text, place)) throw new QuotingError(begin);
      break;
    }
    place = afterLineEnd(text, place);
    line += 1;
    yield { line: begin, cells };
  }
}

/**
 * The quoted cell that begins at a place, where it ends, and how many line ends it holds.
 * @param {string} text
 * @param {number} start
 * @param {number} line
 */
function quoted(text, start, line) {
  const parts = [];
  let place = start + 1;
  for (;;) {
    const quote = text.indexOf('"', place);
    if (quote < 0) throw new QuotingError(line);
    parts.push(text.slice(place, quote));
    place = quote + 1;
    if (text[place] !== '"') break;
    parts.push('"');
    place += 1;
  }
  const cell = parts.join("");
  return { cell, end: place, lines: cell.match(/\r\n|\r|\n/g)?.length ?? 0 };
}

/**
 * @param {string} text
 * @param {number} place
 */
function isLineEnd(text, place) {
  return text[place] === "\n" || text[place] === "\r";
}

/**
 * @param {string} text
 * @param {number} place
 */
function afterLineEnd(text, place) {
  return place + (text.startsWith("\r\n", place) ? 2 : 1);
}
