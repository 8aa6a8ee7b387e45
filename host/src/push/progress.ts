import { type Bytes, base64, type Disk, type TimeUs, timeUs } from "@believe/shared/base";
import { count, hashBase64, stampUs } from "@believe/shared/wire";
import { z } from "zod";
import { nodeDisk, readText, replaceFileLater } from "../disk/index.ts";
import { PushFailure } from "./failure.ts";

const progress = z.strictObject({
  v: z.literal(1),
  /** The largest checkpoint that was ever signed. */
  signed: z.strictObject({ size: count, root: hashBase64.nullable() }),
  /** Leaves that the mirror covered when this was written. It may know of more. */
  pushed: count,
  /** Leaves that were opened in order. */
  opened: count,
  /** Every opened leaf shows what was due by then; 0 where nothing waits for an opening time. */
  dueUs: stampUs.default(0),
});
type Progress = z.infer<typeof progress>;

const NOTHING: Progress = { v: 1, signed: { size: 0, root: null }, pushed: 0, opened: 0, dueUs: 0 };

/** What a restart must know: written atomically, off the main thread. Owned by one `Pusher`. */
export class ProgressFile {
  readonly #disk: Disk;
  readonly #file: string;
  #now: Progress;

  private constructor(disk: Disk, file: string, now: Progress) {
    this.#disk = disk;
    this.#file = file;
    this.#now = now;
  }

  static read(file: string, disk: Disk = nodeDisk): ProgressFile {
    const text = readText(disk, file);
    if (text === null) return new ProgressFile(disk, file, NOTHING);
    try {
      return new ProgressFile(disk, file, progress.parse(JSON.parse(text)));
    } catch (cause) {
      throw new PushFailure("corrupt", `expected the progress of a push in ${file}, was other`, {
        cause,
      });
    }
  }

  /** After a disk that went back was rebuilt: at least this was signed, covered and opened. */
  static async raise(
    file: string,
    known: { readonly size: number; readonly root: Bytes; readonly opened: number },
  ): Promise<void> {
    const held = ProgressFile.read(file);
    const opened = Math.max(held.opened, known.opened);
    const pushed = Math.max(held.pushed, opened);
    const isNewer = known.size > held.signedSize;
    const signed = isNewer ? { size: known.size, root: base64(known.root) } : held.#now.signed;
    await held.#save({ signed, pushed, opened });
  }

  get signedSize(): number {
    return this.#now.signed.size;
  }

  get pushed(): number {
    return this.#now.pushed;
  }

  get opened(): number {
    return this.#now.opened;
  }

  get dueUs(): TimeUs {
    return timeUs(this.#now.dueUs);
  }

  /** Whether `root` may be signed at `size`: nothing else was signed there. */
  agrees(size: number, root: Bytes): boolean {
    const { signed } = this.#now;
    return size !== signed.size || signed.root === null || signed.root === base64(root);
  }

  /** Remembers a checkpoint before it is signed, so that nothing smaller or other is ever signed after it. */
  async signing(size: number, root: Bytes): Promise<void> {
    if (size <= this.signedSize) return;
    await this.#save({ signed: { size, root: base64(root) } });
  }

  /** What the mirror covers. Not written by itself: a crash asks the mirror again. */
  covered(size: number): void {
    this.#now = { ...this.#now, pushed: size, opened: Math.min(this.#now.opened, size) };
  }

  openedUpTo(opened: number): Promise<void> {
    return this.#save({ opened });
  }

  openedBy(dueUs: TimeUs): Promise<void> {
    return this.#save({ dueUs });
  }

  async #save(change: Partial<Progress>): Promise<void> {
    this.#now = { ...this.#now, ...change };
    await replaceFileLater(this.#file, `${JSON.stringify(this.#now)}\n`, this.#disk);
  }
}
