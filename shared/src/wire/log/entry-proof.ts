import { base64, fromBase64, type Sha256, sameBytes, utf8, utf8Text } from "@believe/shared/base";
import { z } from "zod";
import { saltBase64 } from "../fields.ts";
import { type JournalRecord, LINE_BYTES_MAX, parseRecord, RecordFailure } from "../record.ts";
import { parseHash } from "./checkpoint.ts";
import type { KnownKeys } from "./known-keys.ts";
import { commitmentOf, type Leaf, leafText, parseLeaf, saltRoot } from "./leaf.ts";
import { placed, tampered, type VerifyTools } from "./log-source.ts";
import { leafHash, nodeHash } from "./merkle.ts";
import type { OpenedLeaf } from "./opened-days.ts";
import { openingHeader, openingRecords } from "./opening.ts";
import { inclusionProof, verifyInclusion } from "./proof.ts";
import { type CheckedCheckpoint, openCheckpoint } from "./signed-checkpoint.ts";
import { formatTlogProof, parseTlogProof } from "./tlog-proof.ts";
import { HashTree } from "./tree.ts";

/**
 * What `extra` of our tlog-proof holds (the format leaves it to the application): the entry, and the way from the
 * record's line to it. The record's audit path states each sibling's side instead of an index and a size, because a
 * salted root commits to neither: so no byte of a proof is there that is not covered.
 */
const extraSchema = z.strictObject({
  v: z.literal(1),
  entry: z.literal("believe/entry/v1"),
  /** The leaf's six lines. */
  leaf: z.string().max(1024),
  salt: saltBase64,
  /** Siblings from the record's leaf hash up to the minute's root: "L" or "R" and base64. */
  path: z.array(z.string().regex(/^[LR][A-Za-z0-9+/]{43}=$/)).max(32),
  /** The record's line. */
  line: z.string().max(LINE_BYTES_MAX),
});

/** What a proof of one record showed. */
export interface EntryProofReport {
  readonly record: JournalRecord;
  readonly line: string;
  readonly leaf: Leaf;
  readonly signed: CheckedCheckpoint;
}

export interface EntryToProve {
  /** The opened leaf that holds the record, as `verifyLog` checked it. */
  readonly opened: OpenedLeaf;
  readonly seq: number;
  readonly tree: HashTree;
  /** The signed checkpoint over the whole of `tree`. */
  readonly note: string;
}

/** Writes the tlog-proof of one record; null where the opening does not show its line. */
export function formatEntryProof(of: EntryToProve, hash: Sha256): string | null {
  const { leaf, text } = of.opened;
  const records = openingRecords(text, hash);
  const position = records.findIndex(({ seq }) => seq === of.seq);
  const line = records[position]?.line ?? null;
  const salt = openingHeader(text)?.salt;
  if (line === null || salt === undefined) return null;
  const minute = new HashTree(hash);
  for (const { commitment } of records) minute.append(leafHash(commitment, hash));
  const siblings = inclusionProof(position, minute.size, minute.hashAt, hash);
  const sides = sidesOf(position, minute.size);
  const extra: z.infer<typeof extraSchema> = {
    v: 1,
    entry: "believe/entry/v1",
    leaf: leafText(leaf),
    salt,
    path: siblings.map((sibling, i) => `${sides[i]}${base64(sibling)}`),
    line,
  };
  return formatTlogProof({
    extra: utf8(JSON.stringify(extra)),
    index: leaf.index,
    path: inclusionProof(leaf.index, of.tree.size, of.tree.hashAt, hash),
    note: of.note,
  });
}

/** On which side of the way up each sibling lies, from the leaf upwards. */
function sidesOf(position: number, size: number): ("L" | "R")[] {
  const sides: ("L" | "R")[] = [];
  for (let at = position, last = size - 1; last > 0; ) {
    if (at % 2 === 1) sides.push("L");
    // The last of an odd row has no sibling: it goes up alone.
    else if (at < last) sides.push("R");
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return sides;
}

/** Checks a proof file offline: line → commitment → minute → leaf → log → signatures. A finding names the step. */
export async function verifyEntryProof(
  text: string,
  keys: KnownKeys,
  { verify, hash }: Pick<VerifyTools, "verify" | "hash">,
): Promise<EntryProofReport> {
  const { proof, extra, leaf, record } = placed("proof", () => partsOf(text));
  const place = `leaf ${leaf.index} (${leaf.minute}) seq ${record.seq}`;
  let node = leafHash(commitmentOf(utf8(extra.line), hash), hash);
  for (const step of extra.path) {
    const sibling = placed(place, () => parseHash(step.slice(1)));
    node = step[0] === "L" ? nodeHash(sibling, node, hash) : nodeHash(node, sibling, hash);
  }
  const salt = placed(place, () => fromBase64(extra.salt));
  if (!sameBytes(saltRoot(salt, node, hash), leaf.root)) {
    throw tampered(place, "expected a line, salt and path that recompute the leaf, was others");
  }
  const signed = await openCheckpoint(proof.note, keys, verify);
  const { origin, size, root } = signed.checkpoint;
  if (leaf.origin !== origin || leaf.index !== proof.index) {
    throw tampered(
      place,
      `expected entry ${proof.index} of ${origin}, was ${leaf.index} of ${leaf.origin}`,
    );
  }
  const claim = { index: proof.index, size, leaf: leafHash(utf8(extra.leaf), hash), root };
  if (!verifyInclusion({ ...claim, proof: proof.path }, hash)) {
    throw tampered(place, `expected a path to the root of ${size} leaves, was another`);
  }
  return { record, line: extra.line, leaf, signed };
}

function partsOf(text: string) {
  const proof = parseTlogProof(text);
  const json = proof.extra === null ? "" : utf8Text(proof.extra);
  try {
    const extra = extraSchema.parse(JSON.parse(json));
    if (JSON.stringify(extra) !== json) throw tampered("proof", "expected one way to write it");
    return { proof, extra, leaf: parseLeaf(utf8(extra.leaf)), record: parseRecord(extra.line) };
  } catch (cause) {
    const refused =
      cause instanceof z.ZodError || cause instanceof SyntaxError || cause instanceof RecordFailure;
    if (!refused) throw cause;
    throw tampered("proof", "expected extra data with a leaf and a record, was other data", cause);
  }
}
