import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError, createApi } from "./api.js";
import { problemText } from "./problem-text.js";

const BASE = "https://gateway.example/v1/";

/**
 * @param {(request: Request) => Response | Promise<Response>} answer
 * @param {{key?: string | null, onLine?: boolean}} [settings]
 */
function client(answer, { key = "operator", onLine = true } = {}) {
  /** @type {Request[]} */
  const asked = [];
  let refusals = 0;
  const api = createApi({
    base: BASE,
    key: () => key,
    onRefused: () => refusals++,
    onLine: () => onLine,
    async fetch(address, init) {
      const request = new Request(String(address), /** @type {RequestInit} */ (init));
      asked.push(request);
      return answer(request);
    },
  });
  return { api, asked, refusals: () => refusals };
}

/** @param {number} status @param {string} code */
const problem = (status, code, others = {}) =>
  Response.json(
    { type: `urn:problem-type:sms-gateway:${code}`, title: "T", status, detail: "D.", ...others },
    { status },
  );

/** @param {Promise<unknown>} promise @returns {Promise<any>} */
async function problemOf(promise) {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof ApiError);
    return error.problem;
  }
  throw new Error("no problem");
}

test("a request goes below the stage, with the key and without empty filters", async () => {
  const { api, asked } = client(() => Response.json({ messages: [] }));
  await api.get("messages", { status: "failed", client: "", cursor: null, limit: 50 });
  assert.equal(asked[0]?.url, `${BASE}messages?status=failed&limit=50`);
  assert.equal(asked[0]?.headers.get("x-api-key"), "operator");
  assert.equal(asked[0]?.credentials, "omit");
});

test("a body is sent as JSON", async () => {
  const { api, asked } = client(() => Response.json({ done: true }, { status: 201 }));
  const answer = await api.ask("suppressions/x", { method: "PUT", body: { a: 1 } });
  assert.deepEqual([answer.status, answer.data], [201, { done: true }]);
  assert.equal(asked[0]?.headers.get("content-type"), "application/json");
  assert.deepEqual(await asked[0]?.json(), { a: 1 });
});

test("without a key nothing is asked", async () => {
  const { api, asked } = client(() => Response.json({}), { key: null });
  await assert.rejects(api.get("provider"), { name: "AbortError" });
  assert.equal(asked.length, 0);
});

test("a problem is known by the end of its type", async () => {
  const { api } = client(() => problem(503, "store-unavailable", { retryAfter: 5 }));
  const found = await problemOf(api.get("messages"));
  assert.deepEqual([found.code, found.status, found.retryAfter], ["store-unavailable", 503, 5]);
});

test("401 and 403 end the session, other problems do not", async () => {
  for (const [status, refused] of [
    [401, 1],
    [403, 1],
    [404, 0],
    [429, 0],
    [500, 0],
  ]) {
    const { api, refusals } = client(() => problem(Number(status), "any"));
    await problemOf(api.get("messages"));
    assert.equal(refusals(), refused, String(status));
  }
});

test("the refusal of a client's key leaves the operator signed in", async () => {
  const { api, asked, refusals } = client(() => problem(403, "forbidden"));
  await problemOf(api.ask("messages/batch", { method: "POST", body: {}, key: "client" }));
  assert.equal(asked[0]?.headers.get("x-api-key"), "client");
  assert.equal(refusals(), 0);
});

test("no answer is told apart: offline, or the connection broke", async () => {
  const fails = () => Promise.reject(new TypeError("Failed to fetch"));
  assert.equal((await problemOf(client(fails).api.get("provider"))).code, "cut");
  const offline = client(fails, { onLine: false });
  assert.equal((await problemOf(offline.api.get("provider"))).code, "offline");
});

test("an answer that is no JSON is not taken for the gateway's", async () => {
  const { api } = client(() => new Response("<html>proxy</html>"));
  assert.equal((await problemOf(api.get("provider"))).code, "unreadable");
});

test("a request that its view has given up is no problem", async () => {
  const { api } = client(() => Promise.reject(new DOMException("", "AbortError")));
  const leave = new AbortController();
  leave.abort();
  await assert.rejects(api.get("provider", {}, { signal: leave.signal }), { name: "AbortError" });
});

test("a request has 30 seconds", async (t) => {
  const timeOuts = t.mock.method(AbortSignal, "timeout", () => AbortSignal.abort());
  const { api } = client((request) => {
    request.signal.throwIfAborted();
    return Response.json({});
  });
  assert.equal((await problemOf(api.get("provider"))).code, "timeout");
  assert.deepEqual(timeOuts.mock.calls[0]?.arguments, [30_000]);
});

test("every problem of reading is said in words of what happened and what to do", () => {
  const now = new Date("2026-11-22T14:05:00");
  const said = (/** @type {string} */ code, status = 0, others = {}) =>
    problemText("en", { code, status, title: "T", detail: "D.", ...others }, now);
  assert.match(said("timeout"), /did not answer in time\. Try again/);
  assert.match(said("too-many-requests", 429, { retryAfter: 120 }), /goes on at 14:07/);
  assert.match(said("anything", 502), /could not answer \(HTTP 502\)/);
  assert.match(said("malformed-request", 400), /cannot read the request: D\./);
  assert.equal(said("a-later-problem", 422), "T. D.");
  assert.equal(said("constructor", 422), "T. D.");
});
