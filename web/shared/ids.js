/** @file Ids of messages: made so that they also work where `crypto.randomUUID` is missing. */

/**
 * A random UUID of version 7 (RFC 9562 §5.7): it sorts by time. `crypto.getRandomValues` is there
 * on pages without https too, other than `crypto.randomUUID`.
 *
 * @param {number} [now] Milliseconds since 1970
 */
export function uuid7(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(now / 2 ** 32));
  view.setUint32(2, now % 2 ** 32);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * A number of 106 bits for a text, in hexadecimal. It is no cryptographic hash, which pages without
 * https do not have: it tells texts apart, and with a random salt it says little about them.
 *
 * @param {string} text
 */
export function hash(text) {
  return [0x9e3779b9, 0x85ebca6b].map((seed) => half(text, seed)).join("");
}

/**
 * @param {string} text
 * @param {number} seed
 */
function half(text, seed) {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (2 ** 32 * (low & 0x1fffff) + (high >>> 0)).toString(16).padStart(14, "0");
}
