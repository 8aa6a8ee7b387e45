import type { Verify } from "@believe/shared/base";
import { type AddCheckpoint, parseAddCheckpoint } from "./add-checkpoint.ts";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { LogFailure } from "./failure.ts";
import { openNote, parseNote } from "./note.ts";

/** What add-checkpoint came to. Each is one answer of C2SP tlog-witness. */
export type AddOutcome =
  | {
      readonly kind: "cosigned";
      readonly lines: string;
      readonly checkpoint: Checkpoint;
      /** False when this very checkpoint was the newest already. */
      readonly advanced: boolean;
    }
  | { readonly kind: "malformed"; readonly detail: string }
  | { readonly kind: "untrusted"; readonly detail: string }
  | { readonly kind: "unknown-origin"; readonly detail: string }
  | {
      readonly kind: "conflict";
      /** Tree size of the newest cosigned checkpoint. */
      readonly size: number;
      /** Why the log is frozen, null where only the old size was another one. */
      readonly frozen: string | null;
      /** True for the request that showed the fork. */
      readonly forked: boolean;
    }
  | { readonly kind: "unprovable"; readonly detail: string };

/** An add-checkpoint whose note a trusted key signed. */
export interface TrustedAdd extends AddCheckpoint {
  readonly kind: "trusted";
  readonly text: string;
  readonly checkpoint: Checkpoint;
}

/** Which log a witness knows, and by which keys. */
export interface KnownLog {
  readonly origin: string;
  /** Trusted verifier keys; one good signature by any is needed. */
  readonly vkeys: readonly string[];
  readonly verify: Verify;
}

export type AddRefusal = Extract<
  AddOutcome,
  { kind: "malformed" | "untrusted" | "unknown-origin" }
>;

function parsed(body: string): { add: AddCheckpoint; checkpoint: Checkpoint } | string {
  try {
    const add = parseAddCheckpoint(body);
    return { add, checkpoint: parseCheckpoint(parseNote(add.note).text) };
  } catch (cause) {
    if (cause instanceof LogFailure) return cause.message;
    throw cause;
  }
}

/** The checks of add-checkpoint that need no state: form (400), origin (404), signature (403), old size (400). */
export async function openAddCheckpoint(
  body: string,
  log: KnownLog,
): Promise<TrustedAdd | AddRefusal> {
  const request = parsed(body);
  if (typeof request === "string") return { kind: "malformed", detail: request };
  const { add, checkpoint } = request;
  if (checkpoint.origin !== log.origin) {
    return { kind: "unknown-origin", detail: "expected a log of this witness, was another origin" };
  }
  const text = await trustedText(add.note, log);
  if (text === null) {
    return { kind: "untrusted", detail: "expected a signature by a trusted key, was none" };
  }
  if (add.oldSize > checkpoint.size) {
    return {
      kind: "malformed",
      detail: `expected an old size of at most ${checkpoint.size}, was ${add.oldSize}`,
    };
  }
  return { kind: "trusted", ...add, text, checkpoint };
}

async function trustedText(note: string, log: KnownLog): Promise<string | null> {
  for (const vkey of log.vkeys) {
    try {
      return await openNote(note, vkey, log.verify);
    } catch (cause) {
      // Another key of this log may have signed; a false signature by a known one refuses the note.
      if (!(cause instanceof LogFailure)) throw cause;
      if (cause.code !== "unknown-key") return null;
    }
  }
  return null;
}

/** The HTTP answer of C2SP tlog-witness. A frozen log says so in a header of its own. */
export function addAnswer(outcome: AddOutcome): {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
} {
  const plain = { "content-type": "text/plain; charset=utf-8" };
  switch (outcome.kind) {
    case "cosigned":
      return { status: 200, headers: plain, body: outcome.lines };
    case "malformed":
      return { status: 400, headers: plain, body: `${outcome.detail}\n` };
    case "untrusted":
      return { status: 403, headers: plain, body: `${outcome.detail}\n` };
    case "unknown-origin":
      return { status: 404, headers: plain, body: `${outcome.detail}\n` };
    case "conflict": {
      const headers: Record<string, string> = { "content-type": "text/x.tlog.size" };
      if (outcome.frozen !== null) headers["believe-log"] = "frozen";
      return { status: 409, headers, body: `${outcome.size}\n` };
    }
    case "unprovable":
      return { status: 422, headers: plain, body: `${outcome.detail}\n` };
  }
}
