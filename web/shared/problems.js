/**
 * @file Problem documents of the gateway (RFC 9457) in words. The end of `type` decides; what a
 * later gateway adds is shown in the gateway's own words.
 */

import { STATES, say } from "./words.js";

/**
 * @typedef {object} Problem
 * @property {string} code The end of the problem's `type`; empty if the answer was no problem
 * @property {number} [status] The answer's HTTP status
 * @property {string} [title]
 * @property {string} [detail]
 * @property {string} [field] The wrong field of the request
 * @property {number} [retryAfter] Seconds to wait
 * @property {number} [septets] The length of a text that is too long
 * @property {number} [maxSeptets]
 * @property {readonly {character: string}[]} [unsupportedCharacters] Each as `😀 (GRINNING FACE)`
 */

/**
 * By the end of `type`; `offline`, `cut` and `no-token` are what a page meets before the gateway.
 *
 * @type {Readonly<Record<string, keyof typeof STATES>>}
 */
const SAID_BY_CODE = {
  "blank-text": "empty",
  "text-too-long": "over",
  "unsupported-characters": "refusedCharacters",
  "invalid-phone-number": "badNumber",
  "number-type-not-allowed": "badNumber",
  "country-not-allowed": "tokenRefused",
  "prefix-not-allowed": "tokenRefused",
  suppressed: "suppressed",
  offline: "offline",
  cut: "cut",
  "no-token": "noToken",
  "token-expired": "tokenExpired",
  "token-invalid": "noToken",
  "token-used-up": "tokenUsed",
};

/**
 * What the answer to a request that was refused says, read with care: proxies answer in HTML.
 *
 * @param {Response} response
 * @returns {Promise<Problem>}
 */
export async function problemOf(response) {
  /** @type {Record<string, unknown>} */
  const document = { ...(await response.json().catch(() => undefined)) };
  const problem = /** @type {Problem} */ ({
    ...document,
    code: String(document.type ?? "").replace(/.*:/, ""),
    status: response.status,
    title: String(document.title ?? ""),
    detail: String(document.detail ?? ""),
  });
  const seconds = Number(document.retryAfter ?? response.headers.get("Retry-After"));
  if (seconds > 0) problem.retryAfter = seconds;
  else delete problem.retryAfter;
  return problem;
}

/**
 * What a person reads about a problem. Every type that a page or a client can meet has words of
 * its own; an unknown one is shown with the gateway's title and detail.
 *
 * @param {import('./words.js').Language} language
 * @param {Problem} problem
 * @param {Date} [now] From when `retryAfter` counts
 * @returns {string}
 */
export function problemWords(language, problem, now = new Date()) {
  const key = keyOf(problem);
  if (key) return say(language, STATES[key], valuesOf(language, problem, now));
  const own = [problem.title, problem.detail].filter(Boolean).join(". ");
  return own || say(language, STATES.unavailable);
}

/**
 * @param {Problem} problem
 * @returns {keyof typeof STATES | undefined}
 */
function keyOf({ code, field, status = 0 }) {
  if (status === 429) return "limit";
  if (status >= 500) return "unavailable";
  if (Object.hasOwn(SAID_BY_CODE, code)) return SAID_BY_CODE[code];
  if (code !== "token-not-allowed") return undefined;
  if (field === "Origin") return "originRefused";
  return field === "phoneNumber" ? "tokenRefused" : undefined;
}

/**
 * @param {import('./words.js').Language} language
 * @param {Problem} problem
 * @param {Date} now
 * @returns {import('./words.js').Values}
 */
function valuesOf(language, problem, now) {
  const refused = problem.unsupportedCharacters;
  const names = Array.isArray(refused)
    ? refused.map(({ character }) => withoutName(character))
    : [];
  return {
    n: (problem.septets ?? 0) - (problem.maxSeptets ?? 0),
    c: [...new Set(names)].join(" "),
    time: clock(language, new Date(now.getTime() + (problem.retryAfter ?? 60) * 1000)),
    origin: globalThis.location?.origin ?? "",
  };
}

/** @param {string} named A character with its name behind, or the name alone if it is invisible */
function withoutName(named) {
  return String(named).replace(/ \([^()]*\)$/, "");
}

/**
 * The time of day as people of the language write it; with its day, if that is not today.
 *
 * @param {import('./words.js').Language} language
 * @param {Date} moment
 * @param {Date} [now]
 */
export function clock(language, moment, now = new Date()) {
  /** @type {Intl.DateTimeFormatOptions} */
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const isToday = moment.toDateString() === now.toDateString();
  return moment.toLocaleString(language === "ro" ? "ro" : "en-GB", {
    ...time,
    ...(isToday ? {} : { day: "numeric", month: "long" }),
  });
}
