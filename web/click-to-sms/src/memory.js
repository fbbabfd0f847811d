/**
 * @file What a tab remembers of the text that is being composed, and what the browser remembers of
 * texts that were sent: ids and times, never the texts. Where a page has no storage, both forget.
 */

import { hash, uuid7 } from "../../shared/ids.js";

/**
 * @typedef {object} Draft
 * @property {string} from What the host had set when it was begun
 * @property {string} number
 * @property {string} text
 * @property {string} id
 * @property {import('./gateway.js').Message} [message] Once the gateway has accepted it
 */
/** @typedef {{id: string, at: number, sent?: boolean}} Claim */
/** @typedef {{salt: string, claims: Record<string, Claim>}} Book */

const BOOK = "click-to-sms";
const KEPT = 24 * 3600 * 1000;

/**
 * The id under which this content is to be sent: that of an earlier try in any tab, or else the one
 * that is given, which it keeps for a day. One tab at a time, where the browser can tell them apart.
 *
 * @param {string} content
 * @param {string} id
 * @param {boolean} isAnother Whether it is meant to be sent once more: then the given id counts
 * @returns {Promise<Claim>}
 */
export function claim(content, id, isAnother) {
  return alone(() =>
    change((book, key) => {
      const known = isAnother ? undefined : book.claims[key];
      const mine = known ?? { id, at: Date.now() };
      book.claims[key] = mine;
      return mine;
    }, content),
  );
}

/**
 * Notes that the content was sent, or forgets it, because it certainly was not.
 *
 * @param {string} content
 * @param {string} id
 * @param {boolean} isSent
 */
export function settle(content, id, isSent) {
  return alone(() =>
    change((book, key) => {
      if (isSent) book.claims[key] = { id, at: Date.now(), sent: true };
      else if (book.claims[key]?.id === id) delete book.claims[key];
    }, content),
  );
}

/**
 * @template Result
 * @param {(book: Book, key: string) => Result} how
 * @param {string} content
 */
function change(how, content) {
  /** @type {Book} */
  const book = read("localStorage", BOOK) ?? { salt: uuid7(), claims: {} };
  const since = Date.now() - KEPT;
  book.claims = Object.fromEntries(Object.entries(book.claims).filter(([, { at }]) => at > since));
  const result = how(book, hash(book.salt + content));
  write("localStorage", BOOK, book);
  return result;
}

/**
 * @template Result
 * @param {() => Result} work
 * @returns {Promise<Result>}
 */
async function alone(work) {
  try {
    return await navigator.locks.request(BOOK, work);
  } catch {
    return work(); // a page without https has no locks, and one that may store nothing gets none
  }
}

/**
 * @param {'localStorage' | 'sessionStorage'} storage
 * @param {string} key
 * @returns {any} What was written there; `undefined` if nothing was, or there is no storage
 */
export function read(storage, key) {
  try {
    return JSON.parse(window[storage].getItem(key) ?? "null") ?? undefined;
  } catch {
    return undefined; // no storage here, or not written by this program
  }
}

/**
 * @param {'localStorage' | 'sessionStorage'} storage
 * @param {string} key
 * @param {unknown} value `undefined` takes it away
 */
export function write(storage, key, value) {
  try {
    if (value === undefined) window[storage].removeItem(key);
    else window[storage].setItem(key, JSON.stringify(value));
  } catch {
    // No storage here, or it is full. The gateway still counts what a token sends.
  }
}
