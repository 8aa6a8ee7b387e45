import { Failure } from "@believe/shared/base";

export class TailFailure extends Failure<
  "corrupt-state" | "folder-unusable" | "state-unwritable"
> {}

/** The system's code of an error ("ENOENT"), or "". */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
