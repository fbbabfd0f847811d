/**
 * @file A text as the phone will show it, by the rules of the gateway's `domain/text.py`: an answer
 * without a request, while the user types. The gateway's preview has the last word.
 */

import { ALPHABET, EXTENSION, MAX_SEPTETS, SHOWN_AS } from "./gsm.js";

/**
 * A piece of the text that was written: one or more characters that go the same way.
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
 * @property {readonly string[]} refused Each character that an SMS cannot show, once
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
  const characters = [...text.matchAll(CHARACTER)].map(([written]) => readCharacter(written));
  const isSeen = (/** @type {Piece} */ { how, shown }) => how === "refused" || shown.trim() !== "";
  const start = characters.findIndex(isSeen);
  const end = characters.findLastIndex(isSeen);
  const trimmed = characters.map((piece, index) =>
    start >= 0 && index >= start && index <= end ? piece : dropped(piece),
  );
  const pieces = joined(wholeGraphemes(text, trimmed));
  const shown = trimmed.map((piece) => piece.shown).join("");
  const taken = septets(shown);
  return {
    pieces,
    shown,
    septets: taken,
    left: MAX_SEPTETS - taken,
    refused: [
      ...new Set(pieces.flatMap(({ how, written }) => (how === "refused" ? split(written) : []))),
    ],
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
  if (ALPHABET.includes(character)) return character;
  const decomposed = character.normalize("NFD");
  if (decomposed !== character && /^[a-z]/i.test(decomposed)) return decomposed.charAt(0);
  if (FULL_WIDTH.test(character)) return String.fromCharCode(character.charCodeAt(0) - 0xfee0);
  return LATIN.test(character) ? character : undefined;
}

/**
 * White space at an end, which the gateway drops.
 *
 * @param {Piece} piece
 * @returns {Piece}
 */
function dropped({ written }) {
  return { written, shown: "", how: "changed" };
}

/**
 * The pieces, with those together that people see as one character (an emoji of several code
 * points), if a part of it is refused.
 *
 * @param {string} text
 * @param {readonly Piece[]} pieces
 * @returns {Piece[]}
 */
function wholeGraphemes(text, pieces) {
  /** @type {Piece[]} */
  const whole = [];
  const rest = [...pieces];
  for (const { segment } of graphemes.segment(text)) {
    /** @type {Piece[]} */
    const inside = [];
    let length = 0;
    while (length < segment.length) {
      const piece = rest.shift();
      if (!piece) break;
      length += piece.written.length;
      inside.push(piece);
    }
    if (inside.length > 1 && inside.some(({ how }) => how === "refused")) {
      whole.push({
        written: inside.map(({ written }) => written).join(""),
        shown: inside.map(({ shown }) => shown).join(""),
        how: "refused",
      });
    } else whole.push(...inside);
  }
  return whole;
}

/**
 * @param {readonly Piece[]} pieces
 * @returns {Piece[]} Neighbours that go the same way as one
 */
function joined(pieces) {
  /** @type {Piece[]} */
  const groups = [];
  for (const piece of pieces) {
    const last = groups.at(-1);
    if (last?.how === piece.how) {
      groups.splice(-1, 1, {
        written: last.written + piece.written,
        shown: last.shown + piece.shown,
        how: last.how,
      });
    } else groups.push(piece);
  }
  return groups;
}

/** @param {string} text */
function split(text) {
  return [...graphemes.segment(text)].map(({ segment }) => segment);
}
