import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { IDLE_MS, Session } from "./session.js";

/** @type {Map<string, string>} */
let stored;
let time = 0;
/** @type {string[]} */
let ends;
/** @type {any[]} */
let channels;

beforeEach(() => {
  stored = new Map();
  time = Date.parse("2026-11-22T14:00:00.000Z");
  ends = [];
  channels = [];
});

function tab(storage = stored, gateway = "/v1/") {
  const channel = {
    onmessage: /** @type {((event: any) => void) | null} */ (null),
    postMessage(/** @type {unknown} */ data) {
      for (const other of channels) if (other !== channel) other.onmessage?.({ data });
    },
  };
  channels.push(channel);
  return new Session(
    {
      storage: {
        getItem: (name) => storage.get(name) ?? null,
        setItem: (name, value) => void storage.set(name, value),
        removeItem: (name) => void storage.delete(name),
      },
      gateway,
      now: () => time,
      channel,
    },
    (why) => ends.push(why),
  );
}

test("a key is there until it was not used for fifteen minutes", () => {
  const session = tab();
  session.start("secret");
  time += IDLE_MS - 1;
  assert.equal(session.key, "secret");
  time += 1;
  assert.equal(session.key, null);
  assert.deepEqual(ends, ["idle"]);
  assert.equal(stored.size, 0);
});

test("use keeps the key", () => {
  const session = tab();
  session.start("secret");
  for (let minute = 0; minute < 60; minute += 10) {
    time += IDLE_MS - 1000;
    session.used();
  }
  assert.equal(session.key, "secret");
});

test("use after too long a time does not bring the key back, even if no timer ran meanwhile", () => {
  const session = tab();
  session.start("secret");
  time += 8 * 60 * 60 * 1000;
  session.used();
  assert.equal(session.key, null);
});

test("a tab that is opened again with an old key erases it", () => {
  tab().start("secret");
  time += IDLE_MS;
  assert.equal(tab().key, null);
  assert.equal(stored.size, 0);
});

test("Lock erases the keys of all tabs", () => {
  const [one, other] = [tab(new Map()), tab(new Map())];
  one.start("secret");
  other.start("secret");
  one.lock();
  assert.deepEqual([one.key, other.key], [null, null]);
  assert.deepEqual(ends, ["locked", "locked"]);
});

test("a refused key is erased, and that is told once", () => {
  const session = tab();
  session.start("secret");
  session.refuse();
  session.refuse();
  assert.equal(session.key, null);
  assert.deepEqual(ends, ["refused"]);
});

test("another gateway under the same host name gets no key", () => {
  tab().start("secret");
  assert.equal(tab(stored, "/other/").key, null);
  assert.equal(tab().key, "secret");
});
