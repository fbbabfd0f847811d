/**
 * Checks and sends the rows of a plan, a hundred at a time, one request after the other.
 *
 * Every row has an id that comes from its content, so whatever is cut short here is simply done again: the
 * gateway answers a row that it has taken with its message, and sends nothing a second time. A request that is not
 * answered is repeated as it is.
 * @module
 */

import { ApiError } from "../api.js";
import { problemIn } from "./plan.js";
import { outcomeOf, REFUSED } from "./results.js";

/** How many messages the gateway takes at once. */
const BATCH = 100;
const FIRST_PAUSE_S = 1;
const LONGEST_PAUSE_S = 30;

/** @typedef {"idle" | "checking" | "sending" | "stopped" | "done" | "failed"} State */
/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {import("./results.js").Outcome} Outcome */
/** @typedef {import("../api.js").Problem} Problem */

/**
 * @typedef {object} Surroundings
 * @property {(path: string, body: unknown, signal: AbortSignal) => Promise<any>} post asks the gateway with the
 *   client's key; throws `ApiError`
 * @property {(seconds: number, signal: AbortSignal) => Promise<void>} sleep ends early with the signal, and never throws
 * @property {() => number} now seconds
 * @property {() => number} random from 0 up to 1
 * @property {number} patience seconds that a request is repeated
 */

export class Sender {
  /** @type {State} */
  state = "idle";
  paused = false;
  /** How many rows of the stage are done, and of how many. */
  done = 0;
  total = 0;
  /** A pause that no person has asked for: why, and how long it is. @type {{problem: Problem, seconds: number} | null} */
  waiting = null;
  /** @type {Problem | null} why it has failed */
  problem = null;
  /** @type {Map<string, Outcome>} what the gateway has said, by the ids of the messages */
  known = new Map();
  /** @type {Map<string, any>} what it has said of each row before anything was sent */
  previews = new Map();
  /** @type {Map<string, Problem>} why rows were refused */
  problems = new Map();

  /** @type {Surroundings} */
  #around;
  #changed;
  #end = new AbortController();
  /** Ends a request that is under way, which a stop does not. */
  #cut = new AbortController();
  #isStopped = false;
  #goOn = () => {};

  /**
   * @param {Plan} plan
   * @param {Surroundings} around
   * @param {() => void} changed told after each step
   */
  constructor(plan, around, changed) {
    this.plan = plan;
    this.#around = around;
    this.#changed = changed;
  }

  get isBusy() {
    return this.state === "checking" || this.state === "sending";
  }

  /** The ids of the rows of which no message is known, also of those that were refused. */
  get open() {
    return [...this.plan.rows.keys()].filter((id) => {
      const known = this.known.get(id);
      return known === undefined || known.status === REFUSED;
    });
  }

  /** Has the gateway look at all rows. It stores nothing. */
  async check() {
    await this.#stage("checking", [...this.plan.rows.keys()], async (ids) => {
      const results = await this.#ask("messages/preview/batch", ids, (row) => ({
        phoneNumber: row.number,
        message: row.message,
      }));
      ids.forEach((id, place) => {
        this.previews.set(id, results[place]);
      });
    });
  }

  /** Sends what is open. */
  async send() {
    await this.#stage("sending", this.open, async (ids) => {
      const results = await this.#ask("messages/batch", ids, (row, id) => ({
        messageId: id,
        phoneNumber: row.number,
        message: row.message,
      }));
      ids.forEach((id, place) => {
        const { message, problem } = results[place];
        this.known.set(id, outcomeOf(results[place]));
        if (message) this.problems.delete(id);
        else this.problems.set(id, problemIn(problem));
      });
    });
  }

  pause() {
    this.paused = true;
    this.#changed();
  }

  resume() {
    this.paused = false;
    this.#goOn();
    this.#changed();
  }

  /** Ends after the request that is under way, so that its answer is known. */
  stop() {
    this.#isStopped = true;
    this.#end.abort();
    this.resume();
  }

  /** Ends at once. What the last request did, choosing the file again will tell. */
  abandon() {
    this.stop();
    this.#cut.abort();
  }

  /**
   * @param {"checking" | "sending"} state
   * @param {string[]} ids
   * @param {(ids: string[]) => Promise<void>} batch does a batch
   */
  async #stage(state, ids, batch) {
    Object.assign(this, { state, done: 0, total: ids.length, problem: null, paused: false });
    this.#isStopped = false;
    this.#end = new AbortController();
    this.#changed();
    try {
      for (let start = 0; start < ids.length; start += BATCH) {
        await this.#mayGoOn();
        if (this.#isStopped) break;
        const some = ids.slice(start, start + BATCH);
        await batch(some);
        this.done += some.length;
        this.#changed();
      }
      this.state = this.#isStopped ? "stopped" : "done";
    } catch (error) {
      if (this.#isStopped) this.state = "stopped";
      else if (error instanceof ApiError)
        Object.assign(this, { state: "failed", problem: error.problem });
      else throw error;
    } finally {
      this.waiting = null;
      this.#changed();
    }
  }

  async #mayGoOn() {
    while (this.paused && !this.#isStopped) {
      await new Promise((resolve) => {
        this.#goOn = () => resolve(null);
      });
    }
  }

  /**
   * The results of a batch, one for each row. A request without an answer, or with one that says to come back, is
   * repeated after growing pauses.
   * @param {string} path
   * @param {string[]} ids
   * @param {(row: import("./rows.js").Row, id: string) => object} message
   * @returns {Promise<any[]>}
   */
  async #ask(path, ids, message) {
    const messages = ids.map((id) =>
      message(/** @type {import("./rows.js").Row} */ (this.plan.rows.get(id)), id),
    );
    const giveUpAt = this.#around.now() + this.#around.patience;
    const pauses = growingPauses(this.#around.random);
    for (;;) {
      try {
        const data = await this.#around.post(path, { messages }, this.#cut.signal);
        return resultsOf(data, ids.length);
      } catch (error) {
        if (!(error instanceof ApiError) || this.#isStopped) throw error;
        const { problem } = error;
        const seconds = Math.max(Number(pauses.next().value), problem.retryAfter ?? 0);
        const mayPass = problem.status === 0 || problem.status === 429 || problem.status >= 500;
        if (!mayPass || this.#around.now() + seconds > giveUpAt) throw error;
        this.waiting = { problem, seconds: Math.ceil(seconds) };
        this.#changed();
        await this.#around.sleep(seconds, this.#end.signal);
        await this.#mayGoOn();
        if (this.#isStopped) throw error;
        this.waiting = null;
        this.#changed();
      }
    }
  }
}

/**
 * The results of an answer. If nothing of it could be stored, the whole batch is to be repeated.
 * @param {any} data
 * @param {number} wanted
 * @returns {any[]}
 */
function resultsOf(data, wanted) {
  const results = data?.results;
  if (!Array.isArray(results) || results.length !== wanted) {
    throw new ApiError({ code: "unreadable", status: 502, title: "", detail: "" });
  }
  const problems = results.map(({ problem }) => problem).filter(Boolean);
  const away = problems.find(({ status }) => status === 503);
  if (away && problems.length === results.length) {
    throw new ApiError({ ...away, code: "store-unavailable" });
  }
  return results;
}

/**
 * Seconds: 1, 2, 4 … up to 30, each up to a half shorter by chance.
 * @param {() => number} random
 */
function* growingPauses(random) {
  for (let pause = FIRST_PAUSE_S; ; pause = Math.min(pause * 2, LONGEST_PAUSE_S)) {
    yield pause * (1 - random() / 2);
  }
}

/**
 * Waits, or less if the signal ends it.
 * @param {number} seconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function sleep(seconds, signal) {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    signal.addEventListener("abort", end);
  });
}
