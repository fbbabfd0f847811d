import assert from "node:assert/strict";
import { test } from "node:test";

import { keyOf, Rows } from "./rows.js";

/** @returns {any} */
const row = (/** @type {string} */ messageId, sequence = 1, client = "crm") => ({
  messageId,
  client,
  sequence,
});
const never = () => false;
const ids = (/** @type {any[]} */ rows) => rows.map(({ messageId }) => messageId);

test("new rows wait until they are taken in, and then stand before the others", () => {
  const rows = new Rows();
  rows.append([row("b"), row("a")]);
  rows.refresh([row("d"), row("c"), row("b"), row("a")], never);
  assert.deepEqual(ids(rows.shown), ["b", "a"]);
  assert.equal(rows.waiting, 2);
  assert.deepEqual(ids(rows.takeIn()), ["d", "c"]);
  assert.deepEqual(ids(rows.shown), ["d", "c", "b", "a"]);
  assert.equal(rows.waiting, 0);
});

test("a row with a further change is told, one without is not", () => {
  const rows = new Rows();
  rows.append([row("b", 2), row("a", 2)]);
  const { changed } = rows.refresh([row("b", 3), row("a", 2)], never);
  assert.deepEqual(ids(changed), ["b"]);
  assert.deepEqual(rows.refresh([row("b", 3)], never).changed, []);
});

test("a row that has left the list is gone, one that the page does not cover stays", () => {
  const rows = new Rows();
  rows.append([row("c"), row("b"), row("a")]);
  const { gone } = rows.refresh([row("c")], ({ messageId }) => messageId === "b");
  assert.deepEqual(ids(gone), ["b"]);
  assert.deepEqual(ids(rows.shown), ["c", "a"]);
});

test("older rows that are shown already are not shown twice", () => {
  const rows = new Rows();
  rows.append([row("c"), row("b")]);
  assert.deepEqual(ids(rows.append([row("b"), row("a")])), ["a"]);
});

test("the same id of two clients is two messages", () => {
  assert.notEqual(keyOf(row("a")), keyOf(row("a", 1, "shop")));
});
