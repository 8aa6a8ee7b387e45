import type { Finding, Seen } from "./protocol.ts";
import type { Pin } from "./view.ts";

/** The part of a Storage that is used; null where the browser keeps nothing for this page. */
export interface Keeper {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
}

/** What this browser remembers of one log: its key from the first visit, its tree from the last good check. */
export interface Memory {
  readonly key: string;
  readonly sinceMs: number;
  readonly seen: Seen | null;
}

const nameOf = (origin: string) => `believe/seen/${origin}`;
const ROOT = /^[A-Za-z0-9+/]{43}=$/;

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

function countIn(fields: ReadonlyMap<string, unknown>, name: string): number | null {
  const value = fields.get(name);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function seenOf(value: unknown): Seen | null {
  const fields = fieldsOf(value);
  const size = countIn(fields, "size");
  const atMs = countIn(fields, "atMs");
  const root = fields.get("root");
  if (size === null || atMs === null || typeof root !== "string" || !ROOT.test(root)) return null;
  return { size, atMs, root };
}

/** What is remembered of `origin`; null for a first visit and for text that this page did not write. */
export function recall(keeper: Keeper | null, origin: string): Memory | null {
  let value: unknown;
  try {
    value = JSON.parse(keeper?.getItem(nameOf(origin)) ?? "null");
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const fields = fieldsOf(value);
  const key = fields.get("key");
  const sinceMs = countIn(fields, "sinceMs");
  if (typeof key !== "string" || sinceMs === null) return null;
  return { key, sinceMs, seen: seenOf(fields.get("seen")) };
}

/** Keeps it, or answers false: a full or forbidden storage takes nothing, and the page says "first visit" again. */
export function remember(keeper: Keeper | null, origin: string, memory: Memory): boolean {
  try {
    keeper?.setItem(nameOf(origin), JSON.stringify(memory));
    return keeper !== null;
  } catch {
    return false;
  }
}

/** How the page's key stands to the remembered one. */
export function pinOf(memory: Memory | null, key: string): Pin {
  if (memory === null) return { state: "first", sinceMs: null, pinned: null };
  const { sinceMs } = memory;
  if (memory.key === key) return { state: "same", sinceMs, pinned: null };
  return { state: "differs", sinceMs, pinned: memory.key };
}

/** The finding of a key that is not the remembered one, and to which no change of the log's key leads. */
export function keyFinding(pinned: string, key: string): Finding {
  const id = (vkey: string) => vkey.split("+")[1] ?? "";
  return {
    code: "key",
    place: "the journal's key in this page",
    said: `This page says ${id(key)}; at your first visit it was ${id(pinned)}.`,
    served: key,
    expected: pinned,
  };
}
