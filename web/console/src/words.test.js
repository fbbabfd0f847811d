import assert from "node:assert/strict";
import { test } from "node:test";
import * as MESSAGE from "./words/message.js";
import * as MESSAGES from "./words/messages.js";
import * as NOW from "./words/now.js";
import * as tables from "./words.js";

const all = Object.entries({ ...tables, MESSAGE, MESSAGES, NOW }).flatMap(([table, words]) =>
  Object.entries(words).map(([name, pair]) => ({
    name: `${table}.${name}`,
    pair: /** @type {string[]} */ (pair),
  })),
);
const values = (/** @type {string} */ text) =>
  // `n` chooses a form: only some languages need one.
  [...new Set([...text.matchAll(/\{(\w+)(?=[}:])/g)].map((match) => match[1]))]
    .filter((name) => name !== "n")
    .sort();
const forms = (/** @type {string} */ text) =>
  [...text.matchAll(/\{\w+:([^}]*)\}/g)].map((match) => (match[1] ?? "").split("|").length);

test("everything is said in both languages", () => {
  assert.ok(all.length > 100);
  for (const { name, pair } of all) {
    assert.equal(pair.length, 2, name);
    for (const text of pair) assert.ok(text.trim().length > 0, name);
  }
});

test("both languages use the same values", () => {
  for (const { name, pair } of all) {
    assert.deepEqual(values(pair[0] ?? ""), values(pair[1] ?? ""), name);
  }
});

test("a number has two forms in English and three in Romanian", () => {
  for (const { name, pair } of all) {
    for (const count of forms(pair[0] ?? "")) assert.equal(count, 2, name);
    for (const count of forms(pair[1] ?? "")) assert.equal(count, 3, name);
  }
});

test("Romanian letters have a comma below, not a cedilla, and its quotation marks are its own", () => {
  for (const { name, pair } of all) {
    assert.doesNotMatch(pair[1] ?? "", /[şţŞŢ]|"/, name);
    assert.equal(pair[1], (pair[1] ?? "").normalize("NFC"), name);
  }
});

test("every reason that a way to Voipit can be closed for has words", () => {
  for (const reason of ["credentials", "configuration", "ip-blocked", "account-missing"]) {
    assert.ok(reason in tables.PROVIDER);
  }
});
