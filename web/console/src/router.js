/**
 * The part of the address after `#`: `#/messages?status=failed&client=crm`. It reaches no access log.
 * @module
 */

/** @typedef {{route: string, query: Record<string, string>}} Place */

/**
 * What an address means. An address without a route means `fallback`.
 * @param {string} hash `location.hash`
 * @param {string} fallback
 * @returns {Place}
 */
export function readHash(hash, fallback) {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  /** @type {Record<string, string>} */
  const query = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (value !== "") query[name] = value;
  }
  return { route: path.replace(/\/+$/, "") || fallback, query };
}

/**
 * The address of a place. Values that are empty are left out; the order is that of the names, so that one
 * place has one address.
 * @param {string} route
 * @param {Record<string, string | number | null | undefined>} [query]
 * @returns {string}
 */
export function writeHash(route, query = {}) {
  const search = new URLSearchParams();
  for (const name of Object.keys(query).sort()) {
    const value = query[name];
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return `#/${route}${text ? `?${text}` : ""}`;
}
