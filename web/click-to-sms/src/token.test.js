import assert from "node:assert/strict";
import { test } from "node:test";

import { ProblemError } from "./problem_error.js";
import { Tokens } from "./token.js";

/** @param {Partial<import('./token.js').Token>} [more] */
function host(more = {}) {
  /** @type {string[]} */
  const reasons = [];
  const tokens = new Tokens(async ({ reason }) => {
    reasons.push(reason);
    return { token: `token-${reasons.length}`, ...more };
  });
  return { tokens, reasons };
}

/** @param {Tokens} tokens */
const given = async (tokens) => (await tokens.get("0721")).token.token;

test("a token is asked for once, also when two need it at the same time", async () => {
  const { tokens, reasons } = host();
  assert.deepEqual(await Promise.all([given(tokens), given(tokens)]), ["token-1", "token-1"]);
  assert.equal(await given(tokens), "token-1");
  assert.deepEqual(reasons, ["first"]);
});

test("a token for one message is not used for a second one", async () => {
  const { tokens, reasons } = host();
  await given(tokens);
  tokens.next();
  assert.equal(await given(tokens), "token-1");
  tokens.spent();
  assert.equal(await given(tokens), "token-1", "it still reads the first one");
  tokens.next();
  assert.equal(await given(tokens), "token-2");
  assert.deepEqual(reasons, ["first", "used"]);
});

test("a token for several messages is used for all of them", async () => {
  const { tokens, reasons } = host({ maxMessages: 2 });
  await given(tokens);
  tokens.spent();
  tokens.next();
  assert.equal(await given(tokens), "token-1");
  tokens.spent();
  tokens.next();
  assert.equal(await given(tokens), "token-2");
  assert.deepEqual(reasons, ["first", "used"]);
});

test("it is renewed 30 seconds before it is over", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 10, 27, 12) });
  const { tokens, reasons } = host({ expiresAt: "2026-11-27T12:15:00Z" });
  await given(tokens);
  context.mock.timers.tick(870_000);
  assert.equal(await given(tokens), "token-1");
  context.mock.timers.tick(1);
  assert.equal(await given(tokens), "token-2");
  assert.deepEqual(reasons, ["first", "expired"]);
});

test("a clock by which a new token is over already is not believed", async () => {
  const { tokens, reasons } = host({ expiresAt: "2001-01-01T00:00:00Z" });
  await given(tokens);
  assert.equal(await given(tokens), "token-1");
  assert.deepEqual(reasons, ["first"]);
});

test("the host is asked one question at a time", async () => {
  /** @type {(() => void)[]} */
  const answers = [];
  const tokens = new Tokens(
    ({ reason }) => new Promise((resolve) => answers.push(() => resolve({ token: reason }))),
  );
  const first = given(tokens);
  await new Promise(setImmediate);
  tokens.drop("resend");
  const second = given(tokens);
  await new Promise(setImmediate);
  assert.equal(answers.length, 1);
  answers[0]?.();
  assert.equal(await first, "first");
  await new Promise(setImmediate);
  answers[1]?.();
  assert.equal(await second, "resend");
});

for (const [name, answer] of /** @type {[string, any][]} */ ([
  ["throws", () => Promise.reject(new Error("no"))],
  ["throws at once", () => assert.fail("no")],
  ["gives nothing", () => undefined],
  ["gives no token", async () => ({ detail: "no" })],
])) {
  test(`a host that ${name} is asked again with the same reason`, async () => {
    /** @type {string[]} */
    const reasons = [];
    const tokens = new Tokens((request) => {
      reasons.push(request.reason);
      return answer();
    });
    for (let count = 0; count < 2; count += 1) {
      await assert.rejects(given(tokens), (/** @type {ProblemError} */ error) => {
        return error instanceof ProblemError && error.problem.code === "no-token";
      });
    }
    assert.deepEqual(reasons, ["first", "first"]);
  });
}
