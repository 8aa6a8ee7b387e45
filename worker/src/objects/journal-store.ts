import type { Bytes } from "@believe/shared/base";
import {
  type CosignatureState,
  type CosignatureStorage,
  EMPTY_MIRROR,
  type Fork,
  type ForkEvidence,
  frontierBytes,
  hashesOf,
  type MirrorState,
  type MirrorStorage,
  NO_COSIGNATURES,
  type Slot,
  type StoredOpening,
  TILE_WIDTH,
  type TileName,
} from "@believe/shared/wire/log";
import { z } from "zod";

const blob = z.instanceof(ArrayBuffer).transform((buffer): Bytes => new Uint8Array(buffer));
const stateRow = z.object({
  size: z.int(),
  root: blob,
  frontier: blob,
  note: z.string().nullable(),
  cosignature: z.string().nullable(),
  minute: z.string().nullable(),
  frozen: z.string().nullable(),
  opened_leaves: z.int(),
  opened_lines: z.int(),
  unannounced: z.string(),
  unopened: z.string(),
});
const unopenedHours = z.array(z.strictObject({ hour: z.int(), leaves: z.int() }));
const column = z.object({ name: z.string() });
const slotRow = z.object({ width: z.int(), bytes: blob.nullable(), sha256: blob.nullable() });
const openingRow = z.object({
  day: z.string(),
  lines: z.int(),
  text: z.string().nullable(),
  sha256: blob.nullable(),
});
const cosigned = z.strictObject({
  size: z.int(),
  atUs: z.int(),
  note: z.string(),
  lines: z.string(),
});
const cosignatureState = z.strictObject({
  witnessed: cosigned.nullable(),
  waiting: z.array(cosigned),
  sinceUs: z.int().nullable(),
  seen: z.array(z.strictObject({ name: z.string(), size: z.int(), atUs: z.int() })),
});
const forkRow = z.object({
  size: z.int(),
  cosigned: z.string().nullable(),
  other: z.string(),
  unfrozen: z.string().nullable(),
});
const noteRow = z.object({ note: z.string() });
const cosignatureRow = z.object({ value: z.string() });

const SCHEMA = `
CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,
  frontier BLOB NOT NULL, note TEXT, cosignature TEXT, minute TEXT, frozen TEXT,
  opened_leaves INTEGER NOT NULL, opened_lines INTEGER NOT NULL, unannounced TEXT NOT NULL,
  unopened TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS slot (id INTEGER PRIMARY KEY, width INTEGER NOT NULL, bytes BLOB, sha256 BLOB);
CREATE TABLE IF NOT EXISTS opening (leaf INTEGER PRIMARY KEY, day TEXT NOT NULL, lines INTEGER NOT NULL,
  text TEXT, sha256 BLOB);
CREATE INDEX IF NOT EXISTS opening_day ON opening (day);
CREATE TABLE IF NOT EXISTS fork (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, cosigned TEXT, other TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS unfreeze (fork INTEGER PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS key_change (id INTEGER PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cosignature (id INTEGER PRIMARY KEY, value TEXT NOT NULL);
`;

/** One integer key for a level and index: 16 kinds (bundles, then levels 0 to 6) interleaved. */
function slotId({ level, index }: Pick<TileName, "level" | "index">): number {
  return index * 16 + (level === "entries" ? 0 : level + 1);
}

function bufferOf(bytes: Bytes): ArrayBuffer {
  return bytes.slice().buffer;
}

/** The mirror's storage in the SQLite of a Durable Object. Integer keys and upserts: one row written a write. */
export class JournalStore implements MirrorStorage, CosignatureStorage {
  private readonly storage: DurableObjectStorage;
  private held: MirrorState | null | undefined;
  private cosigned: CosignatureState | null = null;
  private evidence: readonly Fork[] | null = null;
  private changes: readonly string[] | null = null;
  /** Opened leaves of which the live object may not know; saved with the next state. */
  private waiting: number[] = [];
  /** Rows written since this instance began: what the platform bills. */
  rowsWritten = 0;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    storage.sql.exec(SCHEMA);
    this.addUnopened();
  }

  /** A log from before unopened leaves were counted: they are counted from here on. */
  private addUnopened(): void {
    const columns = this.storage.sql.exec("PRAGMA table_info(log)").toArray();
    if (columns.some((found) => column.parse(found).name === "unopened")) return;
    this.storage.sql.exec("ALTER TABLE log ADD COLUMN unopened TEXT NOT NULL DEFAULT '[]'");
  }

  get unannounced(): readonly number[] {
    this.state();
    return this.waiting;
  }

  /** One announcement of a leaf was told. A leaf that was widened while it was told is listed once more. */
  announced(leaf: number): void {
    const at = this.waiting.indexOf(leaf);
    this.waiting = this.waiting.filter((_, i) => i !== at);
  }

  state(): MirrorState | null {
    if (this.held !== undefined) return this.held;
    const [found] = this.storage.sql.exec("SELECT * FROM log").toArray();
    if (found === undefined) {
      this.held = null;
      return null;
    }
    const { opened_leaves, opened_lines, unannounced, unopened, frontier, ...rest } =
      stateRow.parse(found);
    this.waiting = z.array(z.int()).parse(JSON.parse(unannounced));
    this.held = {
      ...rest,
      frontier: hashesOf(frontier),
      openedLeaves: opened_leaves,
      openedLines: opened_lines,
      unopened: unopenedHours.parse(JSON.parse(unopened)),
    };
    return this.held;
  }

  setState(state: MirrorState): void {
    this.write(
      "INSERT OR REPLACE INTO log VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      state.size,
      bufferOf(state.root),
      bufferOf(frontierBytes(state.frontier)),
      state.note,
      state.cosignature,
      state.minute,
      state.frozen,
      state.openedLeaves,
      state.openedLines,
      JSON.stringify(this.waiting),
      JSON.stringify(state.unopened),
    );
    this.held = state;
  }

  slot(name: Pick<TileName, "level" | "index">): Slot | null {
    const [found] = this.storage.sql
      .exec("SELECT width, bytes, sha256 FROM slot WHERE id = ?", slotId(name))
      .toArray();
    if (found === undefined) return null;
    const { width, bytes, sha256 } = slotRow.parse(found);
    if (sha256 !== null) return { kind: "blob", sha256 };
    return bytes === null ? null : { kind: "row", width, bytes };
  }

  setSlot(name: Pick<TileName, "level" | "index">, slot: Slot): void {
    const isRow = slot.kind === "row";
    this.write(
      "INSERT OR REPLACE INTO slot VALUES (?, ?, ?, ?)",
      slotId(name),
      isRow ? slot.width : TILE_WIDTH,
      isRow ? bufferOf(slot.bytes) : null,
      isRow ? null : bufferOf(slot.sha256),
    );
  }

  opening(leaf: number): StoredOpening | null {
    const [found] = this.storage.sql
      .exec("SELECT day, lines, text, sha256 FROM opening WHERE leaf = ?", leaf)
      .toArray();
    if (found === undefined) return null;
    const { day, lines, text, sha256 } = openingRow.parse(found);
    return { leaf, day, lines, content: sha256 === null ? (text ?? "") : { sha256 } };
  }

  setOpening({ leaf, day, lines, content }: StoredOpening): void {
    const isText = typeof content === "string";
    // An upsert leaves the day's index alone: a wider opening is one row.
    this.write(
      "INSERT INTO opening VALUES (?, ?, ?, ?, ?) ON CONFLICT (leaf) DO UPDATE SET lines = excluded.lines, text = excluded.text, sha256 = excluded.sha256",
      leaf,
      day,
      lines,
      isText ? content : null,
      isText ? null : bufferOf(content.sha256),
    );
    this.waiting = [...this.unannounced, leaf];
  }

  openedLeaves(day: string, after: number, limit: number): number[] {
    return this.storage.sql
      .exec(
        "SELECT leaf FROM opening WHERE day = ? AND leaf > ? ORDER BY leaf LIMIT ?",
        day,
        after,
        limit,
      )
      .toArray()
      .map((found) => z.object({ leaf: z.int() }).parse(found).leaf);
  }

  addEvidence({ size, cosigned, other }: ForkEvidence): void {
    this.write("INSERT INTO fork (size, cosigned, other) VALUES (?, ?, ?)", size, cosigned, other);
    this.evidence = null;
  }

  forks(): readonly Fork[] {
    this.evidence ??= this.storage.sql
      .exec(
        "SELECT size, cosigned, other, note AS unfrozen FROM fork LEFT JOIN unfreeze ON fork = id ORDER BY id",
      )
      .toArray()
      .map((found) => forkRow.parse(found));
    return this.evidence;
  }

  /** A row of its own: what is evidence is never written again. */
  release(unfreeze: string): void {
    this.write("INSERT INTO unfreeze SELECT MAX(id), ? FROM fork", unfreeze);
    this.evidence = null;
  }

  keyChanges(): readonly string[] {
    this.changes ??= this.storage.sql
      .exec("SELECT note FROM key_change ORDER BY id")
      .toArray()
      .map((found) => noteRow.parse(found).note);
    return this.changes;
  }

  addKeyChange(note: string): void {
    this.write("INSERT INTO key_change (note) VALUES (?)", note);
    this.changes = null;
  }

  cosignatures(): CosignatureState {
    if (this.cosigned !== null) return this.cosigned;
    const [found] = this.storage.sql.exec("SELECT value FROM cosignature").toArray();
    this.cosigned =
      found === undefined
        ? NO_COSIGNATURES
        : cosignatureState.parse(JSON.parse(cosignatureRow.parse(found).value));
    return this.cosigned;
  }

  setCosignatures(state: CosignatureState): void {
    this.write("INSERT OR REPLACE INTO cosignature VALUES (0, ?)", JSON.stringify(state));
    this.cosigned = state;
  }

  transaction<T>(run: () => T): T {
    const { waiting } = this;
    const held = this.state() ?? EMPTY_MIRROR;
    try {
      return this.storage.transactionSync(run);
    } catch (cause) {
      this.held = held === EMPTY_MIRROR ? null : held;
      this.waiting = waiting;
      this.evidence = null;
      this.changes = null;
      throw cause;
    }
  }

  private write(query: string, ...values: SqlStorageValue[]): void {
    this.rowsWritten += this.storage.sql.exec(query, ...values).rowsWritten;
  }
}
