/** One measured number of a bench, with the bar that it has to clear. */
export interface Metric {
  readonly bench: string;
  readonly metric: string;
  readonly value: number;
  /** "events/s", "ms", "MB": what `value` counts. */
  readonly unit: string;
  /** The bar in words and numbers: "≥ 50000". */
  readonly bar: string;
  readonly ok: boolean;
  /** What it was compared with in the same run, and value / theirs. */
  readonly against?: string;
  readonly ratio?: number;
}

/** Whether a value that a bench module returned is a metric. */
export function isMetric(value: unknown): value is Metric {
  if (typeof value !== "object" || value === null) return false;
  const kinds: Readonly<Record<string, string>> = {
    bench: "string",
    metric: "string",
    value: "number",
    unit: "string",
    bar: "string",
    ok: "boolean",
  };
  const entries = new Map<string, unknown>(Object.entries(value));
  return Object.entries(kinds).every(([key, kind]) => typeof entries.get(key) === kind);
}

/** The names of the metrics that a bench gave more than once; each may occur once. */
export function repeated(metrics: readonly Metric[]): string[] {
  const names = metrics.map(({ metric }) => metric);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

/** The metrics as a table for a person. */
export function table(metrics: readonly Metric[]): string {
  const rows = metrics.map((m) => [
    m.ok ? "ok" : "FAILED",
    m.metric,
    `${m.value} ${m.unit}`,
    `bar ${m.bar}`,
    m.ratio === undefined ? "" : `${m.ratio} × ${m.against ?? ""}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
