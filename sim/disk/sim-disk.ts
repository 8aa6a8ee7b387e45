import type { Disk, LaterDisk, OpenFlags, Rng } from "@believe/shared/base";
import { DiskError, type Fault, type Operation, type OperationKind, PowerCut } from "./fault.ts";
import { Inode, type Tear } from "./inode.ts";
import { Names } from "./names.ts";

/** Asked before every operation; null lets it happen. */
export type FaultPlan = (operation: Operation) => Fault | null;

interface Handle {
  readonly path: string;
  readonly inode: Inode;
}

/**
 * A disk in memory that loses what a real one may lose. `crash` gives the disk as it is found after a power failure;
 * this one then refuses everything, as the dead machine's process would be refused.
 * What it promises and what it does not show is written in docs/simulation.md.
 */
export class SimDisk implements Disk {
  /** Set by the test that owns the disk. */
  plan: FaultPlan = () => null;
  readonly #names: Names;
  readonly #handles = new Map<number, Handle>();
  #nextHandle = 3;
  #operations = 0;
  #isOff = false;

  constructor(names: Names = new Names()) {
    this.#names = names;
  }

  /** How many operations happened or failed. */
  get operations(): number {
    return this.#operations;
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  /** Takes the power away and gives the disk as the next start finds it. */
  crash(rng: Rng, tear: Tear = "prefix"): SimDisk {
    this.#isOff = true;
    return new SimDisk(this.#names.found(rng, tear));
  }

  open(path: string, flags: OpenFlags): number {
    this.#step("open", path);
    const held = this.#names.file(path);
    if (held === null && (flags === "r" || flags === "r+")) throw new DiskError("ENOENT", path);
    if (held !== null && flags.startsWith("wx")) throw new DiskError("EEXIST", path);
    const inode = held ?? new Inode();
    if (held === null) this.#names.add(path, inode);
    if (flags === "w" && inode.bytes.length > 0) inode.truncate(0);
    const handle = this.#nextHandle++;
    this.#handles.set(handle, { path, inode });
    return handle;
  }

  close(file: number): void {
    this.#step("close", this.#handle(file).path);
    this.#handles.delete(file);
  }

  size(file: number): number {
    const { inode, path } = this.#handle(file);
    this.#step("look", path);
    return inode.bytes.length;
  }

  read(file: number, into: Uint8Array, at: number): number {
    const { inode, path } = this.#handle(file);
    this.#step("read", path);
    const bytes = inode.bytes.subarray(at, at + into.length);
    into.set(bytes);
    return bytes.length;
  }

  write(file: number, bytes: Uint8Array, at: number): number {
    const { inode, path } = this.#handle(file);
    this.#step("write", path, () => inode.write(at, bytes.subarray(0, bytes.length >> 1)));
    inode.write(at, bytes);
    return bytes.length;
  }

  datasync(file: number): void {
    this.#sync("datasync", file);
  }

  sync(file: number): void {
    this.#sync("sync", file);
  }

  truncate(file: number, bytes: number): void {
    const { inode, path } = this.#handle(file);
    this.#step("truncate", path);
    inode.truncate(bytes);
  }

  readWhole(path: string): Uint8Array {
    this.#step("read", path);
    const inode = this.#names.file(path);
    if (inode === null) throw new DiskError("ENOENT", path);
    return inode.bytes.slice();
  }

  exists(path: string): boolean {
    this.#step("look", path);
    return this.#names.has(path);
  }

  rename(from: string, to: string): void {
    this.#step("rename", from);
    this.#names.rename(from, to);
  }

  link(from: string, to: string): void {
    this.#step("link", from);
    const inode = this.#names.file(from);
    if (inode === null) throw new DiskError("ENOENT", from);
    this.#names.add(to, inode);
  }

  unlink(path: string): void {
    this.#step("unlink", path);
    this.#names.remove(path);
  }

  list(folder: string): string[] {
    this.#step("list", folder);
    return this.#names.list(folder);
  }

  makeFolder(folder: string): void {
    this.#step("makeFolder", folder);
    this.#names.add(folder, "folder");
  }

  syncFolder(folder: string): void {
    if (this.#step("syncFolder", folder)) this.#names.sync(folder);
  }

  /** The same operations, counted alike, each in a turn of its own. */
  readonly later: LaterDisk = {
    open: async (path, flags) => this.open(path, flags),
    close: async (file) => this.close(file),
    read: async (file, into, at) => this.read(file, into, at),
    write: async (file, bytes, at) => this.write(file, bytes, at),
    sync: async (file) => this.sync(file),
    rename: async (from, to) => this.rename(from, to),
    unlink: async (path) => this.unlink(path),
    syncFolder: async (folder) => this.syncFolder(folder),
  };

  #sync(kind: "datasync" | "sync", file: number): void {
    const { inode, path } = this.#handle(file);
    if (this.#step(kind, path, () => inode.dropUnsynced())) inode.sync();
  }

  /**
   * Counts an operation and does to it what the plan says; `half` is what a failed one leaves behind. Answers whether
   * it really happens.
   */
  #step(kind: OperationKind, path: string, half: () => void = () => undefined): boolean {
    if (this.#isOff) throw new PowerCut();
    const fault = this.plan({ kind, path, index: this.#operations });
    this.#operations++;
    if (fault === null) return true;
    if (fault === "lie") return false;
    if (fault === "power") {
      this.#isOff = true;
      throw new PowerCut();
    }
    half();
    throw new DiskError(fault, path);
  }

  #handle(file: number): Handle {
    if (this.#isOff) throw new PowerCut();
    const handle = this.#handles.get(file);
    if (handle === undefined) throw new DiskError("EBADF", String(file));
    return handle;
  }
}
