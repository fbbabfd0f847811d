import assert from "node:assert/strict";
import { test } from "node:test";

import { readHash, writeHash } from "./router.js";

test("an address holds a route and its filters", () => {
  assert.deepEqual(readHash("#/messages?client=crm&status=failed", "now"), {
    route: "messages",
    query: { client: "crm", status: "failed" },
  });
});

test("an address without a route leads to the first view", () => {
  for (const hash of ["", "#", "#/", "#/?"]) {
    assert.deepEqual(readHash(hash, "now"), { route: "now", query: {} });
  }
});

test("a place has one address, however its filters are ordered, and empty ones are not in it", () => {
  const one = writeHash("messages", { status: "failed", client: "crm", id: "", since: undefined });
  assert.equal(one, "#/messages?client=crm&status=failed");
  assert.equal(writeHash("messages", { client: "crm", status: "failed", until: null }), one);
  assert.equal(writeHash("now"), "#/now");
});

test("what a filter holds comes back as it was", () => {
  for (const id of ["+40721234567", "a&b=c?d#e", "ș ț", "100%", "x/y"]) {
    assert.equal(readHash(writeHash("messages", { id }), "now").query.id, id);
  }
});
