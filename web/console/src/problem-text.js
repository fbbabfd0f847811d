/**
 * What an operator reads when a request went wrong: what happened, and what to do next.
 * @module
 */

import { clock, problemWords } from "../../shared/problems.js";
import { say } from "../../shared/words.js";
import { PROBLEMS } from "./words.js";

/** @type {Record<string, keyof typeof PROBLEMS>} */
const BY_CODE = {
  // @ts-expect-error: no word of JavaScript's own objects, such as `constructor`, is a code
  __proto__: null,
  offline: "offline",
  cut: "cut",
  timeout: "timeout",
  unreadable: "unreadable",
  "gateway-timeout": "timeout",
  "internal-error": "broken",
  "store-unavailable": "broken",
  "service-unavailable": "broken",
  "too-many-requests": "tooMany",
  "quota-exceeded": "quota",
  "message-not-found": "notFound",
  "route-not-found": "noRoute",
  "malformed-request": "malformed",
};

/**
 * Problems of reading, in the console's own words; every other in those that it shares with the component.
 * @param {import("../../shared/words.js").Language} language
 * @param {import("../../shared/problems.js").Problem} problem
 * @param {Date} [now] from when `retryAfter` counts
 */
export function problemText(language, problem, now = new Date()) {
  const { code, status = 0, detail = "", retryAfter = 60 } = problem;
  const key = BY_CODE[code] ?? (status >= 500 ? "broken" : undefined);
  if (!key) return problemWords(language, problem, now);
  const time = clock(language, new Date(now.getTime() + retryAfter * 1000), now);
  return say(language, PROBLEMS[key], { time, status, detail });
}
