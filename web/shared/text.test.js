import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { readText } from "./text.js";

const EXAMPLES = JSON.parse(readFileSync(new URL("gsm.examples.json", import.meta.url), "utf8"));

/** @param {string} text @param {'changed' | 'refused'} how */
function positions(text, how) {
  const found = [];
  let position = 1;
  for (const piece of readText(text).pieces) {
    const length = [...piece.written].length;
    if (piece.how === how) for (let at = 0; at < length; at += 1) found.push(position + at);
    position += length;
  }
  return found;
}

for (const { text, shown, septets, refused, changed } of EXAMPLES) {
  test(`the page reads ${JSON.stringify(text.slice(0, 40))} as the gateway does`, () => {
    const read = readText(text);
    assert.equal(read.shown, shown);
    assert.equal(read.septets, septets);
    assert.equal(read.left, 160 - septets);
    assert.equal(read.pieces.map(({ written }) => written).join(""), text);
    const marked = { refused: positions(text, "refused"), changed: positions(text, "changed") };
    // A whole letter or emoji is marked, of which the gateway names the first code point or the mark.
    for (const position of refused) assert.ok(marked.refused.includes(position), `${position}`);
    for (const position of changed) {
      assert.ok(
        marked.changed.includes(position) || marked.refused.includes(position),
        `${position}`,
      );
    }
    assert.equal(marked.refused.length > 0, refused.length > 0);
    assert.equal(marked.changed.length > 0, changed.length > 0 && refused.length !== 3);
  });
}

test("a family of emoji is named as one character", () => {
  assert.deepEqual(readText("Familie 👨‍👩‍👧 și 🎂, 🎂").unshown, ["👨‍👩‍👧", "🎂"]);
});

test("a Latin letter that only a later gateway knows is left to the gateway", () => {
  const { unshown, left } = readText("\ua7c7");
  assert.deepEqual(unshown, []);
  assert.equal(left, 159);
});

test("white space alone is blank, and what cannot be shown is not", () => {
  assert.equal(readText(" \u200b\n").isBlank, true);
  assert.equal(readText("🎂").isBlank, false);
});
