import { type Bytes, utf8 } from "@believe/shared/base";
import { type AgentName, agentName } from "@believe/shared/wire";
import { tilePath } from "@believe/shared/wire/log";
import fc from "fast-check";
import { z } from "zod";
import { openApiDocument } from "../src/openapi.ts";
import { DASHBOARD, signedJson, signedRequest } from "./agents.ts";
import { SampleLog } from "./sample-log.ts";
import { ofSchema } from "./schema-arbitrary.ts";

/** Size of the log that lies in the Worker before the first request. */
export const SIZE = 3;
export const sample = new SampleLog(SIZE + 2);
/** What the same key signed besides: it froze the log before the first request. */
export const other = new SampleLog(SIZE, "1.00");

const operation = z.looseObject({
  security: z.unknown().optional(),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()),
});
const api = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});
const { paths, components } = api.parse(openApiDocument());

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly isSigned: boolean;
  readonly hasBody: boolean;
  readonly statuses: readonly number[];
}

/** Every operation of our own API document. */
export const routes: readonly Route[] = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { security, requestBody, responses }]) => ({
    method: method.toUpperCase(),
    path,
    isSigned: security !== undefined,
    hasBody: requestBody !== undefined,
    statuses: Object.keys(responses).map(Number),
  })),
);

/** How a request proves who sent it: as the agent would, not at all, or with junk in the headers. */
type Proof = "agent" | "none" | Readonly<Record<string, string>>;
/** A body: these bytes, or a document that the agent's status key signs. */
type Body = { readonly bytes: Bytes } | { readonly document: unknown };

export interface Plan {
  readonly route: Route;
  /** With parameters filled in, and maybe a query. */
  readonly path: string;
  readonly contentType: string;
  readonly body: Body;
  readonly proof: Proof;
}

const wild = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 24 }).filter((text) => text.isWellFormed()),
  fc.constantFrom("%00", "%ff", "..%2f", "-1", "1e3", "9007199254740993", "x".repeat(3000), "~"),
);
const tiles = fc
  .tuple(
    fc.constantFrom<number | "entries">("entries", 0, 1, 6),
    fc.nat(2),
    fc.integer({ min: 1, max: 256 }),
  )
  .map(([level, index, width]) => tilePath(level, index, width).slice("tile/".length));
const openable = fc.oneof(
  fc.nat(SIZE + 3).map(String),
  fc.constantFrom("2024-01-09.jsonl.gz", "2024-02-31.jsonl.gz"),
);

const known: Readonly<Record<string, fc.Arbitrary<string>>> = {
  agent: fc.constantFrom("broker", "broker", "research"),
  tile: tiles,
  what: openable,
};

function parameter(name: string): fc.Arbitrary<string> {
  const good = known[name] ?? wild;
  return fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: wild });
}

function pathOf({ path }: Route): fc.Arbitrary<string> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const filled = fc.tuple(...names.map(parameter)).map((values) => {
    let at = 0;
    return path.replaceAll(/\{\w+\}/g, () => values[at++] ?? "");
  });
  const query = fc.oneof(
    { weight: 3, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: wild.map((text) => `?n=${text}`) },
  );
  return fc.tuple(filled, query).map((parts) => parts.join(""));
}

const kinds = Object.values(components.schemas).map((schema) =>
  ofSchema(schema, components.schemas),
);

interface Honest {
  readonly method: string;
  /** As the document writes it. */
  readonly template: string;
  readonly path: string;
  readonly bytes: Bytes;
}

/** Requests that an agent or a visitor would send. */
async function honestRequests(): Promise<Honest[]> {
  const log = "/log/{agent}";
  const puts = sample.puts(SIZE, SIZE + 2).map(({ name, bytes }) => ({
    method: "PUT",
    template: `${log}/tile/{tile}`,
    path: `/log/broker/${tilePath(name.level, name.index, name.width)}`,
    bytes,
  }));
  const opens = [0, 1, SIZE - 1, SIZE + 1].flatMap((leaf) =>
    [sample.closedOpening(leaf), sample.opening(leaf)].map((bytes) => ({
      method: "PUT",
      template: `${log}/open/{what}`,
      path: `/log/broker/open/${leaf}`,
      bytes,
    })),
  );
  const adds = [await sample.addAt(SIZE, SIZE + 2), await sample.addAt(0, SIZE)].map((body) => ({
    method: "POST",
    template: `${log}/add-checkpoint`,
    path: "/log/broker/add-checkpoint",
    bytes: utf8(body),
  }));
  const notes: [string, string][] = [
    ["unfreeze", await sample.unfreezeAt(SIZE, other.rootAt(SIZE))],
    ["unfreeze", await sample.unfreezeAt(SIZE + 2, null)],
    ["key-change", await sample.keyChangeAt(SIZE + 2)],
  ];
  const acts = notes.map(([what, note]) => ({
    method: "POST",
    template: `${log}/${what}`,
    path: `/log/broker/${what}`,
    bytes: utf8(note),
  }));
  const pending = "/log/broker/pending";
  const lines = utf8(`${sample.line(0)}\n${sample.line(1)}\n`);
  return [
    ...puts,
    ...opens,
    ...adds,
    ...acts,
    { method: "PUT", template: pending, path: pending, bytes: lines },
  ];
}

/** One byte changed, or none. */
function mutated({ bytes }: Honest, [at, flip]: readonly [number, number]): Bytes {
  const copy = bytes.slice();
  copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ flip;
  return copy;
}

function nearlyHonest(honest: readonly Honest[]): fc.Arbitrary<Plan> {
  const change = fc.oneof(
    fc.constant([0, 0] as const),
    fc.tuple(fc.nat(10_000), fc.integer({ min: 1, max: 255 })),
  );
  return fc.tuple(fc.constantFrom(...honest), change).map(([one, flip]) => ({
    route: routeOf(one.method, one.template),
    path: one.path,
    contentType: "application/octet-stream",
    body: { bytes: mutated(one, flip) },
    proof: "agent",
  }));
}

function routeOf(method: string, template: string): Route {
  const found = routes.find((route) => route.method === method && route.path === template);
  if (found === undefined)
    throw new Error(`expected ${method} ${template} in the document, was none`);
  return found;
}

function noise(): fc.Arbitrary<Body> {
  const raw = fc.uint8Array({ maxLength: 600 }).map((bytes) => ({ bytes: new Uint8Array(bytes) }));
  const values = fc.oneof(...kinds, fc.jsonValue({ maxDepth: 2 }));
  return fc.oneof(
    raw,
    fc.constant({ bytes: new Uint8Array(600_000) }),
    values.map((value) => ({ bytes: utf8(JSON.stringify(value) ?? "") })),
    values.map((document) => ({ document })),
  );
}

const printable = fc.stringMatching(/^[!-~][ -~]{0,60}$/).map((text) => text.trim());
const junkProof = fc.record({
  signature: fc.oneof(printable, fc.constant("sig1=:AAAA:")),
  "signature-input": fc.oneof(
    printable,
    fc.constant('sig1=("@method" "@method");created=1;keyid="x"'),
  ),
  "content-digest": fc.oneof(printable, fc.constant("sha-256=:AAAA:")),
});

/** Requests to every route, from honest ones with one byte changed to noise. */
export async function plans(): Promise<fc.Arbitrary<Plan>> {
  const anything = fc.constantFrom(...routes).chain((route) =>
    fc.record({
      route: fc.constant(route),
      path: pathOf(route),
      contentType: fc.constantFrom(
        "application/json",
        "text/plain",
        "application/octet-stream",
        "",
      ),
      body: noise(),
      proof: fc.oneof<fc.Arbitrary<Proof>[]>(
        fc.constant("agent"),
        fc.constant("agent"),
        fc.constant("none"),
        junkProof,
      ),
    }),
  );
  const honest = nearlyHonest(await honestRequests());
  return fc.oneof({ weight: 3, arbitrary: anything }, { weight: 1, arbitrary: honest });
}

function agentIn(path: string): AgentName {
  return agentName.safeParse(path.split("/")[2]).data ?? "broker";
}

async function bytesOf(body: Body, agent: AgentName): Promise<Bytes> {
  return "bytes" in body ? body.bytes : utf8(await signedJson(body.document ?? null, agent));
}

/** The request of a plan, signed now. */
export async function requestOf({ route, path, contentType, body, proof }: Plan): Promise<Request> {
  const agent = agentIn(path);
  const { method } = route;
  if (method === "GET") return new Request(`${DASHBOARD}${path}`);
  const bytes = await bytesOf(body, agent);
  if (proof === "agent" && (method === "PUT" || method === "POST")) {
    return signedRequest({ path, body: bytes, method, agent, contentType });
  }
  const headers = new Headers(typeof proof === "string" ? {} : proof);
  headers.set("content-type", contentType);
  return new Request(`${DASHBOARD}${path}`, { method, headers, body: bytes });
}
