import type { ProblemCode } from "./problem.ts";

type Method = "get" | "put" | "post";
/** Contracts that the document names. */
type SchemaName = "LiveSnapshot" | "Estate" | "Clicks";

/** A route as the API document tells it. `{tile}` may hold slashes; every other parameter is one segment. */
export interface RouteDoc {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly signed?: boolean;
  readonly body?: { readonly type: string; readonly schema?: SchemaName };
  readonly answer: {
    readonly status: number;
    readonly type?: string;
    readonly schema?: SchemaName;
  };
  readonly errors: readonly ProblemCode[];
}

const SIGNED = [
  "bad-signature",
  "stale-signature",
  "body-too-large",
] as const satisfies readonly ProblemCode[];
const NOTE = ["bad-note", "wrong-signer", "not-newer"] as const satisfies readonly ProblemCode[];
const octets = "application/octet-stream";
const ndjson = "application/x-ndjson";

const liveDocs: readonly RouteDoc[] = [
  {
    method: "get",
    path: "/",
    summary: "The dashboard",
    answer: { status: 200, type: "text/html" },
    errors: ["live-unavailable"],
  },
  {
    method: "get",
    path: "/verify",
    summary: "The Verify page; ?seq= names a journal line to prove",
    answer: { status: 200, type: "text/html" },
    errors: [],
  },
  {
    method: "get",
    path: "/api/live",
    summary: "The whole public state",
    answer: { status: 200, type: "application/json", schema: "LiveSnapshot" },
    errors: [],
  },
  {
    method: "get",
    path: "/api/live/socket",
    summary:
      "WebSocket of LiveDelta frames; the first is whole unless ?n= names the current version; say only ping",
    answer: { status: 101 },
    errors: ["no-upgrade", "too-many-sockets", "room-full"],
  },
  {
    method: "get",
    path: "/api/estate",
    summary: "Names and verifier keys of the estate",
    answer: { status: 200, type: "application/json", schema: "Estate" },
    errors: [],
  },
  {
    method: "get",
    path: "/openapi.json",
    summary: "This document",
    answer: { status: 200, type: "application/json" },
    errors: [],
  },
  {
    method: "post",
    path: "/click",
    summary:
      "Counts the clicks of a visit; text/plain of the same JSON is taken too (a browser's beacon)",
    body: { type: "application/json", schema: "Clicks" },
    answer: { status: 204 },
    errors: ["bad-body", "body-too-large", "unknown-click", "foreign-origin"],
  },
  {
    method: "put",
    path: "/status/{agent}",
    summary:
      "A signed note whose one line of JSON is the agent's status (BrokerStatus, ResearchStatus)",
    signed: true,
    body: { type: "text/plain" },
    answer: { status: 204 },
    errors: ["unknown-agent", ...SIGNED, ...NOTE, "wrong-agent", "future-status"],
  },
  {
    method: "put",
    path: "/figures/broker",
    summary: "A signed note whose one line of JSON is the figures document (Figures)",
    signed: true,
    body: { type: "text/plain" },
    answer: { status: 204 },
    errors: [...SIGNED, ...NOTE],
  },
  {
    method: "put",
    path: "/log/broker/pending",
    summary: "Journal lines of a paper account ahead of their leaf",
    signed: true,
    body: { type: ndjson },
    answer: { status: 204 },
    errors: [...SIGNED, "bad-record", "not-paper"],
  },
];

const LOG = ["unknown-agent", "unknown-log"] as const satisfies readonly ProblemCode[];

/** The log of an agent: C2SP tlog-tiles and tlog-witness, and our openings. */
const logDocs: readonly RouteDoc[] = [
  {
    method: "get",
    path: "/log/{agent}/checkpoint",
    summary: "The newest signed checkpoint with every cosignature that is known of it",
    answer: { status: 200, type: "text/plain" },
    errors: [...LOG, "unknown-blob"],
  },
  {
    method: "get",
    path: "/log/{agent}/vkey",
    summary: "The log's verifier key that is in force",
    answer: { status: 200, type: "text/plain" },
    errors: LOG,
  },
  {
    method: "get",
    path: "/log/{agent}/state",
    summary:
      "Size, root, opened records and leaves, leaves not opened by UTC hour, forks, our witness key, and who witnesses the log",
    answer: { status: 200, type: "application/json" },
    errors: LOG,
  },
  {
    method: "get",
    path: "/log/{agent}/policy",
    summary: "C2SP tlog-policy: the log, its witnesses, and how many of them are enough",
    answer: { status: 200, type: "text/plain" },
    errors: LOG,
  },
  {
    method: "put",
    path: "/log/{agent}/cosignatures/{size}",
    summary:
      "Cosignature lines of the policy's witnesses over the checkpoint of that size (204 when all are stored already)",
    signed: true,
    body: { type: "text/plain" },
    answer: { status: 201 },
    errors: [
      ...LOG,
      ...SIGNED,
      "unknown-blob",
      "bad-body",
      "wrong-signer",
      "bad-proof",
      "not-covered",
    ],
  },
  {
    method: "post",
    path: "/log/{agent}/add-checkpoint",
    summary: "C2SP tlog-witness; 403, 409 and 422 are the protocol's own plain answers",
    body: { type: "text/plain" },
    answer: { status: 200, type: "text/plain" },
    errors: [...LOG, "body-too-large"],
  },
  {
    method: "post",
    path: "/log/{agent}/unfreeze",
    summary:
      "The operator's signed note that ends a freeze; 403 and 409 (the stored size) are plain answers",
    body: { type: "text/plain" },
    answer: { status: 200, type: "text/plain" },
    errors: [...LOG, "body-too-large"],
  },
  {
    method: "post",
    path: "/log/{agent}/key-change",
    summary: "The note of a log's old and new key; 403 and 409 (the stored size) are plain answers",
    body: { type: "text/plain" },
    answer: { status: 200, type: "text/plain" },
    errors: [...LOG, "body-too-large"],
  },
  {
    method: "get",
    path: "/log/{agent}/forks",
    summary: "Every fork that was shown: both checkpoints, and the note that ended its freeze",
    answer: { status: 200, type: "application/json" },
    errors: LOG,
  },
  {
    method: "get",
    path: "/log/{agent}/key-changes",
    summary: "The key-change notes of the log, in order",
    answer: { status: 200, type: "application/json" },
    errors: LOG,
  },
  {
    method: "get",
    path: "/log/{agent}/tile/{tile}",
    summary: "A tile or an entry bundle that a checkpoint covers",
    answer: { status: 200, type: octets },
    errors: [...LOG, "unknown-blob"],
  },
  {
    method: "put",
    path: "/log/{agent}/tile/{tile}",
    summary:
      "Stores a tile or an entry bundle (204 when it is stored already); immutable once covered",
    signed: true,
    body: { type: octets },
    answer: { status: 201 },
    errors: [...LOG, ...SIGNED, "unknown-blob", "bad-body", "conflict", "frozen", "not-covered"],
  },
  {
    method: "get",
    path: "/log/{agent}/open/{what}",
    summary: "An opened leaf by number; <day>.jsonl.gz is all of a UTC day, as application/gzip",
    answer: { status: 200, type: ndjson },
    errors: [...LOG, "unknown-blob"],
  },
  {
    method: "put",
    path: "/log/{agent}/open/{what}",
    summary:
      "Opens a leaf, or opens it wider (204 when it is so already): its salt and its lines or their commitments",
    signed: true,
    body: { type: ndjson },
    answer: { status: 201 },
    errors: [...LOG, ...SIGNED, "unknown-blob", "bad-body", "conflict", "not-covered", "bad-proof"],
  },
];

/** Every route that the Worker serves; a test holds it against the router. */
export const routeTable: readonly RouteDoc[] = [...liveDocs, ...logDocs];

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, (_, name) => (name === "tile" ? ".+" : "[^/]+"))}$`);

const patterns = routeTable.map((doc) => ({ doc, pattern: patternOf(doc.path) }));

/** Methods that a path answers, empty for a path that no route has. */
export function methodsOf(path: string): string[] {
  const methods = patterns
    .filter(({ pattern }) => pattern.test(path))
    .map(({ doc }) => doc.method.toUpperCase());
  return [...new Set(methods)];
}
