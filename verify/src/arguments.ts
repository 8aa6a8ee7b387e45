import { parseArgs } from "node:util";
import { VerifyFailure } from "./failure.ts";

export const USAGE = `believe-verify: checks a signed trading record, trusting nobody who serves it

  believe-verify URL|FOLDER [--keys FILE] [--pins FILE]
      the whole record: signatures, every entry, every tile, every opened line
  believe-verify proof URL|FOLDER --seq N --out FILE [--keys FILE] [--pins FILE]
      writes a proof of one record that can be checked without a network
  believe-verify FILE [--keys FILE] [--pins FILE]
      checks such a proof

  --keys FILE    verifier keys that you trust, one a line, # begins a comment
  --pins FILE    what earlier visits saw (default ~/.config/believe/pins.json;
                 with --keys nothing is remembered unless --pins is given)
  --allow-overdue
                 days of a live account that had to be open and are not are told,
                 and do not fail the run
  --timeout S    end after this many seconds (default 600)

exits 0 good, 1 tampered, inconsistent or overdue, 2 usage, 3 first visit, 4 unreachable`;

export interface VerifyArguments {
  readonly command: "help" | "check" | "proof";
  /** URL, folder or proof file. */
  readonly target: string;
  readonly keys: string | null;
  readonly pins: string | null;
  readonly seq: number;
  readonly out: string;
  /** Whether days that had to be open are told only. */
  readonly allowOverdue: boolean;
  readonly timeoutMs: number;
}

const OPTIONS = {
  keys: { type: "string" },
  pins: { type: "string" },
  seq: { type: "string" },
  out: { type: "string" },
  timeout: { type: "string" },
  "allow-overdue": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

function usage(message: string, cause?: unknown): VerifyFailure {
  return new VerifyFailure("usage", `${message} (--help tells more)`, { cause });
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    throw usage(
      cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "bad option",
      cause,
    );
  }
}

function whole(name: string, text: string, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  throw usage(`expected ${name} as a whole number up to ${max}, was ${JSON.stringify(text)}`);
}

/** Reads the command line; anything unknown or missing is one clear sentence. */
export function verifyArguments(argv: readonly string[]): VerifyArguments {
  const { values, positionals } = parsed(argv);
  const isProof = positionals[0] === "proof" && positionals.length > 1;
  const rest = isProof ? positionals.slice(1) : positionals;
  if (!values.help && rest.length !== 1) {
    throw usage(`expected one URL, folder or proof file, was ${rest.length}`);
  }
  if (isProof && (values.seq === undefined || values.out === undefined)) {
    throw usage("expected --seq N and --out FILE for a proof");
  }
  return {
    command: values.help ? "help" : isProof ? "proof" : "check",
    target: rest[0] ?? "",
    keys: values.keys ?? null,
    pins: values.pins ?? null,
    seq: whole("--seq", values.seq ?? "0", Number.MAX_SAFE_INTEGER),
    out: values.out ?? "",
    allowOverdue: values["allow-overdue"] ?? false,
    timeoutMs: 1_000 * whole("--timeout", values.timeout ?? "600", 86_400),
  };
}
