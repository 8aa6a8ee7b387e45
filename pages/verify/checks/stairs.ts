import { hex, utf8 } from "@believe/shared/base";
import {
  commitmentOf,
  type Leaf,
  LogFailure,
  openCosignature,
  type VerifyTools,
} from "@believe/shared/wire/log";
import { countText } from "../../ui/number.ts";
import { ctClock, ctDate, ctMinute } from "../../ui/time.ts";
import type { Facts, Stair, StairState } from "../protocol.ts";
import { leafUs } from "./session-board.ts";

/** The six steps of a proof; their titles read as one sentence. */
const TITLES = [
  "The line, byte for byte",
  "hashes to its commitment",
  "which is in the leaf of its minute",
  "which is in the tree",
  "signed by the agent",
  "and seen by witnesses",
] as const;

const stair = (title: string, state: StairState, said: string, mono = ""): Stair => ({
  title,
  state,
  said,
  mono,
});

/** Bytes in groups, for reading aloud: "sha-256 4be1 07c9 …". */
function hashText(bytes: Uint8Array): string {
  const groups = hex(bytes).match(/.{4}/g) ?? [];
  return `sha-256 ${groups.slice(0, 4).join(" ")} … ${groups.slice(-2).join(" ")}`;
}

/** What a proof holds once it was checked down to a step. */
export interface Proved {
  readonly line: string;
  readonly leaf: Leaf;
  /** Records of the minute, null where the file does not say. */
  readonly count: number | null;
  readonly size: number;
  readonly root: Uint8Array;
  readonly keyId: string;
}

/** The six steps of a proof that holds; the last is the witnesses' own. */
export function provedStairs(
  proved: Proved,
  tools: VerifyTools,
  last: Stair,
  facts: Facts,
): Stair[] {
  const { line, leaf, count, size, root, keyId } = proved;
  const us = leafUs(leaf.minute);
  const lines = count === null ? "" : `, ${countText(count)} under one salted root`;
  return [
    stair(TITLES[0], "good", "", line),
    stair(TITLES[1], "good", "", hashText(commitmentOf(utf8(line), tools.hash))),
    stair(
      `which is in the leaf of ${ctMinute(us)} CT`,
      "good",
      `Leaf ${countText(leaf.index)}, ${ctDate(us)}${lines}.`,
      hashText(leaf.root),
    ),
    stair(
      `which is in the tree of ${countText(size)} leaves`,
      "good",
      "The hashes beside it lead from the leaf to the root.",
      hashText(root),
    ),
    stair(`signed by the ${facts.kind} agent`, "good", `Ed25519, key ${keyId}.`, facts.origin),
    last,
  ];
}

/** A proof that stops: the steps before `at` hold, that one says why not, the rest was not looked at. */
export function brokenStairs(at: number, said: string, line: string): Stair[] {
  return TITLES.map((title, i) => {
    if (i < at) return stair(title, "good", "", i === 0 ? line : "");
    return i === at ? stair(title, "bad", said) : stair(title, "waiting", "not looked at");
  });
}

/** The sixth step: every known witness whose line stands under the checkpoint. A false line fails it. */
export async function witnessStair(note: string, facts: Facts, tools: VerifyTools): Promise<Stair> {
  const seen: string[] = [];
  for (const { name, vkey } of facts.witnesses) {
    try {
      const { timestampSeconds } = await openCosignature(note, vkey, tools.verify);
      const us = timestampSeconds * 1_000_000;
      seen.push(`${name} ${ctDate(us)} ${ctClock(us)} CT`);
    } catch (cause) {
      if (!(cause instanceof LogFailure)) throw cause;
      if (cause.code !== "unknown-key") return stair(TITLES[5], "bad", cause.message);
    }
  }
  if (seen.length === 0) {
    return stair(
      "and seen by no witness yet",
      "warn",
      "No known witness cosigned this checkpoint.",
    );
  }
  const who = seen.length === 1 ? "one witness" : `${seen.length} witnesses`;
  return stair(`and seen by ${who}`, "good", `${seen.join(" · ")}.`);
}
