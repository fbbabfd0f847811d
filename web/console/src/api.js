/**
 * Asks the gateway: the same origin, under the same stage, with a time-out of 30 s.
 * @module
 */

import { problemOf } from "../../shared/problems.js";

const TIME_OUT_MS = 30_000;

/**
 * What went wrong. Besides the gateway's problem documents: without any answer the `status` is 0 and the `code`
 * `offline`, `cut` or `timeout`.
 * @typedef {import("../../shared/problems.js").Problem & {status: number}} Problem
 */

/** The gateway refused, failed, or did not answer. `problem` says which. */
export class ApiError extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail || problem.code);
    this.name = "ApiError";
    /** @type {Problem} */
    this.problem = problem;
  }

  /** Seconds that the gateway asks to wait, if it does: `shared/poll.js` reads it. */
  get retryAfter() {
    return this.problem.retryAfter;
  }
}

/**
 * @typedef {object} Ask
 * @property {string} [method] GET if left out
 * @property {Record<string, string | number | null | undefined>} [query] values that are empty are left out
 * @property {unknown} [body] sent as JSON
 * @property {string} [key] in the place of the operator's key: a client's. A refusal then leaves the operator signed in
 * @property {AbortSignal} [signal]
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {any} data the body, read as JSON; null if there is none
 * @property {Headers} headers
 */

/**
 * @typedef {object} Api
 * @property {(path: string, query?: Ask["query"], options?: {signal?: AbortSignal}) => Promise<any>} get
 *   the data of an answer; `path` without the first slash: `messages`
 * @property {(path: string, ask: Ask) => Promise<Answer>} ask any other request
 */

/**
 * Both functions throw `ApiError`, or a `DOMException` named `AbortError` if their signal ended them.
 * @param {object} settings
 * @param {URL | string} settings.base the stage's address, with a slash at its end
 * @param {() => string | null} settings.key
 * @param {(problem: Problem) => void} settings.onRefused the operator's key was refused (401, 403)
 * @param {typeof fetch} [settings.fetch]
 * @param {() => boolean} [settings.onLine]
 * @returns {Api}
 */
export function createApi({ base, key, onRefused, fetch = globalThis.fetch, onLine = () => true }) {
  /** @type {Api["ask"]} */
  async function ask(path, { method = "GET", query = {}, body, key: other, signal } = {}) {
    const used = other ?? key();
    if (used === null) throw new DOMException("The console is locked.", "AbortError");
    const address = new URL(path, base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== null && value !== undefined && value !== "") {
        address.searchParams.set(name, String(value));
      }
    }
    /** @type {Record<string, string>} */
    const headers = { "x-api-key": used, accept: "application/json" };
    if (body !== undefined) headers["content-type"] = "application/json";
    const wasOnLine = onLine();
    const timeOut = AbortSignal.timeout(TIME_OUT_MS);
    try {
      const response = await fetch(address, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, timeOut]) : timeOut,
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
      });
      if (!response.ok)
        throw new ApiError({ ...(await problemOf(response)), status: response.status });
      return { status: response.status, data: await read(response), headers: response.headers };
    } catch (error) {
      if (signal?.aborted) throw error;
      const problem = error instanceof ApiError ? error.problem : unanswered();
      if (other === undefined && [401, 403].includes(problem.status)) onRefused(problem);
      throw new ApiError(problem);
    }

    function unanswered() {
      const code = timeOut.aborted ? "timeout" : wasOnLine ? "cut" : "offline";
      return { code, status: 0 };
    }
  }

  return {
    ask,
    get: async (path, query, options = {}) => (await ask(path, { query, ...options })).data,
  };
}

/**
 * The body of a success. An answer that is not JSON is not the gateway's: a proxy stands between.
 * @param {Response} response
 */
async function read(response) {
  const text = await response.text();
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError({ code: "unreadable", status: response.status });
  }
}
