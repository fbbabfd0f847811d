/**
 * Lets a person choose a CSV file, and reads its text. One that is in no known alphabet is read as Windows-1250 if the
 * person says that the names in it are right then.
 * @module
 */

import { el, replace } from "./dom.js";
import { field } from "./parts.js";
import { readText, SheetError } from "./sheets/file.js";
import { samplesOf } from "./sheets/samples.js";
import { fileSentence } from "./sheets/words.js";
import { FILE } from "./words-sheets.js";

/**
 * @typedef {object} FileField
 * @property {HTMLElement} node
 * @property {() => {text: string, name: string} | null} read the file's text and name; if there is none yet, says so,
 *   moves the focus there and is null
 * @property {(error: SheetError) => void} complain says what is wrong with the file
 */

/**
 * @param {import("./context.js").Context} context
 * @param {{hint: string, onText?: (text: string, name: string) => void}} settings
 * @returns {FileField}
 */
export function fileField({ say, language, signal }, { hint, onText }) {
  const input = el("input", { type: "file", accept: ".csv,.txt,text/csv,text/plain" });
  const error = el("p", { class: "error", role: "alert" });
  const question = el("div");
  /** @type {{text: string, name: string} | null} */
  let read = null;
  /** The choice that counts: an earlier one can still be read. */
  let choice = 0;

  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    read = null;
    choice += 1;
    tell("");
    replace(question);
    if (file) open(file, "utf-8", choice);
  });

  /**
   * @param {File} file
   * @param {"utf-8" | "windows-1250"} encoding
   * @param {number} own
   */
  async function open(file, encoding, own) {
    try {
      const text = await readText(file, encoding);
      if (own !== choice || signal.aborted) return;
      if (encoding === "utf-8") keep(text, file.name);
      else ask(text, file.name);
    } catch (problem) {
      if (own !== choice || signal.aborted) return;
      if (problem instanceof SheetError && problem.code === "not-utf-8" && encoding === "utf-8") {
        await open(file, "windows-1250", own);
      } else {
        complain(problem instanceof SheetError ? problem : new SheetError("unreadable"));
      }
    }
  }

  /**
   * @param {string} text
   * @param {string} name
   */
  function keep(text, name) {
    read = { text, name };
    onText?.(text, name);
  }

  /**
   * @param {string} text
   * @param {string} name
   */
  function ask(text, name) {
    const yes = el(
      "button",
      {
        type: "button",
        onclick() {
          replace(question);
          input.focus();
          keep(text, name);
        },
      },
      say(FILE.right),
    );
    const no = el(
      "button",
      {
        type: "button",
        onclick() {
          complain(new SheetError("not-utf-8"));
          input.focus();
        },
      },
      say(FILE.wrong),
    );
    replace(
      question,
      el(
        "fieldset",
        { class: "notice warn question" },
        el("legend", {}, say(FILE.guess)),
        el("p", {}, say(FILE.question)),
        el(
          "ul",
          { class: "samples" },
          samplesOf(text).map((sample) => el("li", {}, el("bdi", {}, sample))),
        ),
        el("div", { class: "buttons" }, yes, no),
      ),
    );
    yes.focus();
  }

  /** @param {SheetError} problem */
  function complain(problem) {
    replace(question);
    tell(fileSentence(language, problem));
  }

  /** @param {string} sentence */
  function tell(sentence) {
    error.textContent = sentence;
    if (sentence) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  return {
    node: el("div", { class: "file" }, field(say(FILE.label), input, hint), error, question),
    read() {
      if (read === null) {
        if (error.textContent === "") tell(say(FILE.missing));
        input.focus();
      }
      return read;
    },
    complain,
  };
}
