/** What a failed operation said, e.g. "ENOSPC: no space left on device, write". */
export function saidBy(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether an error of the operating system carries this code, e.g. "ENOENT". */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
