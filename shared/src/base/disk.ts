/** As Node's flags: `wx` and `wx+` refuse a name that is there, `a+` creates one without touching what it holds. */
export type OpenFlags = "r" | "r+" | "w" | "wx" | "wx+" | "a+";

/**
 * The file operations on which the record rests, one call an operation, so that a power failure can be simulated
 * between any two. What was written counts after `sync` or `datasync` of the file; a name that was made, renamed or
 * removed counts after `syncFolder` of its folder. Errors carry the operating system's `code`, e.g. "ENOENT".
 */
export interface Disk {
  open(path: string, flags: OpenFlags, mode?: number): number;
  close(file: number): void;
  /** Bytes of an open file. */
  size(file: number): number;
  /** Fills `into` from offset `at` as far as the system gives at once; answers how many bytes, 0 at the end. */
  read(file: number, into: Uint8Array, at: number): number;
  /** Writes at offset `at`; the system may take less than was given. Answers how many bytes. */
  write(file: number, bytes: Uint8Array, at: number): number;
  /** Makes content and size durable. */
  datasync(file: number): void;
  /** Makes content, size and times durable. */
  sync(file: number): void;
  /** Cuts an open file to so many bytes. */
  truncate(file: number, bytes: number): void;
  readWhole(path: string): Uint8Array;
  exists(path: string): boolean;
  /** Replaces `to` in one step. */
  rename(from: string, to: string): void;
  /** A second name for a file; refuses a name that is there with "EEXIST". */
  link(from: string, to: string): void;
  unlink(path: string): void;
  /** Names in a folder, in no order. */
  list(folder: string): string[];
  /** Makes one folder in a folder that is there; "EEXIST" where it is. */
  makeFolder(folder: string, mode?: number): void;
  /** Makes the names of a folder durable. */
  syncFolder(folder: string): void;
  readonly later: LaterDisk;
}

/** Some of the same off the main thread, for what is written beside an order path. */
export interface LaterDisk {
  open(path: string, flags: OpenFlags, mode?: number): Promise<number>;
  close(file: number): Promise<void>;
  read(file: number, into: Uint8Array, at: number): Promise<number>;
  write(file: number, bytes: Uint8Array, at: number): Promise<number>;
  sync(file: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  syncFolder(folder: string): Promise<void>;
}
