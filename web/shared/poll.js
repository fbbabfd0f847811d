/**
 * @file Asking again and again, with pauses, and not while the tab is hidden. What is asked, and
 * how long the pauses are, the caller says.
 */

/** Seconds between reads of a message that is on its way: the first ones, then always the last. */
const PAUSES = [1, 1, 2, 3, 5, 8, 13, 20, 30];
/** Seconds between reads of one about which only a late report can tell more. */
const SLOW = 60;
/** Seconds that a message is followed without a word from the user. */
const PATIENCE = 600;
const LONGEST_AFTER_AN_ERROR = 60;
/** So that the pages of an office do not ask in the same instant. */
const SPREAD = 0.2;

/**
 * The pauses between the reads of one message.
 *
 * @returns {(status: string) => number | undefined} Seconds to the next read, counted from one with
 *   this status; `undefined` once ten minutes are over
 */
export function messagePauses() {
  let reads = 0;
  let waited = 0;
  return (status) => {
    const isSlow = status === "unconfirmed" || status === "no_report";
    const pause = isSlow
      ? SLOW
      : /** @type {number} */ (PAUSES[Math.min(reads, PAUSES.length - 1)]);
    reads += 1;
    waited += pause;
    return waited > PATIENCE ? undefined : pause;
  };
}

/**
 * What `Poll` uses of the page.
 *
 * @typedef {object} Surroundings
 * @property {Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>} document
 * @property {(run: () => void, milliseconds: number) => number} setTimeout
 * @property {(timer: number) => void} clearTimeout
 * @property {{random(): number}} Math
 * @property {{now(): number}} Date
 */

/**
 * Asks until it is told to stop. In a hidden tab it rests; shown again, it asks at once, but never
 * sooner than the gateway has asked for.
 */
export class Poll {
  #ask;
  #page;
  #timer = 0;
  /** @type {AbortController | undefined} */
  #running;
  #failures = 0;
  #notBefore = 0;

  /**
   * @param {(signal: AbortSignal) => Promise<number | undefined>} ask Asks once. Answers the seconds
   *   to the next time, or `undefined` to end it. It throws when there was no answer: then the pause
   *   doubles, up to a minute, or is what the error has as `retryAfter`
   * @param {Surroundings} [page]
   */
  constructor(ask, page = window) {
    this.#ask = ask;
    this.#page = page;
  }

  /** @param {number} [seconds] The pause before the first time */
  start(seconds = 0) {
    this.stop();
    this.#failures = 0;
    this.#running = new AbortController();
    this.#page.document.addEventListener("visibilitychange", this.#look);
    this.#wait(seconds);
  }

  /** Ends it, and the request that is under way. */
  stop() {
    this.#page.clearTimeout(this.#timer);
    this.#page.document.removeEventListener("visibilitychange", this.#look);
    this.#running?.abort();
    this.#running = undefined;
  }

  get isRunning() {
    return this.#running !== undefined;
  }

  #look = () => {
    this.#page.clearTimeout(this.#timer);
    const early = (this.#notBefore - this.#page.Date.now()) / 1000;
    if (early > 0) this.#wait(early, 0);
    else if (this.#page.document.visibilityState !== "hidden") this.#now();
  };

  /**
   * @param {number} seconds
   * @param {number} [sooner] By which part of them it can be sooner
   */
  #wait(seconds, sooner = SPREAD) {
    if (this.#page.document.visibilityState === "hidden") return;
    const factor = 1 - sooner + (sooner + SPREAD) * this.#page.Math.random();
    this.#page.clearTimeout(this.#timer);
    this.#timer = this.#page.setTimeout(() => this.#now(), Math.round(seconds * factor * 1000));
  }

  #isAsking = false;

  async #now() {
    const running = this.#running;
    if (!running || this.#isAsking) return;
    this.#isAsking = true;
    /** @type {number | undefined} */
    let pause;
    let asked = 0;
    try {
      pause = await this.#ask(running.signal);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      asked = retryAfter(error);
      pause = asked || Math.min(2 ** this.#failures, LONGEST_AFTER_AN_ERROR);
    } finally {
      this.#isAsking = false;
    }
    if (this.#running !== running) {
      if (this.#running) this.#wait(0); // started anew while the old request was under way
      return;
    }
    this.#notBefore = asked && this.#page.Date.now() + asked * 1000;
    if (pause === undefined) this.stop();
    else this.#wait(pause, asked ? 0 : SPREAD);
  }
}

/**
 * @param {unknown} error
 * @returns {number} Seconds; 0 if it names none
 */
function retryAfter(error) {
  return Number(/** @type {{retryAfter?: unknown} | undefined} */ (error)?.retryAfter) || 0;
}
