/**
 * Phone numbers on the screen: masked as in the logs, until the operator asks to see them whole.
 * @module
 */

import { el } from "./dom.js";
import { LIST } from "./words.js";

const HEAD = 4;
const TAIL = 3;
const STORED = "sms-console-whole-numbers";

/** `+407•••••567`. @param {string} number */
export function masked(number) {
  const hidden = Math.max(0, number.length - HEAD - TAIL);
  return `${number.slice(0, HEAD)}${"•".repeat(hidden)}${number.slice(-TAIL)}`;
}

/**
 * A provider's text, in which a number can stand, with every such number as lists show it.
 * @param {string} text
 */
export function maskedIn(text) {
  return showsWhole() ? text : text.replace(/\+?\d([ .-]?\d){8,}/g, (number) => masked(number));
}

/** Whether this tab shows whole numbers. */
export function showsWhole() {
  return sessionStorage.getItem(STORED) !== null;
}

/**
 * A button that has the lists of this tab show whole numbers, or mask them again.
 * @param {import("./context.js").Context} context
 * @param {() => void} redraw
 */
export function numbersButton({ say }, redraw) {
  const button = el(
    "button",
    {
      type: "button",
      class: "small",
      "aria-pressed": String(showsWhole()),
      onclick() {
        if (showsWhole()) sessionStorage.removeItem(STORED);
        else sessionStorage.setItem(STORED, "1");
        button.setAttribute("aria-pressed", String(showsWhole()));
        redraw();
      },
    },
    say(LIST.wholeNumbers),
  );
  return button;
}
