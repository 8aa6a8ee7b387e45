import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";

const FOLDER = join(
  resolve(process.env["BELIEVE_VECTORS"] ?? join(import.meta.dirname, "../../shared/vectors")),
  "ed25519",
);
/** Why the cases cannot be run here, empty where they can. */
export const casesAbsent = existsSync(FOLDER) ? "" : ` (skipped: no test vectors at ${FOLDER})`;

const wycheproof = z.object({
  testGroups: z.array(
    z.object({
      publicKey: z.object({ pk: z.string() }),
      tests: z.array(z.object({ tcId: z.int(), msg: z.string(), sig: z.string() })),
    }),
  ),
});
const rfc8032 = z.array(z.object({ pk: z.string(), msg: z.string(), sig: z.string() }));

/** One verdict that every verifier of the estate must give; bytes in hex. */
export interface Ed25519Case {
  readonly id: string;
  readonly key: string;
  readonly message: string;
  readonly signature: string;
  readonly expected: boolean;
}

function json<T>(file: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(join(FOLDER, file), "utf8")));
}

/** Wycheproof's 151 cases with the verdict of our profile and RFC 8032's three; none where the vectors are absent. */
export function ed25519Cases(): Ed25519Case[] {
  if (casesAbsent !== "") return [];
  const verdicts = json("wycheproof_profile_expected.json", z.record(z.string(), z.boolean()));
  const { testGroups } = json("wycheproof_ed25519_test.json", wycheproof);
  const ofWycheproof = testGroups.flatMap(({ publicKey, tests }) =>
    tests.map(({ tcId, msg, sig }) => {
      const id = `wyc-${tcId}`;
      const expected = verdicts[id];
      if (expected === undefined) throw new Error(`expected a verdict of ${id}, was none`);
      return { id, key: publicKey.pk, message: msg, signature: sig, expected };
    }),
  );
  const ofRfc = json("rfc8032_tests_1_3.json", rfc8032).map(({ pk, msg, sig }, at) => ({
    id: `rfc8032-${at + 1}`,
    key: pk,
    message: msg,
    signature: sig,
    expected: true,
  }));
  return [...ofWycheproof, ...ofRfc];
}
