import { nodeSha256 } from "@believe/host/keys";
import { type Bytes, base64, concat, fromBase64, utf8 } from "@believe/shared/base";
import { leafHash, leafText, nodeHash } from "@believe/shared/wire/log";
import { expect } from "vitest";
import { haltLine, type MinutePlan, type ServedLog, zipped } from "./served-log.ts";

/** 600 leaves over three days: full and partial tiles on two levels, a cut minute, a gap, unopened leaves. */
export function plans(): MinutePlan[] {
  let seq = 0;
  return Array.from({ length: 600 }, (_, i) => ({
    lines: Array.from({ length: i % 4 }, () => haltLine(seq++)),
    after: i === 101 ? 0 : i === 300 ? 900 : 1,
    closed: i === 100 ? ("cut" as const) : ("whole" as const),
    opened: i < 580,
    secret: i % 4 === 3 ? [1] : [],
  }));
}

function flipped(bytes: Bytes | undefined, at: number): Bytes {
  const copy = concat(bytes ?? new Uint8Array(0));
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function edit(log: ServedLog, path: string, change: (text: string) => string): void {
  const text = log.text(path);
  const changed = change(text);
  expect(changed, `an edit of ${path}`).not.toBe(text);
  log.files.set(path, utf8(changed));
}

/** Changes the salt of leaf 7, its root line or its minute, and everything above that an edge can change. */
function rewriteLeaf(log: ServedLog, index: number, change: (text: string) => string): void {
  const path = "tile/entries/000";
  edit(log, path, (text) => {
    const leaf = log.leaves[index];
    expect(leaf).toBeDefined();
    const from = leaf === undefined ? "" : leafText(leaf);
    const to = change(from);
    expect(to.length).toBe(from.length);
    return text.replace(from, to);
  });
}

function entryOf(log: ServedLog, index: number, change: (text: string) => string): Bytes {
  const leaf = log.leaves[index];
  return utf8(change(leaf === undefined ? "" : leafText(leaf)));
}

/** L of RFC 8032, added to S of the log's signature: lax verifiers take the sum. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

function malleate(note: string): string {
  return note.replace(/^(— \S+ )(\S+)$/m, (_, head: string, encoded: string) => {
    const bytes = fromBase64(encoded);
    let s = 0n;
    for (let i = 0; i < 32; i++) s += BigInt(bytes[36 + i] ?? 0) << BigInt(8 * i);
    s += ORDER;
    for (let i = 0; i < 32; i++) bytes[36 + i] = Number((s >> BigInt(8 * i)) & 255n);
    return `${head}${base64(bytes)}`;
  });
}

const DAY = "open/2024-01-10.jsonl.gz";
const root1 = (text: string): string => text.replace(/[A-Za-z0-9+/]{8}=$/, "AAAAAAA8=");

export interface Tampering {
  readonly what: string;
  readonly place: RegExp;
  readonly change: (log: ServedLog) => void | Promise<void>;
}

/** Of entries and bundles. */
const entries: readonly Tampering[] = [
  {
    what: "an entry's root",
    place: /tile\/entries\/000 leaf 9 \(2024-01-09T23:39Z\)/,
    change: (log) => rewriteLeaf(log, 9, root1),
  },
  {
    what: "an entry changed together with its leaf hash in the tile",
    place: /tile\/1\/000\.p\/2 leaf 0/,
    change: (log) => {
      rewriteLeaf(log, 9, root1);
      const tile = concat(log.files.get("tile/0/000") ?? new Uint8Array(0));
      tile.set(leafHash(entryOf(log, 9, root1), nodeSha256), 32 * 9);
      log.files.set("tile/0/000", tile);
    },
  },
  {
    what: "an entry changed together with every tile above it",
    place: /^TAMPERED checkpoint/,
    change: (log) => {
      rewriteLeaf(log, 9, root1);
      const tile = concat(log.files.get("tile/0/000") ?? new Uint8Array(0));
      tile.set(leafHash(entryOf(log, 9, root1), nodeSha256), 32 * 9);
      log.files.set("tile/0/000", tile);
      let row = Array.from({ length: 256 }, (_, i) => tile.slice(32 * i, 32 * i + 32));
      while (row.length > 1) {
        row = Array.from({ length: row.length / 2 }, (_, i) =>
          nodeHash(row[2 * i] ?? tile, row[2 * i + 1] ?? tile, nodeSha256),
        );
      }
      const above = concat(log.files.get("tile/1/000.p/2") ?? new Uint8Array(0));
      above.set(row[0] ?? tile, 0);
      log.files.set("tile/1/000.p/2", above);
    },
  },
  {
    what: "leaf text",
    place: /leaf 12 \(2024-01-09T23:42Z\)/,
    change: (log) =>
      rewriteLeaf(log, 12, (text) => text.replace("believe/leaf/v1", "believe/leaf/v2")),
  },
  {
    what: "whole for a minute that goes on",
    place: /leaf 101 \(2024-01-10T01:10Z\)/,
    change: (log) =>
      edit(log, "tile/entries/000", (text) => {
        const leaf = log.leaves[100];
        const from = leaf === undefined ? "" : leafText(leaf);
        return text.replace(`\u0000${String.fromCharCode(from.length)}${from}`, () => {
          const to = from.replace("\ncut\n", "\nwhole\n");
          return `\u0000${String.fromCharCode(to.length)}${to}`;
        });
      }),
  },
  {
    what: "two minutes swapped",
    place: /leaf 21 \(2024-01-09T23:50Z\)/,
    change: (log) => {
      rewriteLeaf(log, 20, (text) => text.replace("T23:50Z", "T23:51Z"));
      rewriteLeaf(log, 21, (text) => text.replace("T23:51Z", "T23:50Z"));
    },
  },
  {
    what: "two entries swapped",
    place: /leaf 30 /,
    change: (log) =>
      edit(log, "tile/entries/000", (text) => {
        const [a, b] = [30, 31].map((i) => leafText(log.leaves[i] ?? failed(i)));
        return text
          .replace(a ?? "", "@")
          .replace(b ?? "", a ?? "")
          .replace("@", b ?? "");
      }),
  },
  {
    what: "a bundle's length bytes",
    place: /tile\/entries\/001/,
    change: (log) =>
      void log.files.set("tile/entries/001", flipped(log.files.get("tile/entries/001"), 1)),
  },
  {
    what: "a partial bundle cut short",
    place: /tile\/entries\/002\.p\/88/,
    change: (log) => {
      const path = "tile/entries/002.p/88";
      log.files.set(path, (log.files.get(path) ?? new Uint8Array(0)).slice(0, -3));
    },
  },
  {
    what: "a bundle left out",
    place: /tile\/entries\/001/,
    change: (log) => void log.files.delete("tile/entries/001"),
  },
];

function failed(index: number): never {
  throw new Error(`expected leaf ${index}`);
}

const tiles: readonly Tampering[] = [
  ["level 0", "tile/0/001", 32 * 5, /tile\/0\/001.*hash 5 over leaf 261/],
  ["level 0, partial", "tile/0/002.p/88", 32 * 87 + 31, /tile\/0\/002\.p\/88.*leaf 599/],
  ["level 1, partial", "tile/1/000.p/2", 32, /tile\/1\/000\.p\/2.*leaf 256/],
].map(([level, path, at, place]) => ({
  what: `a tile of ${level}`,
  place: place instanceof RegExp ? place : /never/,
  change: (log: ServedLog) =>
    void log.files.set(String(path), flipped(log.files.get(String(path)), Number(at))),
}));

const signatures: readonly Tampering[] = [
  {
    what: "the checkpoint's size",
    place: /^TAMPERED checkpoint/,
    change: (log) => edit(log, "checkpoint", (text) => text.replace("\n600\n", "\n599\n")),
  },
  {
    what: "the checkpoint's root",
    place: /^TAMPERED checkpoint/,
    change: (log) =>
      edit(log, "checkpoint", (text) =>
        text.replace(/\n600\n./, (head) => `${head.slice(0, -1)}${head.endsWith("A") ? "B" : "A"}`),
      ),
  },
  {
    what: "the log's signature",
    place: /^TAMPERED checkpoint/,
    change: (log) =>
      edit(log, "checkpoint", (text) =>
        text.replace(/^(— \S+ .{40})./m, (_, a) => `${a}${text.includes(`${a}A`) ? "B" : "A"}`),
      ),
  },
  {
    what: "the log's signature, S + L",
    place: /^TAMPERED checkpoint/,
    change: (log) => edit(log, "checkpoint", malleate),
  },
  {
    what: "a cosignature's time",
    place: /^TAMPERED checkpoint.*cosignature/,
    change: (log) =>
      edit(log, "checkpoint", (text) =>
        text.replace(
          /^(— log.example.test\/witness )(\S+)$/m,
          (_, head: string, encoded: string) =>
            `${head}${base64(flipped(fromBase64(encoded), 11))}`,
        ),
      ),
  },
  {
    what: "a cosignature left out",
    place: /^TAMPERED checkpoint.*cosignature/,
    change: (log) =>
      edit(log, "checkpoint", (text) => text.replace(/^— log.example.test\/witness .*\n/m, "")),
  },
  {
    what: "the vkey",
    place: /^TAMPERED vkey/,
    change: (log) => edit(log, "vkey", (text) => text.replace(/^(.*\+)[0-9a-f]{8}/, "$100000000")),
  },
  {
    what: "the summary's count",
    place: /^TAMPERED state/,
    change: (log) => edit(log, "state", (text) => text.replace(/"records":\d/, '"records":8')),
  },
  {
    what: "a log that its mirror froze",
    place: /^TAMPERED state.*frozen/,
    change: (log) =>
      edit(log, "state", (text) => text.replace('"frozen":null', '"frozen":"two roots at 40"')),
  },
];

const openings: readonly Tampering[] = [
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

/** Changes of a served log that only its edge could make, each with what the finding must name. */
export const tamperings: readonly Tampering[] = [...entries, ...tiles, ...signatures, ...openings];
