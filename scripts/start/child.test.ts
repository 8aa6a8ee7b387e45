import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { Child, type Said } from "./child.ts";
import { processIdentity } from "./process-identity.ts";

/** Starts a process of its own, tells its number, and idles. */
const PARENT = `
const { spawn } = require("node:child_process");
const idle = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
console.log(JSON.stringify({ event: "up", inner: idle.pid }));
setInterval(() => {}, 1000);`;

describe.skipIf(process.platform === "win32")("a child that is killed", () => {
  it("takes what it had started with it, and begins again", async () => {
    const lives: number[] = [];
    const child = new Child({
      name: "parent",
      args: ["-e", PARENT],
      logFile: join(mkdtempSync(join(tmpdir(), "believe-child-")), "log"),
      onStarted: () => {},
      onSaid: (line: Said) => {
        if (line.event === "up") lives.push(Number(line["inner"]));
      },
    });
    await child.start("up");
    const [inner = 0] = lives;
    expect(processIdentity(inner)).not.toBeNull();
    process.kill(child.pid ?? 0, "SIGKILL");
    await vi.waitFor(() => expect(processIdentity(inner)).toBeNull(), 5_000);
    await vi.waitFor(() => expect(lives).toHaveLength(2), 5_000);
    await child.stop(5_000);
    await vi.waitFor(() => expect(processIdentity(lives[1] ?? 0)).toBeNull(), 5_000);
  });
});
