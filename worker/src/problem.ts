import { Failure } from "@believe/shared/base";
import type { Problem } from "@believe/shared/wire";

/** Every refusal of the edge: its status and title. Routes document the codes they answer with. */
export const problems = {
  "unknown-route": [404, "Not found"],
  "unknown-agent": [404, "No such agent"],
  "unknown-log": [404, "No such log"],
  "unknown-blob": [404, "Not found"],
  "method-not-allowed": [405, "Method not allowed"],
  "body-too-large": [413, "Body too large"],
  "bad-body": [400, "Bad body"],
  "bad-note": [422, "Note refused"],
  "bad-record": [422, "Journal line refused"],
  "bad-signature": [401, "Signature refused"],
  "stale-signature": [401, "Signature expired"],
  "wrong-signer": [403, "Wrong signer"],
  "wrong-agent": [422, "Wrong agent"],
  "future-status": [422, "Status from the future"],
  "not-newer": [409, "Not newer than what is stored"],
  "not-paper": [403, "Not a paper account"],
  "unknown-click": [422, "No such element"],
  "foreign-origin": [403, "Foreign origin"],
  "no-upgrade": [426, "Upgrade required"],
  "too-many-sockets": [429, "Too many connections"],
  "room-full": [503, "Room full"],
  conflict: [409, "Conflict"],
  frozen: [423, "Frozen"],
  "not-covered": [422, "Not covered by a checkpoint"],
  "bad-proof": [422, "Proof refused"],
  "live-unavailable": [503, "Live state unavailable"],
  "internal-error": [500, "Internal error"],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof problems;

/** The Worker's one kind of failure: thrown anywhere below a route, answered as problem details. */
export class EdgeFailure extends Failure<ProblemCode> {}

/** The RFC 9457 document of a refusal. */
export function problemOf(code: ProblemCode, detail: string): Problem {
  const [status, title] = problems[code];
  return { type: "about:blank", title, status, code, detail: detail.slice(0, 512) };
}

/** `application/problem+json` for a code; `headers` adds such as Retry-After. */
export function problemResponse(
  code: ProblemCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = problemOf(code, detail);
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...headers,
    },
  });
}

/** The answer where no handler is: 405 with the path's methods, or 404. */
export function problemOfRoute(methods: readonly string[]): Response {
  if (methods.length === 0) return problemResponse("unknown-route", "expected a route of ours");
  const allow = methods.join(", ");
  return problemResponse("method-not-allowed", `expected ${allow}, was another method`, { allow });
}

/** The answer to anything thrown below a route. What is not ours says nothing of its inside. */
export function problemOfError(error: unknown): Response {
  if (error instanceof EdgeFailure) {
    const date = error.code === "stale-signature" ? { date: new Date().toUTCString() } : {};
    return problemResponse(error.code, error.message, date);
  }
  console.error(error);
  return problemResponse("internal-error", "expected to answer, was stopped by our own error");
}
