import { rmSync } from "node:fs";
import { join } from "node:path";
import { base64 } from "@believe/shared/base";
import { editDay } from "./mirrored-folder.ts";
import type { Tampering } from "./tampering.ts";

const DAY = "open/2024-01-09.jsonl.gz";

/** Changes the header or a line of one leaf's opening. */
function inOpening(leaf: number, change: (lines: string[]) => string[]) {
  return (text: string): string => {
    const lines = text.split("\n");
    const from = lines.findIndex((line) => line.includes(`"leaf":${leaf},`));
    const next = lines.findIndex((line, at) => at > from && line.startsWith('{"v":1,"open"'));
    return [...lines.slice(0, from), ...change(lines.slice(from, next)), ...lines.slice(next)].join(
      "\n",
    );
  };
}

/** What can be done to the opened days. */
export const ofOpenings: readonly Tampering[] = [
  {
    says: "a leaf's salt",
    place: `${DAY}, leaf 10`,
    act: (folder) =>
      editDay(
        folder,
        DAY,
        inOpening(10, ([head = "", ...rest]) => [
          head.replace(/"salt":"[^"]+"/, `"salt":"${base64(new Uint8Array(16))}"`),
          ...rest,
        ]),
      ),
  },
  {
    says: "an opened line",
    place: `${DAY}, leaf 10`,
    act: (folder) =>
      editDay(
        folder,
        DAY,
        inOpening(10, (lines) => lines.map((line) => line.replace("end-of-part", "end-of-parT"))),
      ),
  },
  {
    says: "the commitment of a closed record",
    place: `${DAY}, leaf 11`,
    act: (folder) =>
      editDay(
        folder,
        DAY,
        inOpening(11, (lines) =>
          lines.map((line) =>
            line.replace(/"commitment":"[^"]+"/, `"commitment":"${base64(new Uint8Array(32))}"`),
          ),
        ),
      ),
  },
  {
    says: "a record left out of its minute",
    place: `${DAY}, leaf 10`,
    act: (folder) =>
      editDay(
        folder,
        DAY,
        inOpening(10, (lines) => lines.slice(0, -1)),
      ),
  },
  {
    says: "an opening under the number of another leaf",
    place: `${DAY}, leaf 20`,
    act: (folder) =>
      editDay(
        folder,
        DAY,
        inOpening(10, ([head = "", ...rest]) => [
          head.replace('"leaf":10,', '"leaf":20,'),
          ...rest,
        ]),
      ),
  },
  {
    says: "a minute left out of its day",
    place: `${DAY}, leaf 10`,
    act: (folder) =>
      editDay(
        folder,
        DAY,
        inOpening(10, () => []),
      ),
  },
  {
    says: "a day that is not opened",
    place: `${DAY}, leaf 0`,
    act: (folder) => rmSync(join(folder, DAY)),
  },
];
