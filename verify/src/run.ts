import { existsSync, readFileSync, statSync } from "node:fs";
import { HttpFailure } from "@believe/host/http";
import { BytesFailure, Failure, utf8, utf8Text } from "@believe/shared/base";
import {
  findingOf,
  formatEntryProof,
  LogFailure,
  noteOrigin,
  type OpenedLeaf,
  parseTlogProof,
  pinned,
  type VerifyOutcome,
  verifyEntryProof,
  verifyLog,
} from "@believe/shared/wire/log";
import { USAGE, type VerifyArguments, verifyArguments } from "./arguments.ts";
import { VerifyFailure } from "./failure.ts";
import { folderSource } from "./folder-source.ts";
import { overdueOf, overdueRow } from "./overdue.ts";
import { rememberPin } from "./pins-file.ts";
import { keyRows, logRows, proofRows } from "./report.ts";
import { progressOn, type Terminal } from "./terminal.ts";
import { nodeTools } from "./tools.ts";
import { type Trust, trustFor, trustForProof } from "./trust.ts";
import { type OpenSource, urlSource } from "./url-source.ts";
import { writeWhole } from "./whole-file.ts";

/** What a run came to, as the shell sees it. */
export const EXIT = { good: 0, tampered: 1, usage: 2, firstVisit: 3, unreachable: 4 } as const;
const PROOF_BYTES_MAX = 1024 * 1024;

function openSource({ target, timeoutMs }: VerifyArguments): OpenSource {
  if (/^https?:\/\//.test(target)) return urlSource(target, timeoutMs);
  if (existsSync(target)) return folderSource(target);
  throw new VerifyFailure("usage", `expected a URL, a folder or a proof file, was ${target}`);
}

function refused(
  finding: VerifyOutcome & { readonly kind: "tampered" },
  terminal: Terminal,
): number {
  terminal.out(`TAMPERED ${finding.place}: ${finding.message}`);
  return EXIT.tampered;
}

async function checkLog(
  args: VerifyArguments,
  source: OpenSource,
  terminal: Terminal,
): Promise<number> {
  const trust = await trustFor(args, source);
  let proved: OpenedLeaf | null = null;
  const outcome: VerifyOutcome =
    trust === null
      ? { kind: "absent" }
      : await verifyLog({
          source,
          keys: trust.keys,
          seen: trust.seen,
          tools: nodeTools,
          onProgress: progressOn(terminal),
          onOpening: (opened) => {
            if (holds(opened, args)) proved = opened;
          },
        });
  switch (outcome.kind) {
    case "absent":
      terminal.err(`expected a checkpoint at ${source.address}, was none`);
      return EXIT.unreachable;
    case "tampered":
      return refused(outcome, terminal);
    case "verified":
      return trust === null
        ? EXIT.unreachable
        : held(outcome.report, { args, trust, source, proved }, terminal);
  }
}

function holds({ checked }: OpenedLeaf, { command, seq }: VerifyArguments): boolean {
  const { firstSeq, lines, closed } = checked;
  const last = (firstSeq ?? 0) + lines.length + closed;
  return command === "proof" && firstSeq !== null && firstSeq <= seq && seq < last;
}

interface Held {
  readonly args: VerifyArguments;
  readonly trust: Trust;
  readonly source: OpenSource;
  readonly proved: OpenedLeaf | null;
}

type Verified = VerifyOutcome & { readonly kind: "verified" };

function held(
  report: Verified["report"],
  { args, trust, source, proved }: Held,
  terminal: Terminal,
): number {
  const { keys, seen, pinsFile } = trust;
  if (pinsFile !== null) {
    const pin = pinned(report, { keys, address: source.address, before: seen });
    rememberPin(pinsFile, report.signed.checkpoint.origin, pin);
  }
  if (args.command === "proof") {
    const { tree } = report.rebuilt;
    const of = { seq: args.seq, tree, note: report.note };
    const proof = proved && formatEntryProof({ ...of, opened: proved }, nodeTools.hash);
    if (proof === null) {
      throw new VerifyFailure("usage", `expected an opened record, ${args.seq} is none`);
    }
    writeWhole(args.out, proof);
    terminal.err(`wrote ${args.out}`);
  }
  const rows = logRows(report, trust);
  const overdue = overdueOf(report.opened, terminal.nowMs()).map(overdueRow);
  for (const line of rows.slice(0, -1)) terminal.out(line);
  for (const line of overdue) terminal.out(line);
  if (args.command === "check" && overdue.length > 0 && !args.allowOverdue) return EXIT.tampered;
  if (trust.from !== "first visit") {
    terminal.out(rows.at(-1) ?? "");
    return EXIT.good;
  }
  for (const line of keyRows(keys)) terminal.out(line);
  terminal.out(`FIRST VISIT: the log holds under the keys above, now remembered in ${pinsFile}.`);
  terminal.out("Compare them with what the operator printed elsewhere, then run this again.");
  return EXIT.firstVisit;
}

function proofText(file: string): string {
  if (statSync(file).size > PROOF_BYTES_MAX) {
    throw new VerifyFailure(
      "usage",
      `expected a proof of at most ${PROOF_BYTES_MAX} bytes in ${file}`,
    );
  }
  return utf8Text(readFileSync(file));
}

async function checkProof(args: VerifyArguments, terminal: Terminal): Promise<number> {
  const text = proofText(args.target);
  const keys = trustForProof(args, noteOrigin(utf8(parseTlogProof(text).note)));
  const report = await verifyEntryProof(text, keys, nodeTools);
  for (const line of proofRows(report)) terminal.out(line);
  return EXIT.good;
}

async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const args = verifyArguments(argv);
  if (args.command === "help") {
    terminal.out(USAGE);
    return EXIT.good;
  }
  if (existsSync(args.target) && statSync(args.target).isFile()) return checkProof(args, terminal);
  const source = openSource(args);
  try {
    return await checkLog(args, source, terminal);
  } finally {
    await source.close();
  }
}

/** What Node throws for a file that cannot be read or written. */
function isFileError(cause: unknown): cause is Error {
  return cause instanceof Error && "syscall" in cause && "path" in cause;
}

/** Runs one command line and returns its exit code. Every bad input is one sentence. */
export async function believeVerify(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await run(argv, terminal);
  } catch (cause) {
    if (isFileError(cause)) {
      terminal.err(
        `believe-verify: expected to read and write the files named, was ${cause.message}`,
      );
      return EXIT.usage;
    }
    if (!(cause instanceof Failure)) throw cause;
    if (cause instanceof LogFailure && cause.code === "tampered") {
      return refused(findingOf(cause), terminal);
    }
    if (cause instanceof LogFailure || cause instanceof BytesFailure) {
      terminal.out(`TAMPERED ${argv[0]}: ${cause.message}`);
      return EXIT.tampered;
    }
    terminal.err(`believe-verify: ${cause.message}`);
    const away = cause instanceof HttpFailure || cause.code === "unreachable";
    return away ? EXIT.unreachable : EXIT.usage;
  }
}
