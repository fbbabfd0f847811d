/**
 * The client's key that sends, and the send that is under way. Both are in this page's memory and nowhere else; when
 * the console is locked, both are gone.
 * @module
 */

/** @typedef {{abandon: () => void}} Job work that goes on while other views are shown */

let key = "";
/** @type {Job | null} */
let job = null;

/** The key of the client; empty if there is none. */
export function clientKey() {
  return key;
}

/** @param {string} entered without spaces around it */
export function keepClientKey(entered) {
  key = entered;
}

/** @template {Job} Kind @returns {Kind | null} */
export function currentJob() {
  return /** @type {Kind | null} */ (job);
}

/** @param {Job | null} next */
export function keepJob(next) {
  job = next;
}

/** Forgets the key, and ends the work. */
export function forgetClient() {
  job?.abandon();
  job = null;
  key = "";
}
