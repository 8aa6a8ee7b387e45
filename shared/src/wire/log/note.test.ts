import { base64, fromBase64, utf8 } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatAddCheckpoint, parseAddCheckpoint } from "./add-checkpoint.ts";
import { checkpointText, parseCheckpoint } from "./checkpoint.ts";
import { cosign, openCosignature } from "./cosignature.ts";
import { emptyRoot } from "./merkle.ts";
import { journalKey, ORIGIN, signerOf, verify, witnessKey } from "./mirror.fixture.ts";
import {
  ED25519_COSIGNATURE,
  NOTE_BYTES_MAX,
  openNote,
  parseNote,
  parseVkey,
  signNote,
  vkeyOf,
} from "./note.ts";
import { openDocument, signDocument } from "./signed-document.ts";

const vkey = vkeyOf(ORIGIN, journalKey.publicKey);
const text = checkpointText({ origin: ORIGIN, size: 0, root: emptyRoot });

/** The example of C2SP signed-note: a key of PeterNeumann, as golang.org/x/mod/sumdb/note has it. */
const GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_NOTE =
  "If you think cryptography is the answer to your problem,\n" +
  "then you don't know what your problem is.\n\n" +
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

describe("a note", () => {
  test("written by Go's sumdb/note opens with its verifier key", async () => {
    expect(await openNote(GO_NOTE, GO_VKEY, verify)).toMatch(/^If you think/);
  });

  test("that we sign opens with our key only", async () => {
    const note = await signNote(text, journalKey);
    expect(await openNote(note, vkey, verify)).toBe(text);
    const other = vkeyOf(ORIGIN, witnessKey.publicKey);
    await expect(openNote(note, other, verify)).rejects.toMatchObject({ code: "unknown-key" });
  });

  test("with any byte changed is refused", async () => {
    const note = await signNote(text, journalKey);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(note.length - 1),
        fc.integer({ min: 1, max: 127 }),
        async (at, by) => {
          const changed = String.fromCharCode(note.charCodeAt(at) ^ by);
          const forged = note.slice(0, at) + changed + note.slice(at + 1);
          const opened = openNote(forged, vkey, verify);
          await expect(opened).rejects.toMatchObject({ name: "LogFailure" });
        },
      ),
      { numRuns: 60 },
    );
  });

  test("keeps signatures of unknown keys and ignores them", async () => {
    const note = await signNote(text, journalKey);
    const line = await cosign(text, witnessKey, 1_700_000_000);
    expect(await openNote(note + line, vkey, verify)).toBe(text);
    expect(parseNote(note + line).signatures).toHaveLength(2);
  });

  test("with a false signature by the known key beside a good one is refused", async () => {
    const note = await signNote(text, journalKey);
    const forged = (await signNote("other\n", journalKey)).split("\n\n")[1] ?? "";
    const opened = openNote(note + forged, vkey, verify);
    await expect(opened).rejects.toMatchObject({ code: "bad-signature" });
  });

  test("splits at its last empty line", async () => {
    const note = await signNote("a\n\nb\n", journalKey);
    expect(parseNote(note).text).toBe("a\n\nb\n");
  });

  test("that is malformed or too long is refused before anything is believed", () => {
    const line = "— a AAAAAAA=\n";
    for (const bad of ["", "a", "a\n", "a\n\n", `a\r\n\n${line}`, `a\n\n${line} `, "a\n\n— a \n"]) {
      expect(() => parseNote(bad), JSON.stringify(bad)).toThrow("expected");
    }
    expect(() => parseNote(`${"x".repeat(NOTE_BYTES_MAX)}\n\n${line}`)).toThrow("at most");
  });
});

describe("a verifier key", () => {
  test("keeps name, type and key, and its id is checked", () => {
    expect(parseVkey(vkey)).toMatchObject({
      name: ORIGIN,
      type: 1,
      publicKey: journalKey.publicKey,
    });
    const id = vkey.split("+")[1] ?? "";
    expect(() => parseVkey(vkey.replace(id, "00000000"))).toThrow("hash of its parts");
    expect(() => parseVkey("x")).toThrow("verifier key");
    expect(() => parseVkey(`a+00000000+${base64(utf8("\u0002short"))}`)).toThrow("Ed25519");
    expect(() => vkeyOf("a b", journalKey.publicKey)).toThrow("without spaces");
  });
});

describe("a cosignature", () => {
  const witness = vkeyOf(witnessKey.name, witnessKey.publicKey, ED25519_COSIGNATURE);

  test("binds text and time", async () => {
    const note =
      (await signNote(text, journalKey)) + (await cosign(text, witnessKey, 1_700_000_000));
    expect(await openCosignature(note, witness, verify)).toEqual({
      text,
      timestampSeconds: 1_700_000_000,
    });
    const [head = "", line = ""] = note.split(`— ${witnessKey.name} `);
    const bytes = fromBase64(line.trim());
    bytes[11] = (bytes[11] ?? 0) ^ 1;
    const later = `${head}— ${witnessKey.name} ${base64(bytes)}\n`;
    const opened = openCosignature(later, witness, verify);
    await expect(opened).rejects.toMatchObject({ code: "bad-signature" });
  });

  test("of another witness does not count", async () => {
    const other = signerOf(witnessKey.name, 7);
    const note = (await signNote(text, journalKey)) + (await cosign(text, other, 1_700_000_000));
    const opened = openCosignature(note, witness, verify);
    await expect(opened).rejects.toMatchObject({ code: "unknown-key" });
  });
});

describe("a checkpoint and an add-checkpoint body", () => {
  test("read back what was written, extension lines are opaque", () => {
    const checkpoint = { origin: ORIGIN, size: 7, root: emptyRoot };
    expect(parseCheckpoint(checkpointText(checkpoint))).toEqual(checkpoint);
    expect(parseCheckpoint(`${checkpointText(checkpoint)}more\n`)).toEqual(checkpoint);
    const add = { oldSize: 3, proof: [emptyRoot, emptyRoot], note: "text\n\n— a AAAAAAA=\n" };
    expect(parseAddCheckpoint(formatAddCheckpoint(add))).toEqual(add);
    expect(parseAddCheckpoint(formatAddCheckpoint({ ...add, proof: [] }))).toEqual({
      ...add,
      proof: [],
    });
  });

  test("in any other form are refused", () => {
    const root = base64(emptyRoot);
    const checkpoints = [
      `${ORIGIN}\n01\n${root}\n`,
      `${ORIGIN}\n1\n${root}`,
      `${ORIGIN}\n1\nAAAA\n`,
    ];
    checkpoints.push(`\n1\n${root}\n`, `${ORIGIN}\n1\n`, `${ORIGIN}\n-1\n${root}\n`);
    checkpoints.push(`${ORIGIN}\n9007199254740993\n${root}\n`);
    for (const bad of checkpoints) expect(() => parseCheckpoint(bad), bad).toThrow("expected");
    const many = `${root}\n`.repeat(64);
    const bodies = ["", "old 1\n", "old 01\n\nx", "old -1\n\nx", `new 1\n\nx`, `old 1\nAA\n\nx`];
    for (const bad of [...bodies, `old 1\n${many}\nx`, `old 1\n${root.replace("=", "")}\n\nx`]) {
      expect(() => parseAddCheckpoint(bad), bad).toThrow("expected");
    }
  });
});

describe("a signed document", () => {
  test("opens to the JSON that was signed, of one line only", async () => {
    const note = await signDocument('{"a":1}', journalKey);
    expect(await openDocument(note, vkey, verify)).toEqual({ a: 1 });
    expect(() => signDocument("{\n}", journalKey)).toThrow("one line");
    const two = await signNote("{}\n{}\n", journalKey);
    await expect(openDocument(two, vkey, verify)).rejects.toMatchObject({ code: "malformed" });
    const other = await signNote("no json\n", journalKey);
    await expect(openDocument(other, vkey, verify)).rejects.toMatchObject({ code: "malformed" });
  });
});
