import { type Bytes, BytesFailure, type Sha256, type Verify } from "@believe/shared/base";
import { LogFailure } from "./failure.ts";

/** A served log, wherever it lies: behind a URL, in a folder, in a browser's hands. */
export interface LogSource {
  /** Bytes of a file below the log's folder ("checkpoint", "tile/0/000", "open/12"), null where there is none. */
  get(path: string): Promise<Bytes | null>;
}

/** What a runtime lends to the verification. */
export interface VerifyTools {
  readonly verify: Verify;
  readonly hash: Sha256;
  /** Throws for bytes that are no gzip or grow beyond `maxBytes`. */
  readonly gunzip: (bytes: Bytes, maxBytes: number) => Promise<Bytes>;
}

/** The finding of a verification: what is wrong, and where. */
export function tampered(place: string, message: string, cause?: unknown): LogFailure {
  return new LogFailure("tampered", message, { cause, facts: { place } });
}

function found(place: string, cause: unknown): unknown {
  const refused = cause instanceof LogFailure || cause instanceof BytesFailure;
  if (!refused || cause.code === "tampered") return cause;
  return tampered(place, cause.message, cause);
}

/** Runs a check; bytes that it refuses become a finding at `place`. */
export function placed<T>(place: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw found(place, cause);
  }
}

/** The same for a check that waits. */
export async function placedAsync<T>(place: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    throw found(place, cause);
  }
}

/** Yields `load` of each item in order while up to `width` of them are on their way. */
export async function* ahead<Item, Loaded>(
  items: Iterable<Item>,
  width: number,
  load: (item: Item) => Promise<Loaded>,
): AsyncGenerator<readonly [Item, Loaded]> {
  const waiting: (readonly [Item, Promise<Loaded>])[] = [];
  for (const item of items) {
    const loading = load(item);
    // Its failure is thrown when its turn comes; until then nobody may call it unhandled.
    loading.catch(() => undefined);
    waiting.push([item, loading]);
    if (waiting.length < width) continue;
    const first = waiting.shift();
    if (first !== undefined) yield [first[0], await first[1]];
  }
  for (const [item, loading] of waiting) yield [item, await loading];
}
