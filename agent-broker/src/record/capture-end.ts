import { join } from "node:path";
import { nodeDisk } from "@believe/host/disk";
import { type Disk, timeUs } from "@believe/shared/base";
import { decodeEvent } from "@believe/shared/engine";
import type { Source } from "@believe/shared/market";
import { segmentNames } from "./capture.ts";
import { linesBackwards } from "./lines-backwards.ts";

/** Where the captures end: what the engine saw last. */
export interface CaptureEnd {
  readonly ticks: Source | null;
  readonly dom: Source | null;
  /** Market time of the newest event, 0 before the first. */
  readonly marketUs: number;
}

/** Looks back through the segments for the newest row of each kind; the feed goes on after them. */
export function captureEnd(folder: string, disk: Disk = nodeDisk): CaptureEnd {
  let ticks: Source | null = null;
  let dom: Source | null = null;
  let marketUs = timeUs(0);
  for (const name of segmentNames(folder, disk).reverse()) {
    for (const line of linesBackwards(join(folder, name), disk)) {
      const event = decodeEvent(line);
      marketUs = timeUs(Math.max(marketUs, event.tsUs));
      if (event.kind === "book") dom ??= event.source;
      else if (event.kind === "trade" || event.kind === "quote" || event.kind === "gap") {
        ticks ??= event.source;
      }
      if (ticks !== null && dom !== null) return { ticks, dom, marketUs };
    }
  }
  return { ticks, dom, marketUs };
}
