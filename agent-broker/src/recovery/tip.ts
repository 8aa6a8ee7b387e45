import { HttpFailure, type SignedClient } from "@believe/host/http";
import { verifyNode } from "@believe/host/keys";
import { type Bytes, BytesFailure, utf8Text } from "@believe/shared/base";
import {
  LogFailure,
  openNote,
  parseCheckpoint,
  parseNote,
  parseVkey,
} from "@believe/shared/wire/log";

/** What somebody who follows our log says of its end; `silent` also where the answer is not signed by us. */
export type Tip =
  | { readonly kind: "tip"; readonly size: number; readonly root: Bytes }
  | { readonly kind: "none" }
  | { readonly kind: "silent"; readonly why: string };

/** Asks for the newest checkpoint, which only our own journal key, or one before it, can have signed. */
export async function tipAt(
  client: Pick<SignedClient, "get">,
  of: { readonly origin: string; readonly vkeys: readonly string[] },
): Promise<Tip> {
  try {
    const { status, bytes } = await client.get("/log/broker/checkpoint");
    if (status === 404) return { kind: "none" };
    if (status !== 200) return { kind: "silent", why: `it answered ${status}` };
    const note = utf8Text(bytes);
    const named = new Set(parseNote(note).signatures.map(({ keyId }) => keyId));
    const by = of.vkeys.find((vkey) => named.has(parseVkey(vkey).keyId)) ?? of.vkeys[0] ?? "";
    const text = await openNote(note, by, verifyNode);
    const { origin, size, root } = parseCheckpoint(text);
    if (origin === of.origin) return { kind: "tip", size, root };
    return { kind: "silent", why: `it serves the log of ${origin}` };
  } catch (failure) {
    const isKnown =
      failure instanceof HttpFailure ||
      failure instanceof LogFailure ||
      failure instanceof BytesFailure;
    if (isKnown) return { kind: "silent", why: failure.message };
    throw failure;
  }
}
