import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type Bytes, Failure, type Sha256 } from "@believe/shared/base";
import { CaptureReplay, EngineFailure } from "@believe/shared/engine";
import type { Draft } from "@believe/shared/wire";

export class ReplayFailure extends Failure<"unreadable" | "bad-event"> {}

export interface SegmentReplay {
  readonly path: string;
  /** The decision tip that the segment's resume went on from; null for a segment without a whole event. */
  readonly resumedTip: string | null;
  readonly decisionTip: string;
  readonly events: number;
  /** Records that the replay emitted. */
  readonly records: number;
  /** Whether the last line was cut by a crash; it is left out. */
  readonly torn: boolean;
}

export interface ReplayOptions {
  /** Gets every record that the replay emits. */
  readonly onDraft?: (draft: Draft) => void;
}

export const nodeSha256: Sha256 = (data): Bytes =>
  new Uint8Array(createHash("sha256").update(data).digest());

interface Line {
  readonly text: string;
  /** False for a last line without its line feed. */
  readonly whole: boolean;
}

async function* linesOf(path: string): AsyncGenerator<Line> {
  let rest = "";
  const stream = createReadStream(path, { encoding: "utf8", highWaterMark: 1 << 18 });
  try {
    for await (const chunk of stream) {
      const parts = (rest + String(chunk)).split("\n");
      rest = parts.pop() ?? "";
      for (const text of parts) yield { text, whole: true };
    }
  } catch (cause) {
    throw new ReplayFailure("unreadable", `expected a readable capture, was ${path}`, { cause });
  }
  if (rest !== "") yield { text: rest, whole: false };
}

async function replayOne(
  path: string,
  options: ReplayOptions,
): Promise<{ result: SegmentReplay; tips: readonly string[] }> {
  const replay = new CaptureReplay({ sha256: nodeSha256, ...options });
  let torn = false;
  let number = 0;
  for await (const { text, whole } of linesOf(path)) {
    number++;
    try {
      replay.push(text);
    } catch (cause) {
      if (!(cause instanceof EngineFailure)) throw cause;
      if (whole || cause.code !== "not-an-event") {
        const message = `${path}, line ${number}: ${cause.message}`;
        throw new ReplayFailure("bad-event", message, { cause });
      }
      torn = true;
    }
  }
  const { resumedTip, decisionTip, events, records, tips } = replay;
  return { result: { path, resumedTip, decisionTip, events, records, torn }, tips };
}

/** Replays one capture segment from its own resume on, line by line. */
export async function replayFile(
  path: string,
  options: ReplayOptions = {},
): Promise<SegmentReplay> {
  return (await replayOne(path, options)).result;
}

export interface SegmentsReplay {
  /** Tip after the last segment. */
  readonly decisionTip: string;
  readonly events: number;
  readonly records: number;
  readonly segments: readonly SegmentReplay[];
  /**
   * Paths of segments that go on from a tip that the segment before never had. After a crash the journal may end
   * before the capture does, so any tip of the earlier segment joins, not only its last.
   */
  readonly unjoined: readonly string[];
}

/** Replays segments of one journal, oldest first, each alone, and checks that each goes on from the one before. */
export async function replaySegments(
  paths: readonly string[],
  options: ReplayOptions = {},
): Promise<SegmentsReplay> {
  const segments: SegmentReplay[] = [];
  const unjoined: string[] = [];
  let before: readonly string[] | null = null;
  for (const path of paths) {
    const { result, tips } = await replayOne(path, options);
    segments.push(result);
    if (result.resumedTip === null) continue;
    if (before && !before.includes(result.resumedTip)) unjoined.push(path);
    before = tips;
  }
  const last = segments.findLast((segment) => segment.resumedTip !== null);
  return {
    decisionTip: last?.decisionTip ?? "0".repeat(64),
    events: segments.reduce((sum, segment) => sum + segment.events, 0),
    records: segments.reduce((sum, segment) => sum + segment.records, 0),
    segments,
    unjoined,
  };
}
