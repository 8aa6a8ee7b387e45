import { readConfig } from "@believe/host/config";
import { z } from "zod";

const researchConfig = z.strictObject({
  /** Folder of this agent's keys and state. */
  state: z.string().min(1),
  /** Origin of the broker's log, e.g. "log.example.com/j/broker". */
  origin: z.string().min(1),
  keys: z.strictObject({
    /** vkey of the broker's journal and of its requests. */
    brokerJournal: z.string().min(1),
    brokerRequest: z.string().min(1),
  }),
  /** C2SP tlog-policy of the log; an anchor is checked against it. */
  policy: z.string().min(1).optional(),
  /** vkey of the operator, whose note ends a freeze of this witness; without it nobody's does. */
  operator: z.string().min(1).optional(),
  worker: z.strictObject({ url: z.url() }),
  door: z.strictObject({
    /** The WireGuard address in production, loopback on one machine. Never a public one. */
    host: z.string().min(1),
    port: z.int().min(0).max(65_535),
    /** Largest segment that is taken, in bytes. */
    segmentBytesMax: z
      .int()
      .positive()
      .default(2 * 1024 * 1024 * 1024),
  }),
  /** Whether a live account's day that is long overdue is opened from the replica. */
  openOverdue: z.boolean().default(true),
  /** Longest wait between two looks at the served log: a false one is noticed within it. Every look is paid for. */
  followMs: z.int().min(100).max(50_000).default(30_000),
  /** Pause between two statuses; their lease is three of them, at least 15 s. */
  statusMs: z.int().min(100).max(200_000).default(30_000),
});
export type ResearchConfig = z.infer<typeof researchConfig>;

/** The environment that git runs in: ours, and no question to a person. */
export function gitEnvironment(): Readonly<Record<string, string | undefined>> {
  return { ...process.env, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };
}

/** Reads the research agent's TOML file; unknown keys and missing ones are one clear sentence. */
export function readResearchConfig(file: string): ResearchConfig {
  return readConfig(file, researchConfig);
}
