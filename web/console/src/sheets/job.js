/**
 * One send of one file: it goes on while other views of the console are shown, and warns before the tab is closed.
 * @module
 */

import { clientKey } from "../client-session.js";
import { findingsOf } from "./plan.js";
import { Sender } from "./sender.js";

/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {import("./rows.js").Sheet} Sheet */

export class SendJob {
  /** Told after each step; the view that is shown sets it. @type {() => void} */
  onChange = () => {};
  /** What the check has found, once it has come to its end. @type {import("./plan.js").Findings | null} */
  findings = null;
  /** Whether the person has seen the findings, and sends. */
  hasBegun = false;
  /** Another client's, entered in another view meanwhile, would send once more what has lost its answer. */
  key = clientKey();

  /**
   * @param {string} fileName
   * @param {Sheet} sheet
   * @param {Plan} plan
   * @param {import("./sender.js").Surroundings} around
   */
  constructor(fileName, sheet, plan, around) {
    this.fileName = fileName;
    this.sheet = sheet;
    this.plan = plan;
    this.sender = new Sender(plan, around, () => this.#changed());
  }

  async check() {
    await this.sender.check();
    if (this.sender.state !== "done") return;
    this.findings = findingsOf(this.plan, this.sheet, this.sender.previews);
    this.onChange();
  }

  async send() {
    this.hasBegun = true;
    await this.sender.send();
  }

  /** Does what was cut short, with the key that is there by now. */
  goOn() {
    this.key = clientKey();
    return this.hasBegun ? this.send() : this.check();
  }

  abandon() {
    this.sender.abandon();
  }

  /** The number that a spreadsheet program shows beside the row that begins in a line. @param {number} line */
  rowOf(line) {
    return this.sheet.sheetRows.get(line) ?? line;
  }

  #changed() {
    if (this.sender.isBusy) addEventListener("beforeunload", warn);
    else removeEventListener("beforeunload", warn);
    this.onChange();
  }
}

/** @param {Event} event */
function warn(event) {
  event.preventDefault();
}
