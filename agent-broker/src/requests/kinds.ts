import { command, streams } from "@believe/shared/wire";
import { z } from "zod";

/**
 * What a person may ask of the agent on this machine, each with its body. A new kind is a schema here and a handler
 * where the agent is composed; the compiler asks for both.
 */
const bodies = {
  /** Never open record `seq`: journaled with its reason. */
  redact: streams.redaction.body,
  /** A person's act on the engine: journaled before any effect. */
  command,
  /** The desk's state, answered as JSON. */
  show: z.strictObject({}),
} as const;

export type RequestKind = keyof typeof bodies;
export type RequestBody<Kind extends RequestKind> = z.infer<(typeof bodies)[Kind]>;

/** A request as it lies in its file. */
export const request = z.discriminatedUnion("kind", [
  z.strictObject({ v: z.literal(1), kind: z.literal("redact"), body: bodies.redact }),
  z.strictObject({ v: z.literal(1), kind: z.literal("command"), body: bodies.command }),
  z.strictObject({ v: z.literal(1), kind: z.literal("show"), body: bodies.show }),
]);
export type Request = z.infer<typeof request>;

/** A request before it has its version: the body belongs to the kind. */
export type Asked = {
  readonly [Kind in RequestKind]: { readonly kind: Kind; readonly body: RequestBody<Kind> };
}[RequestKind];

/** What became of it. `done` and `refused` are a sentence each. */
export const answer = z.discriminatedUnion("kind", [
  z.strictObject({ v: z.literal(1), kind: z.literal("done"), said: z.string() }),
  z.strictObject({ v: z.literal(1), kind: z.literal("refused"), said: z.string() }),
]);
export type Answer = z.infer<typeof answer>;

/** One handler a kind. A request may come twice, after a crash between the deed and its answer. */
export type RequestHandlers = {
  readonly [Kind in RequestKind]: (body: RequestBody<Kind>) => Promise<Answer>;
};

export const done = (said: string): Answer => ({ v: 1, kind: "done", said });
export const refused = (said: string): Answer => ({ v: 1, kind: "refused", said });
