import type { SignedClient } from "@believe/host/http";
import { type Bytes, base64, sameBytes } from "@believe/shared/base";
import {
  LogFailure,
  type LogSource,
  parseCheckpoint,
  parseHash,
  parseNote,
  readForks,
  readState,
  type ServedFork,
} from "@believe/shared/wire/log";
import { BrokerFailure } from "../failure.ts";

/** One of two checkpoints that cannot both be true, as its note says. */
export interface Claim {
  readonly size: number;
  readonly root: Bytes;
  /** Names on its signatures, none of them checked here. */
  readonly signers: readonly string[];
}

/** A log that its mirror froze. */
export interface FrozenLog {
  /** Where the mirror stands: only there it can go on. */
  readonly size: number;
  readonly root: Bytes;
  /** What the mirror cosigned, null where it had cosigned nothing. */
  readonly cosigned: Claim | null;
  readonly other: Claim;
}

/** Asks the Worker for its frozen log; throws `BrokerFailure` where it is not frozen or does not say why. */
export async function frozenLog(client: Pick<SignedClient, "get">): Promise<FrozenLog> {
  const source: LogSource = {
    get: async (path) => {
      const { status, bytes } = await client.get(`/log/broker/${path}`);
      if (status === 404) return null;
      if (status === 200) return bytes;
      throw new BrokerFailure("not-held", `expected the Worker's ${path}, was status ${status}`);
    },
  };
  try {
    const state = await readState(source);
    if (state === null || state.frozen === null) {
      throw new BrokerFailure("not-held", "expected a log that the Worker froze, was none");
    }
    const { size } = state;
    const root = parseHash(state.root);
    const fork = (await readForks(source))?.forks.findLast(({ unfrozen }) => unfrozen === null);
    if (fork === undefined) {
      throw new BrokerFailure("not-held", "expected two checkpoints that froze the log, was none");
    }
    return { size, root, ...claimsOf(fork, { size, root }) };
  } catch (cause) {
    if (!(cause instanceof LogFailure)) throw cause;
    throw new BrokerFailure("not-held", `at the Worker: ${cause.message}`, { cause });
  }
}

function claimsOf(
  { cosigned, other }: ServedFork,
  stands: Pick<FrozenLog, "size" | "root">,
): Pick<FrozenLog, "cosigned" | "other"> {
  const voided = claimOf(other);
  if (voided.size === stands.size && sameBytes(voided.root, stands.root)) {
    throw new BrokerFailure(
      "not-ours",
      `expected a checkpoint that contradicts size ${stands.size}, was root ${base64(stands.root)} once more`,
    );
  }
  return { cosigned: cosigned === null ? null : claimOf(cosigned), other: voided };
}

function claimOf(note: string): Claim {
  const { text, signatures } = parseNote(note);
  const { size, root } = parseCheckpoint(text);
  return { size, root, signers: signatures.map(({ name }) => name) };
}
