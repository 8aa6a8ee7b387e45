import { expect, test } from "vitest";
import { type Keeper, keyFinding, pinOf, recall, remember } from "./memory.ts";

const ORIGIN = "log.example.com/j/broker";
const KEY = `${ORIGIN}+0badc0de+AA==`;
const ROOT = `${"A".repeat(43)}=`;

function keeper(): Keeper & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
  };
}

test("what is remembered comes back, by origin", () => {
  const box = keeper();
  const memory = { key: KEY, sinceMs: 1, seen: { size: 3, root: ROOT, atMs: 2 } };
  expect(remember(box, ORIGIN, memory)).toBe(true);
  expect(recall(box, ORIGIN)).toEqual(memory);
  expect(recall(box, "other")).toBeNull();
});

test.each(["{", "null", "[]", '{"key":1,"sinceMs":2}', '{"key":"k","sinceMs":-1}'])(
  "text that this page did not write is a first visit: %s",
  (text) => {
    const box = keeper();
    box.kept.set(`believe/seen/${ORIGIN}`, text);
    expect(recall(box, ORIGIN)).toBeNull();
  },
);

test("a damaged tree is forgotten, the key is not", () => {
  const box = keeper();
  const text = JSON.stringify({ key: KEY, sinceMs: 1, seen: { size: 3, root: "x", atMs: 2 } });
  box.kept.set(`believe/seen/${ORIGIN}`, text);
  expect(recall(box, ORIGIN)).toEqual({ key: KEY, sinceMs: 1, seen: null });
});

test("a browser that keeps nothing is always at its first visit", () => {
  const full: Keeper = {
    getItem: () => null,
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  const memory = { key: KEY, sinceMs: 1, seen: null };
  expect(remember(full, ORIGIN, memory)).toBe(false);
  expect(remember(null, ORIGIN, memory)).toBe(false);
  expect(pinOf(recall(null, ORIGIN), KEY).state).toBe("first");
});

test("another key than the remembered one is a finding that names both", () => {
  const pin = pinOf({ key: KEY, sinceMs: 1, seen: null }, `${ORIGIN}+11111111+AA==`);
  expect(pin.state).toBe("differs");
  const { said } = keyFinding(pin.pinned ?? "", `${ORIGIN}+11111111+AA==`);
  expect(said).toBe("This page says 11111111; at your first visit it was 0badc0de.");
  expect(pinOf({ key: KEY, sinceMs: 1, seen: null }, KEY).pinned).toBeNull();
});
