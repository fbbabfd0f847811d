/** @file What is seen: elements made once, and changed where something has changed. */

import { STATUSES, statusIcon } from "../../shared/statuses.js";
import { BUTTONS, LABELS, say } from "../../shared/words.js";
import { CSS } from "./css.js";

/** @typedef {import('../../shared/words.js').Language} Language */
/** @typedef {import('../../shared/text.js').Piece} Piece */
/** @typedef {import('../../shared/statuses.js').Status} Status */

/** The buttons of the actions, in their order. */
export const ACTIONS = /** @type {const} */ (["sendAgain", "checkAgain", "newMessage"]);
/** @typedef {typeof ACTIONS[number]} Action */
/** The fields, as the gateway names them. @typedef {'phoneNumber' | 'message'} Field */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** One sheet for all components of the page. Constructed, it passes `style-src 'self'`. */
const sheet = new CSSStyleSheet();
sheet.replaceSync(CSS);

export class View {
  phoneNumber = el("input", {
    id: "number",
    part: "number",
    type: "tel",
    inputmode: "tel",
    dir: "ltr",
    "aria-describedby": "number-hint number-error",
  });
  message = el("textarea", {
    id: "message",
    part: "message",
    rows: "4",
    dir: "auto",
    "aria-describedby": "message-hint message-error",
  });
  send = el("button", { part: "send", type: "submit" });
  form;
  #numberLabel = el("label", { for: "number" });
  #numberHint = el("bdi");
  #numberError = el("p", { id: "number-error", part: "error", class: "error" });
  #messageLabel = el("label", { for: "message" });
  #messageHint = el("p", { id: "message-hint", class: "unseen" });
  #messageError = el("p", { id: "message-error", part: "error", class: "error" });
  #counter = el("p", { part: "counter", class: "quiet", "aria-hidden": "true" });
  #preview = el("p", { part: "preview", class: "preview quiet" });
  #status = el("div", { role: "status" });
  #speech = el("div", { class: "unseen", "aria-live": "polite" });
  /** @type {Record<Action, HTMLButtonElement>} */
  actions = {
    sendAgain: el("button", { type: "button" }),
    checkAgain: el("button", { type: "button" }),
    newMessage: el("button", { type: "button" }),
  };
  #said = "";

  /** @param {ShadowRoot} root */
  constructor(root) {
    root.adoptedStyleSheets = [sheet];
    const hint = el("p", { id: "number-hint", class: "quiet" }, this.#numberHint);
    this.form = el(
      "form",
      { part: "form", novalidate: "" },
      el("slot", { name: "heading" }),
      el("div", {}, this.#numberLabel, this.phoneNumber, hint, this.#numberError),
      el(
        "div",
        {},
        this.#messageLabel,
        this.message,
        this.#messageHint,
        this.#counter,
        this.#messageError,
        this.#preview,
      ),
      el("slot", { name: "note" }),
      this.send,
      this.#status,
      el(
        "div",
        { part: "actions", class: "actions" },
        ...ACTIONS.map((each) => this.actions[each]),
      ),
      this.#speech,
    );
    for (const button of Object.values(this.actions)) {
      button.onblur = () => {
        button.hidden = button.ariaDisabled === "true";
      };
    }
    root.append(this.form);
  }

  /** @param {Language} language */
  label(language) {
    this.form.lang = language;
    write(this.#numberLabel, say(language, LABELS.number));
    write(this.#messageLabel, say(language, LABELS.message));
    write(this.send, say(language, BUTTONS.send));
    for (const each of ACTIONS) write(this.actions[each], say(language, BUTTONS[each]));
  }

  /** @param {boolean} isDisabled */
  disable(isDisabled) {
    for (const each of [
      this.phoneNumber,
      this.message,
      this.send,
      ...Object.values(this.actions),
    ]) {
      each.disabled = isDisabled;
    }
  }

  /** @param {string} text The number as the gateway reads it, or what stands for it */
  showNumber(text) {
    write(this.#numberHint, text);
  }

  /**
   * @param {string} counter
   * @param {string} hint The same, as a screen reader reads it with the field
   * @param {boolean} isOver
   */
  showCount(counter, hint, isOver) {
    write(this.#counter, counter);
    write(this.#messageHint, hint);
    this.#counter.className = isOver ? "error" : "quiet";
  }

  /**
   * The text as the phone will show it; what changes and what is refused is marked.
   *
   * @param {string} sentence With a NUL where the text is to stand
   * @param {readonly Piece[]} pieces None: nothing to show
   * @param {string} [lost] The end that would be cut
   */
  showPreview(sentence, pieces, lost) {
    const marks = pieces.map(({ how, shown, written }) => {
      if (how === "refused") return el("mark", { class: "bad" }, el("bdi", {}, visible(written)));
      return how === "changed" && shown ? el("mark", {}, shown) : shown;
    });
    if (lost) marks.push(el("mark", { class: "bad" }, lost));
    const [before = "", after = ""] = sentence.split("\0");
    this.#preview.replaceChildren(...(marks.length > 0 ? [before, ...marks, after] : []));
  }

  /**
   * What is wrong with a field, below it; nothing, if it is right.
   *
   * @param {Field} field
   * @param {string} text
   * @param {boolean} isRefused Whether it has kept a message from being sent
   */
  showError(field, text, isRefused) {
    write(field === "message" ? this.#messageError : this.#numberError, text);
    this[field].ariaInvalid = isRefused ? "true" : null;
  }

  /**
   * The status or what went wrong. The same again is not said again.
   *
   * @param {string} text Empty: none
   * @param {Status | 'error'} [kind]
   */
  showStatus(text, kind = "error") {
    const said = `${kind} ${text}`;
    if (said === this.#said) return;
    this.#said = said;
    const isError = kind === "error";
    const look = isError ? "failed" : kind;
    const part = isError ? "status error" : "status";
    const box = el(
      "div",
      { part, class: `status ${kind}` },
      statusIcon(look),
      el("span", {}, text),
    );
    box.style.setProperty("--_tone", `var(--_${STATUSES[look].tone})`);
    this.#status.replaceChildren(...(text ? [box] : []));
  }

  /**
   * Shows these buttons and hides the others; one that has the focus only when it loses that.
   *
   * @param {Record<Action, boolean>} wanted
   */
  showActions(wanted) {
    for (const each of ACTIONS) {
      const button = this.actions[each];
      button.ariaDisabled = String(!wanted[each]);
      button.hidden = !wanted[each] && !button.matches(":focus");
    }
  }

  /** @param {string} text For screen readers, when they have nothing else to say */
  speak(text) {
    write(this.#speech, text);
  }
}

/**
 * @param {Element} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A character that can be seen, or else its number in Unicode.
 *
 * @param {string} written
 */
export function visible(written) {
  if (!/^[\p{C}\p{Z}]+$/u.test(written)) return written;
  const codes = [...written].map((each) => each.codePointAt(0)?.toString(16).toUpperCase());
  return codes.map((code) => `U+${code?.padStart(4, "0")}`).join(" ");
}
