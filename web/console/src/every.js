/**
 * Reads again and again, and rests while the tab is hidden or the operator has paused it.
 * @module
 */

import { ApiError } from "./api.js";

/**
 * @typedef {object} Around what it needs of the browser; tests give their own
 * @property {() => boolean} hidden
 * @property {(run: () => void, ms: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */

/**
 * @typedef {object} Repeated
 * @property {() => void} wake the tab is seen again, or the pause is over: reads at once
 * @property {() => void} stop for good
 * @property {boolean} paused
 */

/**
 * Calls `read` now, and again `ms` after each end of it. An `ApiError` with `retryAfter` decides the next time.
 * @param {number} ms
 * @param {() => Promise<unknown>} read
 * @param {Around} around
 * @returns {Repeated}
 */
export function every(ms, read, around) {
  /** @type {unknown} */
  let timer;
  let stopped = false;
  let running = false;
  /** @type {Repeated} */
  const repeated = { wake: run, stop, paused: false };
  run();
  return repeated;

  async function run() {
    around.clearTimeout(timer);
    if (stopped || running || repeated.paused || around.hidden()) return;
    running = true;
    let next = ms;
    try {
      await read();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      next = Math.max(ms, (error.problem.retryAfter ?? 0) * 1000);
    } finally {
      running = false;
      if (!stopped) timer = around.setTimeout(run, next);
    }
  }

  function stop() {
    stopped = true;
    around.clearTimeout(timer);
  }
}
