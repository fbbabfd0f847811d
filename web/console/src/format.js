/**
 * Times, lengths of time and numbers as the operator reads them, in the browser's time zone.
 * @module
 */

import { el } from "./dom.js";

const LOCALES = { en: "en-GB", ro: "ro-RO" };
const DAYS = { en: "d", ro: "z" };
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** @typedef {keyof typeof LOCALES} Language */

export class Format {
  /**
   * @param {Language} language
   * @param {string} [timeZone] the browser's own if left out
   */
  constructor(language, timeZone) {
    const locale = LOCALES[language];
    this.language = language;
    /** @param {Intl.DateTimeFormatOptions} options */
    const dates = (options) => new Intl.DateTimeFormat(locale, { ...options, timeZone });
    this.zone = new Intl.DateTimeFormat(locale, { timeZone }).resolvedOptions().timeZone;
    this.#numbers = new Intl.NumberFormat(locale);
    this.#minutes = dates({ hour: "2-digit", minute: "2-digit" });
    this.#seconds = dates({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.#days = dates({ day: "numeric", month: "short", year: "numeric" });
    this.#shortDays = dates({ day: "numeric", month: "short" });
  }

  #numbers;
  #minutes;
  #seconds;
  #days;
  #shortDays;

  /** `1,234`. @param {number} value */
  number(value) {
    return this.#numbers.format(value);
  }

  /** `14:05`. @param {string | number | Date} moment */
  minute(moment) {
    return this.#minutes.format(new Date(moment));
  }

  /** `14:05:10`. @param {string | number | Date} moment */
  second(moment) {
    return this.#seconds.format(new Date(moment));
  }

  /** `27 Nov 2026`. @param {string | number | Date} moment */
  day(moment) {
    return this.#days.format(new Date(moment));
  }

  /** `27 Nov 2026, 14:05:10`. @param {string | number | Date} moment */
  full(moment) {
    return `${this.day(moment)}, ${this.second(moment)}`;
  }

  /**
   * As short as it can be understood: `14:05` today, `26 Nov, 14:05` before.
   * @param {string | number | Date} moment
   * @param {number} [now]
   */
  short(moment, now = Date.now()) {
    const date = new Date(moment);
    const minute = this.minute(date);
    if (this.day(date) === this.day(now)) return minute;
    const sameYear = date.getFullYear() === new Date(now).getFullYear();
    return `${(sameYear ? this.#shortDays : this.#days).format(date)}, ${minute}`;
  }

  /**
   * A length of time in its two largest units: `375 ms`, `40 s`, `3 min 20 s`, `2 h 5 min`, `1 d 3 h`.
   * @param {number} ms
   */
  length(ms) {
    if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
    if (ms < 10 * SECOND) return `${this.number(Math.round(ms / 100) / 10)} s`;
    if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`;
    if (ms < HOUR) return pair(ms, MINUTE, "min", SECOND, "s");
    if (ms < DAY) return pair(ms, HOUR, "h", MINUTE, "min");
    return pair(ms, DAY, DAYS[this.language], HOUR, "h");
  }
}

/**
 * `<time>` with the whole moment behind a short form.
 * @param {Format} format
 * @param {string} moment ISO 8601
 * @param {"short" | "second" | "full" | "minute"} [as]
 */
export function time(format, moment, as = "short") {
  return el("time", { datetime: moment, title: format.full(moment) }, format[as](moment));
}

/**
 * @param {number} ms
 * @param {number} large
 * @param {string} largeName
 * @param {number} small
 * @param {string} smallName
 */
function pair(ms, large, largeName, small, smallName) {
  const whole = Math.floor(ms / large);
  const rest = Math.floor((ms % large) / small);
  return rest ? `${whole} ${largeName} ${rest} ${smallName}` : `${whole} ${largeName}`;
}
