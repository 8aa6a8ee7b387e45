import fc from "fast-check";
import { expect, test } from "vitest";
import type { Finding, FromWorker, Sums } from "./protocol.ts";
import { heard, IDLE, started, stopped, type VerifyView } from "./view.ts";

const sums: Sums = {
  size: 2,
  root: "",
  lines: 9,
  closed: 0,
  openedLeaves: 2,
  unopened: 0,
  missing: 0,
  fromUs: 0,
  toUs: 60_000_000,
  cosigned: 1,
};
const finding: Finding = { code: "line", place: "leaf 1", said: "other bytes" };
const after = (view: VerifyView, ...told: FromWorker[]) => told.reduce(heard, view);

test("a run is good only when it ended with sums and without a finding", () => {
  const run = started(IDLE);
  expect(run.phase).toBe("running");
  expect(after(run, { tell: "done", sums }).phase).toBe("good");
  expect(after(run, { tell: "finding", finding }, { tell: "done", sums }).phase).toBe("bad");
  expect(after(run, { tell: "done", sums: null }).phase).toBe("bad");
  expect(after({ ...started(IDLE), findings: [finding] }, { tell: "done", sums }).phase).toBe(
    "bad",
  );
});

test("a lost edge ends without a verdict and says what was asked for", () => {
  const view = after(started(IDLE), {
    tell: "offline",
    what: "expected checkpoint, was no answer",
  });
  expect(view).toMatchObject({ phase: "offline", lost: "expected checkpoint, was no answer" });
});

test("what a stopped run still says is not heard", () => {
  const view = stopped(started(IDLE));
  expect(after(view, { tell: "done", sums })).toEqual(view);
  expect(stopped(IDLE)).toEqual(IDLE);
});

test("a new run forgets the marks of the one before", () => {
  const step = { name: "tree", state: "good", said: "2 of 2", ms: 3 } as const;
  const before = after(started(IDLE), { tell: "step", step }, { tell: "done", sums });
  expect(started(before).steps).toEqual(IDLE.steps);
});

test("whatever arrives in whatever order, one finding is never followed by a good result", () => {
  const told = fc.constantFrom<FromWorker>(
    { tell: "finding", finding },
    { tell: "done", sums },
    { tell: "progress", done: 1, total: 2 },
    { tell: "offline", what: "x" },
    { tell: "no-entry", said: "x" },
  );
  fc.assert(
    fc.property(fc.array(told, { maxLength: 12 }), (all) => {
      const view = after(started(IDLE), { tell: "finding", finding }, ...all);
      expect(view.phase).not.toBe("good");
    }),
  );
});

test("a wholly false log does not fill the memory", () => {
  const all = Array.from({ length: 500 }, (): FromWorker => ({ tell: "finding", finding }));
  expect(after(started(IDLE), ...all).findings).toHaveLength(200);
});
