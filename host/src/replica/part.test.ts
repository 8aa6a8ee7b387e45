import { timeUs } from "@believe/shared/base";
import { vkeyOf } from "@believe/shared/wire/log";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newSeed, signerOf, verifyNode } from "../keys/index.ts";
import { encodeLine } from "../wal/encode.ts";
import { openPart, type Part, parsePartName, partName, signPart } from "./part.ts";

const ORIGIN = "log.example/j/broker";
const signer = signerOf(`${ORIGIN}/request`, newSeed());
const by = {
  origin: ORIGIN,
  vkeys: [vkeyOf(signer.name, signer.publicKey)],
  verify: verifyNode,
};

function part(first: number, count: number): Part {
  const lines = Array.from({ length: count }, (_, i) =>
    encodeLine(
      { stream: "stop", body: { reason: "asked" } },
      { seq: first + i, wallUs: timeUs(1), salt: new Uint8Array(16) },
    ),
  );
  return { series: "journal", first, last: first + count - 1, lines };
}

describe("a part of the journal's replica", () => {
  it("comes back as it was signed, whatever its range", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1e9), fc.integer({ min: 1, max: 8 }), async (first, count) => {
        const one = part(first, count);
        expect(parsePartName(partName(one))).toEqual({ series: "journal", first, last: one.last });
        expect(await openPart(partName(one), await signPart(one, ORIGIN, signer), by)).toEqual(one);
      }),
      { numRuns: 40 },
    );
  });

  it("is refused with any one character changed", async () => {
    const note = await signPart(part(3, 2), ORIGIN, signer);
    await fc.assert(
      fc.asyncProperty(fc.nat(note.length - 1), async (at) => {
        const other = note[at] === "x" ? "y" : "x";
        const changed = note.slice(0, at) + other + note.slice(at + 1);
        await expect(openPart(partName(part(3, 2)), changed, by)).rejects.toThrow(/expected/);
      }),
      { numRuns: 200 },
    );
  });

  it("is refused under another name, of another log, by another key, and with a hole in its numbers", async () => {
    const one = part(3, 2);
    const note = await signPart(one, ORIGIN, signer);
    const stranger = signerOf(signer.name, newSeed());
    const holed = { ...one, lines: [...part(3, 1).lines, ...part(5, 1).lines] };
    const refused = [
      openPart(partName(part(4, 2)), note, by),
      openPart("journal-3-4.note", note, by),
      openPart(partName(one), note, { ...by, origin: "log.example/j/other" }),
      openPart(partName(one), await signPart(one, ORIGIN, stranger), by),
      openPart(partName(one), await signPart(holed, ORIGIN, signer), by),
      openPart(partName(one), await signPart({ ...one, lines: [] }, ORIGIN, signer), by),
    ];
    for (const refusal of refused)
      await expect(refusal).rejects.toMatchObject({ code: "bad-part" });
  });
});
