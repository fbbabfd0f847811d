/**
 * @file Nothing runs here: tsc holds what hosts are told (`click-to-sms.d.ts`) to what the class
 * has. Properties that stand for attributes are made in `properties.js`, which tsc cannot follow.
 */

/** @typedef {import('../click-to-sms.d.ts').ClickToSms} Declared */
/** @typedef {'endpoint' | 'phone' | 'phoneFixed' | 'text' | 'name' | 'required' | 'disabled'} Reflected */

/**
 * @param {import('./click-to-sms.js').ClickToSms} built
 * @returns {Omit<Declared, Reflected | 'addEventListener'>}
 */
export function declared(built) {
  return built;
}
