/**
 * Months as the gateway counts them: of UTC, written `2026-11`.
 * @module
 */

const LOCALES = { en: "en-GB", ro: "ro-RO" };

/**
 * A month and those before it, the latest first.
 * @param {Date} now
 * @param {number} count
 */
export function monthsBefore(now, count) {
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7),
  );
}

/**
 * `November 2026`.
 * @param {string} month
 * @param {import("../../../shared/words.js").Language} language
 */
export function monthName(month, language) {
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString(LOCALES[language], {
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}
