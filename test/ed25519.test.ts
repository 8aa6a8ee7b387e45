import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ROOT } from "../scripts/paths.ts";
import { casesAbsent, ed25519Cases } from "./ed25519-cases.ts";

const OLDER = join(ROOT, "node_modules/older-node-22/bin/node");
const answer = z.object({
  node: z.string(),
  verdicts: z.record(z.string(), z.array(z.boolean())),
});

const nodes: readonly (readonly [major: string, binary: string])[] = [
  ["24", process.execPath],
  ["22", OLDER],
];

describe.skipIf(casesAbsent !== "")(`every Ed25519 vector has one verdict${casesAbsent}`, () => {
  for (const [major, binary] of nodes) {
    const absent = existsSync(binary) ? "" : " (skipped: not installed)";
    test.skipIf(absent !== "")(
      `in Node ${major}, whichever primitive verifies${absent}`,
      () => {
        const cases = ed25519Cases();
        const said = execFileSync(binary, [join(import.meta.dirname, "ed25519-verdicts.ts")], {
          input: JSON.stringify(cases),
          encoding: "utf8",
          stdio: ["pipe", "pipe", "ignore"],
          maxBuffer: 1 << 24,
        });
        const { node, verdicts } = answer.parse(JSON.parse(said));
        expect(node.split(".")[0]).toBe(major);
        expect(Object.keys(verdicts)).toEqual(["node:crypto", "WebCrypto", "tweetnacl"]);
        expect(cases).toHaveLength(154);
        for (const [primitive, given] of Object.entries(verdicts)) {
          const wrong = cases.filter(({ expected }, at) => given[at] !== expected);
          expect([primitive, wrong.map(({ id }) => id)]).toEqual([primitive, []]);
        }
      },
      30_000,
    );
  }
});
