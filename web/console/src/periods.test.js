import assert from "node:assert/strict";
import { test } from "node:test";

import { isPeriod, localValue, moment, rangeOf } from "./periods.js";

const NOW = Date.parse("2026-11-22T15:00:00.000Z");

test("a period ends now", () => {
  assert.deepEqual(rangeOf({ time: "24h" }, NOW), { since: "2026-11-21T15:00:00.000Z" });
  assert.deepEqual(rangeOf({ time: "1h" }, NOW), { since: "2026-11-22T14:00:00.000Z" });
});

test("a range has the moments of the address, and nonsense is left out", () => {
  const since = "2026-11-22T10:00:00.000Z";
  assert.deepEqual(rangeOf({ time: "range", since, until: "soon" }, NOW), {
    since,
    until: undefined,
  });
  assert.deepEqual(rangeOf({}, NOW), { since: undefined, until: undefined });
});

test("names of object members are no periods", () => {
  assert.equal(isPeriod("constructor"), false);
  assert.equal(isPeriod("range"), false);
});

test("a moment survives the field that the operator sees in local time", () => {
  const local = localValue("2026-11-22T10:30:00.000Z");
  assert.match(local, /^2026-11-2\dT\d\d:\d\d$/);
  assert.equal(moment(local), "2026-11-22T10:30:00.000Z");
  assert.equal(localValue(undefined), "");
});
