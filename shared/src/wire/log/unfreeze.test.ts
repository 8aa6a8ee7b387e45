import { base64 } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { operatorKey as key, ORIGIN, SampleLog, signerOf, verify } from "./mirror.fixture.ts";
import { signNote, vkeyOf } from "./note.ts";
import { formatUnfreeze, openUnfreeze, signUnfreeze } from "./unfreeze.ts";

const by = { origin: ORIGIN, operator: vkeyOf(key.name, key.publicKey) };
const unfreeze = {
  origin: ORIGIN,
  size: 4,
  root: SampleLog.of(4).rootAt(4),
  otherRoot: SampleLog.of(4, "b").rootAt(4),
  reason: "the disk was restored from a copy; — its key signed twice",
};

describe("an unfreeze note", () => {
  test("opens as what was signed, with the void root or without", async () => {
    for (const one of [unfreeze, { ...unfreeze, otherRoot: null }]) {
      expect(await openUnfreeze(await signUnfreeze(one, key), by, verify)).toEqual(one);
    }
  });

  test("with any byte changed is refused", async () => {
    const note = await signUnfreeze(unfreeze, key);
    const at = fc.nat(note.length - 1);
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 1, max: 127 }), async (i, by7) => {
        const changed = String.fromCharCode(note.charCodeAt(i) ^ by7);
        const forged = note.slice(0, i) + changed + note.slice(i + 1);
        const opened = openUnfreeze(forged, by, verify);
        await expect(opened).rejects.toMatchObject({ name: "LogFailure" });
      }),
      { numRuns: 60 },
    );
  });

  test("by any other key is a wrong signer's", async () => {
    const text = formatUnfreeze(unfreeze);
    for (const signer of [signerOf(ORIGIN, 1), signerOf(key.name, 9)]) {
      const opened = openUnfreeze(await signNote(text, signer), by, verify);
      await expect(opened).rejects.toMatchObject({ code: "unknown-key" });
    }
    const journal = signerOf(ORIGIN, 1);
    const asOperator = { origin: ORIGIN, operator: vkeyOf(ORIGIN, journal.publicKey) };
    const opened = openUnfreeze(await signNote(text, journal), asOperator, verify);
    await expect(opened).rejects.toMatchObject({ code: "malformed" });
    await expect(signUnfreeze(unfreeze, journal)).rejects.toThrow("/operator");
  });

  test("that the operator did sign but in another form is refused", async () => {
    const text = formatUnfreeze(unfreeze);
    const other = formatUnfreeze({ ...unfreeze, origin: "log.example.test/j/other" });
    const forms = [
      `${text}one line more\n`,
      text.replace("unfreeze/v1", "unfreeze/v2"),
      text.replace("\n4\n", "\n04\n"),
      text.replace("\n4\n", "\n-\n"),
      text.replace(base64(unfreeze.otherRoot), base64(unfreeze.root)),
      text.replace(unfreeze.reason, ""),
      text.replace(unfreeze.reason, "   "),
      text.replace(unfreeze.reason, "x".repeat(201)),
      text.replace(unfreeze.reason, "right\u202eto left"),
      other,
    ];
    for (const form of forms) {
      const opened = openUnfreeze(await signNote(form, key), by, verify);
      await expect(opened, form).rejects.toMatchObject({ code: "malformed" });
    }
    const note = await signUnfreeze(unfreeze, key);
    const stranger = (await signNote(text, signerOf("a.stranger", 9))).slice(text.length + 1);
    for (const more of [stranger, note.slice(text.length + 1)]) {
      const opened = openUnfreeze(note + more, by, verify);
      await expect(opened).rejects.toMatchObject({ code: "malformed" });
    }
    const long = openUnfreeze(note + "x".repeat(4096), by, verify);
    await expect(long).rejects.toMatchObject({ code: "too-large" });
  });
});
