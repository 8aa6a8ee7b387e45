/** Says on stderr what comes up and how long it took; stdout stays free for the table and the figures. */
export class Progress {
  readonly #sinceMs: () => number;
  #lastMs = 0;

  constructor(sinceMs: () => number) {
    this.#sinceMs = sinceMs;
  }

  done(what: string): void {
    const nowMs = this.#sinceMs();
    const tookMs = Math.round(nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    process.stderr.write(`  ${String(tookMs).padStart(6)} ms  ${what}\n`);
  }

  say(what: string): void {
    process.stderr.write(`             ${what}\n`);
  }
}

/** A table of what runs where: name, place, process. */
export function table(rows: readonly (readonly [string, string, string])[]): string {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map(
      ([name, where, what]) =>
        `  ${name.padEnd(widths[0] ?? 0)}  ${where.padEnd(widths[1] ?? 0)}  ${what}`,
    )
    .join("\n");
}
