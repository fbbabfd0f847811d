/**
 * What a send consists of, and what is wrong or doubtful with it, told before the first row is sent.
 * @module
 */

import { messageId, spelling } from "./rows.js";

/** How a number ends that looks rounded. Of numbers that are not, one in 10,000 does. */
export const ROUNDED_TO = "0000";
/**
 * So many different ones that look rounded are too many: two, and one in a hundred. A file of good numbers,
 * however long, has so many by chance less than once in a thousand times.
 */
const SOME = 2;
const ONE_IN = 100;

/** @typedef {import("./rows.js").Row} Row */
/** @typedef {import("./rows.js").Fault} Fault */
/** @typedef {import("./rows.js").Sheet} Sheet */

/**
 * @typedef {object} Plan
 * @property {string} name the name of the send
 * @property {Map<string, Row>} rows by the ids of their messages, in order
 * @property {[id: string, row: Row][]} duplicates rows that equal one further up
 * @property {Fault[]} leftOut the part of the file that cannot be read; it is never sent
 */

/**
 * What the send of this name consists of.
 * @param {Sheet} sheet
 * @param {string} name
 * @returns {Promise<Plan>}
 */
export async function planOf(sheet, name) {
  const ids = await Promise.all(sheet.rows.map((row) => messageId(row, name)));
  /** @type {Plan} */
  const plan = { name, rows: new Map(), duplicates: [], leftOut: sheet.wrong };
  sheet.rows.forEach((row, place) => {
    const id = /** @type {string} */ (ids[place]);
    if (plan.rows.has(id)) plan.duplicates.push([id, row]);
    else plan.rows.set(id, row);
  });
  return plan;
}

/**
 * How many rows the file has.
 * @param {Plan} plan
 */
export function sizeOf(plan) {
  return plan.rows.size + plan.duplicates.length + plan.leftOut.length;
}

/**
 * @typedef {object} Wrong what is wrong with a row: a fault that the console has found, or a rule of the gateway
 * @property {number} line
 * @property {string} column
 * @property {string} [code] of a fault
 * @property {import("./file.js").Values} [values] of a fault
 * @property {Problem} [problem] of the gateway
 */
/** @typedef {import("../api.js").Problem} Problem */
/**
 * @typedef {object} Findings by lines of the file, all in order
 * @property {Wrong[]} wrong rows that cannot be sent
 * @property {number[][]} onePerson the lines of each number that stands there in several spellings
 * @property {number[]} rounded lines of numbers that a spreadsheet might have rounded
 */

/**
 * The findings, once the gateway has looked at all rows.
 * @param {Plan} plan
 * @param {Sheet} sheet
 * @param {Map<string, any>} previews what `POST /messages/preview/batch` has answered for each id: `{preview}` or
 *   `{problem}`
 * @returns {Findings}
 */
export function findingsOf(plan, sheet, previews) {
  /** @type {Wrong[]} */
  const wrong = [...plan.leftOut];
  /** @type {Map<string, {lines: number[], spellings: Set<string>}>} */
  const people = new Map();
  for (const [id, row] of plan.rows) {
    const answer = previews.get(id);
    if (!answer) continue;
    wrong.push(...wrongWith(row, answer, sheet));
    const own = spelling(row.number);
    const number = answer.preview?.phoneNumber || own;
    const person = people.get(number) ?? { lines: [], spellings: new Set() };
    person.lines.push(row.line);
    person.spellings.add(own);
    people.set(number, person);
  }
  const rounded = lookRounded([...people.keys()]);
  return {
    wrong: wrong.sort((one, other) => one.line - other.line),
    onePerson: [...people.values()]
      .filter((each) => each.spellings.size > 1)
      .map((each) => each.lines),
    rounded: rounded
      .flatMap((number) => people.get(number)?.lines ?? [])
      .sort((one, other) => one - other),
  };
}

/**
 * Of different numbers those that end in `ROUNDED_TO`, if they are suspiciously many.
 * @param {readonly string[]} different
 */
export function lookRounded(different) {
  const rounded = different.filter((number) => number.endsWith(ROUNDED_TO));
  return rounded.length >= Math.max(SOME, different.length / ONE_IN) ? rounded : [];
}

/**
 * @param {Row} row
 * @param {any} answer
 * @param {Sheet} sheet
 * @returns {Wrong[]}
 */
function wrongWith(row, answer, sheet) {
  /** @type {any[]} */
  const rules = answer.preview?.rules ?? [];
  const problems = rules.map((rule) => rule.problem).filter(Boolean);
  if (answer.problem) problems.push(answer.problem);
  return problems.map((problem) => ({
    line: row.line,
    column: columnOf(problem, sheet),
    problem: problemIn(problem),
  }));
}

/**
 * The name of the column that a problem is about; empty if it is about none.
 * @param {{field?: string}} problem
 * @param {Sheet} sheet
 */
export function columnOf({ field }, { numberColumn, messageColumn }) {
  if (field === "phoneNumber") return numberColumn;
  return field === "message" ? messageColumn : "";
}

/**
 * A problem document that stands within an answer.
 * @param {any} document
 * @returns {Problem}
 */
export function problemIn(document) {
  return {
    status: 0,
    title: "",
    detail: "",
    ...document,
    code: String(document.type).replace(/^.*:/, ""),
  };
}
