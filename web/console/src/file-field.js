/**
 * Lets a person choose a CSV file, and reads its text. One that is not UTF-8 is read as Windows-1250 if the person
 * says that the names in it are right then.
 * @module
 */

import { el, replace } from "./dom.js";
import { field } from "./parts.js";
import { button, buttons } from "./sheet-parts.js";
import { readText, SheetError } from "./sheets/file.js";
import { samplesOf } from "./sheets/samples.js";
import { fileSentence } from "./sheets/words.js";
import * as FILE from "./words/file.js";

/** @typedef {{text: string, name: string}} ReadFile */
/**
 * @typedef {object} FileField
 * @property {HTMLElement} node
 * @property {() => ReadFile | null} read the chosen file; if there is none, says so, moves the focus there and is null
 * @property {(error: SheetError) => void} complain says what is wrong with the file
 */

/**
 * @param {import("./context.js").Context} context
 * @param {string} hint
 * @param {(file: ReadFile) => void} onRead
 * @returns {FileField}
 */
export function fileField({ say, language, signal }, hint, onRead) {
  const input = el("input", { type: "file", accept: ".csv,.txt,text/csv,text/plain" });
  const error = el("p", { class: "error", role: "alert" });
  const question = el("div");
  /** @type {ReadFile | null} */
  let read = null;

  // Otherwise a file that is chosen once more, once it was corrected, would be no change.
  input.addEventListener("click", () => {
    input.value = "";
    read = null;
    tell("");
    replace(question);
  });
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (!file) return;
    read = null;
    tell("");
    replace(question);
    /** The choice that counts: an earlier one can still be read. */
    const counts = () => input.files?.[0] === file && !signal.aborted;
    const { name } = file;
    try {
      const text = await readText(file);
      if (counts()) keep({ text, name });
    } catch (problem) {
      const isOther = problem instanceof SheetError && problem.code === "not-utf-8";
      try {
        if (!isOther) throw problem;
        const text = await readText(file, "windows-1250");
        if (counts()) ask({ text, name });
      } catch (last) {
        if (counts()) complain(last instanceof SheetError ? last : new SheetError("unreadable"));
      }
    }
  });

  /** @param {ReadFile} file */
  function keep(file) {
    read = file;
    onRead(file);
  }

  /** @param {ReadFile} file */
  function ask(file) {
    const yes = button(say(FILE.right), () => {
      replace(question);
      input.focus();
      keep(file);
    });
    const no = button(say(FILE.wrong), () => {
      complain(new SheetError("not-utf-8"));
      input.focus();
    });
    const samples = samplesOf(file.text).map((each) => el("li", {}, el("bdi", {}, each)));
    replace(
      question,
      el(
        "div",
        { class: "notice warn", role: "group", "aria-label": say(FILE.guess) },
        el("p", {}, say(FILE.question)),
        el("ul", { class: "samples" }, samples),
        buttons(yes, no),
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
    input.setAttribute("aria-invalid", String(sentence !== ""));
  }

  return {
    node: el("div", { class: "file" }, field(say(FILE.label), input, hint), error, question),
    read() {
      if (!read) {
        if (!error.textContent) tell(say(FILE.missing));
        input.focus();
      }
      return read;
    },
    complain,
  };
}
