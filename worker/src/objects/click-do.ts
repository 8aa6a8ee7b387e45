import { DurableObject } from "cloudflare:workers";
import type { Click } from "@believe/shared/wire";
import type { Env } from "../env.ts";
import type { ClickRoom } from "./rooms.ts";

/** Counts clicks: one row for each UTC day, page and element, written once a report. */
export class ClickDO extends DurableObject<Env> implements ClickRoom {
  /** Rows written since this instance began: what the platform bills. */
  rowsWritten = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    // WITHOUT ROWID: a text key then needs no second index row.
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS click (day TEXT, page TEXT, element TEXT, count INTEGER NOT NULL, PRIMARY KEY (day, page, element)) WITHOUT ROWID",
    );
  }

  async count(day: string, clicks: readonly Click[]): Promise<void> {
    const times = new Map<string, Click & { readonly count: number }>();
    for (const click of clicks) {
      const key = `${click.page} ${click.element}`;
      times.set(key, { ...click, count: 1 + (times.get(key)?.count ?? 0) });
    }
    // No await between them: the platform commits all of them or none.
    for (const { page, element, count } of times.values()) {
      const cursor = this.ctx.storage.sql.exec(
        "INSERT INTO click (day, page, element, count) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
        day,
        page,
        element,
        count,
      );
      this.rowsWritten += cursor.rowsWritten;
    }
  }
}
