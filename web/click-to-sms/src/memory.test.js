import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { claim, settle } from "./memory.js";

const DAY = 24 * 3600 * 1000;

/** A browser's storage, or one that the browser has switched off. */
class Storage {
  kept = /** @type {Map<string, string>} */ (new Map());
  isOff = false;
  /** @param {string} key */
  getItem(key) {
    if (this.isOff) throw new Error("SecurityError");
    return this.kept.get(key) ?? null;
  }
  /** @param {string} key @param {string} value */
  setItem(key, value) {
    if (this.isOff) throw new Error("SecurityError");
    this.kept.set(key, value);
  }
}

/** @type {Storage} */
let localStorage;

beforeEach(() => {
  localStorage = new Storage();
  Object.assign(globalThis, { window: { localStorage } });
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true }); // no locks
});

test("the same content has one id, and other content another", async () => {
  assert.equal((await claim("content", "id-1", false)).id, "id-1");
  assert.equal((await claim("content", "id-2", false)).id, "id-1");
  assert.equal((await claim("other", "id-3", false)).id, "id-3");
});

test("what was sent is known as sent, with its time", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1_795_751_106_000 });
  await claim("content", "id-1", false);
  context.mock.timers.tick(3_600_000);
  await settle("content", "id-1", true);
  const at = Date.now();
  assert.deepEqual(await claim("content", "id-2", false), { id: "id-1", at, sent: true });
});

test("what certainly was not sent is forgotten, unless another id has taken its place", async () => {
  await claim("content", "id-1", false);
  await settle("content", "id-1", false);
  assert.equal((await claim("content", "id-2", false)).id, "id-2");
  await settle("content", "id-1", false);
  assert.equal((await claim("content", "id-3", false)).id, "id-2");
});

test("what is meant to be sent once more takes the id it is given", async () => {
  await claim("content", "id-1", false);
  await settle("content", "id-1", true);
  const second = await claim("content", "id-2", true);
  assert.deepEqual([second.id, second.sent], ["id-2", undefined]);
});

test("after a day it is forgotten", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1_795_751_106_000 });
  await claim("content", "id-1", false);
  context.mock.timers.tick(DAY - 1);
  assert.equal((await claim("content", "id-2", false)).id, "id-1");
  context.mock.timers.tick(1);
  assert.equal((await claim("content", "id-3", false)).id, "id-3");
});

test("neither the number nor the text is kept, and two browsers keep different hashes", async () => {
  const kept = [];
  for (let browser = 0; browser < 2; browser += 1) {
    localStorage = new Storage();
    Object.assign(globalThis, { window: { localStorage } });
    await claim("+40721234567 Bună ziua", "id-1", false);
    const { claims } = JSON.parse(localStorage.getItem("click-to-sms") ?? "");
    kept.push(Object.keys(claims)[0]);
    assert.doesNotMatch(JSON.stringify([...localStorage.kept]), /0721234567|ziua/);
  }
  assert.notEqual(kept[0], kept[1]);
});

test("without storage each call keeps its own id, and nothing fails", async () => {
  localStorage.isOff = true;
  assert.equal((await claim("content", "id-1", false)).id, "id-1");
  await settle("content", "id-1", true);
  assert.equal((await claim("content", "id-2", false)).id, "id-2");
});

test("where the browser refuses locks, as it does when it keeps no data of sites, nothing fails", async () => {
  const request = async () => {
    throw new DOMException("The request was denied.", "SecurityError");
  };
  Object.defineProperty(globalThis, "navigator", { value: { locks: { request } } });
  assert.equal((await claim("content", "id-1", false)).id, "id-1");
});
