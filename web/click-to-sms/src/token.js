/** @file Access tokens, which the host's own server mints: asked for when needed, one at a time. */

import { ProblemError } from "./problem_error.js";

/**
 * @typedef {'first' | 'expired' | 'used' | 'resend'} Reason Why the component asks: it has none yet;
 *   the one it had is over; it has sent what it allows; the user sends again what is unconfirmed
 */
/** @typedef {{token: string, expiresAt?: string, phoneNumber?: string, maxMessages?: number}} Token */
/** @typedef {{token: Token, number: string, renewAt: number, sent: number}} Held */
/** @typedef {{reason: Reason, phoneNumber: string, signal: AbortSignal}} TokenRequest */
/** @typedef {(request: TokenRequest) => Promise<Token>} GetToken */

const TIMEOUT = 10_000;
const BEFORE_EXPIRY = 30_000;

export class Tokens {
  /** @type {Held | undefined} */
  #held;
  /** @type {Promise<Held> | undefined} */
  #asking;
  /** @type {Promise<unknown>} */
  #before = Promise.resolve();
  /** @type {Reason} */
  #reason = "first";
  #getToken;

  /** @param {(request: TokenRequest) => Promise<Token> | undefined} getToken The host's callback */
  constructor(getToken) {
    this.#getToken = getToken;
  }

  /**
   * A token for messages to this number, or for the one that is fixed by the token itself.
   *
   * @param {string} number
   * @returns {Promise<Held>}
   */
  async get(number) {
    if (this.#held && Date.now() > this.#held.renewAt) this.drop("expired");
    if (this.#held) return this.#held;
    const asking = this.#asking ?? this.#ask(number);
    this.#asking = asking;
    try {
      const held = await asking;
      if (this.#asking === asking) this.#held = held;
      return held;
    } finally {
      if (this.#asking === asking) this.#asking = undefined;
    }
  }

  /**
   * Forgets the token: the next one is asked for with this reason.
   *
   * @param {Reason} reason
   */
  drop(reason) {
    this.#held = undefined;
    this.#asking = undefined;
    this.#reason = reason;
  }

  /** Notes that a message was accepted with the token. A repeat counts as well: it does no harm. */
  spent() {
    if (!this.#held) return;
    this.#held.sent += 1;
    if (this.#held.sent >= (this.#held.token.maxMessages ?? 1)) this.#reason = "used";
  }

  /** Before another message is sent: a token that has sent all it allows is not tried again. */
  next() {
    if (this.#reason === "used") this.drop("used");
  }

  /**
   * @param {string} number
   * @returns {Promise<Held>}
   */
  async #ask(number) {
    // One call at a time, also where the one before is not wanted any more.
    const call = this.#before.then(() => this.#call(number));
    this.#before = call.catch(() => undefined);
    return call;
  }

  /**
   * @param {string} number
   * @returns {Promise<Held>}
   */
  async #call(number) {
    const signal = AbortSignal.timeout(TIMEOUT);
    const request = { reason: this.#reason, phoneNumber: number, signal };
    const late = new Promise((_, reject) => {
      signal.onabort = () => reject(signal.reason);
    });
    /** @type {Token | undefined} */
    let token;
    try {
      token = /** @type {Token} */ (await Promise.race([this.#getToken(request), late]));
    } catch (error) {
      throw new ProblemError({ code: "no-token", detail: String(error) });
    }
    if (typeof token?.token !== "string" || !token.token) {
      throw new ProblemError({ code: "no-token", detail: "getToken gave none" });
    }
    if (this.#reason === request.reason) this.#reason = "expired";
    const renewAt = Date.parse(token.expiresAt ?? "") - BEFORE_EXPIRY;
    // A clock by which a new token is over is wrong; then the gateway's 401 alone decides.
    return { token, number, renewAt: renewAt > Date.now() ? renewAt : Infinity, sent: 0 };
  }
}
