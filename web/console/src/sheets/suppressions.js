/**
 * The do-not-contact list as a file, in the CSV form of `make suppressions` (tools/operators/suppressions.py). The
 * columns `since` and `client` of a file are not read: a number that the console enters is listed from today on.
 * @module
 */

import { findNumbers } from "./columns.js";
import { QuotingError, records } from "./file.js";
import { csv } from "./results.js";
import { LONGEST_NUMBER, spelling } from "./rows.js";
import { isBlank, lengthOf, spaced, visible } from "./text.js";

/** @typedef {import("./rows.js").Fault} Fault */
/** @typedef {{line: number, number: string}} Entry */
/** @typedef {{phoneNumber: string, since: string, client: string}} Listed an entry of the gateway's list */

/**
 * @typedef {object} Numbers
 * @property {Entry[]} entries each number once, as far as its spelling tells
 * @property {Fault[]} wrong lines without a number that the gateway could read
 * @property {number} repeated how many lines name a number that stands further up
 */

/**
 * The numbers of a file.
 * @param {string} text
 * @returns {Numbers}
 * @throws {import("./file.js").SheetError}
 */
export function readSuppressions(text) {
  const { delimiter, line: headerLine, names, places } = findNumbers(text);
  const column = names[places.number] ?? "";
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  /** @type {Fault[]} */
  const wrong = [];
  let repeated = 0;
  try {
    for (const { line, cells } of records(text, delimiter)) {
      if (line <= headerLine || isBlank(cells)) continue;
      const number = spaced(cells[places.number] ?? "");
      if (visible(number) === "") {
        wrong.push({ line, column, code: "number-empty", values: {} });
      } else if (lengthOf(number) > LONGEST_NUMBER) {
        wrong.push({ line, column, code: "number-long", values: { n: LONGEST_NUMBER } });
      } else if (entries.has(spelling(number))) {
        repeated += 1;
      } else {
        entries.set(spelling(number), { line, number });
      }
    }
  } catch (error) {
    if (!(error instanceof QuotingError)) throw error;
    wrong.push({ line: error.line, column: "", code: "rest-unread", values: {} });
  }
  return { entries: [...entries.values()], wrong, repeated };
}

/**
 * The whole list as a file, with whole numbers.
 * @param {readonly Listed[]} entries
 */
export function suppressionFile(entries) {
  const lines = entries.map(({ phoneNumber, since, client }) => [phoneNumber, since, client]);
  return csv([["phoneNumber", "since", "client"], ...lines], ",", "\r\n");
}
