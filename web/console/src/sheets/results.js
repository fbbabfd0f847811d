/**
 * The file with the result of each row, in the form of the program `make send` (tools/csv_results.py), which can
 * go on from it. Its sentences are English in any language of the console. The text of a message is not in it.
 * @module
 */

import { FORMULA } from "./rows.js";
import { spaced } from "./text.js";
import { faultSentence } from "./words.js";

export const COLUMNS = ["line", "number", "messageId", "status", "problem", "detail", "gateway"];
export const REFUSED = "refused";
const DUPLICATE = "duplicate";
const NOT_READ = "row-not-read";

/**
 * @typedef {object} Outcome what the gateway has said about a message
 * @property {string} status of the message; `refused` if there is none
 * @property {string} [problem] the type of the problem it was refused with
 * @property {string} [detail]
 */

/**
 * The outcome that a result of `POST /messages/batch` tells.
 * @param {any} result `{message}` or `{problem}`
 * @returns {Outcome}
 */
export function outcomeOf({ message, problem }) {
  if (problem) return { status: REFUSED, problem: problem.type, detail: problem.detail };
  const why = [message.reason, message.errorMessage].filter(Boolean);
  return { status: message.status, problem: "", detail: why.join(": ") };
}

/**
 * The lines of the file, as far as they are known, in the order of the rows.
 * @param {import("./plan.js").Plan} plan
 * @param {ReadonlyMap<string, Outcome>} known by the ids of the messages
 * @param {string} gateway its address: `https://…/v1`
 * @returns {(string | number)[][]}
 */
export function resultLines(plan, known, gateway) {
  /** @type {(string | number)[][]} */
  const lines = [];
  for (const [id, row] of plan.rows) {
    const { status, problem = "", detail = "" } = known.get(id) ?? { status: "" };
    if (status) lines.push([row.line, row.number, id, status, problem, detail, gateway]);
  }
  for (const [id, row] of plan.duplicates) {
    const same = `the same as line ${plan.rows.get(id)?.line}`;
    lines.push([row.line, row.number, id, DUPLICATE, "", same, gateway]);
  }
  for (const fault of plan.leftOut) {
    lines.push([fault.line, "", "", REFUSED, NOT_READ, faultSentence("en", fault), ""]);
  }
  return lines.sort((one, other) => Number(one[0]) - Number(other[0]));
}

/**
 * Records as CSV.
 * @param {readonly (readonly (string | number)[])[]} lines
 * @param {string} delimiter
 * @param {string} [end] of each line
 */
export function csv(lines, delimiter, end = "\n") {
  return lines
    .map((line) => line.map((each) => cell(each, delimiter)).join(delimiter) + end)
    .join("");
}

/**
 * One cell, on one line. A formula becomes a text: spreadsheet programs run what begins like one.
 * @param {string | number} value
 * @param {string} delimiter
 */
function cell(value, delimiter) {
  const text = spaced(String(value));
  const isFormula = FORMULA.test(text);
  const plain = isFormula ? `'${text}` : text;
  const needsQuotes = isFormula || plain.includes('"') || plain.includes(delimiter);
  return needsQuotes ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/**
 * The address of a gateway, as the program `make send` spells it.
 * @param {URL | string} base the stage's address
 */
export function gatewayAddress(base) {
  const { protocol, host, pathname } = new URL(base);
  return `${protocol}//${host}${pathname}`.replace(/\/+$/, "");
}
