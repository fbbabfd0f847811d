/**
 * @file A text as the phone will show it, by the rules of the gateway's `domain/text.py`: an answer
 * without a request, while the user types. The gateway's preview has the last word.
 */

import { ALPHABET, EXTENSION, MAX_SEPTETS, SHOWN_AS } from "./gsm.js";

/**
 * A character of the text that was written, as people count them.
 *
 * @typedef {object} Piece
 * @property {string} written
 * @property {string} shown What the phone shows for it; nothing for what is refused
 * @property {'same' | 'changed' | 'refused'} how
 */
/**
 * @typedef {object} ReadText
 * @property {readonly Piece[]} pieces The whole text, in order
 * @property {string} shown
 * @property {number} septets The room that it takes
 * @property {number} left Septets that are left; below 0 if it is too long
 * @property {readonly string[]} unshown Each character that an SMS cannot show, once
 * @property {boolean} isBlank
 */

/** @type {ReadonlyMap<string, string>} */
const EXCEPTIONS = new Map(
  SHOWN_AS.flatMap(([shown, characters]) => [...characters].map((each) => [each, shown])),
);
/** A character as people count it: a line end, or a letter with its marks. */
const CHARACTER = /\r\n|.(?:(?![\ufe0e\ufe0f])\p{M})*/gsu;
/** A Latin letter that the table does not have. The gateway might know it, so it counts as one. */
const LATIN = /^\p{Script=Latin}$/u;
const FULL_WIDTH = /^[\uff01-\uff5e]$/;
const PLAIN_END = /[a-z]$/i;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Reads a text. Doing it twice, with what is shown, changes nothing.
 *
 * @param {string} text
 * @returns {ReadText}
 */
export function readText(text) {
  const read = [...graphemes.segment(text)].flatMap(({ segment }) => readGrapheme(segment));
  const isSeen = (/** @type {Piece} */ { how, shown }) => how === "refused" || shown.trim() !== "";
  const start = read.findIndex(isSeen);
  const end = read.findLastIndex(isSeen);
  /** @type {Piece[]} */
  const pieces = read.map((piece, at) =>
    start >= 0 && at >= start && at <= end ? piece : { ...piece, shown: "", how: "changed" },
  );
  const shown = pieces.map((piece) => piece.shown).join("");
  const taken = septets(shown);
  return {
    pieces,
    shown,
    septets: taken,
    left: MAX_SEPTETS - taken,
    unshown: [...new Set(pieces.flatMap((each) => (each.how === "refused" ? each.written : [])))],
    isBlank: start < 0,
  };
}

/**
 * The room that plain text takes in an SMS.
 *
 * @param {string} text
 */
export function septets(text) {
  let sum = 0;
  for (const character of text) sum += EXTENSION.includes(character) ? 2 : 1;
  return sum;
}

/**
 * What people see as one character. If a part of it is refused (an emoji can have several code
 * points), all of it is.
 *
 * @param {string} written
 * @returns {readonly Piece[]}
 */
function readGrapheme(written) {
  const parts = (written.match(CHARACTER) ?? []).map(readCharacter);
  if (parts.length < 2 || parts.every(({ how }) => how !== "refused")) return parts;
  return [{ written, shown: parts.map(({ shown }) => shown).join(""), how: "refused" }];
}

/**
 * @param {string} written
 * @returns {Piece}
 */
function readCharacter(written) {
  const plain = written.replace(/\r\n?/g, "\n");
  const [letter = "", ...marks] = plain.normalize("NFC");
  const shown = shownFor(letter);
  if (shown === undefined) return { written, shown: "", how: "refused" };
  if (marks.length > 0 && !PLAIN_END.test(shown)) return { written, shown, how: "refused" };
  return { written, shown, how: shown === plain ? "same" : "changed" };
}

/**
 * What the phone shows for one character; `undefined` if an SMS has nothing for it.
 *
 * @param {string} character
 */
function shownFor(character) {
  const exception = EXCEPTIONS.get(character);
  if (exception !== undefined) return exception;
  if (/[ -~]/.test(character) || ALPHABET.includes(character)) return character;
  const decomposed = character.normalize("NFD");
  if (decomposed !== character && /^[a-z]/i.test(decomposed)) return decomposed.charAt(0);
  if (FULL_WIDTH.test(character)) return String.fromCharCode(character.charCodeAt(0) - 0xfee0);
  return LATIN.test(character) ? character : undefined;
}
