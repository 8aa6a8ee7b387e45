import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { processIdentity } from "../../../scripts/start/process-identity.ts";
import { StartScript } from "./start-script.ts";

const fresh = (): string => mkdtempSync(join(tmpdir(), "believe-refusal-"));

/** Starts, expects it to refuse, and returns the one sentence. */
async function refusal(args: readonly string[]): Promise<string> {
  const { code, stderr, stdout } = await new StartScript(args).ended();
  expect(code, stderr).toBe(1);
  expect(stdout).toBe("");
  const sentences = stderr.split("\n").filter((line) => line.startsWith("believe: "));
  expect(sentences, stderr).toHaveLength(1);
  return sentences[0] ?? "";
}

describe("an estate that cannot start says why in one sentence", () => {
  it("for an unknown option and for a tape that is not there", async () => {
    expect(await refusal(["--sped", "60"])).toContain("--sped");
    expect(await refusal(["--tape", "no-such.csv"])).toContain("expected a tape at no-such.csv");
  });

  it("for a tape without a single row that says when it is", async () => {
    const file = join(fresh(), "ticks_RGW_MESH4_20240109.csv");
    writeFileSync(file, "");
    expect(await refusal(["--tape", file, "--state", fresh()])).toContain(file);
  });

  it("for a port that is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const address = server.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    const sentence = await refusal(["--port", port, "--state", fresh()]);
    expect(sentence).toContain(`expected port ${port} to be free`);
    server.close();
  });

  it("for a state folder whose genesis, keys or list of processes are damaged", async () => {
    for (const [name, said] of [
      ["genesis.json", "expected the estate's genesis"],
      ["processes.json", "expected a list of processes"],
      ["broker/keys/journal.seed", "journal.seed"],
    ] as const) {
      const state = fresh();
      mkdirSync(join(state, "broker", "keys"), { recursive: true });
      writeFileSync(join(state, name), "{", { mode: 0o600 });
      expect(await refusal(["--port", "0", "--state", state])).toContain(said);
    }
  });
});

describe("an estate that is interrupted", () => {
  it("by Ctrl-C drains every leaf before it stops", async () => {
    const run = new StartScript(["--port", "0", "--speed", "300", "--json", "--state", fresh()]);
    await run.live();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    run.interrupt();
    const figures = await run.figures();
    expect(figures.treeSize).toBeGreaterThan(2);
    expect(figures.workerTip).toBe(figures.tip);
    expect(figures.workerRecords).toBe(figures.journalRecords);
  });
});

describe("an estate whose start script is killed", () => {
  it("leaves agents that end by themselves and a Worker that the next start reaps", async () => {
    const state = fresh();
    const args = ["--port", "0", "--speed", "60", "--state", state];
    const killed = new StartScript(args);
    const url = await killed.live();
    expect(await refusal([...args])).toContain("its estate runs as process");
    killed.process.kill("SIGKILL");
    await killed.ended();
    const again = new StartScript([...args, "--for", "1s", "--json"]);
    const figures = await again.figures();
    expect(figures.workerTip).toBe(figures.tip);
    expect(figures.workerRecords).toBe(figures.journalRecords);
    await expect(fetch(url), "the old Worker is gone").rejects.toThrow();
    expect(processIdentity(killed.process.pid ?? 0)).toBeNull();
  });

  it("is refused by the broker agent when its journal was changed in the middle", async () => {
    const state = fresh();
    const args = ["--port", "0", "--speed", "60", "--for", "1s", "--json", "--state", state];
    await new StartScript(args).figures();
    const folder = join(state, "broker", "journal");
    const file = readdirSync(folder).find((name) => name.endsWith(".jsonl")) ?? "";
    appendFileSync(join(folder, file), '{"v":1,"seq":999}\n');
    const sentence = await refusal(args);
    expect(sentence).toContain("expected broker to start");
    expect(sentence).toContain(file);
  });
});
