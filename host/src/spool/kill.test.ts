import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timeUs, utf8 } from "@believe/shared/base";
import { commitmentOf, parseLeaf, saltedRoot } from "@believe/shared/wire/log";
import { expect, test } from "vitest";
import { z } from "zod";
import { nodeSha256 } from "../keys/index.ts";
import { Wal } from "../wal/index.ts";
import { Spool } from "./index.ts";

const said = z.union([
  z.strictObject({ seq: z.int(), line: z.string() }),
  z.strictObject({ leaf: z.int(), text: z.string() }),
]);

/** Runs the writer, kills it after so many bytes of what it says, and returns the whole lines of it. */
async function writeAndDie(folder: string, minute: number, bytes: number): Promise<string[]> {
  const writer = new URL("./test/writer.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [writer, folder, String(minute)]);
  let out = "";
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    if (out.length >= bytes) child.kill("SIGKILL");
  });
  const signal = await new Promise((resolve) => child.on("close", (_, how) => resolve(how)));
  expect({ signal, errors }).toEqual({ signal: "SIGKILL", errors: "" });
  return out.split("\n").slice(0, -1);
}

test("a process killed anywhere loses nothing that it had said, over many lives", {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "kill-"));
  try {
    const lines = new Map<number, string>();
    const texts = new Map<number, string>();
    for (let life = 0; life < 8; life++) {
      for (const text of await writeAndDie(folder, life * 10_000, 2_000 + life * 7_919)) {
        const fact = said.parse(JSON.parse(text));
        if ("line" in fact) lines.set(fact.seq, fact.line);
        else texts.set(fact.leaf, fact.text);
      }
      const wal = Wal.open({ folder: join(folder, "wal"), wallUs: () => timeUs(0) });
      const spool = Spool.open({
        folder: join(folder, "log"),
        origin: "log.example/j/broker",
        sha256: nodeSha256,
        wal,
      });
      const journal = [...wal.records()].map(({ line }) => line);
      for (const [seq, line] of lines) expect(journal[seq]).toBe(line);
      const leaves = [...spool.leaves()];
      for (const [index, text] of texts) expect(leaves[index]?.text).toBe(text);
      for (const { firstSeq, count, salt, text } of leaves) {
        const own = journal.slice(firstSeq, firstSeq + count);
        const commitments = own.map((line) => commitmentOf(utf8(line), nodeSha256));
        expect(parseLeaf(utf8(text)).root).toEqual(
          saltedRoot(salt ?? new Uint8Array(0), commitments, nodeSha256),
        );
      }
      expect(spool.nextSeq).toBe(journal.length);
      expect(leaves.at(-1)?.closed).toBe("cut");
      spool.close();
      wal.close();
    }
    expect(lines.size).toBeGreaterThan(100);
    expect(texts.size).toBeGreaterThan(10);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
