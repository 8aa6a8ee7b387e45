import { DurableObject } from "cloudflare:workers";
import type { Click } from "@believe/shared/wire";
import type { Env } from "../env.ts";
import type { ClickRoom } from "./rooms.ts";

/** Counts clicks: one row for each UTC day, page and element, one row written for each click. */
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

  async count(day: string, click: Click): Promise<void> {
    const cursor = this.ctx.storage.sql.exec(
      "INSERT INTO click (day, page, element, count) VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1",
      day,
      click.page,
      click.element,
    );
    this.rowsWritten += cursor.rowsWritten;
  }
}
