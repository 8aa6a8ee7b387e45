import { expect, test } from "vitest";
import { SESSION_MINUTES, SessionBoard } from "./session-board.ts";

const leaf = (index: number, minute: string) => ({
  origin: "o",
  index,
  minute,
  closed: "whole" as const,
  root: new Uint8Array(32),
});
const leaves = [
  leaf(0, "2024-01-09T21:58Z"),
  leaf(1, "2024-01-09T21:59Z"),
  leaf(2, "2024-01-09T23:02Z"),
  leaf(3, "2024-01-09T23:05Z"),
];
const gaps = [
  { leaf: 1, after: "2024-01-09T21:59Z", before: "2024-01-09T23:02Z", minutes: 62 },
  { leaf: 2, after: "2024-01-09T23:02Z", before: "2024-01-09T23:05Z", minutes: 2 },
];

test("leaves lie on the rail of their trade date; the hour of the break is no gap", () => {
  const board = new SessionBoard(leaves, gaps);
  const [first, second] = board.changed();
  expect(first).toMatchObject({ tradeDate: "2024-01-09", leaves: 2, missing: 0 });
  expect(first?.runs).toEqual([{ kind: "waiting", from: 1378, to: SESSION_MINUTES }]);
  expect(second).toMatchObject({ tradeDate: "2024-01-10", leaves: 2, missing: 4 });
  expect(second?.runs).toEqual([
    { kind: "gap", from: 0, to: 2 },
    { kind: "waiting", from: 2, to: 3 },
    { kind: "gap", from: 3, to: 5 },
    { kind: "waiting", from: 5, to: 6 },
  ]);
  expect(board.missing).toBe(4);
});

test("only what was marked changes, and the worst of a minute stays", () => {
  const board = new SessionBoard(leaves, []);
  board.changed();
  board.mark(leaf(0, "2024-01-09T21:58Z"), "bad");
  board.mark(leaf(0, "2024-01-09T21:58Z"), "checked");
  const [only, ...others] = board.changed();
  expect(others).toEqual([]);
  expect(only).toMatchObject({ checked: 1, bad: 1 });
  expect(only?.runs[0]).toEqual({ kind: "bad", from: 1378, to: 1379 });
  expect(board.changed()).toEqual([]);
});
