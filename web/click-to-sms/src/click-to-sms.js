/** @file The custom element: what the host sets, what the user does, and what comes of it. */

import { messagePauses, Poll } from "../../shared/poll.js";
import { clock, problemWords } from "../../shared/problems.js";
import { isFinal, isStatus, STATUSES } from "../../shared/statuses.js";
import { readText } from "../../shared/text.js";
import {
  BUTTONS,
  FAILED_REASONS,
  languageOf,
  STATES,
  STATUS_SENTENCES,
  say,
} from "../../shared/words.js";
import { Composition, isLost } from "./composition.js";
import { Gateway } from "./gateway.js";
import { claim, read, settle, write } from "./memory.js";
import { ProblemError } from "./problem_error.js";
import { FLAGS, reflect, reflectEarly, STRINGS } from "./properties.js";
import { Tokens } from "./token.js";
import { ACTIONS, View, visible } from "./view.js";

/** @typedef {import('./gateway.js').Message} Message */
/** @typedef {import('./gateway.js').Preview} Preview */
/** @typedef {import('../../shared/problems.js').Problem} Problem */
/** @typedef {import('./view.js').Action} Action */
/** @typedef {import('./view.js').Field} Field */

const PREVIEW_AFTER = 400;
const PREVIEWS_APART = 1000;
const SPEAK_AFTER = 1000;
/** The last characters are counted aloud. */
const COUNTED_ALOUD = 20;
/** Digits of a number that is worth asking the gateway about. */
const SHORTEST_NUMBER = 7;
/** Marks of direction and joiners, which come with numbers that are pasted. */
const UNSEEN = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

export class ClickToSms extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = [...STRINGS, ...FLAGS, "message-id", "lang"];

  #internals = this.attachInternals();
  #view = new View(this.attachShadow({ mode: "open", delegatesFocus: true }));
  #tokens = new Tokens((request) => this.getToken?.(request));
  #gateway = new Gateway(() => this.#get("endpoint") ?? "", this.#tokens);
  #poll = new Poll((signal) => this.#read(signal));
  #now = new Composition();
  #local = readText("");
  /** The gateway's own preview of what is in the fields. @type {Preview | undefined} */
  #remote;
  /** What is said in the place of a status. @type {(() => string) | undefined} */
  #notice;
  /** Whether this text was sent already, as the notice says. */
  #wasSent = false;
  /** What keeps a message from being sent. @type {Partial<Record<Field, () => string>>} */
  #refused = {};
  #isComposing = false;
  #wasNumberLeft = false;
  #isDisabledByForm = false;
  #previewTimer = 0;
  #previewedAt = 0;
  /** @type {AbortController | undefined} */
  #previewing;
  #speechTimer = 0;
  /** The characters left when they were last counted aloud. */
  #spoken = 0;
  #languages = new MutationObserver(() => this.#render());
  #hasConnected = false;

  constructor() {
    super();
    // They keep what the host has set before this program was loaded.
    /** @type {import('./token.js').GetToken | null} */
    this.getToken = this.getToken ?? null;
    /** @type {Record<string, string> | null} */
    this.metadata = this.metadata ?? null;
    const { phoneNumber, message, send, form, actions } = this.#view;
    form.onsubmit = (event) => {
      event.preventDefault();
      void this.send();
    };
    for (const field of [phoneNumber, message]) {
      field.oninput = () => this.#edited();
      field.addEventListener("compositionstart", () => {
        this.#isComposing = true;
      });
      field.addEventListener("compositionend", () => {
        this.#isComposing = false;
        this.#edited();
      });
    }
    message.onkeydown = (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      void this.send();
    };
    message.onblur = () => this.#speakCount(0);
    phoneNumber.onblur = () => {
      this.#wasNumberLeft = true;
      this.#render();
    };
    form.addEventListener("focusin", () => this.#previewSoon(), { once: true });
    send.onclick = (event) => {
      if (send.ariaDisabled === "true") event.preventDefault();
    };
    for (const each of ACTIONS) {
      actions[each].onclick = () => {
        if (actions[each].ariaDisabled !== "true") this.#act(each);
      };
    }
    reflectEarly(this);
  }

  get status() {
    return this.#now.stored?.status ?? null;
  }

  get messageId() {
    return this.#now.stored?.messageId ?? this.#get("message-id") ?? this.#now.id;
  }

  get form() {
    return this.#internals.form;
  }

  checkValidity() {
    return this.#internals.checkValidity();
  }

  reportValidity() {
    return this.#internals.reportValidity();
  }

  /** Begins anew, with what the host has set. What is being sent is sent, and not shown. */
  reset() {
    this.#begin(new Composition());
    this.#view.message.value = this.#get("text") ?? "";
    this.#view.phoneNumber.value = this.#get("phone") ?? "";
    this.#wasNumberLeft = false;
    this.#changed();
  }

  /** Reads the status now, and follows it for ten more minutes. */
  refresh() {
    if (!this.#now.stored) return;
    this.#now.hasEnded = false;
    this.#now.pauses = messagePauses();
    this.#poll.start();
    this.#render();
  }

  /**
   * Sends what is in the fields, once, however often it is called.
   *
   * @returns {Promise<string | undefined>} The message's id once it is accepted; `undefined` if it
   *   is not
   */
  send() {
    const now = this.#now;
    if (now.stored) return Promise.resolve(now.stored.messageId);
    if (this.#isDisabled || this.#wasSent) return Promise.resolve(undefined);
    now.busy ??= this.#send(now).finally(() => {
      now.busy = undefined;
      this.#render();
    });
    this.#render();
    return now.busy;
  }

  connectedCallback() {
    this.#languages.observe(document.documentElement, { attributeFilter: ["lang"] });
    if (this.#hasConnected) {
      const { stored, hasEnded } = this.#now;
      if (stored && !hasEnded && !isFinal(stored.status)) this.#poll.start();
      return;
    }
    this.#hasConnected = true;
    /** @type {import('./memory.js').Draft | undefined} */
    const draft = read("sessionStorage", this.#draftKey);
    if (draft?.from !== this.#from) return this.reset();
    this.#view.phoneNumber.value = draft.number;
    this.#view.message.value = draft.text;
    this.#changed();
    this.#now.id = draft.id;
    if (draft.message) {
      this.#now.stored = draft.message;
      this.#poll.start(this.#now.pauses(draft.message.status));
    }
    this.#render();
  }

  disconnectedCallback() {
    this.#languages.disconnect();
    this.#poll.stop();
    this.#cancelPreview();
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} value
   */
  attributeChangedCallback(name, before, value) {
    if (before === value || !this.#hasConnected) return;
    if (!["phone", "text", "message-id"].includes(name)) return this.#render();
    if (this.#now.stored || this.#now.busy) this.reset();
    if (name === "phone") this.#view.phoneNumber.value = value ?? "";
    if (name === "text") this.#view.message.value = value ?? "";
    this.#changed();
  }

  formResetCallback() {
    this.reset();
  }

  /** @param {boolean} isDisabled */
  formDisabledCallback(isDisabled) {
    this.#isDisabledByForm = isDisabled;
    this.#render();
  }

  /** @param {string} attribute */
  #get(attribute) {
    return this.getAttribute(attribute);
  }

  /** @param {string} attribute */
  #has(attribute) {
    return this.hasAttribute(attribute);
  }

  // --- what is composed ---------------------------------------------------------------------

  get #number() {
    return this.#view.phoneNumber.value.replace(UNSEEN, "").replace(/\s+/g, " ").trim();
  }

  get #isDisabled() {
    return this.#has("disabled") || this.#isDisabledByForm;
  }

  get #language() {
    /** @type {Element | undefined} */
    let at = this;
    while (at) {
      const near = at.closest("[lang]");
      if (near) return languageOf(near.getAttribute("lang"));
      const root = at.getRootNode();
      at = root instanceof ShadowRoot ? root.host : undefined;
    }
    return languageOf("");
  }

  /** What tells this component's draft from that of another one on this page. */
  get #draftKey() {
    const place = [...document.querySelectorAll(this.localName)].indexOf(this);
    return `click-to-sms ${location.pathname + location.search} ${this.id || this.#get("name") || place}`;
  }

  get #from() {
    const set = ["endpoint", "phone", "text", "message-id"];
    return JSON.stringify(set.map((name) => this.#get(name)));
  }

  /** The same number and text have one id, for a day, in each tab. */
  get #content() {
    const number = this.#number.replace(/[^\d+]/g, "").replace(/^00/, "+");
    const { value } = this.#view.message;
    return JSON.stringify([this.#get("endpoint"), number, value, this.metadata]);
  }

  /** What is sent, and previewed. */
  get #body() {
    return {
      messageId: this.#get("message-id") ?? this.#now.id,
      phoneNumber: this.#number,
      message: this.#view.message.value,
      ...(this.metadata && { metadata: this.metadata }),
    };
  }

  /** @param {Composition} composition */
  #begin(composition) {
    this.#now = composition;
    this.#poll.stop();
    this.#tokens.next();
    write("sessionStorage", this.#draftKey, undefined);
  }

  /** The user has changed a field. */
  #edited() {
    this.#changed();
    this.#previewSoon();
    this.#keep();
    const { left } = this.#local;
    if (left <= COUNTED_ALOUD || this.#spoken < 0) this.#speakCount(SPEAK_AFTER);
    else clearTimeout(this.#speechTimer);
  }

  /** The content is another one: it needs another id, and what was said about it does not count. */
  #changed() {
    this.#now = new Composition();
    this.#notice = undefined;
    this.#wasSent = false;
    this.#refused = {};
    this.#local = readText(this.#view.message.value);
    this.#remote = undefined;
    this.#cancelPreview();
    this.#render();
  }

  #keep() {
    const { stored, id } = this.#now;
    const isOver = stored && isFinal(stored.status);
    const draft = {
      from: this.#from,
      number: this.#number,
      text: this.#view.message.value,
      id,
      ...(stored && { message: pick(stored) }),
    };
    write("sessionStorage", this.#draftKey, isOver ? undefined : draft);
  }

  // --- preview ------------------------------------------------------------------------------

  #cancelPreview() {
    clearTimeout(this.#previewTimer);
    this.#previewing?.abort();
    this.#previewing = undefined;
  }

  #previewSoon() {
    const { stored, busy } = this.#now;
    const isWanted = this.getToken && !this.#isDisabled && !this.#isComposing;
    const isEnough = this.#number.replace(/\D/g, "").length >= SHORTEST_NUMBER;
    if (!isWanted || !isEnough || this.#local.isBlank || stored || busy) return;
    const next = this.#previewedAt + PREVIEWS_APART - Date.now();
    clearTimeout(this.#previewTimer);
    this.#previewTimer = window.setTimeout(
      () => void this.#preview(),
      Math.max(PREVIEW_AFTER, next),
    );
  }

  async #preview() {
    const previewing = new AbortController();
    this.#previewing = previewing;
    this.#previewedAt = Date.now();
    this.#render();
    const answer = await this.#gateway
      .ask("/preview", this.#number, this.#body, previewing.signal)
      .catch(() => undefined); // the local one stays; what is wrong is said when it is to be sent
    if (this.#previewing !== previewing) return;
    this.#remote = answer;
    this.#previewing = undefined;
    this.#render();
  }

  // --- sending ------------------------------------------------------------------------------

  /**
   * @param {Composition} now
   * @returns {Promise<string | undefined>}
   */
  async #send(now) {
    this.#cancelPreview();
    clearTimeout(this.#speechTimer);
    this.#notice = undefined;
    this.#refused = {};
    try {
      if (this.#has("phone-fixed") && !this.#number) {
        const { token } = await this.#tokens.get("");
        if (now !== this.#now) return undefined; // the host has begun another message meanwhile
        this.#view.phoneNumber.value = token.phoneNumber ?? "";
      }
      if (this.#refuseHere()) return undefined;
      const content = this.#content;
      const body = this.#body;
      const isHosts = body.messageId !== now.id;
      const claimed = await claim(content, body.messageId, isHosts || now.isAnother);
      if (claimed.sent && claimed.id !== now.id && !isHosts) {
        if (now === this.#now) this.#sayWasSent(claimed.at);
        return undefined;
      }
      body.messageId = claimed.id;
      if (!isHosts) now.id = claimed.id;
      if (now === this.#now) this.#keep();
      const { messageId, phoneNumber } = body;
      if (!this.#tell("c2s-before-send", { messageId, phoneNumber }, true)) return undefined;
      if (navigator.onLine === false) this.#fail(now, { code: "offline" });
      else {
        const message = await now.post(this.#gateway, body, content);
        this.#tokens.spent();
        this.#accepted(now, message);
        return message.messageId;
      }
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.#fail(now, error.problem);
    }
    return undefined;
  }

  /**
   * What can be told without the gateway.
   *
   * @returns {boolean} Whether it is refused
   */
  #refuseHere() {
    const { isBlank, left, septets } = this.#local;
    const isFine = this.#remote?.accepted;
    if (!this.#number) this.#refuse({ code: "invalid-phone-number", field: "phoneNumber" });
    const wrong = this.#wrong("message") ?? this.#unshown;
    if (isBlank) this.#refuse({ code: "blank-text", field: "message" });
    else if (wrong && !isFine) this.#refuse(wrong);
    else if (left < 0 && !isFine) {
      const maxSeptets = septets + left;
      this.#refuse({ code: "text-too-long", field: "message", septets, maxSeptets });
    }
    return this.#focusOnRefused();
  }

  /**
   * What the gateway's preview refuses first in a field.
   *
   * @param {Field} field
   * @returns {Problem | undefined}
   */
  #wrong(field) {
    const problem = this.#remote?.rules.find((rule) => rule.problem?.field === field)?.problem;
    return problem && { ...problem, code: problem.type.replace(/.*:/, "") };
  }

  /** The characters that an SMS cannot show, as the gateway refuses them. */
  get #unshown() {
    const { unshown } = this.#local;
    const unsupportedCharacters = unshown.map((each) => ({ character: visible(each) }));
    const problem = { code: "unsupported-characters", field: "message", unsupportedCharacters };
    return unshown.length > 0 ? problem : undefined;
  }

  /** @param {Problem} problem Of a field */
  #refuse(problem) {
    this.#refused[/** @type {Field} */ (problem.field)] = this.#wordsOf(problem);
    this.#tellError(problem);
  }

  /** @returns {boolean} Whether there is a refused field */
  #focusOnRefused() {
    const field = Object.keys(this.#refused).sort().at(-1); // the number comes before the message
    if (!field) return false;
    this.#render();
    const isHere = document.activeElement === document.body || this.matches(":focus-within");
    if (isHere) this.#view[/** @type {Field} */ (field)].focus(); // not if the user has gone on
    return true;
  }

  /** @param {number} at */
  #sayWasSent(at) {
    this.#wasSent = true;
    this.#notice = () => this.#say("alreadySent", { time: clock(this.#language, new Date(at)) });
    this.#render();
  }

  /**
   * What a person reads, in the language that the page has by then.
   *
   * @param {Problem} problem
   */
  #wordsOf(problem) {
    const at = new Date();
    const isUnreached = problem.code === "cut" && !this.#gateway.wasReached;
    return () =>
      problemWords(this.#language, problem, at) +
      (isUnreached ? ` ${this.#say("unreachable", { origin: location.origin })}` : "");
  }

  /**
   * @param {Composition} now
   * @param {Problem} problem
   */
  #fail(now, problem) {
    const { code, status, field } = problem;
    if (code === "token-used-up") this.#tokens.drop("used");
    if (now === this.#now && status === 422 && field && field in this.#view) {
      this.#refuse(problem);
      this.#focusOnRefused();
      return;
    }
    if (now === this.#now) this.#notice = this.#wordsOf(problem);
    this.#tellError(problem);
  }

  // --- what happens to it -------------------------------------------------------------------

  /**
   * @param {Composition} now
   * @param {Message} message
   */
  #accepted(now, message) {
    const { status, reason, messageId } = message;
    const previousStatus = now.stored?.status ?? null;
    const final = isFinal(status);
    now.stored = message;
    if (now === this.#now) {
      this.#keep();
      const isFollowed = this.#poll.isRunning || final || !this.isConnected;
      if (!isFollowed) this.#poll.start(now.pauses(status));
      this.#render();
    }
    if (previousStatus === status) return;
    this.#tell("c2s-status", { messageId, status, previousStatus, reason: reason ?? null, final });
  }

  /**
   * Reads the status once.
   *
   * @param {AbortSignal} signal
   * @returns {Promise<number | undefined>} Seconds to the next time
   */
  async #read(signal) {
    const now = this.#now;
    if (!now.stored) return undefined;
    /** @type {unknown} */
    let failure;
    try {
      const path = `/${encodeURIComponent(now.stored.messageId)}`;
      const message = await this.#gateway.ask(path, this.#number, undefined, signal);
      if (now !== this.#now) return undefined;
      if (isLost(message.status)) await settle(this.#content, message.messageId, false);
      this.#accepted(now, message);
      if (isFinal(message.status)) return undefined;
    } catch (error) {
      failure = error;
    }
    const pause = now.pauses(now.stored.status);
    now.hasEnded = pause === undefined;
    if (now.hasEnded) this.#render();
    else if (failure) throw failure;
    return pause;
  }

  /** @param {Action} action */
  #act(action) {
    const { stored } = this.#now;
    if (action === "checkAgain") this.refresh();
    else if (action === "sendAgain") void this.#sendAgain();
    else {
      const wasSent = this.#wasSent;
      if (wasSent || (stored && isLost(stored.status))) {
        this.#begin(new Composition());
        this.#changed();
        this.#now.isAnother = wasSent;
      } else this.reset();
      this.#view.message.focus();
    }
  }

  /** Sends what is unconfirmed once more, unless it is known by now what happened to it. */
  async #sendAgain() {
    const first = this.#now;
    this.#poll.stop();
    const pause = await this.#read(AbortSignal.timeout(5000)).catch(() => 1);
    if (first !== this.#now || !first.stored) return;
    if (first.stored.status !== "unconfirmed") {
      if (pause) this.#poll.start(pause);
      return;
    }
    const second = new Composition();
    second.isAnother = true;
    this.#begin(second);
    this.#tokens.drop("resend");
    this.#view.send.focus();
    await this.send();
    if (second.stored || second.isInDoubt || second !== this.#now) return;
    // Nothing was stored, so what is known about the first one still holds.
    this.#tokens.drop("expired");
    this.#now = first;
    await settle(this.#content, first.stored.messageId, true);
    this.#keep();
    this.#poll.start(first.pauses("unconfirmed"));
    this.#render();
  }

  // --- what is told, said and shown ---------------------------------------------------------

  /**
   * @param {string} type
   * @param {object} detail
   * @param {boolean} [cancelable]
   */
  #tell(type, detail, cancelable = false) {
    const how = { detail, bubbles: true, composed: true, cancelable };
    return this.dispatchEvent(new CustomEvent(type, how));
  }

  /** @param {Problem} problem */
  #tellError(problem) {
    this.#tell("c2s-error", {
      code: problem.code || "unreadable",
      detail: problem.detail || this.#wordsOf(problem)(),
      field: problem.field ?? null,
      retryAfter: problem.retryAfter ?? null,
    });
  }

  /**
   * @param {keyof typeof STATES} key
   * @param {import('../../shared/words.js').Values} [values]
   */
  #say(key, values) {
    return say(this.#language, STATES[key], values);
  }

  #countWords() {
    const { left, isBlank } = this.#local;
    if (isBlank) return this.#say("empty");
    return left < 0 ? this.#say("over", { n: -left }) : this.#say("typing", { n: left });
  }

  /**
   * Tells a screen reader how much room is left.
   *
   * @param {number} after Milliseconds without a change
   */
  #speakCount(after) {
    clearTimeout(this.#speechTimer);
    this.#speechTimer = window.setTimeout(() => {
      const { left, isBlank } = this.#local;
      if (isBlank || this.#now.stored || this.#now.busy) return;
      this.#spoken = left;
      this.#view.speak(this.#countWords());
    }, after);
  }

  #render() {
    const { stored, busy, hasEnded } = this.#now;
    const view = this.#view;
    const isFixed = this.#has("phone-fixed");
    const isLocked = Boolean(stored || busy);
    const status = stored?.status ?? "";
    view.label(this.#language);
    view.phoneNumber.autocomplete = isFixed || this.#has("phone") ? "off" : "tel";
    view.phoneNumber.readOnly = isLocked || isFixed;
    view.message.readOnly = isLocked;
    view.send.ariaDisabled = String(isLocked || this.#wasSent);
    view.disable(this.#isDisabled);
    this.#renderFields();
    this.#renderStatus();
    view.showActions({
      sendAgain: status === "unconfirmed" && !this.#has("message-id"),
      checkAgain: hasEnded,
      newMessage: Boolean(stored) || this.#wasSent,
    });
    const isMissing = this.#has("required") && !stored;
    this.#internals.setFormValue(stored?.messageId ?? null);
    this.#internals.setValidity(
      { valueMissing: isMissing },
      isMissing ? say(this.#language, BUTTONS.send) : "",
      view.send,
    );
    this.#mark("sending", Boolean(busy));
    this.#mark("over", this.#local.left < 0);
    this.#mark("settled", isStatus(status) && STATUSES[status].settled === true);
  }

  #renderFields() {
    const { pieces, left, isBlank, shown } = this.#local;
    const unshown = this.#unshown;
    const remote = this.#remote;
    const view = this.#view;
    const isOver = left < 0 && !remote?.accepted;
    const count = this.#countWords();
    const checking = this.#previewing ? this.#say("previewing") : "";
    view.showNumber(remote ? (remote.phoneNumber ?? "") : checking);
    const hint = isBlank ? this.#say("typing", { n: left }) : count;
    if (this.#now.stored) view.showCount("", "", false);
    else view.showCount(count, hint, isOver);
    const isLocal = !remote || remote.message === shown || unshown;
    /** @type {typeof pieces} */
    const preview = isLocal ? pieces : [{ how: "same", shown: remote.message, written: "" }];
    view.showPreview(this.#say("changed", { t: "\0" }), isBlank ? [] : preview, remote?.lostText);
    /** @param {Problem | undefined} problem */
    const words = (problem) => (problem ? this.#wordsOf(problem)() : "");
    const { phoneNumber, message } = this.#refused;
    const ofNumber = this.#wasNumberLeft ? words(this.#wrong("phoneNumber")) : "";
    view.showError("phoneNumber", phoneNumber?.() ?? ofNumber, Boolean(phoneNumber));
    const ofText = message?.() ?? words(this.#wrong("message") ?? unshown);
    view.showError("message", ofText === count ? "" : ofText, Boolean(message));
  }

  #renderStatus() {
    const { stored, busy } = this.#now;
    const view = this.#view;
    const notice = this.#notice?.() ?? "";
    const status = busy ? "sending" : stored?.status;
    if (!status) return view.showStatus(notice, this.#wasSent ? "sent" : "error");
    if (!isStatus(status)) return view.showStatus(status, "submitted"); // of a later gateway
    const key = /** @type {keyof typeof FAILED_REASONS} */ (stored?.reason ?? "");
    const known = Object.hasOwn(FAILED_REASONS, key) && FAILED_REASONS[key];
    const reason = known ? say(this.#language, known) : "";
    const text = say(this.#language, STATUS_SENTENCES[status], { reason });
    view.showStatus(`${notice} ${text}`.trim(), status);
  }

  /**
   * @param {string} name
   * @param {boolean} isSo
   */
  #mark(name, isSo) {
    this.#internals.states[isSo ? "add" : "delete"](name);
  }
}

/** @param {Message} message */
function pick({ messageId, status, reason }) {
  return { messageId, status, ...(reason && { reason }) };
}

reflect(ClickToSms.prototype);
if (!customElements.get("click-to-sms")) customElements.define("click-to-sms", ClickToSms);
