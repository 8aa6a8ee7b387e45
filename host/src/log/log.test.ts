import { spawnSync } from "node:child_process";
import { Failure } from "@believe/shared/base";
import { expect, test } from "vitest";
import { makeLog } from "./index.ts";

const lines: string[] = [];
const log = makeLog("broker", { to: { write: (line) => lines.push(line) } });
const last = (): Record<string, unknown> => {
  const value: unknown = JSON.parse(lines.at(-1) ?? "null");
  return { ...(typeof value === "object" ? value : null) };
};

test("a line is JSON with level, time, name, event and facts", () => {
  log.info("leaf.sealed", { index: 3, minute: "2024-01-09T14:20Z" });
  expect(last()).toMatchObject({ level: "info", name: "broker", event: "leaf.sealed", index: 3 });
  expect(last()["time"]).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test("a failure shows its code and facts", () => {
  log.error("push.failed", new Failure("fork", "expected a, was b", { facts: { size: 7 } }));
  expect(last()).toMatchObject({
    level: "error",
    code: "fork",
    message: "expected a, was b",
    size: 7,
  });
});

test("secrets are withheld by the name of the fact, in failures too", () => {
  log.warn("key.loaded", { seed: "hunter2", requestSalt: "hunter2", Authorization: "hunter2" });
  log.error("key.refused", new Failure("bad", "bad", { facts: { secretKey: "hunter2" } }));
  expect(lines.slice(-2).join("")).not.toContain("hunter2");
  expect(last()["secretKey"]).toBe("[withheld]");
});

test("what was logged before a crash is on standard error", () => {
  const script = `
    import { makeLog } from ${JSON.stringify(import.meta.resolve("./index.ts"))};
    const log = makeLog("x");
    for (let i = 0; i < 500; i++) log.info("line.written", { i });
    process.kill(process.pid, "SIGKILL");`;
  const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script]);
  expect(stderr.toString().trimEnd().split("\n")).toHaveLength(500);
});
