import { utf8 } from "@believe/shared/base";
import { expect } from "vitest";
import { zipped } from "../served-log.ts";
import { edit } from "./edit.ts";
import type { Tampering } from "./tampering.ts";

const DAY = "open/2024-01-10.jsonl.gz";

/** Of openings and day files. */
export const openings: readonly Tampering[] = [
  {
    what: "a changed line",
    place: /open\/11 \(2024-01-09T23:41Z\) seq 15/,
    change: (log) =>
      edit(log, "open/11", (text) =>
        text.replace(
          'doubt"},"salt":"MDAwMDAwMDAwMDAwMDAxNQ==',
          'trust"},"salt":"MDAwMDAwMDAwMDAwMDAxNQ==',
        ),
      ),
  },
  {
    what: "a changed line in the day file",
    place: /open\/2024-01-09\.jsonl\.gz leaf 11 \(2024-01-09T23:41Z\) seq 15/,
    change: (log) => {
      const texts = Array.from({ length: 30 }, (_, i) => log.text(`open/${i}`)).join("");
      const text = texts.replace(
        'doubt"},"salt":"MDAwMDAwMDAwMDAwMDAxNQ==',
        'trust"},"salt":"MDAwMDAwMDAwMDAwMDAxNQ==',
      );
      expect(text).not.toBe(texts);
      log.files.set("open/2024-01-09.jsonl.gz", zipped(text));
    },
  },
  {
    what: "a leaf's salt",
    place: /open\/11 /,
    change: (log) => edit(log, "open/11", (text) => text.replace(/"salt":"../, '"salt":"zz')),
  },
  {
    what: "a line left out",
    place: /open\/11 /,
    change: (log) => edit(log, "open/11", (text) => text.replace(/\n[^\n]+\n$/, "\n")),
  },
  {
    what: "a commitment of a closed record",
    place: /open\/3 /,
    change: (log) =>
      edit(log, "open/3", (text) => text.replace(/"commitment":"../, '"commitment":"zz')),
  },
  {
    what: "another leaf's opening",
    place: /open\/8 /,
    change: (log) => void log.files.set("open/8", utf8(log.text("open/12"))),
  },
  {
    what: "a day file left out",
    place: /open\/2024-01-10\.jsonl\.gz/,
    change: (log) => void log.files.delete(DAY),
  },
  {
    what: "a day file without one leaf",
    place: /open\/2024-01-10\.jsonl\.gz leaf 33 /,
    change: (log) => {
      const texts = Array.from({ length: 580 }, (_, i) => i)
        .filter((i) => log.leaves[i]?.minute.startsWith("2024-01-10") && i !== 33)
        .map((i) => log.text(`open/${i}`));
      log.files.set(DAY, zipped(texts.join("")));
    },
  },
  {
    what: "an opening left out",
    place: /open\/11 /,
    change: (log) => void log.files.delete("open/11"),
  },
  {
    what: "a day and its openings left out",
    place: /^TAMPERED state/,
    change: (log) => {
      log.files.delete("open/2024-01-09.jsonl.gz");
      for (let i = 0; i < 30; i++) log.files.delete(`open/${i}`);
    },
  },
];
