import { type Bytes, Failure } from "@believe/shared/base";
import type { LogSource } from "@believe/shared/wire/log";

/** The log could not be reached, or sent what is no file of its kind. */
export class VerifyFailure extends Failure<"unreachable" | "not-gzip"> {}

function unreachable(path: string, cause?: unknown): VerifyFailure {
  return new VerifyFailure("unreachable", `expected ${path}, was no answer`, { cause });
}

/** The log behind `base`, e.g. "/log/broker/". What may change is never taken from the browser's cache. */
export function httpSource(base: string): LogSource {
  return {
    async get(path): Promise<Bytes | null> {
      const cache = path.startsWith("tile/") ? "default" : "no-store";
      try {
        const answer = await fetch(`${base}${path}`, { cache });
        if (answer.status === 404) return null;
        if (!answer.ok) throw unreachable(path);
        return new Uint8Array(await answer.arrayBuffer());
      } catch (cause) {
        throw cause instanceof VerifyFailure ? cause : unreachable(path, cause);
      }
    },
  };
}
