/**
 * A part of a view that shows what the gateway answers. The last answer stays while the next one is awaited, and
 * when it fails: then a line says since when, and from which moment the shown data is.
 * @module
 */

import { ApiError } from "./api.js";
import { el, replace } from "./dom.js";
import { problemText } from "./problem-text.js";
import { WORDS } from "./words.js";

/** @typedef {import("./context.js").Context} Context */

const WORDS_AFTER_MS = 400;

/**
 * @template Data
 * @typedef {object} PanelSettings
 * @property {(signal: AbortSignal) => Promise<Data>} read asks the gateway
 * @property {(data: Data, body: HTMLElement) => void} draw puts the answer into the body
 * @property {number | (() => number)} [every] milliseconds to the next reading; without it, read once
 * @property {(error: ApiError, body: HTMLElement) => boolean} [drawError] true if it has drawn this error itself
 */

/**
 * @typedef {object} Panel
 * @property {HTMLElement} node
 * @property {() => Promise<void>} refresh reads now; a reading under way is given up
 */

/**
 * @template Data
 * @param {Context} context
 * @param {PanelSettings<Data>} settings
 * @returns {Panel}
 */
export function panel(context, { read, draw, every, drawError }) {
  const { say, format } = context;
  const state = el("div", { class: "panel-state" });
  const body = el("div", { class: "panel-body" });
  const node = el("div", { class: "panel" }, state, body);
  /** @type {number | null} */
  let answeredAt = null;
  let failing = false;
  let reading = new AbortController();

  async function refresh() {
    reading.abort();
    reading = new AbortController();
    const own = reading;
    const signal = AbortSignal.any([own.signal, context.signal]);
    node.setAttribute("aria-busy", "true");
    const words = setTimeout(() => {
      if (answeredAt === null) replace(state, el("p", { class: "loading" }, say(WORDS.loading)));
    }, WORDS_AFTER_MS);
    try {
      const data = await read(signal);
      if (signal.aborted) return;
      answeredAt = Date.now();
      failing = false;
      replace(state);
      draw(data, body);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) {
        reportError(error); // a mistake of this program: the browser's console shows it
        throw error;
      }
      if (drawError?.(error, body)) replace(state);
      else showError(error);
      throw error; // the poll waits longer
    } finally {
      clearTimeout(words);
      if (own === reading) node.removeAttribute("aria-busy");
    }
  }

  /** @param {ApiError} error */
  function showError(error) {
    const hadFocus = state.contains(document.activeElement);
    const again = el(
      "button",
      { type: "button", class: "small", onclick: retry },
      say(WORDS.retry),
    );
    replace(
      state,
      el(
        "div",
        // An error that stays is said once, not with each reading.
        { class: "notice bad", role: failing ? null : "alert" },
        el("p", {}, problemText(context.language, error.problem)),
        answeredAt !== null &&
          el("p", { class: "muted" }, say(WORDS.asOf, { time: format.minute(answeredAt) })),
        again,
      ),
    );
    failing = true;
    if (hadFocus) again.focus();
  }

  function retry() {
    refresh().catch(() => {});
  }

  if (every) context.every(every, refresh);
  else retry();
  return { node, refresh };
}
