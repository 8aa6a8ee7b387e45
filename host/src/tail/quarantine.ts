import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { systemCode } from "./tail-failure.ts";

/** More remembered rows than this would cost memory for nothing: a feed that bad has been stopped by people. */
const REMEMBERED = 100_000;

/** What was refused, where it stood and why. `reason` is a kebab-case code. */
export interface Refusal {
  readonly path: string;
  readonly offset: number;
  readonly reason: string;
  readonly bytes: Uint8Array;
}

/**
 * Keeps refused bytes: one file of JSON lines for each source file, `{path, offset, reason, text}` or, when
 * they are not plain text, `{…, base64}`. Remembers across restarts what it holds, so that a piece that is
 * met again at the same place is not written twice.
 */
export class Quarantine {
  readonly #folder: string;
  readonly #held = new Map<string, Set<string>>();
  readonly #waiting = new Map<string, string>();
  readonly #byReason = new Map<string, number>();

  constructor(options: { readonly folder: string }) {
    this.#folder = options.folder;
    mkdirSync(options.folder, { recursive: true });
  }

  /** Pieces added by this process, by reason. */
  get counts(): ReadonlyMap<string, number> {
    return this.#byReason;
  }

  /** True when these bytes of this place are held already. */
  has(path: string, offset: number, bytes: Uint8Array): boolean {
    return this.#heldOf(path).has(keyOf(offset, bytes));
  }

  /** Takes the bytes in, unless they are held already. They are in the file after `flush`. */
  add(refusal: Refusal): void {
    const { path, offset, reason, bytes } = refusal;
    const held = this.#heldOf(path);
    const key = keyOf(offset, bytes);
    this.#byReason.set(reason, (this.#byReason.get(reason) ?? 0) + 1);
    if (held.has(key)) return;
    if (held.size < REMEMBERED) held.add(key);
    const entry = { path, offset, reason, ...shown(bytes) };
    this.#waiting.set(path, `${this.#waiting.get(path) ?? ""}${JSON.stringify(entry)}\n`);
  }

  flush(): void {
    for (const [path, text] of this.#waiting) appendFileSync(this.#fileOf(path), text);
    this.#waiting.clear();
  }

  #fileOf(path: string): string {
    return join(this.#folder, `${basename(path)}.jsonl`);
  }

  #heldOf(path: string): Set<string> {
    let held = this.#held.get(path);
    if (!held) {
      const text = textOf(this.#fileOf(path));
      held = readHeld(text);
      this.#held.set(path, held);
      // A crash tore the last entry: what follows begins on a line of its own.
      if (text !== "" && !text.endsWith("\n")) this.#waiting.set(path, "\n");
    }
    return held;
  }
}

function keyOf(offset: number, bytes: Uint8Array): string {
  return `${offset}:${createHash("sha1").update(bytes).digest("base64")}`;
}

function shown(bytes: Uint8Array): { text: string } | { base64: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const plain = buffer.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0d);
  return plain ? { text: buffer.toString("latin1") } : { base64: buffer.toString("base64") };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "";
    throw error;
  }
}

function readHeld(text: string): Set<string> {
  const held = new Set<string>();
  for (const line of text.split("\n").slice(0, REMEMBERED)) {
    const key = heldKey(line);
    if (key !== null) held.add(key);
  }
  return held;
}

function heldKey(line: string): string | null {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== "object" || entry === null || !("offset" in entry)) return null;
    const { offset } = entry;
    if (typeof offset !== "number") return null;
    if ("text" in entry && typeof entry.text === "string") {
      return keyOf(offset, Buffer.from(entry.text, "latin1"));
    }
    if ("base64" in entry && typeof entry.base64 === "string") {
      return keyOf(offset, Buffer.from(entry.base64, "base64"));
    }
    return null;
  } catch {
    // The last line of a quarantine file may be torn by a crash; its row is then written again.
    return null;
  }
}
