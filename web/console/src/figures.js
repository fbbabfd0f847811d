/**
 * What the last hour says: the figures behind the chart, and the sentence that it comes down to.
 * @module
 */

import { say } from "../../shared/words.js";
import { HOUR } from "./words.js";

/** The statuses that a message ends in, or that need a look: what the chart stacks, from below. */
export const STACKED = /** @type {const} */ (["sent", "failed", "unconfirmed", "no_report"]);
/** The others, which many messages pass through on their way. They stand in the table. */
export const PASSED = /** @type {const} */ (["queued", "submitted", "cancelled"]);

/** @typedef {typeof STACKED[number] | typeof PASSED[number]} Counted */

/**
 * @typedef {object} Statistics the answer of `GET /statistics`
 * @property {string} asOf
 * @property {string} since
 * @property {string} until
 * @property {number} stepSeconds
 * @property {Record<Counted, number[]> | null} statuses
 * @property {"no-data" | "not-answered" | null} statusesReason
 * @property {{count: number, countIsMinimum: boolean, oldest: string | null}} waiting
 * @property {{count: number, countIsMinimum: boolean, since?: string}} attention
 */

/** @param {readonly number[] | undefined} counts */
export function sum(counts) {
  return (counts ?? []).reduce((total, count) => total + count, 0);
}

/**
 * The steps' bars: where each begins, and its counts in the order of `STACKED`.
 * @param {Statistics} statistics with `statuses`
 */
export function barsOf({ since, stepSeconds, statuses, asOf }) {
  const steps = Math.max(0, ...STACKED.map((status) => statuses?.[status]?.length ?? 0));
  return Array.from({ length: steps }, (_, index) => {
    const begins = Date.parse(since) + index * stepSeconds * 1000;
    return {
      begins,
      counts: STACKED.map((status) => statuses?.[status]?.[index] ?? 0),
      underWay: begins + stepSeconds * 1000 > Date.parse(asOf),
    };
  });
}

/**
 * The end of the scale, which begins at zero: 1, 2 or 5 times a power of ten, and four at least.
 * @param {number} largest
 */
export function scaleEnd(largest) {
  if (largest <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(largest));
  return (
    [1, 2, 4, 5, 6, 8, 10].map((times) => times * power).find((end) => end >= largest) ?? largest
  );
}

/**
 * One sentence: what an operator would tell another about the hour.
 * @param {import("../../shared/words.js").Language} language
 * @param {Statistics} statistics
 * @param {(count: number) => string} number
 */
export function conclusionOf(language, { statuses, statusesReason }, number = String) {
  if (!statuses) {
    return say(language, statusesReason === "no-data" ? HOUR.noData : HOUR.notAnswered);
  }
  const [sent, failed, unconfirmed, noReport] = STACKED.map((status) => sum(statuses[status]));
  if (!sent && !failed && !unconfirmed && !noReport) return say(language, HOUR.quiet);
  /** @type {[typeof HOUR.sent, number | undefined][]} */
  const parts = [
    [HOUR.sent, sent],
    [HOUR.failed, failed],
    [HOUR.unconfirmed, unconfirmed],
    [HOUR.noReport, noReport],
  ];
  const said = parts
    .filter(([, count], index) => index === 0 || count)
    .map(([words, count = 0]) => say(language, words, { n: count, count: number(count) }));
  const list = new Intl.ListFormat(language === "ro" ? "ro" : "en-GB").format(said);
  const troubles = (failed ?? 0) + (unconfirmed ?? 0) + (noReport ?? 0);
  return say(language, troubles ? HOUR.summary : HOUR.allWell, { list });
}
