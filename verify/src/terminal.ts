import type { VerifyProgress } from "@believe/shared/wire/log";

/** Where a run speaks: results on `out`, everything else on `err`. */
export interface Terminal {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Rewrites one line where somebody is looking, does nothing else. */
  readonly progress: (line: string) => void;
  /** Wall time, ms: deadlines are held against it. */
  readonly nowMs: () => number;
}

/** Served text must not steer a terminal: control characters become question marks. */
export function plain(text: string): string {
  return text.replaceAll(/\p{Cc}|\p{Cf}/gu, "?");
}

const EVERY_LEAVES = 500;

/** Says how far a verification is, each step's first line always and then now and then. */
export function progressOn(terminal: Terminal): (progress: VerifyProgress) => void {
  let step = "";
  let next = 0;
  return ({ step: now, leaves }) => {
    if (now !== step) {
      step = now;
      next = 0;
      terminal.err(
        now === "entries" ? "rebuilding the tree from its entries" : "recomputing what was opened",
      );
    }
    if (leaves < next) return;
    next = leaves + EVERY_LEAVES;
    terminal.progress(`${now} ${leaves}`);
  };
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  let open = false;
  const err = (line: string): void => {
    process.stderr.write(`${open ? "\r\u001b[K" : ""}${plain(line)}\n`);
    open = false;
  };
  return {
    nowMs: Date.now,
    out: (line) => {
      if (open) process.stderr.write("\r\u001b[K");
      open = false;
      process.stdout.write(`${plain(line)}\n`);
    },
    err,
    progress: (line) => {
      if (!process.stderr.isTTY) return;
      process.stderr.write(`\r\u001b[K${plain(line)}`);
      open = true;
    },
  };
}
