import assert from "node:assert/strict";
import { test } from "node:test";

import { hash, uuid7 } from "./ids.js";

test("an id is a UUID of version 7 as the gateway takes it", () => {
  for (let count = 0; count < 200; count += 1) {
    assert.match(uuid7(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test("an id begins with its time in milliseconds", () => {
  const id = uuid7(Date.UTC(2026, 10, 27, 3, 45, 6, 789));
  assert.equal(Number.parseInt(id.replace("-", "").slice(0, 12), 16), 1795751106789);
});

test("no two ids of a millisecond are the same", () => {
  const ids = Array.from({ length: 1000 }, () => uuid7(1795751106789));
  assert.equal(new Set(ids).size, 1000);
});

test("texts that differ in one letter have different hashes", () => {
  const hashes = Array.from({ length: 5000 }, (_, index) =>
    hash(`salt +40721234567 text ${index}`),
  );
  assert.equal(new Set(hashes).size, 5000);
  assert.equal(hash("abc"), hash("abc"));
  assert.match(hash("abc"), /^[0-9a-f]{16}$/);
});
