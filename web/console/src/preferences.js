/**
 * The operator's language and colours, kept in this browser. The key is not among them.
 * @module
 */

import { languageOf } from "../../shared/words.js";

const LANGUAGE = "sms-console-language";
const SCHEME = "sms-console-scheme";

/** @returns {import("../../shared/words.js").Language} the chosen language, or the browser's */
export function readLanguage() {
  return languageOf(localStorage.getItem(LANGUAGE) ?? navigator.language);
}

/** @param {import("../../shared/words.js").Language} language */
export function keepLanguage(language) {
  localStorage.setItem(LANGUAGE, language);
}

/** Whether the colours are dark: by choice, or as the system asks for. */
export function isDark() {
  const chosen = localStorage.getItem(SCHEME);
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** @param {boolean} dark */
export function keepScheme(dark) {
  localStorage.setItem(SCHEME, dark ? "dark" : "light");
  applyScheme();
}

/** Has the page show the colours that were chosen; without a choice, those that the system asks for. */
export function applyScheme() {
  const chosen = localStorage.getItem(SCHEME);
  if (chosen) document.documentElement.dataset.scheme = chosen;
}
