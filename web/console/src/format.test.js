import assert from "node:assert/strict";
import { test } from "node:test";

import { Format } from "./format.js";
import { masked } from "./numbers.js";

const format = new Format("en", "Europe/Bucharest");

test("a length of time is told in its two largest units", () => {
  const lengths = [
    [375, "375 ms"],
    [9_940, "9.9 s"],
    [40_000, "40 s"],
    [60_000, "1 min"],
    [200_000, "3 min 20 s"],
    [7_500_000, "2 h 5 min"],
    [97_200_000, "1 d 3 h"],
  ];
  for (const [ms, text] of lengths) assert.equal(format.length(Number(ms)), text);
});

test("a time is short: without its day today, without its year in this one", () => {
  const now = Date.parse("2026-11-22T15:00:00Z");
  assert.equal(format.short("2026-11-22T12:05:00Z", now), "14:05");
  assert.equal(format.short("2026-11-21T12:05:00Z", now), "21 Nov, 14:05");
  assert.equal(format.short("2025-11-21T12:05:00Z", now), "21 Nov 2025, 14:05");
});

test("Romanian has its own digits' marks and days", () => {
  const romanian = new Format("ro", "Europe/Bucharest");
  assert.equal(romanian.number(12345), "12.345");
  assert.equal(romanian.length(97_200_000), "1 z 3 h");
});

test("a number is masked as in the logs", () => {
  assert.equal(masked("+40721234567"), "+407•••••567");
});
