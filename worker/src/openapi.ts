import {
  brokerStatus,
  clicks,
  estate,
  figures,
  liveDelta,
  liveSnapshot,
  problem,
  researchStatus,
} from "@believe/shared/wire";
import { z } from "zod";
import { problems } from "./problem.ts";
import { type RouteDoc, routeTable } from "./route-table.ts";

/** The wire contracts by their name in the document. */
const schemas = {
  Problem: problem,
  LiveSnapshot: liveSnapshot,
  LiveDelta: liveDelta,
  Estate: estate,
  BrokerStatus: brokerStatus,
  ResearchStatus: researchStatus,
  Figures: figures,
  Clicks: clicks,
} as const;

const refTo = (name: keyof typeof schemas) => ({ $ref: `#/components/schemas/${name}` });

function contentOf(part: RouteDoc["answer"] | RouteDoc["body"]): object {
  if (part?.type === undefined) return {};
  const schema = part.schema === undefined ? { type: "string" } : refTo(part.schema);
  return { content: { [part.type]: { schema } } };
}

/** Codes by status: one response documents all refusals that share a status. */
function refusals(doc: RouteDoc): Record<string, object> {
  const byStatus = new Map<number, string[]>();
  for (const code of doc.errors) {
    const [status] = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = { "application/problem+json": { schema: refTo("Problem") } };
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, { description: codes.join(", "), content }]),
  );
}

function operation(doc: RouteDoc): object {
  const names = [...doc.path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  const parameters = names.map((name) => ({
    name,
    in: "path",
    required: true,
    schema: name === "agent" ? { enum: ["broker", "research"] } : { type: "string" },
  }));
  const done = doc.answer.status === 101 ? "Switching protocols" : "Done";
  return {
    summary: doc.summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(doc.signed === true ? { security: [{ requestSignature: [] }] } : {}),
    ...(doc.body === undefined ? {} : { requestBody: { required: true, ...contentOf(doc.body) } }),
    responses: {
      [doc.answer.status]: { description: done, ...contentOf(doc.answer) },
      ...refusals(doc),
    },
  };
}

function pathsOf(table: readonly RouteDoc[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const doc of table) {
    paths[doc.path] = { ...paths[doc.path], [doc.method]: operation(doc) };
  }
  return paths;
}

/** JSON Schema 2020-12 is what OpenAPI 3.1 speaks, so zod's own translation is used as it stands. */
function componentSchemas(): object {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _, ...rest } = z.toJSONSchema(schema);
      return [name, rest];
    }),
  );
}

/** The OpenAPI 3.1 document of the edge, from the route table and the wire schemas. Imports nothing of the platform. */
export function openApiDocument(): object {
  return {
    openapi: "3.1.0",
    info: { title: "believe edge", version: "0.1.0" },
    paths: pathsOf(routeTable),
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        requestSignature: {
          type: "apiKey",
          in: "header",
          name: "signature",
          description: "RFC 9421 Ed25519 over RFC 9530 digests, tag believe-ingest-v1",
        },
      },
    },
  };
}
