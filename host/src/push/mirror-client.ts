import { retryAfterMs } from "./backoff.ts";
import { PushFailure } from "./failure.ts";

export interface MirrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What a pusher needs of `host/http`'s `SignedClient`. Throws `HttpFailure` for a broken connection only. */
export interface MirrorClient {
  get(path: string): Promise<Omit<MirrorAnswer, "text"> & { readonly bytes: Uint8Array }>;
  put(path: string, body: Uint8Array | string, contentType: string): Promise<MirrorAnswer>;
  post(
    path: string,
    body: Uint8Array | string,
    contentType: string,
    options: { readonly signed?: boolean },
  ): Promise<MirrorAnswer>;
}

/** The failure of an answer that is neither yes nor a conflict. */
export function notTaken(what: string, answer: MirrorAnswer, nowMs: number): PushFailure {
  const said = answer.text.replaceAll(/\s+/g, " ").slice(0, 200);
  return new PushFailure(
    "not-taken",
    `expected ${what} to be taken, was status ${answer.status} ${said}`.trimEnd(),
    { retryAfterMs: retryAfterMs(answer.headers["retry-after"], nowMs) },
  );
}

/** Where a mirror has the log of an origin, unless it is told otherwise. */
export function logPathOf(origin: string): string {
  return `/log/${origin.split("/").at(-1)}`;
}

export function isYes({ status }: Pick<MirrorAnswer, "status">): boolean {
  return status >= 200 && status < 300;
}
