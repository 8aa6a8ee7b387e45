import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseKeysFile } from "@believe/shared/wire/log";
import { expect, it } from "vitest";
import { openGenesis } from "./estate.ts";

it("a start leaves a keys file that the verifier reads, with the journal's and every witness's key", () => {
  const state = mkdtempSync(join(tmpdir(), "believe-keys-"));
  try {
    const names = {
      brand: "test",
      site: "example.test",
      dashboard: "log.example.test",
      origin: "log.example.test/j/broker",
      account: { kind: "paper" as const, name: "paper-1" },
      strategy: { name: "sma-cross" },
    };
    const genesis = openGenesis(state, names, { name: "t", symbol: "ES", startUs: 0 });
    const keys = parseKeysFile(readFileSync(join(state, "keys", "public.txt"), "utf8"));
    const { journal, operator } = genesis.estate.keys;
    expect(keys.notes.map(({ vkey }) => vkey)).toEqual(expect.arrayContaining([journal, operator]));
    const { worker, research } = genesis.witnesses;
    expect(keys.witnesses.map(({ vkey }) => vkey)).toEqual([worker, research]);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
});
