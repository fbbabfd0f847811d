import assert from "node:assert/strict";
import { test } from "node:test";

import { barsOf, conclusionOf, scaleEnd } from "./figures.js";

const none = () => Array.from({ length: 12 }, () => 0);

/** @param {Record<string, number>} totals */
function hour(totals, others = {}) {
  const names = ["queued", "submitted", "unconfirmed", "no_report", "sent", "failed", "cancelled"];
  const statuses = Object.fromEntries(
    names.map((name) => [name, [totals[name] ?? 0, ...none().slice(1)]]),
  );
  return /** @type {any} */ ({
    asOf: "2026-11-22T15:03:20.123Z",
    since: "2026-11-22T14:05:00.000Z",
    stepSeconds: 300,
    statuses,
    statusesReason: null,
    ...others,
  });
}

test("a good hour is said to be one", () => {
  assert.equal(
    conclusionOf("en", hour({ sent: 412, submitted: 412 })),
    "In the last hour 412 messages were sent, and none is in trouble.",
  );
});

test("trouble is named with its figures, and what did not happen is not named", () => {
  assert.equal(
    conclusionOf("en", hour({ sent: 1, failed: 2, no_report: 1 })),
    "In the last hour 1 message was sent, 2 failed and 1 got no report.",
  );
  assert.equal(
    conclusionOf("ro", hour({ sent: 21, failed: 1, unconfirmed: 2 })),
    "În ultima oră 21 de mesaje au fost trimise, 1 a eșuat și 2 au rămas neconfirmate.",
  );
});

test("an hour in which everything failed says that none was sent", () => {
  assert.equal(
    conclusionOf("en", hour({ failed: 3 })),
    "In the last hour 0 messages were sent and 3 failed.",
  );
});

test("a quiet hour and unknown figures are told apart", () => {
  const quiet = conclusionOf("en", hour({ submitted: 3 }));
  const noData = conclusionOf("en", hour({}, { statuses: null, statusesReason: "no-data" }));
  const silent = conclusionOf("en", hour({}, { statuses: null, statusesReason: "not-answered" }));
  assert.match(quiet, /No message has ended/);
  assert.match(noData, /no figures/);
  assert.match(silent, /does not answer/);
});

test("the bars begin five minutes apart, and the last is still under way", () => {
  const bars = barsOf(hour({ sent: 7 }));
  assert.equal(bars.length, 12);
  assert.equal(bars[0]?.begins, Date.parse("2026-11-22T14:05:00.000Z"));
  assert.deepEqual(bars[0]?.counts, [7, 0, 0, 0]);
  assert.deepEqual(
    bars.map(({ underWay }) => underWay),
    [...Array.from({ length: 11 }, () => false), true],
  );
});

test("the scale ends at a round figure that no bar exceeds", () => {
  for (const [largest, end] of [
    [0, 4],
    [4, 4],
    [5, 5],
    [16, 20],
    [21, 40],
    [41, 50],
    [51, 60],
    [62, 80],
    [99, 100],
    [101, 200],
  ]) {
    assert.equal(scaleEnd(Number(largest)), end);
  }
});
