/**
 * Which columns of a CSV file hold the number and the text, by the names in its header.
 *
 * Before the header there can be empty lines, and the line `sep=;` with which Excel is told what stands
 * between the cells.
 * @module
 */

import { DELIMITERS, QuotingError, records, SheetError } from "./file.js";
import { folded, isBlank, visible } from "./text.js";

/** @typedef {"number" | "message"} What */
/** @typedef {Partial<Record<What, string>>} Chosen names that the person has given */

/**
 * What else the two columns may be called, in any case, with or without diacritics, spaces and punctuation.
 * ("Nr." alone is not among them: it mostly counts the rows.)
 * @type {Readonly<Record<What, readonly string[]>>}
 */
export const NAMES = {
  number: [
    "Phone",
    "Phone number",
    "Telephone",
    "Telephone number",
    "Mobile",
    "Mobile number",
    "Mobile phone",
    "Cell phone",
    "Tel",
    "Telefon",
    "Telefon mobil",
    "Mobil",
    "Număr",
    "Număr telefon",
    "Număr de telefon",
    "Număr mobil",
    "Număr de mobil",
    "Nr. telefon",
    "Nr. de telefon",
    "Nr. mobil",
    "Nr. tel.",
  ],
  message: [
    "Text",
    "SMS",
    "Message text",
    "SMS text",
    "Mesaj",
    "Mesajul",
    "Text mesaj",
    "Textul mesajului",
    "Text SMS",
    "Mesaj SMS",
  ],
};

/** @type {readonly What[]} */
const WANTED = ["number", "message"];
const HINT = /^"?sep=([^\n])"?[,;\t ]*(?=[\r\n]|$)/iu;

/**
 * @typedef {object} Header
 * @property {string} delimiter the one under which the header names all wanted columns
 * @property {number} line where the header is
 * @property {Partial<Record<What, number>>} places
 * @property {string[]} names
 * @property {number} hintLines how many lines before it no spreadsheet program shows: one (`sep=;`) or none
 */
/** @typedef {Header & {places: Record<What, number>}} Columns */

/**
 * Where the number and the text are.
 * @param {string} text
 * @param {Chosen} [chosen]
 * @returns {Columns}
 * @throws {SheetError}
 */
export function findColumns(text, chosen = {}) {
  const { header, found } = findHeader(text, chosen, WANTED);
  const { number, message } = header.places;
  if (number !== undefined && message !== undefined) {
    return { ...header, places: { number, message } };
  }
  const { line } = header;
  if (found.size === 2) throw new SheetError("columns-apart", { line });
  const missing = WANTED.filter((what) => !found.has(what));
  throw new SheetError(missing.length > 1 ? "no-columns" : `no-${missing[0]}`, {
    line,
    missing: missing.map((what) => chosen[what] || what).join(", "),
  });
}

/**
 * The header of a file that has a column of numbers and needs no other.
 * @param {string} text
 * @returns {Header & {places: {number: number}}}
 * @throws {SheetError}
 */
export function findNumbers(text) {
  const { header } = findHeader(text, {}, ["number"]);
  const { number } = header.places;
  if (number === undefined)
    throw new SheetError("no-numbers", { line: header.line, missing: "number" });
  return { ...header, places: { number } };
}

/**
 * The header under the delimiter with which it names all wanted columns, and which it names. If none does:
 * the header under the last delimiter, and what any of them has found.
 * @param {string} text
 * @param {Chosen} chosen
 * @param {readonly What[]} wanted
 */
function findHeader(text, chosen, wanted) {
  const hint = HINT.exec(text)?.[1];
  if (hint !== undefined && !DELIMITERS.includes(hint))
    throw new SheetError("bad-separator", { line: 1 });
  /** @type {QuotingError | undefined} */
  let unreadable;
  /** @type {Set<What>} */
  const found = new Set();
  /** @type {Header | undefined} */
  let header;
  const hintLines = hint === undefined ? 0 : 1;
  for (const delimiter of hint === undefined ? DELIMITERS : [hint]) {
    let first;
    try {
      first = firstRecord(text, delimiter, hintLines);
    } catch (error) {
      if (!(error instanceof QuotingError)) throw error;
      unreadable ??= error; // "number";"message" is no row with commas
      continue;
    }
    const { line, cells } = first;
    const names = cells.map(visible);
    /** @type {Header["places"]} */
    const places = {};
    for (const what of wanted) {
      const place = placeOf(names, what, chosen[what], line);
      if (place === undefined) continue;
      places[what] = place;
      found.add(what);
    }
    header = { delimiter, line, places, names, hintLines };
    if (wanted.every((what) => what in places)) break;
  }
  if (header) return { header, found };
  throw unreadable ?? new SheetError("empty");
}

/**
 * The first record in which something can be seen, after so many lines.
 * @param {string} text
 * @param {string} delimiter
 * @param {number} after
 */
function firstRecord(text, delimiter, after) {
  for (const record of records(text, delimiter)) {
    if (record.line > after && !isBlank(record.cells)) return record;
  }
  throw new SheetError("empty");
}

/**
 * Where the column is, if it is there. What it is properly called goes before other names.
 * @param {readonly string[]} names
 * @param {What} what
 * @param {string | undefined} chosen
 * @param {number} line
 */
function placeOf(names, what, chosen, line) {
  const own = names.map(folded);
  for (const candidates of chosen ? [[chosen]] : [[what], NAMES[what]]) {
    const wanted = new Set(candidates.map(folded));
    const places = [...own.keys()].filter((each) => wanted.has(own[each] ?? ""));
    const [place] = places;
    if (place === undefined) continue;
    const first = names[place] ?? "";
    const other = places.find((each) => own[each] !== own[place]);
    if (other !== undefined) {
      throw new SheetError(`several-${what}s`, { line, first, second: names[other] ?? "" });
    }
    if (places.length > 1) throw new SheetError("column-twice", { line, first });
    return place;
  }
  return undefined;
}
