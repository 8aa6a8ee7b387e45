import { LogFailure } from "./failure.ts";

/** What an unfreeze or a key change came to. Each is one answer over HTTP. */
export type ActOutcome =
  | {
      readonly kind: "taken";
      /** False when this very note had been taken already. */
      readonly changed: boolean;
    }
  | { readonly kind: "malformed" | "untrusted"; readonly detail: string }
  | {
      readonly kind: "conflict";
      /** Tree size of the stored checkpoint. */
      readonly size: number;
      /** Why the log is frozen, null while it is not. */
      readonly frozen: string | null;
    };

export type ActRefusal = Extract<ActOutcome, { kind: "malformed" | "untrusted" }>;

/** The opened note, or the refusal that its form (400) or its signatures (403) come to. */
export async function openedAct<T>(open: () => Promise<T>): Promise<T | ActRefusal> {
  try {
    return await open();
  } catch (cause) {
    if (!(cause instanceof LogFailure)) throw cause;
    const isForged = cause.code === "unknown-key" || cause.code === "bad-signature";
    return { kind: isForged ? "untrusted" : "malformed", detail: cause.message };
  }
}

/** The HTTP answer, in the forms of C2SP tlog-witness. A frozen log says so in a header of its own. */
export function actAnswer(outcome: ActOutcome): {
  readonly status: 200 | 400 | 403 | 409;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
} {
  const plain = { "content-type": "text/plain; charset=utf-8" };
  switch (outcome.kind) {
    case "taken":
      return { status: 200, headers: plain, body: outcome.changed ? "taken\n" : "known\n" };
    case "malformed":
      return { status: 400, headers: plain, body: `${outcome.detail}\n` };
    case "untrusted":
      return { status: 403, headers: plain, body: `${outcome.detail}\n` };
    case "conflict": {
      const headers: Record<string, string> = { "content-type": "text/x.tlog.size" };
      if (outcome.frozen !== null) headers["believe-log"] = "frozen";
      return { status: 409, headers, body: `${outcome.size}\n` };
    }
  }
}
