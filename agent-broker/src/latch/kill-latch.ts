import { existsSync, readFileSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { hasCode, replaceFile, syncFolder } from "@believe/host/disk";

/**
 * The kill switch as a file: its mere existence counts, whoever made it and whatever it holds, so that it works from
 * any shell, without a network and without this program, and survives every restart. It is asked before every send.
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
    try {
      const [line = ""] = readFileSync(this.#file, "utf8").split("\n");
      return (
        line
          .replaceAll(/\p{Cc}/gu, " ")
          .trim()
          .slice(0, 200) || "no reason given"
      );
    } catch {
      return "no reason given";
    }
  }

  /** Durable when it returns. */
  set(reason: string): void {
    replaceFile(this.#file, `${reason}\n`);
  }

  clear(): void {
    try {
      unlinkSync(this.#file);
    } catch (cause) {
      if (!hasCode(cause, "ENOENT")) throw cause;
    }
    syncFolder(dirname(this.#file));
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
