/**
 * Words by which a person sees whether a file was read in the right alphabet.
 * @module
 */

import { visible } from "./text.js";

const MOST = 10;
const LONGEST = 40;
const CELL_END = /[,;\t\r\n"]+/;
const BEYOND_ASCII = /[^\0-\x7f]/;

/**
 * Up to ten different cells with letters that alphabets disagree about, the short ones first: mostly names.
 * @param {string} text
 * @returns {string[]}
 */
export function samplesOf(text) {
  const cells = new Set();
  for (const cell of text.split(CELL_END)) {
    if (BEYOND_ASCII.test(cell)) cells.add(visible(cell));
  }
  const all = [...cells].filter((cell) => cell !== "");
  const short = all.filter((cell) => cell.length <= LONGEST);
  const long = all.filter((cell) => cell.length > LONGEST).map(around);
  return [...short, ...long].slice(0, MOST);
}

/**
 * The part of a long cell around its first such letter.
 * @param {string} cell
 */
function around(cell) {
  const at = Math.max(0, cell.search(BEYOND_ASCII) - LONGEST / 2);
  return `${at > 0 ? "…" : ""}${cell.slice(at, at + LONGEST)}…`;
}
