import assert from "node:assert/strict";
import { test } from "node:test";

import { isSettled, lifeOf } from "./life.js";

const AT = Date.parse("2026-11-22T14:00:00.000Z");
const at = (/** @type {number} */ seconds) => new Date(AT + seconds * 1000).toISOString();

/**
 * A message with a history: status, seconds, attempt.
 * @param {[string, number, number][]} changes
 */
function message(changes, others = {}) {
  const history = changes.map(([status, seconds, attempt], index) => ({
    sequence: index + 1,
    status,
    at: at(seconds),
    attempt,
  }));
  const last = history.at(-1);
  return /** @type {any} */ ({ status: last?.status, updatedAt: last?.at, history, ...others });
}

test("each step tells the time since the one before it", () => {
  const { steps } = lifeOf(
    message([
      ["sending", 0, 1],
      ["submitted", 0.375, 1],
      ["sent", 2.375, 1],
    ]),
    AT,
  );
  assert.deepEqual(
    steps.map(({ after }) => after),
    [null, 375, 2000],
  );
});

test("a minute and more is drawn as a gap", () => {
  const { steps } = lifeOf(
    message([
      ["sending", 0, 1],
      ["queued", 59.999, 1],
      ["sending", 119.999, 2],
    ]),
    AT,
  );
  assert.deepEqual(
    steps.map(({ long }) => long),
    [false, false, true],
  );
});

test("clocks that differ make no step that is before its cause", () => {
  const { steps } = lifeOf(
    message([
      ["sending", 1, 1],
      ["submitted", 0, 1],
    ]),
    AT,
  );
  assert.equal(steps[1]?.after, 0);
});

test("every try begins with a step of its own", () => {
  const { steps } = lifeOf(
    message([
      ["queued", 0, 0],
      ["sending", 1, 1],
      ["queued", 2, 1],
      ["sending", 60, 2],
    ]),
    AT,
  );
  assert.deepEqual(
    steps.filter(({ tries }) => tries).map(({ change }) => change.attempt),
    [1, 2],
  );
});

test("the step that a report has caused is known by its time", () => {
  const deliveryReport = { status: "sent", attempt: 1, receivedAt: at(2) };
  const { steps } = lifeOf(
    message(
      [
        ["sending", 0, 1],
        ["submitted", 1, 1],
        ["sent", 2, 1],
      ],
      { deliveryReport },
    ),
    AT,
  );
  assert.deepEqual(
    steps.map(({ reported }) => reported),
    [false, false, true],
  );
});

test("a message that waits has an open end, one that is settled has none", () => {
  const waits = lifeOf(message([["queued", 0, 0]]), AT + 90_000);
  assert.deepEqual([waits.over, waits.open], [false, 90_000]);
  const settled = lifeOf(message([["no_report", 0, 1]]), AT + 90_000);
  assert.deepEqual([settled.over, settled.open], [true, 0]);
});

test("changes that are no longer kept are counted", () => {
  const long = message([
    ["sending", 0, 3],
    ["sent", 1, 3],
  ]);
  for (const change of long.history) change.sequence += 7;
  assert.equal(lifeOf(long, AT).forgotten, 7);
});

test("contradicting reports stand aside", () => {
  const contradictingReports = [{ status: "error", attempt: 1, receivedAt: at(9) }];
  assert.deepEqual(
    lifeOf(message([["sent", 0, 1]], { contradictingReports }), AT).contradicting,
    contradictingReports,
  );
  assert.deepEqual(lifeOf(message([["sent", 0, 1]]), AT).contradicting, []);
});

test("a status of a later release counts as not settled, so it is asked for again", () => {
  assert.equal(isSettled("read"), false);
  assert.equal(isSettled("toString"), false);
});
