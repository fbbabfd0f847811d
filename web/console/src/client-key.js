/**
 * Asks for the key of a client, says why, and tells what is wrong with one that the gateway refuses.
 * @module
 */

import { clientKey, keepClientKey } from "./client-session.js";
import { el, replace } from "./dom.js";
import { field } from "./parts.js";
import { button } from "./sheet-parts.js";
import * as KEY from "./words/key.js";

/** What an HTTP header can hold. */
const POSSIBLE = /^[\x21-\x7e]*$/;

/**
 * @typedef {object} KeyField
 * @property {HTMLElement} node
 * @property {() => boolean} read keeps what was entered; if that is no key, says so, moves the focus there and is false
 * @property {(problem: import("./api.js").Problem) => boolean} refused whether the gateway has refused the key; then
 *   it is forgotten, and the field says why
 */

/**
 * @param {import("./context.js").Context} context
 * @returns {KeyField}
 */
export function keyField({ say }) {
  const node = el("div");
  const input = el("input", { type: "password", autocomplete: "off", spellcheck: "false" });
  const error = el("p", { class: "error", role: "alert" });

  function draw() {
    const other = button(say(KEY.other), () => complain(""), "small");
    if (clientKey()) replace(node, el("p", { class: "kept" }, say(KEY.kept), " ", other));
    else replace(node, field(say(KEY.label), input, say(KEY.why)), error);
  }

  /** @param {string} text */
  function complain(text) {
    keepClientKey("");
    draw();
    error.textContent = text;
    input.setAttribute("aria-invalid", String(text !== ""));
    input.focus();
  }

  draw();
  return {
    node,
    read() {
      if (clientKey()) return true;
      const entered = input.value.trim();
      if (!entered || !POSSIBLE.test(entered)) {
        complain(say(entered ? KEY.unknown : KEY.missing));
        return false;
      }
      keepClientKey(entered);
      input.value = "";
      error.textContent = "";
      draw();
      return true;
    },
    refused({ code, status }) {
      const isRefused = status === 401 || status === 403;
      if (isRefused) complain(say(code === "operator-cannot-send" ? KEY.operator : KEY.unknown));
      return isRefused;
    },
  };
}
