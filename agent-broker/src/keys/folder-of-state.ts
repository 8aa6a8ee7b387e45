import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { linesBetween, nodeDisk } from "@believe/host/disk";
import { BytesFailure, utf8Text } from "@believe/shared/base";
import { parseRecord, RecordFailure } from "@believe/shared/wire";
import { BrokerFailure } from "../failure.ts";
import type { KeyFolder } from "./key-folder.ts";

const RECORD_BYTES_MAX = 1 << 20;

/**
 * The keys in a state folder of which there is no configuration: under the origin that its journal began with, or
 * that is given for a journal that has not begun. Nothing is locked or repaired: an agent may run there.
 */
export function folderOfState(state: string, given: string | undefined): KeyFolder {
  const begun = originOf(join(state, "journal", "journal-000000.jsonl"));
  if (begun !== null && given !== undefined && begun !== given) {
    throw new BrokerFailure(
      "bad-arguments",
      `expected --origin ${begun}, as the journal in ${state} began, was ${given}`,
    );
  }
  const origin = begun ?? given;
  if (origin !== undefined) return { state, origin };
  throw new BrokerFailure(
    "bad-arguments",
    `expected --origin NAME: the journal in ${state} has not begun, and keys are named after it`,
  );
}

/** The origin in the genesis record, null where there is none yet. */
function originOf(file: string): string | null {
  if (!existsSync(file)) return null;
  const fd = openSync(file, "r");
  try {
    for (const { bytes } of linesBetween(nodeDisk, fd, 0, RECORD_BYTES_MAX)) {
      const { stream, body } = parseRecord(utf8Text(bytes));
      return stream === "genesis" ? body.origin : null;
    }
    return null;
  } catch (cause) {
    if (!(cause instanceof RecordFailure || cause instanceof BytesFailure)) throw cause;
    throw new BrokerFailure("corrupt-state", `expected a genesis record in ${file}, was other`, {
      cause,
    });
  } finally {
    closeSync(fd);
  }
}
