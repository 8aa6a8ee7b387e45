import { base64, fromBase64 } from "@believe/shared/base";
import { edit, flipped } from "./edit.ts";
import type { Tampering } from "./tampering.ts";

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

/** Of the checkpoint, the vkey and the mirror's summary. */
export const signatures: readonly Tampering[] = [
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
