import assert from "node:assert/strict";
import { test } from "node:test";

import { placeOf, statusOf } from "./search.js";

const filters = (/** @type {string} */ text) => placeOf(text)?.query;

test("a number is known by its digits, however it is written", () => {
  for (const number of ["+40721234567", "0721 234 567", "+40 (0)721.234.567", "tel:+40721234567"]) {
    assert.deepEqual(filters(number), { number });
  }
});

test("a number that was copied with invisible marks is a number", () => {
  assert.deepEqual(filters("\u202a+40721\u00a0234567\u202c"), { number: "+40721 234567" });
});

test("the word of a status is a status, in both languages and without its marks", () => {
  for (const word of ["failed", "Failed", "eșuat", "esuat", "EȘUAT"]) {
    assert.deepEqual(filters(word), { status: "failed" });
  }
  for (const word of ["no report", "no_report", "fără raport", "fara raport"]) {
    assert.deepEqual(filters(word), { status: "no_report" });
  }
});

test("anything else is an id", () => {
  for (const id of ["order-4711", "01a203d8-1f9b-741d-b137-2711b49bfaa4", "42", "failed-7"]) {
    assert.deepEqual(filters(id), { id });
  }
});

test("an empty box leads nowhere", () => {
  assert.equal(placeOf(" \u200e "), null);
  assert.equal(statusOf("lost"), undefined);
});
