import { Failure } from "@believe/shared/base";

export type PushFailureCode =
  /** The mirror, or our own memory of what we signed, is ahead of the spool: our disk went back. */
  | "spool-behind"
  /** The same size stands for other leaves than ours. */
  | "fork"
  /** The mirror froze the log: it takes nothing until its operator says which history goes on. */
  | "frozen"
  /** The file that remembers what was signed is no such file. */
  | "corrupt"
  /** The mirror did not take a request; it is sent again. */
  | "not-taken"
  /** The cosignature is not one of the witness that the configuration names. */
  | "bad-cosignature";

const LASTING: ReadonlySet<PushFailureCode> = new Set<PushFailureCode>([
  "spool-behind",
  "fork",
  "corrupt",
]);

export class PushFailure extends Failure<PushFailureCode> {
  /** What the mirror asked us to wait, null where it did not say. */
  readonly retryAfterMs: number | null;

  constructor(
    code: PushFailureCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number | null } = {},
  ) {
    super(code, message, options);
    this.retryAfterMs = options.retryAfterMs ?? null;
  }

  /** Whether sending again cannot help: a person has to look. */
  get lasting(): boolean {
    return LASTING.has(this.code);
  }
}
