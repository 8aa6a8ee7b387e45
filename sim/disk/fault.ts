/** The machine lost its power: nothing that runs on it goes on. */
export class PowerCut extends Error {
  override readonly name = "PowerCut";

  constructor() {
    super("expected a machine that runs, was one without power");
  }
}

/** What an operating system says when an operation fails; `code` as Node has it. */
export class DiskError extends Error {
  override readonly name = "DiskError";
  readonly code: string;

  constructor(code: string, what: string) {
    super(`${code}: ${SAYS[code] ?? "no such operation"}, ${what}`);
    this.code = code;
  }
}

const SAYS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EEXIST: "file already exists",
  EBADF: "bad file descriptor",
  ENOSPC: "no space left on device",
  EIO: "i/o error",
};

/** The operations that are counted, and before each of which the power can go. */
export type OperationKind =
  | "open"
  | "close"
  | "read"
  | "write"
  | "datasync"
  | "sync"
  | "truncate"
  | "rename"
  | "link"
  | "unlink"
  | "list"
  | "makeFolder"
  | "syncFolder"
  | "look";

/** One operation that is about to happen. */
export interface Operation {
  readonly kind: OperationKind;
  /** The file or folder, a rename's old name. */
  readonly path: string;
  /** How many operations came before on this disk. */
  readonly index: number;
}

/**
 * What becomes of an operation instead: the power goes, it fails with EIO (a sync so failed drops what was written and
 * not synced, as kernels do), the disk is full (a write is taken in part, then refused), or the disk lies: it says that
 * a sync was done and does nothing, as a drive that ignores flushes, or a program that forgot the sync.
 */
export type Fault = "power" | "EIO" | "ENOSPC" | "lie";
