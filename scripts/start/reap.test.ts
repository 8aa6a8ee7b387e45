import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { processIdentity } from "./process-identity.ts";
import { ProcessRoll } from "./reap.ts";

const IDLE = ["-e", "setInterval(() => {}, 1000); console.log('up')"];

describe.skipIf(process.platform === "win32")("the roll of an estate's processes", () => {
  let file: string;
  let child: ChildProcess;
  let pid: number;

  beforeEach(async () => {
    file = join(mkdtempSync(join(tmpdir(), "believe-roll-")), "processes.json");
    child = spawn(process.execPath, IDLE, { stdio: ["ignore", "pipe", "ignore"] });
    if (child.stdout) await once(child.stdout, "data");
    pid = child.pid ?? 0;
  });
  afterEach(() => {
    child.kill("SIGKILL");
  });

  /** The roll as a run leaves it that was killed: its owner is gone, its children are not. */
  const rollOf = (change: (text: string) => string = (text) => text): void => {
    const owner = { pid: 2 ** 22 + 1, startedAt: "0", command: "gone" };
    const text = JSON.stringify({ owner, children: [processIdentity(pid)] });
    writeFileSync(file, change(text));
  };

  it("ends what a killed run has left behind", async () => {
    rollOf();
    const gone = once(child, "exit");
    expect(new ProcessRoll(file).reap()).toBe(1);
    await gone;
    expect(child.signalCode).toBe("SIGKILL");
  });

  it("spares a process that has the same number but began at another time or runs something else", () => {
    const startedAt = processIdentity(pid)?.startedAt ?? "";
    rollOf((text) => text.replace(`"startedAt":"${startedAt}"`, '"startedAt":"1"'));
    expect(new ProcessRoll(file).reap()).toBe(0);
    rollOf((text) => text.replace("setInterval", "setTimeout"));
    expect(new ProcessRoll(file).reap()).toBe(0);
    expect(processIdentity(pid), "it still runs").not.toBeNull();
  });

  it("refuses a state whose estate still runs", () => {
    const owner = processIdentity(pid);
    writeFileSync(file, JSON.stringify({ owner, children: [] }));
    expect(() => new ProcessRoll(file).reap()).toThrow(`its estate runs as process ${pid}`);
  });

  it("refuses a damaged roll in one sentence that says how to go on", () => {
    writeFileSync(file, "{");
    expect(() => new ProcessRoll(file).reap()).toThrow(/expected a list of processes.*--reset/);
  });

  it("takes a damaged roll for an empty one where the state is cleared anyway", () => {
    writeFileSync(file, "{");
    expect(new ProcessRoll(file).reap(true)).toBe(0);
  });

  it("remembers the running only, each once", () => {
    const roll = new ProcessRoll(file);
    roll.record([pid, pid, 2 ** 22 + 1]);
    expect(JSON.parse(readFileSync(file, "utf8")).children).toHaveLength(1);
  });
});
