import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";

import { say } from "../../../shared/words.js";
import { ApiError } from "../api.js";
import { SheetError } from "./file.js";
import { enter, lookUp } from "./importer.js";
import { monthName, monthsBefore } from "./months.js";
import { gatewayAddress } from "./results.js";
import { samplesOf } from "./samples.js";
import { faultSentence, fileSentence } from "./words.js";

test("up to ten different cells show the alphabet, the short ones first", () => {
  const names = Array.from({ length: 12 }, (_, at) => `Ş${at}`);
  const long = `${"a".repeat(50)}ă${"b".repeat(50)}`;
  const found = samplesOf(`Nume;Mesaj\nIon;${long}\n${names.join(";x\n")};y\n${names[0]};z`);
  assert.deepEqual(found, names.slice(0, 10));
  assert.match(samplesOf(`Ion;${long}`)[0] ?? "", /^….*ă.*…$/);
});

test("months go back over the year, and are named", () => {
  const now = new Date("2026-02-28T23:30:00Z");
  assert.deepEqual(monthsBefore(now, 3), ["2026-02", "2026-01", "2025-12"]);
  assert.equal(monthName("2025-12", "en"), "December 2025");
  assert.equal(monthName("2025-12", "ro"), "decembrie 2025");
});

test("a gateway's address is the one that the tool writes", () => {
  assert.equal(gatewayAddress("https://API.example/v1/"), "https://api.example/v1");
  assert.equal(gatewayAddress("http://127.0.0.1:8000/"), "http://127.0.0.1:8000");
});

test("what is wrong with a file or a row is said in both languages", () => {
  const values = { line: 3, n: 64, m: 2, first: "a", second: "b", missing: "number" };
  for (const code of ["xlsx", "not-utf-8", "no-rows", "no-columns", "several-numbers", "quoting"]) {
    const [english, romanian] = /** @type {const} */ (["en", "ro"]).map((language) =>
      fileSentence(language, new SheetError(code, values)),
    );
    assert.match(english ?? "", /^[A-Z].*\.$/, code);
    assert.match(romanian ?? "", /^[A-Z].*\.$/, code);
    assert.notEqual(english, romanian);
  }
  const long = { code: "number-long", values: { n: 64 } };
  assert.equal(faultSentence("ro", long), "numărul este mai lung de 64 de caractere");
});

for (const name of readdirSync(new URL("../words/", import.meta.url))) {
  test(`words/${name} are in both languages, with the same values and no cedillas`, async () => {
    for (const [key, words] of Object.entries(await import(`../words/${name}`))) {
      assert.equal(words.length, 2, key);
      assert.doesNotMatch(words[1], /[ŞşŢţ]/, key);
      const values = words.map((/** @type {string} */ text) =>
        [...new Set([...text.matchAll(/\{(\w+)[:}]/g)].map((match) => match[1]))].sort().join(),
      );
      assert.equal(values[0], values[1], key);
      for (const language of /** @type {const} */ (["en", "ro"])) {
        for (const n of [1, 2, 20]) {
          assert.doesNotMatch(say(language, words, { n, count: n }), /[{}|]/, key);
        }
      }
    }
  });
}

/** @param {Record<string, number[]>} answers The statuses that each number is answered, in turn */
function list(answers) {
  /** @type {string[]} */
  const asked = [];
  const ask = async (/** @type {string} */ path, { method = "GET" } = {}) => {
    const number = decodeURIComponent(path.replace("suppressions/", ""));
    asked.push(`${method} ${number}`);
    const status = answers[number]?.shift() ?? 200;
    const code = status === 404 ? "suppression-not-found" : "x";
    if (status >= 400 || status === 0) throw new ApiError({ code, status, title: "", detail: "" });
    return { status, data: null, headers: new Headers() };
  };
  const api = { ask, get: ask };
  const { signal } = new AbortController();
  return { asked, asking: { api, signal, onDone() {}, sleep: async () => {} } };
}

const entries = ["+1", "+2", "+3"].map((number, at) => ({ line: at + 2, number }));

test("a look at the numbers tells new, listed and wrong ones apart, and enters nothing", async () => {
  const { asked, asking } = list({ "+1": [503, 404], "+2": [200], "+3": [422] });
  const { fresh, listed, wrong } = await lookUp(entries, asking);
  assert.deepEqual(fresh, [entries[0]]);
  assert.equal(listed, 1);
  assert.deepEqual(
    wrong.map(({ line }) => line),
    [4],
  );
  assert.equal(asked.filter((each) => !each.startsWith("GET")).length, 0);
});

test("numbers are entered, and what the gateway cannot do just now is done again", async () => {
  const { asked, asking } = list({ "+2": [0, 429, 204] });
  assert.equal(await enter(entries, asking), true);
  assert.equal(asked.filter((each) => each === "PUT +2").length, 3);
});

test("an import ends when the gateway refuses", async () => {
  const { asking } = list({ "+1": [403] });
  await assert.rejects(enter(entries, asking), ApiError);
});
