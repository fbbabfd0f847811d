/**
 * Understands the one search box: digits or `+` are a number, a status' word is a status, anything else an id.
 * @module
 */

import { STATUS_NAMES } from "../../shared/words.js";

/**
 * Where a search leads; null if the box is empty.
 * @param {string} text
 * @returns {import("./router.js").Place | null}
 */
export function placeOf(text) {
  const wanted = text.replace(/[\u00a0\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, " ").trim();
  if (wanted === "") return null;
  const status = statusOf(wanted);
  if (status) return { route: "messages", query: { status } };
  if (isNumber(wanted)) return { route: "messages", query: { number: wanted } };
  return { route: "messages", query: { id: wanted } };
}

/**
 * The status that a word of either language names, or undefined. Marks on letters make no difference.
 * @param {string} word
 */
export function statusOf(word) {
  const plain = bare(word);
  for (const [status, names] of Object.entries(STATUS_NAMES)) {
    if ([status, ...names].some((name) => bare(name) === plain)) return status;
  }
  return undefined;
}

/** @param {string} word */
function bare(word) {
  return word
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[\s_-]+/g, " ");
}

/** As people write numbers: `0721 234 567`, `+40 (0)721.234.567`, `tel:…`. @param {string} text */
function isNumber(text) {
  const digits = text.replace(/^tel:/i, "").replace(/[\s().\-/]/g, "");
  return /^\+?\d{4,17}$/.test(digits);
}
