import { Failure } from "@believe/shared/base";

/** A connection that gave no whole answer. To the agents' client an HTTP status is never a failure; `refused` is the reader's. */
export class HttpFailure extends Failure<
  "unreachable" | "timed-out" | "broken" | "too-large" | "refused"
> {}

const TIMEOUTS = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
]);
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const named = error instanceof Error && "code" in error ? error.code : null;
  return typeof named === "string" ? named : "unknown";
}

/** Sorts what undici threw into our codes. */
export function httpFailureOf(error: unknown, what: string): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const cause = codeOf(error);
  const code = TIMEOUTS.has(cause)
    ? "timed-out"
    : UNREACHABLE.has(cause)
      ? "unreachable"
      : cause === "UND_ERR_RES_EXCEEDED_MAX_SIZE"
        ? "too-large"
        : "broken";
  return new HttpFailure(code, `expected an answer to ${what}, was ${cause}`, {
    cause: error,
    facts: { cause },
  });
}
