import { utf8 } from "@believe/shared/base";
import fc from "fast-check";
import { expect, it } from "vitest";
import { formatTlogProof, parseTlogProof } from "./tlog-proof.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes));
const proof = fc.record({
  extra: fc.option(fc.string().map(utf8)),
  index: fc.nat(),
  path: fc.array(hash, { maxLength: 20 }),
  note: fc.constantFrom("a.test/log\n1\nroot\n\n— a.test/log c2ln\n", "\n", "x"),
});

it("a proof comes back from its text, and from no other text", () => {
  fc.assert(
    fc.property(proof, (given) => {
      const text = formatTlogProof(given);
      expect(parseTlogProof(text)).toEqual(given);
      expect(formatTlogProof(parseTlogProof(text))).toBe(text);
    }),
  );
});

it("refuses every other form", () => {
  const head = "c2sp.org/tlog-proof@v1\n";
  const bad = [
    "",
    "index 0\n\nnote",
    `${head}index 0\nnote`,
    `${head}index 01\n\nnote`,
    `${head}index -1\n\nnote`,
    `${head}Index 1\n\nnote`,
    `${head}extra %%\nindex 1\n\nnote`,
    `${head}index 1\nextra YQ==\n\nnote`,
    `${head}extra YR==\nindex 1\n\nnote`,
    `${head}index 1\nYQ==\n\nnote`,
    `${head}index 1 \n\nnote`,
    `c2sp.org/tlog-proof@v2\nindex 1\n\nnote`,
  ];
  for (const text of bad) expect(() => parseTlogProof(text), text).toThrow(/expected/);
});
