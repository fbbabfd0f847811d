/**
 * Puts many numbers on the do-not-contact list: looks all of them up first, then enters the new ones.
 * @module
 */

import { ApiError } from "../api.js";

/** How many requests are under way at once: together about 60 a second, of the 100 that a key has. */
const AT_ONCE = 4;
const TRIES = 6;

/** @typedef {import("./suppressions.js").Entry} Entry */
/**
 * @typedef {object} Looked
 * @property {Entry[]} fresh numbers that are not on the list
 * @property {number} listed how many are
 * @property {{line: number, problem: import("../api.js").Problem}[]} wrong no numbers, says the gateway
 */
/**
 * @typedef {object} Asking
 * @property {import("../api.js").Api} api
 * @property {AbortSignal} signal
 * @property {(done: number) => void} onDone told how many numbers are done with
 * @property {(seconds: number, signal: AbortSignal) => Promise<void>} sleep
 */

/**
 * What an import would do. Nothing is entered.
 * @param {readonly Entry[]} entries
 * @param {Asking} asking
 * @returns {Promise<Looked>}
 */
export async function lookUp(entries, asking) {
  /** @type {Looked} */
  const looked = { fresh: [], listed: 0, wrong: [] };
  await each(entries, asking, async (entry) => {
    try {
      await asking.api.get(pathOf(entry.number), {}, { signal: asking.signal });
      looked.listed += 1;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.problem.code === "suppression-not-found") looked.fresh.push(entry);
      else if (error.problem.status === 422) {
        looked.wrong.push({ line: entry.line, problem: error.problem });
      } else throw error;
    }
  });
  looked.fresh.sort((one, other) => one.line - other.line);
  looked.wrong.sort((one, other) => one.line - other.line);
  return looked;
}

/**
 * Enters numbers. One that is on the list meanwhile stays as it is. True once all are there.
 * @param {readonly Entry[]} entries
 * @param {Asking} asking
 */
export async function enter(entries, asking) {
  await each(entries, asking, async ({ number }) => {
    await asking.api.ask(pathOf(number), { method: "PUT", signal: asking.signal });
  });
  return true;
}

/** @param {string} number */
export function pathOf(number) {
  return `suppressions/${encodeURIComponent(number)}`;
}

/**
 * Does something for each entry, some at once; what the gateway cannot do just now is done again after a pause.
 * @param {readonly Entry[]} entries
 * @param {Asking} asking
 * @param {(entry: Entry) => Promise<void>} work
 */
async function each(entries, { signal, onDone, sleep }, work) {
  let next = 0;
  let done = 0;
  let failed = false;
  const worker = async () => {
    for (let entry = entries[next++]; entry && !failed; entry = entries[next++]) {
      await again(() => work(/** @type {Entry} */ (entry)), signal, sleep);
      done += 1;
      onDone(done);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    failed = true; // the others end after the request that they are in
  }
}

/**
 * @param {() => Promise<void>} work
 * @param {AbortSignal} signal
 * @param {Asking["sleep"]} sleep
 */
async function again(work, signal, sleep) {
  for (let tried = 1; ; tried += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || tried === TRIES) throw error;
      const { status, retryAfter } = error.problem;
      if (status !== 0 && status !== 429 && status < 500) throw error;
      await sleep(Math.max(2 ** (tried - 1), retryAfter ?? 0), signal);
      signal.throwIfAborted();
    }
  }
}
