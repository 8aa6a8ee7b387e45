import type { Rng } from "@believe/shared/base";
import { DiskError } from "./fault.ts";
import { Inode, type Tear } from "./inode.ts";

/** What a name stands for. */
export type Entry = Inode | "folder";

/** One change of names in one step: an undefined entry removes the name. */
type NameChange = readonly (readonly [path: string, entry: Entry | undefined])[];

/** "a/b" for "a/b/c"; "/" and "." are always there. */
export function folderOf(path: string): string {
  const cut = path.lastIndexOf("/");
  return cut === -1 ? "." : cut === 0 ? "/" : path.slice(0, cut);
}

function isRoot(path: string): boolean {
  return path === "/" || path === ".";
}

function applyTo(names: Map<string, Entry>, change: NameChange): void {
  for (const [path, entry] of change) {
    if (entry === undefined) names.delete(path);
    else names.set(path, entry);
  }
}

/** The names of a disk: those that are seen, those that are durable, and by folder the changes between. */
export class Names {
  readonly #seen: Map<string, Entry>;
  readonly #durable: Map<string, Entry>;
  readonly #pending: { readonly folder: string; readonly change: NameChange }[] = [];

  constructor(durable: ReadonlyMap<string, Entry> = new Map()) {
    this.#seen = new Map(durable);
    this.#durable = new Map(durable);
  }

  has(path: string): boolean {
    return isRoot(path) || this.#seen.has(path);
  }

  /** The file of a name, null when there is none. */
  file(path: string): Inode | null {
    const entry = this.#seen.get(path);
    return entry instanceof Inode ? entry : null;
  }

  list(folder: string): string[] {
    this.#mustBeFolder(folder);
    return [...this.#seen.keys()]
      .filter((path) => folderOf(path) === folder)
      .map((path) => path.slice(path.lastIndexOf("/") + 1));
  }

  add(path: string, entry: Entry): void {
    this.#mustBeFolder(folderOf(path));
    if (this.has(path)) throw new DiskError("EEXIST", path);
    this.#change(path, [[path, entry]]);
  }

  remove(path: string): void {
    if (this.file(path) === null) throw new DiskError("ENOENT", path);
    this.#change(path, [[path, undefined]]);
  }

  rename(from: string, to: string): void {
    const entry = this.file(from);
    if (entry === null) throw new DiskError("ENOENT", from);
    this.#mustBeFolder(folderOf(to));
    this.#change(to, [
      [from, undefined],
      [to, entry],
    ]);
  }

  sync(folder: string): void {
    this.#mustBeFolder(folder);
    for (let i = 0; i < this.#pending.length; ) {
      const next = this.#pending[i];
      if (next === undefined || next.folder !== folder) i++;
      else {
        applyTo(this.#durable, next.change);
        this.#pending.splice(i, 1);
      }
    }
  }

  /** What is found after a power failure: each change of names that was not synced is there or not, in one piece. */
  found(rng: Rng, tear: Tear): Names {
    const names = new Map(this.#durable);
    for (const { change } of this.#pending) if (rng.below(2) === 0) applyTo(names, change);
    // One file may have several names: it is torn once.
    const torn = new Map<Inode, Inode>();
    const found = new Map<string, Entry>();
    for (const [path, entry] of names) {
      if (!this.#isReachable(names, path)) continue;
      if (entry === "folder") {
        found.set(path, entry);
        continue;
      }
      const inode = torn.get(entry) ?? entry.found(rng, tear);
      torn.set(entry, inode);
      found.set(path, inode);
    }
    return new Names(found);
  }

  #isReachable(names: ReadonlyMap<string, Entry>, path: string): boolean {
    const folder = folderOf(path);
    return isRoot(folder) || (names.get(folder) === "folder" && this.#isReachable(names, folder));
  }

  #mustBeFolder(folder: string): void {
    if (isRoot(folder) || this.#seen.get(folder) === "folder") return;
    throw new DiskError("ENOENT", folder);
  }

  #change(path: string, change: NameChange): void {
    applyTo(this.#seen, change);
    this.#pending.push({ folder: folderOf(path), change });
  }
}
