/** What Cloudflare counts, over any time. `objectSeconds` are GB-seconds of awake Durable Objects. */
export interface Use {
  readonly requests: number;
  readonly objectRequests: number;
  readonly rowsWritten: number;
  readonly kvReads: number;
  readonly kvWrites: number;
  readonly objectSeconds: number;
}
export type Meter = keyof Use;

/** One line of the plans: how much of it is free a day, is in Paid a month, and what a million more costs, USD. */
interface Price {
  readonly name: string;
  readonly freePerDay: number;
  readonly paidPerMonth: number;
  readonly perMillionUsd: number;
  /** Page of developers.cloudflare.com. */
  readonly source: string;
}

/** The day on which every number below was read. */
export const PRICES_READ = "2026-11-20";
/** Workers Paid, a month, USD: workers/platform/pricing. */
export const PAID_USD = 5;
/** A Durable Object is billed as 128 MB, in GB: durable-objects/platform/pricing. */
export const OBJECT_GB = 0.128;
/** Incoming WebSocket messages that count as one request: durable-objects/platform/pricing. */
export const MESSAGES_PER_REQUEST = 20;

export const PRICES: Readonly<Record<Meter, Price>> = {
  requests: {
    name: "Worker requests",
    freePerDay: 100_000,
    paidPerMonth: 10_000_000,
    perMillionUsd: 0.3,
    source: "workers/platform/pricing",
  },
  objectRequests: {
    name: "object requests",
    freePerDay: 100_000,
    paidPerMonth: 1_000_000,
    perMillionUsd: 0.15,
    source: "durable-objects/platform/pricing",
  },
  objectSeconds: {
    name: "object GB-seconds",
    freePerDay: 13_000,
    paidPerMonth: 400_000,
    perMillionUsd: 12.5,
    source: "durable-objects/platform/pricing",
  },
  rowsWritten: {
    name: "rows written",
    freePerDay: 100_000,
    paidPerMonth: 50_000_000,
    perMillionUsd: 1,
    source: "durable-objects/platform/pricing",
  },
  kvReads: {
    name: "KV reads",
    freePerDay: 100_000,
    paidPerMonth: 10_000_000,
    perMillionUsd: 0.5,
    source: "kv/platform/pricing",
  },
  kvWrites: {
    name: "KV writes",
    freePerDay: 1_000,
    paidPerMonth: 1_000_000,
    perMillionUsd: 5,
    source: "kv/platform/pricing",
  },
};

/** Meters in the order of the table. */
export const METERS = [
  "requests",
  "objectRequests",
  "objectSeconds",
  "rowsWritten",
  "kvReads",
  "kvWrites",
] as const satisfies readonly Meter[];
