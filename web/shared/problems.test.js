import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, problemOf, problemWords } from "./problems.js";

/** @param {object} members @param {Record<string, string>} [headers] */
function answer(members, headers = {}) {
  const { status = 422, ...rest } = /** @type {{status?: number}} */ (members);
  const document = { title: "Title", detail: "What to do.", ...rest, status };
  return new Response(JSON.stringify(document), { status, headers });
}
/** @param {object} members */
async function words(members, now = new Date(2026, 10, 27, 14, 5)) {
  return problemWords("en", await problemOf(answer(members)), now);
}
const TYPE = "urn:problem-type:sms-gateway:";

test("the end of the type decides what is said", async () => {
  assert.equal(
    await words({ type: `${TYPE}suppressed` }),
    "The number is on the do-not-contact list.",
  );
  const tooLong = { type: `${TYPE}text-too-long`, septets: 172, maxSeptets: 160 };
  assert.equal(await words(tooLong), "12 characters too many. Shorten the message.");
});

test("refused characters are named, each once and without its name in Unicode", async () => {
  const cake = { character: "🎂 (BIRTHDAY CAKE)", position: 1 };
  const override = { character: "RIGHT-TO-LEFT OVERRIDE", position: 3 };
  assert.equal(
    await words({
      type: `${TYPE}unsupported-characters`,
      unsupportedCharacters: [cake, { ...cake, position: 2 }, override],
    }),
    "An SMS cannot show 🎂 RIGHT-TO-LEFT OVERRIDE. Remove it.",
  );
});

test("a limit names the time, and the day if it is another one", async () => {
  const limit = { type: `${TYPE}client-limit-reached`, status: 429 };
  assert.match(await words({ ...limit, retryAfter: 600 }), /Try after 14:15\.$/);
  assert.match(await words({ ...limit, retryAfter: 86_400 }), /Try after 28 November.* 14:05\.$/);
});

test("Retry-After is read from the document, or else from the header", async () => {
  const both = answer({ status: 503, retryAfter: 5 }, { "Retry-After": "9" });
  assert.equal((await problemOf(both)).retryAfter, 5);
  const header = answer({ status: 503 }, { "Retry-After": "9" });
  assert.equal((await problemOf(header)).retryAfter, 9);
  const date = answer({ status: 503 }, { "Retry-After": "Fri, 27 Nov 2026 14:00:00 GMT" });
  assert.equal((await problemOf(date)).retryAfter, undefined);
});

test("what a token does not cover is said by its field", async () => {
  const refused = { type: `${TYPE}token-not-allowed`, status: 403 };
  assert.equal(
    await words({ ...refused, field: "phoneNumber" }),
    "This page may not send to this number.",
  );
  assert.match(await words({ ...refused, field: "Origin" }), /^The gateway does not allow /);
  assert.equal(await words({ ...refused, field: "messageId" }), "Title. What to do.");
});

test("an unknown type is shown in the gateway's own words", async () => {
  assert.equal(await words({ type: `${TYPE}made-next-year` }), "Title. What to do.");
  assert.equal(await words({ type: `${TYPE}toString` }), "Title. What to do.");
});

test("an answer that is no problem document gets words that fit any", async () => {
  const page = await problemOf(new Response("<html>Bad gateway</html>", { status: 502 }));
  assert.equal(page.code, "");
  assert.match(problemWords("en", page), /^The SMS gateway does not answer\./);
  const list = await problemOf(new Response("[1]", { status: 400 }));
  assert.match(problemWords("en", list), /^The SMS gateway does not answer\./);
  const wrong = { type: 7, title: null, detail: null, unsupportedCharacters: "x", septets: "y" };
  assert.match(problemWords("en", await problemOf(answer(wrong))), /does not answer/);
});

test("the time is written as the language has it", () => {
  const now = new Date(2026, 10, 27, 14, 5);
  assert.equal(clock("ro", now, now), "14:05");
  assert.match(clock("ro", new Date(2026, 10, 28, 9, 0), now), /28 noiembrie.*09:00/);
});
