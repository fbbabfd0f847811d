import assert from "node:assert/strict";
import { test } from "node:test";

import { messagePauses, Poll } from "./poll.js";

/** A page with a clock that stands still until it is told to move. */
class FakePage {
  now = 0;
  visibilityState = /** @type {DocumentVisibilityState} */ ("visible");
  random = 0.5;
  #timers = /** @type {Map<number, {at: number, run: () => void}>} */ (new Map());
  #last = 0;
  #listeners = /** @type {Set<() => void>} */ (new Set());

  /** @returns {import('./poll.js').Surroundings} */
  surroundings() {
    const page = this;
    return {
      document: {
        get visibilityState() {
          return page.visibilityState;
        },
        addEventListener: (/** @type {string} */ _, /** @type {any} */ listener) =>
          void page.#listeners.add(listener),
        removeEventListener: (/** @type {string} */ _, /** @type {any} */ listener) =>
          void page.#listeners.delete(listener),
      },
      setTimeout: (run, milliseconds) => {
        page.#last += 1;
        page.#timers.set(page.#last, { at: page.now + milliseconds, run });
        return page.#last;
      },
      clearTimeout: (timer) => void page.#timers.delete(timer),
      Math: { random: () => page.random },
      Date: { now: () => page.now },
    };
  }

  /** @param {number} seconds */
  async pass(seconds) {
    const end = this.now + seconds * 1000;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end);
      const first = due.sort(([, one], [, other]) => one.at - other.at)[0];
      if (!first) break;
      this.#timers.delete(first[0]);
      this.now = first[1].at;
      first[1].run();
      await settled();
    }
    this.now = end;
  }

  /** @param {DocumentVisibilityState} state */
  async turn(state) {
    this.visibilityState = state;
    for (const listener of [...this.#listeners]) listener();
    await settled();
  }

  get listeners() {
    return this.#listeners.size;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** @param {FakePage} page @param {() => number | undefined} answer */
function polled(page, answer) {
  /** @type {number[]} */
  const times = [];
  const poll = new Poll(async () => {
    times.push(page.now / 1000);
    return answer();
  }, page.surroundings());
  return { poll, times };
}

test("a message is read after 1 1 2 3 5 8 13 20 s and then every 30 s, for ten minutes", async () => {
  const page = new FakePage();
  const pauses = messagePauses();
  const { poll, times } = polled(page, () => pauses("submitted"));
  poll.start(pauses("sending"));
  await page.pass(3600);
  assert.deepEqual(times.slice(0, 10), [1, 2, 4, 7, 12, 20, 33, 53, 83, 113]);
  assert.equal(times.length, 26);
  assert.ok(/** @type {number} */ (times.at(-1)) <= 600);
  assert.equal(poll.isRunning, false);
});

test("a message about which only a late report tells more is read once a minute", () => {
  for (const status of ["unconfirmed", "no_report"]) {
    const pauses = messagePauses();
    const taken = Array.from({ length: 11 }, () => pauses(status));
    assert.deepEqual(taken, [...Array(10).fill(60), undefined]);
  }
});

test("each pause is up to a fifth shorter or longer", async () => {
  for (const [random, second] of /** @type {const} */ ([
    [0, 8],
    [1, 12],
  ])) {
    const page = new FakePage();
    page.random = random;
    const { poll, times } = polled(page, () => 1000);
    poll.start(10);
    await page.pass(100);
    assert.deepEqual(times, [second]);
  }
});

test("a hidden tab asks nothing, and at once when it is shown again", async () => {
  const page = new FakePage();
  const { poll, times } = polled(page, () => 10);
  poll.start(10);
  await page.pass(15);
  await page.turn("hidden");
  await page.pass(500);
  assert.deepEqual(times, [10]);
  await page.turn("visible");
  await page.pass(10);
  assert.deepEqual(times, [10, 515, 525]);
});

test("what begins in a hidden tab waits until it is shown", async () => {
  const page = new FakePage();
  page.visibilityState = "hidden";
  const { poll, times } = polled(page, () => 10);
  poll.start();
  await page.pass(100);
  assert.deepEqual(times, []);
  await page.turn("visible");
  assert.deepEqual(times, [100]);
});

test("after errors the pause doubles up to a minute, and an answer ends that", async () => {
  const page = new FakePage();
  let fails = true;
  const { poll, times } = polled(page, () => {
    if (fails) throw new TypeError("Failed to fetch");
    return 1;
  });
  poll.start();
  await page.pass(250);
  assert.deepEqual(times, [0, 2, 6, 14, 30, 62, 122, 182, 242]);
  fails = false;
  await page.pass(53);
  assert.deepEqual(times.slice(-2), [302, 303]);
});

test("Retry-After is kept: never sooner, not even when the tab is shown again", async () => {
  const page = new FakePage();
  page.random = 0;
  const { poll, times } = polled(page, () => {
    throw Object.assign(new Error("429"), { retryAfter: 90 });
  });
  poll.start();
  await page.pass(30);
  await page.turn("hidden");
  await page.turn("visible");
  await page.pass(120);
  assert.deepEqual(times, [0, 90]);
});

test("a clock that was set back does not make a tab wait that is shown again", async () => {
  const page = new FakePage();
  page.now = 7_200_000;
  const { poll, times } = polled(page, () => 10);
  poll.start();
  await page.pass(1);
  page.now -= 3_600_000;
  await page.turn("hidden");
  await page.turn("visible");
  assert.equal(times.length, 2);
  poll.stop();
});

test("stopped, it asks nothing, listens to nothing, and aborts its request", async () => {
  const page = new FakePage();
  /** @type {AbortSignal[]} */
  const signals = [];
  const poll = new Poll((signal) => {
    signals.push(signal);
    return new Promise(() => {});
  }, page.surroundings());
  poll.start();
  await page.pass(1);
  assert.equal(page.listeners, 1);
  poll.stop();
  await page.pass(1000);
  await page.turn("visible");
  assert.equal(signals.length, 1);
  assert.equal(signals[0]?.aborted, true);
  assert.equal(page.listeners, 0);
});

test("started anew while it asks, it asks again and never twice at a time", async () => {
  const page = new FakePage();
  /** @type {((pause: number) => void)[]} */
  const answers = [];
  const poll = new Poll(() => new Promise((resolve) => answers.push(resolve)), page.surroundings());
  poll.start();
  await page.pass(1);
  poll.start();
  await page.pass(1);
  assert.equal(answers.length, 1);
  answers[0]?.(5);
  await settled();
  await page.pass(1);
  assert.equal(answers.length, 2);
});
