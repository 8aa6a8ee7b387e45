import { join } from "node:path";
import { nodeSha256 } from "@believe/host/keys";
import type { Log } from "@believe/host/log";
import { OpeningQueue } from "@believe/host/push";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { type TimeUs, timeUs } from "@believe/shared/base";
import { streams } from "@believe/shared/wire";
import type { BrokerConfig } from "../config.ts";
import { BrokerFailure } from "../failure.ts";
import { keysOf } from "../keys/key-folder.ts";
import { opens } from "../opening-records.ts";
import { reconcile } from "../recovery/reconcile.ts";
import { isHeld } from "./held.ts";
import type { Answer, RequestBody } from "./kinds.ts";
import { reachedOf } from "./reached.ts";
import { redact } from "./redact.ts";
import { RequestFolder } from "./request-folder.ts";

const ANSWER_MS = 30_000;

export const REDACT_USAGE =
  "  believe-broker redact --config FILE --seq N --reason TEXT\n                                        never open record N of a live account";

export interface RedactCommandOptions {
  readonly config: BrokerConfig;
  readonly body: RequestBody<"redact">;
  readonly log: Pick<Log, "warn">;
  readonly answerMs?: number;
}

/** What the command line says. Throws `BrokerFailure` for anything but a record's number and one line of text. */
export function redactionOf(seq: string, reason: string): RequestBody<"redact"> {
  const number = /^\d{1,15}$/.test(seq) ? Number(seq) : null;
  const body = streams.redaction.body.safeParse({ seq: number, reason });
  if (body.success) return body.data;
  throw new BrokerFailure(
    "bad-arguments",
    "expected the number of a record and a reason of one line, at most 200 characters, was other",
  );
}

/** Asks the agent that runs, or does it itself where none holds the journal. Throws `BrokerFailure` for a refusal. */
export async function redactCommand(options: RedactCommandOptions): Promise<string> {
  const { config, body, answerMs = ANSWER_MS } = options;
  const answer = isHeld(config)
    ? await new RequestFolder(config.state).ask({ kind: "redact", body }, answerMs)
    : await redactHere(options);
  if (answer.kind === "refused") throw new BrokerFailure("refused", answer.said);
  return answer.said;
}

/** A line on a disk that went back would take a number that was given already: it is rebuilt first. */
async function redactHere({ config, body, log }: RedactCommandOptions): Promise<Answer> {
  const { state, origin, account } = config;
  await reconcile({ config, keys: keysOf(config), wallUs, log });
  const wal = Wal.open({ folder: join(state, "journal"), wallUs });
  try {
    const spool = Spool.open({ folder: join(state, "log"), origin, sha256: nodeSha256, wal });
    try {
      const queue = new OpeningQueue({ spool, wal, opens: opens(account.kind) });
      const reachedUs = (): TimeUs => reachedOf(config, queue.dueUs, wallUs());
      return await redact(body, {
        wal,
        queue,
        reachedUs,
        journal: (draft) => {
          wal.append(draft);
          wal.sync();
        },
      });
    } finally {
      spool.close();
    }
  } finally {
    wal.close();
  }
}

function wallUs(): TimeUs {
  return timeUs(Date.now() * 1_000);
}
