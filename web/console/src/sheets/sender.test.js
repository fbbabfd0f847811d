import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../api.js";
import { planOf } from "./plan.js";
import { readSheet } from "./rows.js";
import { Sender } from "./sender.js";

/**
 * A sender of `count` rows, and what its gateway was asked.
 *
 * @param {number} count
 * @param {(body: any, asked: number) => any} answer What the gateway does; throws or answers
 */
async function sending(count, answer) {
  const rows = Array.from({ length: count }, (_, at) => `07210${at},text ${at}`);
  const sheet = readSheet(["number,message", ...rows].join("\n"));
  const asked = [];
  const slept = [];
  let now = 0;
  const sender = new Sender(
    await planOf(sheet, "people.csv"),
    {
      async post(path, body) {
        asked.push({ path, messages: body.messages });
        return answer(body, asked.length);
      },
      async sleep(seconds) {
        slept.push(seconds);
        now += seconds;
      },
      now: () => now,
      random: () => 0,
      patience: 300,
    },
    () => {},
  );
  return { sender, asked, slept };
}

const taken = ({ messages }) => ({
  results: messages.map(({ messageId }) => ({ message: { messageId, status: "queued" } })),
});
const refusal = (status, code = "x", more = {}) =>
  new ApiError({ code, status, title: "", detail: "", ...more });
const problem = (status, code) => ({ type: `urn:x:${code}`, status, title: "", detail: "" });

test("rows go out a hundred at a time, in turn", async () => {
  const { sender, asked } = await sending(250, taken);
  await sender.send();
  assert.deepEqual(
    asked.map(({ messages }) => messages.length),
    [100, 100, 50],
  );
  assert.equal(sender.state, "done");
  assert.deepEqual([sender.done, sender.total, sender.open.length], [250, 250, 0]);
});

test("a request without an answer is repeated as it is, after growing pauses", async () => {
  const { sender, asked, slept } = await sending(3, (body, time) => {
    if (time < 4) throw refusal(time === 2 ? 503 : 0);
    return taken(body);
  });
  await sender.send();
  assert.deepEqual(slept, [1, 2, 4]);
  assert.deepEqual(asked[3], asked[0]);
  assert.equal(sender.state, "done");
});

test("a pause is as long as the gateway asks for", async () => {
  const { sender, slept } = await sending(1, (body, time) => {
    if (time === 1) throw refusal(429, "too-many-requests", { retryAfter: 20 });
    return taken(body);
  });
  await sender.send();
  assert.deepEqual(slept, [20]);
});

test("after five minutes without an answer it ends, and goes on where it stopped", async () => {
  let isAway = true;
  const { sender, asked } = await sending(150, (body, time) => {
    if (time > 1 && isAway) throw refusal(0, "cut");
    return taken(body);
  });
  await sender.send();
  assert.deepEqual([sender.state, sender.problem?.code], ["failed", "cut"]);
  assert.equal(sender.open.length, 50);
  isAway = false;
  await sender.send();
  assert.equal(asked.at(-1)?.messages.length, 50);
  assert.equal(sender.state, "done");
});

test("a batch of which nothing could be stored is repeated", async () => {
  const { sender, asked } = await sending(2, (body, time) =>
    time === 1
      ? { results: body.messages.map(() => ({ problem: problem(503, "store-unavailable") })) }
      : taken(body),
  );
  await sender.send();
  assert.equal(asked.length, 2);
  assert.equal(sender.open.length, 0);
});

test("an answer that is none is repeated, and a refusal of the request is not", async () => {
  const odd = await sending(2, (body, time) => (time === 1 ? { results: [] } : taken(body)));
  await odd.sender.send();
  assert.equal(odd.asked.length, 2);
  const refused = await sending(2, () => {
    throw refusal(403, "operator-cannot-send");
  });
  await refused.sender.send();
  assert.equal(refused.asked.length, 1);
  assert.equal(refused.sender.problem?.code, "operator-cannot-send");
});

test("a row that is refused stays open with its reason, and is offered again", async () => {
  const { sender, asked } = await sending(2, ({ messages }, time) => ({
    results: messages.map((each, place) =>
      time === 1 && place === 0
        ? { problem: problem(429, "recipient-limit-reached") }
        : { message: { messageId: each.messageId, status: "queued" } },
    ),
  }));
  await sender.send();
  assert.deepEqual([...sender.problems.values()][0]?.code, "recipient-limit-reached");
  await sender.send();
  assert.deepEqual(asked[1]?.messages, [asked[0]?.messages[0]]);
  assert.deepEqual([sender.open.length, sender.problems.size], [0, 0]);
});

test("a stop lets the request that is under way end, and no other begins", async () => {
  const { sender, asked } = await sending(300, (body) => {
    sender.stop();
    return taken(body);
  });
  await sender.send();
  assert.equal(asked.length, 1);
  assert.deepEqual([sender.state, sender.open.length], ["stopped", 200]);
});

test("the check asks about every row and stores nothing", async () => {
  const { sender, asked } = await sending(101, ({ messages }) => ({
    results: messages.map(() => ({ preview: { rules: [] } })),
  }));
  await sender.check();
  assert.deepEqual(new Set(asked.map(({ path }) => path)), new Set(["messages/preview/batch"]));
  assert.deepEqual(Object.keys(asked[0]?.messages[0]), ["phoneNumber", "message"]);
  assert.equal(sender.previews.size, 101);
});
