import { Failure } from "@believe/shared/base";
import { z } from "zod";
import { count, saltBase64, stampUs } from "./fields.ts";
import { lineForm } from "./line-form.ts";
import type { Stream } from "./stream.ts";
import { clock } from "./streams/clock.ts";
import { command } from "./streams/command.ts";
import { correction } from "./streams/correction.ts";
import { decision } from "./streams/decision.ts";
import { execution } from "./streams/execution.ts";
import { fill } from "./streams/fill.ts";
import { genesis } from "./streams/genesis.ts";
import { halt } from "./streams/halt.ts";
import { intent } from "./streams/intent.ts";
import { key } from "./streams/key.ts";
import { order } from "./streams/order.ts";
import { position } from "./streams/position.ts";
import { reconciliation } from "./streams/reconciliation.ts";
import { recovered } from "./streams/recovered.ts";
import { redaction } from "./streams/redaction.ts";
import { segment } from "./streams/segment.ts";
import { start } from "./streams/start.ts";
import { stop } from "./streams/stop.ts";
import { trade } from "./streams/trade.ts";
import { watch } from "./streams/watch.ts";

/** Every stream of a journal. A new one is a file in `streams/` and a line here. */
export const streams = {
  genesis,
  start,
  stop,
  halt,
  decision,
  intent,
  order,
  execution,
  fill,
  position,
  trade,
  segment,
  key,
  clock,
  recovered,
  correction,
  reconciliation,
  command,
  watch,
  redaction,
} as const;

export type StreamName = keyof typeof streams;
export type Body<Name extends StreamName> = z.infer<(typeof streams)[Name]["body"]>;
/** A record before the journal numbers, stamps and salts it. */
export type Draft = { [Name in StreamName]: { stream: Name; body: Body<Name> } }[StreamName];

const envelope = <Name extends string, Body extends z.ZodObject>(stream: Stream<Name, Body>) =>
  z.strictObject({
    v: z.literal(1),
    seq: count,
    stream: z.literal(stream.name),
    wallUs: stampUs,
    body: stream.body,
    salt: saltBase64,
  });

/** One line of a journal, parsed. `seq` is dense per agent from 0; `wallUs` is informational. */
export const record = z.discriminatedUnion("stream", [
  envelope(genesis),
  envelope(start),
  envelope(stop),
  envelope(halt),
  envelope(decision),
  envelope(intent),
  envelope(order),
  envelope(execution),
  envelope(fill),
  envelope(position),
  envelope(trade),
  envelope(segment),
  envelope(key),
  envelope(clock),
  envelope(recovered),
  envelope(correction),
  envelope(reconciliation),
  envelope(command),
  envelope(watch),
  envelope(redaction),
]);
export type JournalRecord = z.infer<typeof record>;

const forms = new Map<string, RegExp | null>(
  Object.values(streams).map((stream) => [
    stream.name,
    lineForm(envelope<string, z.ZodObject>(stream)),
  ]),
);

/** Whether a line is known to be a record, in the bytes that the journal writes, before the schema has looked. */
function isPlainRecord(line: string): boolean {
  const stream = /^\{"v":1,"seq":\d+,"stream":"(\w+)"/.exec(line)?.[1];
  return stream !== undefined && forms.get(stream)?.test(line) === true;
}

/** Longest journal line in bytes, without its line feed. */
export const LINE_BYTES_MAX = 32 * 1024;

export class RecordFailure extends Failure<"not-a-record"> {}

/**
 * Parses one journal line as written. The bytes, not the parsed value, are what is signed; but a value has one way to
 * be written: schema order, nothing between the tokens, no key twice. So nobody can be shown another record in them.
 */
export function parseRecord(line: string): JournalRecord {
  if (isPlainRecord(line)) {
    const known: JournalRecord = JSON.parse(line);
    return known;
  }
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new RecordFailure("not-a-record", "expected a journal line of JSON, was other text", {
      cause,
    });
  }
  const parsed = record.safeParse(value);
  if (!parsed.success) {
    throw new RecordFailure(
      "not-a-record",
      `expected a journal record, was one with ${z.prettifyError(parsed.error).split("\n")[0]}`,
    );
  }
  if (JSON.stringify(parsed.data) !== line) {
    throw new RecordFailure(
      "not-a-record",
      "expected a journal record as the journal writes it, was the same in other bytes",
    );
  }
  return parsed.data;
}

/** The bytes that the decision chain hashes: the body in the order of its schema, without number, salt and wall time. */
export function chainText(draft: Draft): string {
  return JSON.stringify({
    v: 1,
    stream: draft.stream,
    body: streams[draft.stream].body.parse(draft.body),
  });
}
