import { BytesFailure, utf8Text } from "@believe/shared/base";
import { LINE_BYTES_MAX, parseRecord, RecordFailure } from "@believe/shared/wire";
import { Hono } from "hono";
import { type AppEnv, estateOf, liveRoom } from "../env.ts";
import { signed } from "../middleware/signed.ts";
import { EdgeFailure } from "../problem.ts";

export const PENDING_BYTES_MAX = 512 * 1024;
export const PENDING_LINES_MAX = 500;

const bad = (why: string): EdgeFailure => new EdgeFailure("bad-record", why);

function checkLine(line: string, at: number, after: number): number {
  if (line.length > LINE_BYTES_MAX) throw bad(`expected a shorter line ${at}, was too long`);
  try {
    const { seq } = parseRecord(line);
    if (seq <= after) throw bad(`expected a seq above ${after} in line ${at}, was ${seq}`);
    return seq;
  } catch (error) {
    if (error instanceof RecordFailure) throw bad(`line ${at}: ${error.message}`);
    throw error;
  }
}

/** The journal lines of a JSONL body in ascending order; each ends in LF. */
export function linesOf(body: Uint8Array): string[] {
  let text: string;
  try {
    text = utf8Text(body);
  } catch (error) {
    if (error instanceof BytesFailure) throw bad(error.message);
    throw error;
  }
  if (!text.endsWith("\n")) throw bad("expected lines that end in LF, was an unfinished one");
  const lines = text.slice(0, -1).split("\n");
  if (lines.length > PENDING_LINES_MAX) {
    throw bad(`expected at most ${PENDING_LINES_MAX} lines, was ${lines.length}`);
  }
  let seq = -1;
  for (const [index, line] of lines.entries()) seq = checkLine(line, index + 1, seq);
  return lines;
}

/** Journal lines ahead of their leaf. Only a paper account shows them early. */
export const pendingRoutes = new Hono<AppEnv>().put(
  "/log/broker/pending",
  signed({ maxBytes: PENDING_BYTES_MAX, agent: "broker" }),
  async (c) => {
    const { kind } = estateOf(c.env).account;
    if (kind !== "paper") throw new EdgeFailure("not-paper", `expected paper, was ${kind}`);
    await liveRoom(c.env).pending(linesOf(c.var.body));
    return c.body(null, 204);
  },
);
