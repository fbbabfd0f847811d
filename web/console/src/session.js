/**
 * The operator's key: it lives in this tab's `sessionStorage`, and is erased after 15 minutes without use, on
 * Lock (in all tabs), and when the gateway refuses it. Timers sleep with the machine, so times are compared.
 * @module
 */

export const IDLE_MS = 15 * 60 * 1000;

/** @typedef {"locked" | "idle" | "refused"} EndOfSession why the key was erased */

/**
 * @typedef {object} Surroundings what a session needs of the browser; tests give their own
 * @property {Pick<Storage, "getItem" | "setItem" | "removeItem">} storage
 * @property {string} gateway the path of its address: under a shared host name each gateway has a key of its own
 * @property {() => number} now milliseconds
 * @property {{postMessage(message: unknown): void, onmessage: ((event: MessageEvent) => void) | null} | null} channel
 */

export class Session {
  /** @type {Surroundings} */
  #around;
  /** @type {(why: EndOfSession) => void} */
  #onEnd;
  #stored;
  #usedAt;

  /**
   * @param {Surroundings} around
   * @param {(why: EndOfSession) => void} onEnd called once the key is erased
   */
  constructor(around, onEnd) {
    this.#around = around;
    this.#onEnd = onEnd;
    this.#stored = `sms-gateway-key ${around.gateway}`;
    this.#usedAt = `${this.#stored} used`;
    if (around.channel) {
      around.channel.onmessage = (event) => {
        if (event.data === "lock") this.#end("locked");
      };
    }
  }

  /** The key, or null. Erases a key that has not been used for too long. @returns {string | null} */
  get key() {
    this.check();
    return this.#around.storage.getItem(this.#stored);
  }

  /** @param {string} key */
  start(key) {
    this.#around.storage.setItem(this.#stored, key);
    this.used();
  }

  /** The operator has touched the page just now. It does not bring a key back that is too old. */
  used() {
    if (!this.check()) return;
    this.#around.storage.setItem(this.#usedAt, String(this.#around.now()));
  }

  /** Erases a key that has not been used for 15 minutes. True if there is a key. */
  check() {
    const { storage, now } = this.#around;
    if (storage.getItem(this.#stored) === null) return false;
    const used = storage.getItem(this.#usedAt);
    if (used !== null && now() - Number(used) >= IDLE_MS) {
      this.#end("idle");
      return false;
    }
    return true;
  }

  /** Locks this tab and all others. */
  lock() {
    this.#around.channel?.postMessage("lock");
    this.#end("locked");
  }

  /** The gateway has refused the key. */
  refuse() {
    this.#end("refused");
  }

  /** @param {EndOfSession} why */
  #end(why) {
    const { storage } = this.#around;
    if (storage.getItem(this.#stored) === null) return;
    storage.removeItem(this.#stored);
    storage.removeItem(this.#usedAt);
    this.#onEnd(why);
  }
}
