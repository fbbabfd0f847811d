/**
 * The page that asks for the operator's key, and tries it before it is kept.
 * @module
 */

import { ApiError, createApi } from "./api.js";
import { el, replace } from "./dom.js";
import { problemText } from "./problem-text.js";
import { SIGN_IN } from "./words.js";

/**
 * @param {HTMLElement} root the page's main part
 * @param {object} settings
 * @param {URL} settings.base
 * @param {import("../../shared/words.js").Language} settings.language
 * @param {import("./context.js").Context["say"]} settings.say
 * @param {import("./session.js").EndOfSession | null} settings.why why the last session has ended
 * @param {(key: string) => void} settings.onKey an operator's key
 */
export function signIn(root, { base, language, say, why, onKey }) {
  const input = el("input", {
    type: "password",
    id: "key",
    autocomplete: "current-password",
    autocapitalize: "none",
    spellcheck: "false",
    "aria-describedby": "key-hint key-error",
  });
  const error = el("p", { class: "error", id: "key-error", role: "alert" });
  const button = el("button", { class: "primary" }, say(SIGN_IN.button));
  const heading = el("h1", { tabindex: "-1" }, say(SIGN_IN.title));
  const form = el(
    "form",
    { class: "sign-in card", novalidate: true, onsubmit: submit },
    heading,
    // Password managers keep a key under a name.
    el("input", { type: "text", autocomplete: "username", value: "operator", hidden: true }),
    why && el("p", { class: `notice ${why === "refused" ? "bad" : "info"}` }, say(SIGN_IN[why])),
    el(
      "div",
      { class: "field" },
      el("label", { for: "key" }, say(SIGN_IN.label)),
      el("p", { class: "hint", id: "key-hint" }, say(SIGN_IN.hint)),
      error,
      input,
    ),
    button,
  );
  replace(root, form);
  let busy = false;

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    const key = input.value.trim();
    if (!key) return refuse(say(SIGN_IN.missing));
    busy = true;
    button.setAttribute("aria-disabled", "true");
    button.textContent = say(SIGN_IN.checking);
    const api = createApi({ base, key: () => key, onRefused: () => {} });
    try {
      // Only an operator's key gets an answer to this, and it reads one row.
      await api.get("messages", { status: "unconfirmed", limit: 1 });
      input.value = "";
      onKey(key);
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      refuse(words(problem.problem));
    } finally {
      busy = false;
      button.removeAttribute("aria-disabled");
      button.textContent = say(SIGN_IN.button);
    }
  }

  /** @param {import("./api.js").Problem} problem */
  function words(problem) {
    if (problem.code === "operator-only") return say(SIGN_IN.client);
    if (problem.status === 401 || problem.status === 403) return say(SIGN_IN.forbidden);
    return problemText(language, problem);
  }

  /** @param {string} text */
  function refuse(text) {
    error.textContent = text;
    input.setAttribute("aria-invalid", "true");
    input.focus();
  }
}
