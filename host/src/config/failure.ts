import { Failure } from "@believe/shared/base";

/** A configuration file that is not what the program asks for. The message never shows a value of it. */
export class ConfigFailure extends Failure<"unreadable" | "not-toml" | "not-json" | "refused"> {
  /** One sentence a problem, each with file and key. */
  readonly problems: readonly string[];

  constructor(
    code: "unreadable" | "not-toml" | "not-json" | "refused",
    problems: readonly string[],
    cause?: unknown,
  ) {
    super(code, problems.join("\n"), { cause });
    this.problems = problems;
  }
}
