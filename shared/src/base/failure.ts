/**
 * An expected kind of bad news that the caller may switch on.
 * Each package subclasses it once with its own union of codes.
 * `message` reads "expected X, was Y"; `facts` holds what a log line wants.
 */
export class Failure<Code extends string = string> extends Error {
  readonly code: Code;
  readonly facts: Readonly<Record<string, string | number | boolean>>;

  constructor(
    code: Code,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly facts?: Readonly<Record<string, string | number | boolean>>;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.facts = options.facts ?? {};
  }
}
