import { createHash } from "node:crypto";
import { join } from "node:path";
import { makeFolders, nodeDisk, replaceFileLater } from "@believe/host/disk";
import { verifyNode } from "@believe/host/keys";
import {
  openPart,
  type Part,
  type PartName,
  type PartSeries,
  parsePartName,
  partName,
  ReplicaFailure,
  type ReplicaList,
  readPart,
} from "@believe/host/replica";
import { BytesFailure, type Disk, utf8Text } from "@believe/shared/base";
import { ResearchFailure } from "../failure.ts";

export interface PartShelfOptions {
  readonly folder: string;
  readonly origin: string;
  /** Request keys of the agent whose parts these are. */
  readonly vkeys: readonly string[];
  /** This machine's disks unless a simulation says otherwise. */
  readonly disk?: Disk;
}

type Held = Record<PartSeries, PartName[]>;

/**
 * The replica of the journal and of the sealed leaves: parts that are dense from line 0, each signed by the broker.
 * A part never changes; the newest one of a series may be followed by a longer one that begins with the same lines,
 * which takes its place once it is durable.
 */
export class PartShelf {
  readonly #options: PartShelfOptions;
  readonly #disk: Disk;
  readonly #held: Held = { journal: [], leaves: [] };
  /** Puts run one after the other: each is judged against what the one before left. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: PartShelfOptions) {
    this.#options = options;
    this.#disk = options.disk ?? nodeDisk;
  }

  /**
   * Looks at the names on the disk. Their owner removes what a crash left, uploads that never ended and parts that
   * grew; a reader beside it leaves everything as it is.
   */
  async open(as: "owner" | "reader" = "owner"): Promise<void> {
    const { folder } = this.#options;
    makeFolders(this.#disk, folder);
    const drop = async (name: string): Promise<void> => {
      if (as === "owner") await this.#disk.later.unlink(join(folder, name));
    };
    for (const name of this.#disk.list(folder).sort()) {
      const part = parsePartName(name);
      if (part === null) {
        await drop(name);
        continue;
      }
      const held = this.#held[part.series];
      const before = held.at(-1);
      if (before?.first === part.first) {
        await drop(partName(before));
        held.pop();
      }
      if (part.first !== next(held)) {
        throw new ResearchFailure(
          "corrupt-state",
          `expected a part from ${next(held)} on in ${folder}, was ${name}`,
        );
      }
      held.push(part);
    }
  }

  get list(): Pick<ReplicaList, PartSeries> {
    const reach = (series: PartSeries) => ({
      next: next(this.#held[series]),
      parts: this.#held[series].map(partName),
    });
    return { journal: reach("journal"), leaves: reach("leaves") };
  }

  /** Takes a part whole or not at all; answers with the sha256 of what lies on the disk (hex). */
  put(name: string, bytes: Uint8Array): Promise<string> {
    const put = this.#turn.then(() => this.#put(name, bytes));
    this.#turn = put.catch(() => undefined);
    return put;
  }

  /** The file of a part that is held, null for any other name. */
  file(name: string): string | null {
    const part = parsePartName(name);
    const isHeld = part !== null && this.#held[part.series].some((held) => partName(held) === name);
    return isHeld ? join(this.#options.folder, name) : null;
  }

  /** The parts of a series that hold line `from` or a later one, each checked again for number and density. */
  *read(series: PartSeries, from = 0): Generator<Part> {
    for (const name of this.#held[series].filter(({ last }) => last >= from).map(partName)) {
      const note = this.#text(name);
      yield readPart(name, note, this.#options.origin);
    }
  }

  async #put(name: string, bytes: Uint8Array): Promise<string> {
    const { folder, origin, vkeys } = this.#options;
    const part = await this.#opened(name, bytes, { origin, vkeys });
    const held = this.#held[part.series];
    const newest = held.at(-1);
    const file = join(folder, name);
    const hash = sha256(bytes);
    if (this.file(name) !== null) {
      if (sha256(this.#disk.readWhole(file)) === hash) return hash;
      throw refused(`expected part ${name} to stay as it is, was offered as another`);
    }
    const grows = newest !== undefined && newest.first === part.first && newest.last < part.last;
    if (!grows && part.first !== next(held)) {
      throw refused(`expected a part from ${next(held)} on, was ${name}`);
    }
    if (grows) this.#expectPrefix(newest, part);
    await replaceFileLater(file, bytes, this.#disk);
    if (grows) {
      held.pop();
      await this.#disk.later.unlink(join(folder, partName(newest)));
    }
    held.push({ series: part.series, first: part.first, last: part.last });
    return sha256(this.#disk.readWhole(file));
  }

  async #opened(
    name: string,
    bytes: Uint8Array,
    by: { readonly origin: string; readonly vkeys: readonly string[] },
  ): Promise<Part> {
    try {
      return await openPart(name, utf8Text(bytes), { ...by, verify: verifyNode });
    } catch (failure) {
      if (failure instanceof ReplicaFailure || failure instanceof BytesFailure) {
        throw refused(failure.message);
      }
      throw failure;
    }
  }

  #text(name: string): string {
    return Buffer.from(this.#disk.readWhole(join(this.#options.folder, name))).toString("utf8");
  }

  #expectPrefix(newest: PartName, part: Part): void {
    const name = partName(newest);
    const note = this.#text(name);
    const { lines } = readPart(name, note, this.#options.origin);
    if (lines.every((line, i) => line === part.lines[i])) return;
    throw refused(`expected the lines of ${name} again, was others under their numbers`);
  }
}

function next(held: readonly PartName[]): number {
  return (held.at(-1)?.last ?? -1) + 1;
}

function refused(message: string): ResearchFailure {
  return new ResearchFailure("bad-segment", message);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
