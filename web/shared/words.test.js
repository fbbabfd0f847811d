import assert from "node:assert/strict";
import { test } from "node:test";

import { isStatus, STATUSES } from "./statuses.js";
import {
  BUTTONS,
  languageOf,
  REASONS,
  STATES,
  STATUS_NAMES,
  STATUS_SENTENCES,
  say,
} from "./words.js";

const CHARACTERS = [
  [0, "0 caractere"],
  [1, "1 caracter"],
  [2, "2 caractere"],
  [19, "19 caractere"],
  [20, "20 de caractere"],
  [100, "100 de caractere"],
  [101, "101 caractere"],
  [119, "119 caractere"],
  [120, "120 de caractere"],
  [160, "160 de caractere"],
];
for (const [n, counted] of /** @type {[number, string][]} */ (CHARACTERS)) {
  test(`Romanian counts ${counted}`, () => {
    assert.equal(say("ro", STATES.typing, { n }), `Mai puteți scrie ${counted}.`);
    assert.equal(
      say("ro", STATES.over, { n }),
      `Textul depășește limita cu ${counted}. Scurtați-l.`,
    );
  });
}

test("English has one form for one and one for all others", () => {
  assert.equal(say("en", STATES.typing, { n: 1 }), "You can type 1 more character.");
  assert.equal(say("en", STATES.typing, { n: 0 }), "You can type 0 more characters.");
  assert.equal(say("en", STATES.over, { n: 12 }), "12 characters too many. Shorten the message.");
});

test("a value is put in as it is, also if it looks like a place for one", () => {
  assert.equal(say("en", STATES.changed, { t: "{n} $& {t}" }), 'The phone will show: "{n} $& {t}"');
});

test("every status has a sentence, a name and a look", () => {
  for (const status of ["queued", "sending", "submitted", "unconfirmed", "no_report", "sent"]) {
    assert.ok(isStatus(status));
  }
  assert.deepEqual(Object.keys(STATUS_SENTENCES).sort(), Object.keys(STATUSES).sort());
  assert.deepEqual(Object.keys(STATUS_NAMES).sort(), Object.keys(STATUSES).sort());
  assert.equal(isStatus("toString"), false);
});

test("no two statuses have the same shape", () => {
  const shapes = Object.values(STATUSES).map(({ icon }) => JSON.stringify(icon));
  assert.equal(new Set(shapes).size, shapes.length);
});

/** @param {Record<string, import('./words.js').Words>} table */
function everyPlaceOf(table) {
  return Object.entries(table).map(([key, [en, ro]]) => {
    const names = [en, ro].map((text) => [...text.matchAll(/\{\w+/g)].map(String).sort());
    return { key, en: new Set(names[0]), ro: new Set(names[1]), text: en + ro };
  });
}

for (const [name, table] of Object.entries({ STATES, STATUS_SENTENCES, REASONS, BUTTONS })) {
  test(`${name} has the same values in both languages, and letters with a comma below`, () => {
    for (const { key, en, ro, text } of everyPlaceOf(table)) {
      assert.deepEqual(ro, en, key);
      assert.doesNotMatch(text, /[şţŞŢ]/, key);
    }
  });
}

test("the language is that of the tag, and English for all others", () => {
  assert.deepEqual(["ro", "ro-MD", "RO"].map(languageOf), ["ro", "ro", "ro"]);
  assert.deepEqual(["en-GB", "de", "rom", "", null].map(languageOf), [
    "en",
    "en",
    "en",
    "en",
    "en",
  ]);
});
