/**
 * The life of a message, made from its history: what happened, when, and how long each step took.
 * @module
 */

import { isStatus, STATUSES } from "../../shared/statuses.js";

/** From this length on, the time between two steps is drawn as a gap. */
export const LONG_MS = 60_000;

/**
 * @typedef {object} Change one entry of `history` in an answer of the gateway
 * @property {number} sequence
 * @property {string} status
 * @property {string} at
 * @property {number} attempt
 * @property {string} [reason]
 * @property {string} [errorMessage]
 */

/**
 * @typedef {object} Report
 * @property {string} status `sent` or `error`
 * @property {number} attempt
 * @property {string} receivedAt
 * @property {string} [errorMessage]
 */

/**
 * @typedef {object} Message as the gateway shows it to an operator
 * @property {string} messageId
 * @property {string} client
 * @property {string} status
 * @property {string} [reason]
 * @property {string} [errorMessage]
 * @property {string} phoneNumber
 * @property {string} message
 * @property {number} [cutFrom]
 * @property {number} attempt
 * @property {number} sequence
 * @property {Record<string, string>} metadata
 * @property {string} [sendAt]
 * @property {string} [validUntil]
 * @property {string} onUnconfirmed
 * @property {string} createdAt
 * @property {string} updatedAt
 * @property {Report} [deliveryReport]
 * @property {Change[]} history
 * @property {Report[]} [contradictingReports]
 */

/**
 * @typedef {object} Step
 * @property {Change} change
 * @property {number | null} after milliseconds since the step before it; null for the first
 * @property {boolean} long whether that time is drawn as a gap
 * @property {boolean} tries whether a try to hand the message to Voipit begins with it
 * @property {boolean} reported whether a delivery report has caused it
 */

/**
 * @typedef {object} Life
 * @property {Step[]} steps the oldest first
 * @property {number} forgotten how many changes before them the gateway no longer keeps
 * @property {boolean} over nothing more happens by itself: the last status is settled
 * @property {number} open milliseconds in the last status so far; 0 if it is over
 * @property {Report[]} contradicting reports that did not change the status
 */

/**
 * @param {Message} message
 * @param {number} now milliseconds
 * @returns {Life}
 */
export function lifeOf(message, now) {
  const { history } = message;
  const steps = history.map((change, index) => {
    const before = history[index - 1];
    const after = before ? Math.max(0, Date.parse(change.at) - Date.parse(before.at)) : null;
    return {
      change,
      after,
      long: after !== null && after >= LONG_MS,
      tries: change.status === "sending",
      reported: isReported(change, message.deliveryReport),
    };
  });
  const last = history[history.length - 1];
  const over = isSettled(message.status);
  return {
    steps,
    forgotten: (history[0]?.sequence ?? 1) - 1,
    over,
    open: over || !last ? 0 : Math.max(0, now - Date.parse(last.at)),
    contradicting: message.contradictingReports ?? [],
  };
}

/** Whether nothing more happens to a message unless a late report arrives. @param {string} status */
export function isSettled(status) {
  if (!isStatus(status)) return false; // one of a later release: it is asked for again
  const { final, settled } = STATUSES[status];
  return final === true || settled === true;
}

/**
 * The gateway writes a report and the status that follows from it at one moment.
 * @param {Change} change
 * @param {Report} [report]
 */
function isReported(change, report) {
  return report !== undefined && change.at === report.receivedAt && change.status !== "sending";
}
