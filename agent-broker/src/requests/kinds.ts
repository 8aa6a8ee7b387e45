import { streams } from "@believe/shared/wire";
import { z } from "zod";

/**
 * What a person may ask of the agent on this machine, each with its body. A new kind is a schema here and a handler
 * where the agent is composed; the compiler asks for both.
 */
const bodies = {
  /** Never open record `seq`: journaled with its reason. */
  redact: streams.redaction.body,
} as const;

export type RequestKind = keyof typeof bodies;
export type RequestBody<Kind extends RequestKind> = z.infer<(typeof bodies)[Kind]>;

/** A request as it lies in its file. */
export const request = z.discriminatedUnion("kind", [
  z.strictObject({ v: z.literal(1), kind: z.literal("redact"), body: bodies.redact }),
]);
export type Request = z.infer<typeof request>;

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
