/** @file One text that is composed, sent once, and followed. */

import { uuid7 } from "../../shared/ids.js";
import { messagePauses } from "../../shared/poll.js";
import { settle } from "./memory.js";
import { ProblemError } from "./problem_error.js";

/** Seconds after which what was cut is sent again, under the same id. */
const RETRIES = [1, 3, 8];
/** Seconds that a person is left without a word, if the gateway asks for them. */
const LONGEST = 30;

/** @typedef {import('./gateway.js').Message} Message */

export class Composition {
  id = uuid7();
  /** Whether the user wants to send once more what was sent already. */
  isAnother = false;
  /** The message, once the gateway has it. @type {Message | undefined} */
  stored;
  /** While it is being sent. @type {Promise<string | undefined> | undefined} */
  busy;
  /** Whether the gateway might have it, although it has not said so. */
  isInDoubt = false;
  /** Whether it was followed to no end for ten minutes. */
  hasEnded = false;
  pauses = messagePauses();

  /**
   * Sends it. What was cut, or met a gateway that cannot answer, goes again under the same id.
   *
   * @param {import('./gateway.js').Gateway} gateway
   * @param {{messageId: string, phoneNumber: string}} body
   * @param {string} content What the browser remembers it by
   * @returns {Promise<Message>}
   * @throws {ProblemError}
   */
  async post(gateway, body, content) {
    for (const pause of [...RETRIES, 0]) {
      try {
        /** @type {Message} */
        const message = await gateway.ask("", body.phoneNumber, body);
        await settle(content, message.messageId, !isLost(message.status));
        return message;
      } catch (error) {
        const { code = "", status = 0 } = error instanceof ProblemError ? error.problem : {};
        const isUnknown = code === "cut" || status >= 500;
        // A later refusal says nothing about the request that was cut.
        this.isInDoubt ||= isUnknown;
        const { retryAfter = 0 } = /** @type {ProblemError} */ (error);
        if (!isUnknown || !pause || retryAfter > LONGEST) throw error;
        await new Promise((done) => setTimeout(done, Math.max(pause, retryAfter) * 1000));
      }
    }
    throw new ProblemError({ code: "cut" });
  }
}

/**
 * Whether it certainly did not go out: then the same text is no second SMS.
 *
 * @param {string} status
 */
export function isLost(status) {
  return status === "failed" || status === "cancelled";
}
