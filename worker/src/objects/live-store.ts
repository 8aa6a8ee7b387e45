import { z } from "zod";
import { emptySections, SECTION_NAMES, type Sections, sectionSchemas } from "./live-section.ts";

const row = z.strictObject({ id: z.int(), n: z.int(), value: z.string() });
const stored = z.strictObject(sectionSchemas);

/** The live object's rows: one a section, each an upsert of one row written. */
export class LiveStore {
  private readonly storage: DurableObjectStorage;
  private held: Sections;
  private version = 0;
  /** Rows written since this instance began: what the platform bills. */
  rowsWritten = 0;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS section (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, value TEXT NOT NULL)",
    );
    const read: Record<string, unknown> = { ...emptySections };
    for (const found of storage.sql.exec("SELECT id, n, value FROM section")) {
      const { id, n, value } = row.parse(found);
      const name = SECTION_NAMES[id];
      if (name !== undefined) read[name] = JSON.parse(value);
      this.version = Math.max(this.version, n);
    }
    this.held = stored.parse(read);
  }

  get sections(): Sections {
    return this.held;
  }

  /** Number of the newest version of the public state. */
  get n(): number {
    return this.version;
  }

  /** Writes the changed sections as one version; private ones alone make none. */
  write(changed: Partial<Sections>, isPublic: boolean): void {
    const n = this.version + (isPublic ? 1 : 0);
    this.storage.transactionSync(() => {
      for (const [id, name] of SECTION_NAMES.entries()) {
        if (changed[name] === undefined) continue;
        const cursor = this.storage.sql.exec(
          "INSERT INTO section (id, n, value) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET n = excluded.n, value = excluded.value",
          id,
          n,
          JSON.stringify(changed[name]),
        );
        this.rowsWritten += cursor.rowsWritten;
      }
    });
    this.held = { ...this.held, ...changed };
    this.version = n;
  }
}
