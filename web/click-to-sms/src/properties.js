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
  for (const name of [...STRINGS, ...FLAGS].map(named)) {
    const value = early(element, name);
    if (value === null) continue;
    Reflect.deleteProperty(element, name);
    Reflect.set(element, name, value);
  }
}

/**
 * What the host has set as a property before this program was loaded; `null` if it has not.
 *
 * @param {HTMLElement} element
 * @param {string} name
 */
export function early(element, name) {
  return Object.hasOwn(element, name) ? Reflect.get(element, name) : null;
}

/** @param {string} attribute */
function named(attribute) {
  return attribute.replace("-f", "F");
}
