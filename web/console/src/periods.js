/**
 * Times of a list: the last hour, day, week or month, or from one moment to another.
 * @module
 */

import { PERIODS } from "./words.js";

const HOUR = 3_600_000;
/** @type {Record<string, number>} */
const LENGTHS = { "1h": HOUR, "24h": 24 * HOUR, "7d": 7 * 24 * HOUR, "30d": 30 * 24 * HOUR };

/** @typedef {keyof typeof PERIODS} Period */

/** @param {string | undefined} text @returns {text is Period} */
export function isPeriod(text) {
  return text !== undefined && Object.hasOwn(LENGTHS, text);
}

/**
 * `since` and `until` of a query of the gateway.
 * @param {{time?: string, since?: string, until?: string}} filters of the address
 * @param {number} now milliseconds
 */
export function rangeOf({ time, since, until }, now) {
  if (isPeriod(time)) return { since: new Date(now - (LENGTHS[time] ?? 0)).toISOString() };
  return { since: moment(since), until: moment(until) };
}

/**
 * A moment as the gateway reads it, or undefined if a text is none.
 * @param {string | undefined} text
 */
export function moment(text) {
  const date = new Date(text ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/**
 * The value of an `<input type="datetime-local">`: the moment in the browser's time zone.
 * @param {string | undefined} text ISO 8601
 */
export function localValue(text) {
  const date = new Date(text ?? "");
  if (Number.isNaN(date.getTime())) return "";
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
