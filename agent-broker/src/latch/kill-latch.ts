import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { hasCode, replaceFile, syncFolder } from "@believe/host/disk";

/** Where the kill switch of a broker agent lies, for whoever wants to set it by hand. */
export const killFileOf = ({ state }: { readonly state: string }): string => join(state, "KILL");

const NO_REASON = "no reason given";
const FLATTEN = "flatten";

/**
 * The kill switch as a file: its mere existence counts, whoever made it and whatever it holds, so that it works from
 * any shell, without a network and without this program, and survives every restart. It is asked before every send.
 * Its first line is the reason; a second one, `flatten`, asks for the position to be closed.
 */
export class KillLatch {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Anything but a certain "no such file" counts as set: a disk that cannot be asked must not be traded on. */
  get isSet(): boolean {
    try {
      return existsSync(this.#file) || !this.#isAbsent();
    } catch {
      return true;
    }
  }

  /** Why it was set, as far as somebody wrote it down. */
  get reason(): string {
    return oneLine(this.#lines[0]) || NO_REASON;
  }

  /** Whether whoever set it wants the position closed too. */
  get flattens(): boolean {
    return this.#lines[1]?.trim() === FLATTEN;
  }

  /** Why a person released it while no agent ran; null when nobody did. The next start journals that and settles it. */
  get released(): string | null {
    if (this.isSet) return null;
    try {
      return oneLine(readFileSync(this.#note, "utf8")) || NO_REASON;
    } catch (cause) {
      if (hasCode(cause, "ENOENT")) return null;
      throw cause;
    }
  }

  /** Durable when it returns. A flattening once asked for stays. */
  set(reason: string, flatten = false): void {
    const also = flatten || this.flattens ? `${FLATTEN}\n` : "";
    replaceFile(this.#file, `${oneLine(reason)}\n${also}`);
    this.settle();
  }

  clear(): void {
    remove(this.#file);
  }

  /** Releases it on behalf of the next start: only the journal ends a kill. */
  release(reason: string): void {
    replaceFile(this.#note, `${oneLine(reason)}\n`);
    this.clear();
  }

  /** The release is journaled, or taken back by a kill that came later. */
  settle(): void {
    remove(this.#note);
  }

  get #note(): string {
    return `${this.#file}.released`;
  }

  get #lines(): string[] {
    try {
      return readFileSync(this.#file, "utf8").split("\n");
    } catch {
      return [];
    }
  }

  #isAbsent(): boolean {
    try {
      readFileSync(this.#file);
      return false;
    } catch (cause) {
      return hasCode(cause, "ENOENT");
    }
  }
}

function oneLine(text = ""): string {
  return text
    .replaceAll(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, 200);
}

/** Whatever has that name: a folder sets the latch too. */
function remove(file: string): void {
  rmSync(file, { recursive: true, force: true });
  syncFolder(dirname(file));
}
