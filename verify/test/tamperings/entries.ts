import { nodeSha256 } from "@believe/host/keys";
import { type Bytes, concat, utf8 } from "@believe/shared/base";
import { leafHash, leafText, nodeHash } from "@believe/shared/wire/log";
import { expect } from "vitest";
import type { ServedLog } from "../served-log.ts";
import { edit, flipped } from "./edit.ts";
import type { Tampering } from "./tampering.ts";

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

const root1 = (text: string): string => text.replace(/[A-Za-z0-9+/]{8}=$/, "AAAAAAA8=");

function failed(index: number): never {
  throw new Error(`expected leaf ${index}`);
}

/** Of entries and bundles. */
export const entries: readonly Tampering[] = [
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
