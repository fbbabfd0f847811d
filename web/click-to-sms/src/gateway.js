/** @file The gateway's routes for pages, asked with an access token. */

import { problemOf } from "../../shared/problems.js";
import { ProblemError } from "./problem_error.js";

/** API Gateway gives up after 29 s; what comes later than this does not come. */
const TIMEOUT = 35_000;

/** @typedef {import('../../shared/problems.js').Problem} Problem */
/**
 * @typedef {object} Message
 * @property {string} messageId
 * @property {string} status
 * @property {string} [reason]
 */
/**
 * @typedef {object} Preview
 * @property {boolean} accepted
 * @property {string} message
 * @property {string} [phoneNumber]
 * @property {string} [lostText]
 * @property {readonly {problem?: Problem & {type: string}}[]} rules
 */

export class Gateway {
  /** Whether any answer has ever come: without one the address or the page's origin may be wrong. */
  wasReached = false;
  #endpoint;
  #tokens;

  /**
   * @param {() => string} endpoint The address of the API with its stage
   * @param {import('./token.js').Tokens} tokens
   */
  constructor(endpoint, tokens) {
    this.#endpoint = endpoint;
    this.#tokens = tokens;
  }

  /**
   * @param {string} path
   * @param {string} number The number that the token is to be for
   * @param {object | undefined} body With one it is a POST
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>} The answer's document
   * @throws {ProblemError}
   */
  async ask(path, number, body, signal) {
    for (let isRenewed = false; ; isRenewed = true) {
      const held = await this.#tokens.get(number);
      const answer = await this.#fetch(path, held.token.token, body, signal);
      if (answer.ok) {
        const document = await answer.json().catch(() => undefined);
        if (!document) throw new ProblemError({ code: "cut" });
        return document;
      }
      const problem = await problemOf(answer);
      if (isRenewed) throw new ProblemError(problem);
      if (answer.status === 401) this.#tokens.drop("expired");
      else if (isForAnotherNumber(problem) && held.number !== number) this.#tokens.drop("first");
      else throw new ProblemError(problem);
    }
  }

  /**
   * @param {string} path
   * @param {string} token
   * @param {object | undefined} body
   * @param {AbortSignal | undefined} signal
   */
  async #fetch(path, token, body, signal) {
    const late = AbortSignal.timeout(TIMEOUT);
    try {
      const answer = await fetch(`${this.#endpoint().replace(/\/+$/, "")}/page/messages${path}`, {
        method: body ? "POST" : "GET",
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && { "content-type": "application/json" }),
        },
        body: body && JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        redirect: "error", // the token is for this address and for no other
        signal: signal ? AbortSignal.any([signal, late]) : late,
      });
      this.wasReached = true;
      return answer;
    } catch {
      throw new ProblemError({ code: "cut" });
    }
  }
}

/** @param {Problem} problem */
function isForAnotherNumber({ code, field }) {
  return code === "token-not-allowed" && field === "phoneNumber";
}
