import { Failure } from "@believe/shared/base";

/**
 * What a person is told when a process ends: one sentence for a failure, for what the operating system refuses and
 * for a wrong command line; the whole stack for anything else, since that is a fault of ours.
 */
export function sentenceOf(error: unknown): string {
  if (error instanceof Failure) return error.message;
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const isForeign = "syscall" in error || code.startsWith("ERR_PARSE_ARGS");
  return isForeign ? (error.message.split("\n")[0] ?? code) : (error.stack ?? error.message);
}
