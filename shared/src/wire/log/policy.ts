import type { Verify } from "@believe/shared/base";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { openCosignature } from "./cosignature.ts";
import { LogFailure } from "./failure.ts";
import {
  ED25519_COSIGNATURE,
  ED25519_NOTE,
  openNote,
  parseVkey,
  type VerifierKey,
} from "./note.ts";

/** Longest policy that is looked at, in characters. */
export const POLICY_CHARS_MAX = 64 * 1024;
/** Most logs, witnesses and groups of each kind. */
const PARTS_MAX = 32;
const NONE = "none";

export interface PolicyLog {
  readonly vkey: string;
  readonly key: VerifierKey;
  readonly url: string | null;
}

export interface PolicyWitness extends PolicyLog {
  /** Its name inside the policy; the key has a name of its own. */
  readonly name: string;
}

interface Group {
  readonly threshold: number;
  readonly members: readonly string[];
}

/** A C2SP tlog-policy: which logs, which witnesses, and which sets of witnesses are enough. */
export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: ReadonlyMap<string, Group>;
  /** A witness, a group, or "none". */
  readonly quorum: string;
}

function malformed(line: number, expected: string): LogFailure {
  return new LogFailure("malformed", `in line ${line} of the policy: expected ${expected}`);
}

/** Reads a policy line by line; a line may use only names that stand above it. */
class PolicyReader {
  readonly #logs: PolicyLog[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #groups = new Map<string, Group>();
  readonly #members = new Set<string>();
  #quorum: string | null = null;

  take(items: readonly string[], line: number): void {
    const [word, ...rest] = items;
    if (word === "log") this.#log(rest, line);
    else if (word === "witness") this.#witness(rest, line);
    else if (word === "group") this.#group(rest, line);
    else if (word === "quorum") this.#decide(rest, line);
    else throw malformed(line, "log, witness, group or quorum");
  }

  get policy(): Policy {
    if (this.#quorum === null) {
      throw new LogFailure("malformed", "expected a policy with a quorum line, was none");
    }
    return {
      logs: this.#logs,
      witnesses: this.#witnesses,
      groups: this.#groups,
      quorum: this.#quorum,
    };
  }

  #log([vkey = "", url, ...rest]: readonly string[], line: number): void {
    if (rest.length > 0) throw malformed(line, "a key and at most a URL");
    const key = keyOf(vkey, ED25519_NOTE, line);
    this.#mustBeNew(this.#logs, key, line);
    this.#logs.push({ vkey, key, url: url ?? null });
  }

  #witness([name = "", vkey = "", url, ...rest]: readonly string[], line: number): void {
    if (rest.length > 0) throw malformed(line, "a name, a key and at most a URL");
    this.#mustBeFree(name, line);
    const key = keyOf(vkey, ED25519_COSIGNATURE, line);
    this.#mustBeNew(this.#witnesses, key, line);
    this.#witnesses.push({ name, vkey, key, url: url ?? null });
  }

  #group([name = "", threshold = "", ...members]: readonly string[], line: number): void {
    this.#mustBeFree(name, line);
    if (members.length === 0) throw malformed(line, "at least one member");
    if (this.#groups.size === PARTS_MAX) throw malformed(line, `at most ${PARTS_MAX} groups`);
    for (const member of members) {
      this.#mustBeKnown(member, line);
      if (this.#members.has(member)) {
        throw malformed(line, `${member} in one group only, and there once`);
      }
      this.#members.add(member);
    }
    this.#groups.set(name, { threshold: thresholdOf(threshold, members.length, line), members });
  }

  #decide([name = "", ...rest]: readonly string[], line: number): void {
    if (rest.length > 0) throw malformed(line, "one name");
    if (this.#quorum !== null) throw malformed(line, "no second quorum line");
    if (name !== NONE) this.#mustBeKnown(name, line);
    this.#quorum = name;
  }

  #isKnown(name: string): boolean {
    return this.#groups.has(name) || this.#witnesses.some((known) => known.name === name);
  }

  #mustBeKnown(name: string, line: number): void {
    if (!this.#isKnown(name)) throw malformed(line, "a witness or group that stands above");
  }

  #mustBeFree(name: string, line: number): void {
    if (name === "" || name === NONE || this.#isKnown(name)) throw malformed(line, "a new name");
  }

  #mustBeNew(known: readonly PolicyLog[], key: VerifierKey, line: number): void {
    if (known.length === PARTS_MAX) throw malformed(line, `at most ${PARTS_MAX} of a kind`);
    const same = known.some((one) => sameKey(one.key, key));
    if (same) throw malformed(line, "a key that no line above has");
  }
}

/** Two keys are the same if their 32 bytes are, whatever they are called. */
function sameKey(a: VerifierKey, b: VerifierKey): boolean {
  return a.publicKey.every((byte, i) => byte === b.publicKey[i]);
}

function keyOf(vkey: string, type: number, line: number): VerifierKey {
  const key = parseVkey(vkey);
  if (key.type === type) return key;
  throw malformed(line, `a verifier key of type 0x0${type}`);
}

function thresholdOf(text: string, members: number, line: number): number {
  if (text === "any") return 1;
  if (text === "all") return members;
  const threshold = /^[1-9]\d?$/.test(text) ? Number(text) : Number.NaN;
  if (threshold <= members) return threshold;
  throw malformed(line, `any, all or a number from 1 to ${members}`);
}

/** Parses a policy strictly: one wrong line refuses it whole. */
export function parsePolicy(text: string): Policy {
  if (text.length > POLICY_CHARS_MAX) {
    throw new LogFailure("too-large", `expected at most ${POLICY_CHARS_MAX} characters`);
  }
  if (!text.endsWith("\n")) throw new LogFailure("malformed", "expected a policy of whole lines");
  const reader = new PolicyReader();
  for (const [index, line] of text.slice(0, -1).split("\n").entries()) {
    const hasControl = [...line].some((c) => (c < " " && c !== "\t") || c === "\u007f");
    if (hasControl) throw malformed(index + 1, "no control character");
    const items = line.split(/[ \t]+/).filter((item) => item !== "");
    if (items.length === 0 || items[0]?.startsWith("#")) continue;
    reader.take(items, index + 1);
  }
  return reader.policy;
}

/** Whether the witnesses named by `cosigners` (the policy's names) are enough. */
export function quorumReached(policy: Policy, cosigners: ReadonlySet<string>): boolean {
  const has = (name: string): boolean => {
    const group = policy.groups.get(name);
    if (group === undefined) return cosigners.has(name);
    return group.members.filter(has).length >= group.threshold;
  };
  return policy.quorum === NONE || has(policy.quorum);
}

/** The least number of witnesses that reaches the quorum. */
export function cosignersNeeded(policy: Policy): number {
  const needed = (name: string): number => {
    const group = policy.groups.get(name);
    if (group === undefined) return 1;
    const each = group.members.map(needed).sort((a, b) => a - b);
    return each.slice(0, group.threshold).reduce((sum, one) => sum + one, 0);
  };
  return policy.quorum === NONE ? 0 : needed(policy.quorum);
}

/** A checkpoint that one of the policy's logs signed, and who of the policy's witnesses cosigned it. */
export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** The signed text. */
  readonly text: string;
  readonly cosigners: readonly { readonly name: string; readonly timestampSeconds: number }[];
}

/**
 * Verifies a checkpoint note with all its cosignatures. Signatures of keys that the policy does not know are ignored;
 * a false one of a key that it knows refuses the whole note.
 */
export async function openWithPolicy(
  policy: Policy,
  note: string,
  verify: Verify,
): Promise<OpenedCheckpoint> {
  const text = await logText(policy, note, verify);
  const cosigners: { name: string; timestampSeconds: number }[] = [];
  for (const { name, vkey } of policy.witnesses) {
    try {
      const { timestampSeconds } = await openCosignature(note, vkey, verify);
      cosigners.push({ name, timestampSeconds });
    } catch (cause) {
      if (!(cause instanceof LogFailure) || cause.code !== "unknown-key") throw cause;
    }
  }
  return { checkpoint: parseCheckpoint(text), text, cosigners };
}

async function logText({ logs }: Policy, note: string, verify: Verify): Promise<string> {
  for (const { vkey, key } of logs) {
    try {
      const text = await openNote(note, vkey, verify);
      if (parseCheckpoint(text).origin === key.name) return text;
    } catch (cause) {
      if (!(cause instanceof LogFailure) || cause.code !== "unknown-key") throw cause;
    }
  }
  throw new LogFailure("unknown-key", "expected a checkpoint of a log of the policy, was none");
}

/** Whether a log of the policy signed this checkpoint and the policy's quorum cosigned it. */
export async function isWitnessed(policy: Policy, note: string, verify: Verify): Promise<boolean> {
  try {
    const { cosigners } = await openWithPolicy(policy, note, verify);
    return quorumReached(policy, new Set(cosigners.map(({ name }) => name)));
  } catch (cause) {
    if (cause instanceof LogFailure) return false;
    throw cause;
  }
}

/** A policy over one log: all of `witnesses`, or any `threshold` of them. One line each, the log first. */
export function formatPolicy(parts: {
  readonly log: string;
  readonly witnesses: readonly {
    readonly name: string;
    readonly vkey: string;
    readonly url?: string;
  }[];
  readonly threshold: number;
}): string {
  const { log, witnesses, threshold } = parts;
  const lines = witnesses.map(({ name, vkey, url }) =>
    ["witness", name, vkey, ...(url === undefined ? [] : [url])].join(" "),
  );
  const names = witnesses.map(({ name }) => name).join(" ");
  const text = [
    `log ${log}`,
    ...lines,
    `group witnesses ${threshold} ${names}`,
    "quorum witnesses",
    "",
  ];
  return text.join("\n");
}
