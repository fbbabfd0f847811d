/**
 * Text as the program `make send` (Python) sees it: what is a space, a letter, or not to be seen.
 * JavaScript's own `\s` and `\w` differ, and a row's id must not depend on who has read it.
 * @module
 */

const SPACES = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACE_RUN = new RegExp(`[${SPACES}]+`, "u");
const INVISIBLE = /[\p{Cc}\p{Cf}]+/gu;
const NO_LETTER_OR_DIGIT = /[^\p{L}\p{N}]+/gu;
const NOTHING_BUT_SEPARATORS = /^[,;\t ]*$/u;

/**
 * The words of a text, at whatever white space it is split.
 * @param {string} text
 */
export function words(text) {
  return text.split(SPACE_RUN).filter((word) => word !== "");
}

/**
 * The same words, with one space between two of them.
 * @param {string} text
 */
export function spaced(text) {
  return words(text).join(" ");
}

/**
 * What can be seen of a cell: no invisible characters, one space between two words.
 * @param {string} text
 */
export function visible(text) {
  return words(text)
    .map((word) => word.replace(INVISIBLE, ""))
    .filter((word) => word !== "")
    .join(" ");
}

/**
 * Whether nothing but separators can be seen (also separators that were not split by).
 * @param {readonly string[]} cells
 */
export function isBlank(cells) {
  return NOTHING_BUT_SEPARATORS.test(visible(cells.join("")));
}

/**
 * The letters and digits of a name, without their marks and in one case.
 * @param {string} name
 */
export function folded(name) {
  return name
    .normalize("NFKD")
    .replace(NO_LETTER_OR_DIGIT, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ς", "σ");
}

/**
 * How many characters a text has: code points, as the gateway counts them.
 * @param {string} text
 */
export function lengthOf(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
