import { type Bytes, utf8Text } from "@believe/shared/base";
import type { Leaf } from "./leaf.ts";
import { tampered, type VerifyTools } from "./log-source.ts";
import { openingHeader } from "./opening.ts";

/** Longest day file that is unpacked, in bytes. */
export const DAY_BYTES_MAX = 256 * 1024 * 1024;
const HEAD = '{"v":1,"open":';

interface Opened {
  readonly leaf: Leaf;
  readonly text: string;
}

/** The text from each header to the next; what stands before the first has no leaf. */
function sectionsOf(path: string, text: string): Map<number, string> {
  const sections = new Map<number, string>();
  let last = -1;
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf(`\n${HEAD}`, at);
    const end = next < 0 ? text.length : next + 1;
    const section = text.slice(at, end);
    const header = openingHeader(section);
    if (header === null || header.leaf <= last) {
      throw tampered(path, `expected an opening of a leaf after ${last}, was other text`);
    }
    last = header.leaf;
    sections.set(last, section);
    at = end;
  }
  return sections;
}

/** `open/<day>.jsonl.gz`: the openings of a UTC day, one after the other. */
export class DayFile {
  readonly #path: string;
  readonly #text: string | null;
  #sections: Map<number, string> | null = null;

  private constructor(path: string, text: string | null) {
    this.#path = path;
    this.#text = text;
  }

  /** A day that nobody opened has no file. */
  static async of(path: string, gzip: Bytes | null, { gunzip }: VerifyTools): Promise<DayFile> {
    if (gzip === null) return new DayFile(path, null);
    let bytes: Bytes;
    try {
      bytes = await gunzip(gzip, DAY_BYTES_MAX);
    } catch (cause) {
      throw tampered(path, "expected a gzip file, was other bytes", cause);
    }
    return new DayFile(path, utf8Text(bytes));
  }

  get #parts(): Map<number, string> {
    this.#sections ??= sectionsOf(this.#path, this.#text ?? "");
    return this.#sections;
  }

  /** The opening of a leaf as the file has it, null where it has none. */
  section(leaf: number): string | null {
    return this.#parts.get(leaf) ?? null;
  }

  place({ index, minute }: Leaf): string {
    return `${this.#path} leaf ${index} (${minute})`;
  }

  /** Holds the file to be these openings in their order; what is newer than the checkpoint is left alone. */
  compare(openings: readonly Opened[], leaves: readonly Leaf[]): void {
    const inOrder = [...openings].sort((a, b) => a.leaf.index - b.leaf.index);
    if (this.#isExactly(inOrder)) return;
    for (const { leaf, text } of inOrder) {
      const mine = this.#parts.get(leaf.index);
      const place = this.place(leaf);
      if (mine === undefined) throw tampered(place, "expected the opening of that leaf, was none");
      if (mine === text) continue;
      const seq = differingSeq(mine, text);
      throw tampered(
        seq === null ? place : `${place} seq ${seq}`,
        "expected the bytes of its opening, was others",
      );
    }
    const last = leaves.at(-1)?.index ?? -1;
    const first = leaves[0]?.index ?? 0;
    const known = new Set(openings.map(({ leaf }) => leaf.index));
    for (const leaf of this.#parts.keys()) {
      if (leaf > last || known.has(leaf)) continue;
      const what = leaf < first ? "a leaf of that day" : "an opened leaf";
      throw tampered(`${this.#path} leaf ${leaf}`, `expected ${what}, was another`);
    }
  }

  #isExactly(openings: readonly Opened[]): boolean {
    const file = this.#text ?? "";
    let at = 0;
    for (const { text } of openings) {
      if (!file.startsWith(text, at)) return false;
      at += text.length;
    }
    return at === file.length;
  }

  /** Seq of the first record of a refused opening that this file has otherwise, null where it can't tell. */
  differingSeq(leaf: number, text: string): number | null {
    const mine = this.#parts.get(leaf);
    return mine === undefined || mine === text ? null : differingSeq(mine, text);
  }
}

/** Seq of the first line in which two openings differ, null where it is the header. */
function differingSeq(a: string, b: string): number | null {
  const theirs = b.split("\n");
  const at = a.split("\n").findIndex((line, i) => line !== theirs[i]);
  const seq = /"seq":(\d+)/.exec(theirs[at] ?? "")?.[1];
  return at < 1 || seq === undefined ? null : Number(seq);
}
