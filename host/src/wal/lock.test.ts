import { spawn, spawnSync } from "node:child_process";
import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FolderLock } from "./lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const held = (holder: object): void =>
  writeFileSync(join(folder, "lock.json"), JSON.stringify(holder));

test("two takers never hold one folder", () => {
  const lock = FolderLock.take(folder);
  expect(() => FolderLock.take(folder)).toThrow(`was held by process ${process.pid}`);
  lock.release();
  FolderLock.take(folder).release();
  expect(readdirSync(folder)).toEqual([]);
});

test("the lock of a process that lives is respected", () => {
  const sleeper = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  try {
    const pid = sleeper.pid ?? 0;
    held({ pid, started: null, takenAtMs: Date.now() });
    expect(() => FolderLock.take(folder)).toThrow(`was held by process ${pid}`);
  } finally {
    sleeper.kill("SIGKILL");
  }
});

test("the lock of a process that ended is taken over", () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  held({ pid, started: null, takenAtMs: Date.now() });
  const lock = FolderLock.take(folder);
  expect(readFileSync(join(folder, "lock.json"), "utf8")).toContain(`"pid":${process.pid}`);
  lock.release();
});

test("a later process with the number of the dead holder does not keep the folder", () => {
  held({ pid: process.pid, started: "another-boot:1", takenAtMs: Date.now() });
  FolderLock.take(folder).release();
});

test("a lock from before the last boot is taken over where the system tells no start times", () => {
  held({ pid: process.pid, started: null, takenAtMs: 0 });
  FolderLock.take(folder).release();
});

test("a crash between making the lock and removing its draft does not lock out a process of the same number", () => {
  held({ pid: process.pid, started: "another-boot:1", takenAtMs: Date.now() });
  linkSync(join(folder, "lock.json"), join(folder, `lock.${process.pid}.new`));
  FolderLock.take(folder).release();
  expect(readdirSync(folder)).toEqual([]);
});

test("a lock that is no lock is refused in one sentence", () => {
  held({ who: "knows" });
  expect(() => FolderLock.take(folder)).toThrow("expected a lock with pid and start in");
});
