import type { z } from "zod";

/**
 * One kind of journal record. The order of the schema's keys is the canonical order of the body's bytes.
 * `opens` says when the Worker and the public get the line of a live account (a paper account's opens at once);
 * `chained` records form the decision chain.
 */
export interface Stream<Name extends string, Body extends z.ZodObject> {
  readonly name: Name;
  readonly opens: "after-embargo" | "never";
  readonly chained: boolean;
  readonly body: Body;
}

export function defineStream<const Name extends string, Body extends z.ZodObject>(
  stream: Stream<Name, Body>,
): Stream<Name, Body> {
  return stream;
}
