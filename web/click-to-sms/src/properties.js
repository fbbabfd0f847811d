/** @file Properties that stand for attributes, as frameworks set them. */

export const STRINGS = ["endpoint", "phone", "text", "name"];
export const FLAGS = ["phone-fixed", "required", "disabled"];

/**
 * Gives the prototype a property for each attribute.
 *
 * @param {HTMLElement} prototype
 */
export function reflect(prototype) {
  for (const attribute of [...STRINGS, ...FLAGS]) {
    const isFlag = FLAGS.includes(attribute);
    Object.defineProperty(prototype, named(attribute), {
      configurable: true,
      enumerable: true,
      get() {
        return isFlag ? this.hasAttribute(attribute) : (this.getAttribute(attribute) ?? "");
      },
      set(value) {
        if (isFlag) this.toggleAttribute(attribute, Boolean(value));
        else if (value === null || value === undefined) this.removeAttribute(attribute);
        else this.setAttribute(attribute, value);
      },
    });
  }
}

/**
 * Takes over what the host has set as properties before this program was loaded.
 *
 * @param {HTMLElement} element
 */
export function reflectEarly(element) {
  const own = /** @type {Record<string, any>} */ (/** @type {unknown} */ (element));
  for (const name of [...STRINGS, ...FLAGS].map(named)) {
    if (!Object.hasOwn(own, name)) continue;
    const value = own[name];
    delete own[name];
    own[name] = value;
  }
}

/** @param {string} attribute */
function named(attribute) {
  return attribute.replace("-f", "F");
}
