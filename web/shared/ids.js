/** @file Ids of messages: made so that they also work where `crypto.randomUUID` is missing. */

/**
 * A random UUID of version 7 (RFC 9562 §5.7): it sorts by time. `crypto.getRandomValues` is there
 * on pages without https too, other than `crypto.randomUUID`.
 *
 * @param {number} [now] Milliseconds since 1970
 */
export function uuid7(now = Date.now()) {
  const time = now.toString(16).padStart(12, "0");
  const bytes = [...crypto.getRandomValues(new Uint8Array(10))];
  const random = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = "89ab".charAt((bytes[9] ?? 0) % 4);
  const parts = [time.slice(0, 8), time.slice(8), `7${random.slice(0, 3)}`];
  return [...parts, variant + random.slice(3, 6), random.slice(6, 18)].join("-");
}

/**
 * A number of 64 bits for a text, in hexadecimal. It is no cryptographic hash, which pages without
 * https do not have: it tells texts apart, and with a random salt it says little about them.
 *
 * @param {string} text
 */
export function hash(text) {
  const parts = [0x9e3779b9, 0x85ebca6b];
  for (const letter of text) {
    const code = /** @type {number} */ (letter.codePointAt(0));
    parts.forEach((part, index) => {
      const mixed = Math.imul(part ^ code ^ (index << 24), 0x01000193 + 2 * index);
      parts[index] = mixed ^ (mixed >>> 15);
    });
  }
  return parts.map((part) => (part >>> 0).toString(16).padStart(8, "0")).join("");
}
