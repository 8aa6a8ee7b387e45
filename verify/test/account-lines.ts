import { base64, utf8 } from "@believe/shared/base";
import type { Draft } from "@believe/shared/wire";
import { ORIGIN } from "./served-log.ts";

/** A journal line, salted with its number. */
export function lineOf(seq: number, { stream, body }: Draft): string {
  const salt = base64(utf8(String(seq).padStart(16, "0")));
  return JSON.stringify({ v: 1, seq, stream, wallUs: 1, body, salt });
}

/** The first record of an account's journal. */
export function genesisLine(kind: "paper" | "live"): string {
  return lineOf(0, {
    stream: "genesis",
    body: {
      brand: "example",
      origin: ORIGIN,
      account: { kind, name: `${kind}-1` },
      feed: { name: "seeded", licensed: false },
      instruments: [],
      journalKey: "key",
      statusKey: "key",
    },
  });
}

/** Says why record `of` stays closed for good. */
export function redactionLine(seq: number, of: number): string {
  return lineOf(seq, { stream: "redaction", body: { seq: of, reason: "names a person" } });
}
