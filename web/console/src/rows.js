/**
 * The rows of a list that is read again and again: known rows change in place, new ones wait until they are asked for.
 * @module
 */

/** @typedef {import("./life.js").Message} Message */

/** Two clients can use one id. @param {Message} message */
export function keyOf({ client, messageId }) {
  return `${client}/${messageId}`;
}

export class Rows {
  /** @type {Map<string, Message>} the shown ones, in the order of the list */
  #shown = new Map();
  /** @type {Message[]} */
  #waiting = [];

  get shown() {
    return [...this.#shown.values()];
  }

  /** How many new rows wait. */
  get waiting() {
    return this.#waiting.length;
  }

  /**
   * More rows at the end. Returns those that are not shown yet.
   * @param {Message[]} messages
   */
  append(messages) {
    const fresh = messages.filter((message) => !this.#shown.has(keyOf(message)));
    for (const message of fresh) this.#shown.set(keyOf(message), message);
    return fresh;
  }

  /**
   * The newest page, read again. Tells which shown rows have changed, and which are gone from the list.
   * @param {Message[]} page
   * @param {(message: Message) => boolean} covers whether the page would have a shown row if the list still had it
   */
  refresh(page, covers) {
    const keys = new Set(page.map(keyOf));
    const gone = this.shown.filter((message) => !keys.has(keyOf(message)) && covers(message));
    for (const message of gone) this.#shown.delete(keyOf(message));
    const changed = page.filter((message) => {
      const known = this.#shown.get(keyOf(message));
      return known !== undefined && known.sequence !== message.sequence;
    });
    for (const message of changed) this.#shown.set(keyOf(message), message);
    this.#waiting = page.filter((message) => !this.#shown.has(keyOf(message)));
    return { changed, gone };
  }

  /** Puts the new rows before the others, and returns them. */
  takeIn() {
    const fresh = this.#waiting;
    this.#waiting = [];
    this.#shown = new Map([
      ...fresh.map((message) => /** @type {const} */ ([keyOf(message), message])),
      ...this.#shown,
    ]);
    return fresh;
  }
}
