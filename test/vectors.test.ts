import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  webcrypto,
} from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  type Bytes,
  fromBase64,
  fromHex,
  hex,
  sha256,
  strictVerifier,
  type VerifyPrimitive,
  webCryptoVerifier,
} from "@believe/shared/base";
import { keyPairFromSeed, naclVerifier, signWithSeed } from "@believe/shared/base/nacl";
import {
  bundlesFor,
  type Checkpoint,
  consistencyProof,
  Frontier,
  HashTree,
  hashesOf,
  inclusionProof,
  leafHash,
  openNote,
  parseBundle,
  parseCheckpoint,
  tileOf,
  tilePath,
  tilesFor,
  verifyConsistency,
  verifyInclusion,
} from "@believe/shared/wire/log";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";

const VECTORS = resolve(
  process.env["BELIEVE_VECTORS"] ?? join(import.meta.dirname, "../../shared/vectors"),
);
const absent = existsSync(VECTORS) ? "" : ` (skipped: no test vectors at ${VECTORS})`;

function json<T>(path: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(join(VECTORS, path), "utf8")));
}

function bytesAt(path: string): Bytes {
  return new Uint8Array(readFileSync(join(VECTORS, path)));
}

const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

const nodeVerifier: VerifyPrimitive = (key, message, signature) => {
  const der = Buffer.concat([SPKI_HEAD, key]);
  return verify(
    null,
    message,
    createPublicKey({ key: der, format: "der", type: "spki" }),
    signature,
  );
};

const primitives: [string, VerifyPrimitive][] = [
  ["node:crypto", nodeVerifier],
  ["tweetnacl", naclVerifier],
  ["WebCrypto of Node", webCryptoVerifier(webcrypto.subtle)],
];

const wycheproof = z.object({
  testGroups: z.array(
    z.object({
      publicKey: z.object({ pk: z.string() }),
      tests: z.array(z.object({ tcId: z.int(), msg: z.string(), sig: z.string() })),
    }),
  ),
});

describe.skipIf(absent !== "")(`Ed25519 vectors${absent}`, () => {
  test.each(primitives)(
    "the strict verifier over %s gives the profile's verdict on all of Wycheproof",
    async (_, primitive) => {
      const expected = json(
        "ed25519/wycheproof_profile_expected.json",
        z.record(z.string(), z.boolean()),
      );
      const { testGroups } = json("ed25519/wycheproof_ed25519_test.json", wycheproof);
      const strict = strictVerifier(primitive);
      let cases = 0;
      const wrong: number[] = [];
      for (const { publicKey, tests } of testGroups) {
        for (const { tcId, msg, sig } of tests) {
          const verdict = await strict(fromHex(publicKey.pk), fromHex(msg), fromHex(sig));
          if (verdict !== expected[`wyc-${tcId}`]) wrong.push(tcId);
          cases += 1;
        }
      }
      expect(wrong).toEqual([]);
      expect(cases).toBe(151);
    },
    30_000,
  );

  test("the table catches tweetnacl without the guard", async () => {
    const expected = json(
      "ed25519/wycheproof_profile_expected.json",
      z.record(z.string(), z.boolean()),
    );
    const { testGroups } = json("ed25519/wycheproof_ed25519_test.json", wycheproof);
    const accepted: number[] = [];
    for (const { publicKey, tests } of testGroups) {
      for (const { tcId, msg, sig } of tests) {
        if (expected[`wyc-${tcId}`] !== false || sig.length !== 128) continue;
        if (await naclVerifier(fromHex(publicKey.pk), fromHex(msg), fromHex(sig)))
          accepted.push(tcId);
      }
    }
    expect(accepted).toEqual([63, 64, 65, 66, 85]);
  }, 30_000);

  test("RFC 8032's seeds give its keys and signatures, with tweetnacl and with node:crypto", async () => {
    const row = z.object({ seed: z.string(), pk: z.string(), msg: z.string(), sig: z.string() });
    for (const { seed, pk, msg, sig } of json("ed25519/rfc8032_tests_1_3.json", z.array(row))) {
      expect(hex(keyPairFromSeed(fromHex(seed)).publicKey)).toBe(pk);
      expect(hex(signWithSeed(fromHex(seed), fromHex(msg)))).toBe(sig);
      const der = Buffer.concat([PKCS8_HEAD, fromHex(seed)]);
      const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
      expect(sign(null, fromHex(msg), key).toString("hex")).toBe(sig);
      for (const [, primitive] of primitives) {
        expect(await strictVerifier(primitive)(fromHex(pk), fromHex(msg), fromHex(sig))).toBe(true);
      }
    }
  });
});

test("the pure SHA-256 is node:crypto's", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
      expect(hex(sha256(data))).toBe(createHash("sha256").update(data).digest("hex"));
    }),
  );
});

const inclusion = z.object({
  leafIdx: z.number(),
  treeSize: z.number(),
  root: z.string().nullable(),
  leafHash: z.string().nullable(),
  proof: z.array(z.string()).nullable(),
  wantErr: z.boolean(),
});

test.skipIf(absent !== "")(
  `all 98 inclusion cases of transparency-dev/merkle have their verdict${absent}`,
  () => {
    const files = readdirSync(join(VECTORS, "merkle/inclusion"), {
      recursive: true,
      encoding: "utf8",
    });
    const cases = files.filter((file) => file.endsWith(".json"));
    for (const file of cases) {
      const { leafIdx, treeSize, root, leafHash, proof, wantErr } = json(
        join("merkle/inclusion", file),
        inclusion,
      );
      const verdict = verifyInclusion({
        index: leafIdx,
        size: treeSize,
        leaf: fromBase64(leafHash ?? ""),
        proof: (proof ?? []).map(fromBase64),
        root: fromBase64(root ?? ""),
      });
      expect(verdict, file).toBe(!wantErr);
    }
    expect(cases).toHaveLength(98);
  },
);

describe.skipIf(absent !== "")(`the reference log of 300 leaves${absent}`, () => {
  const at = (path: string): string => join("tlog/ref300", path);
  const vkey = (): string => readFileSync(join(VECTORS, at("vkey")), "utf8").trim();
  const strict = strictVerifier(nodeVerifier);
  const checkpoint = async (file: string): Promise<Checkpoint> =>
    parseCheckpoint(await openNote(readFileSync(join(VECTORS, at(file)), "utf8"), vkey(), strict));

  function treeOfBundles(size: number): HashTree {
    const tree = new HashTree();
    for (const { index, width } of bundlesFor(0, size)) {
      const bundle = bytesAt(at(tilePath("entries", index, width)));
      for (const entry of parseBundle(bundle, width)) tree.append(leafHash(entry));
    }
    return tree;
  }

  test("opens, and its bundles recompute root and tiles", async () => {
    const { size, root } = await checkpoint("checkpoint");
    const tree = treeOfBundles(size);
    expect(size).toBe(300);
    expect(Frontier.of(size, tree.frontier()).root()).toEqual(root);
    for (const name of tilesFor(0, size)) {
      const served = bytesAt(at(tilePath(name.level, name.index, name.width)));
      expect(hashesOf(served)).toHaveLength(name.width);
      expect(tileOf(name, tree.hashAt)).toEqual(served);
    }
  });

  test("is consistent with its older checkpoint, and every leaf is in it", async () => {
    const now = await checkpoint("checkpoint");
    const old = await checkpoint("checkpoint.old");
    const tree = treeOfBundles(now.size);
    const proof = consistencyProof(old.size, now.size, tree.hashAt);
    const claim = { oldSize: old.size, oldRoot: old.root, newSize: now.size, newRoot: now.root };
    expect(verifyConsistency({ ...claim, proof })).toBe(true);
    expect(verifyConsistency({ ...claim, oldSize: old.size - 1, proof })).toBe(false);
    for (let index = 0; index < now.size; index++) {
      const leaf = tree.hashAt(0, index);
      const path = inclusionProof(index, now.size, tree.hashAt);
      expect(verifyInclusion({ index, size: now.size, leaf, proof: path, root: now.root })).toBe(
        true,
      );
    }
  });

  test("with another size or a malleated signature does not open", async () => {
    const note = readFileSync(join(VECTORS, at("checkpoint")), "utf8");
    const edited = openNote(note.replace("\n300\n", "\n299\n"), vkey(), strict);
    await expect(edited).rejects.toMatchObject({ code: "bad-signature" });
  });
});
