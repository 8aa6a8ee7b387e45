import { BytesFailure, utf8Text } from "@believe/shared/base";
import {
  checkOpening,
  claimOf,
  followKeys,
  formatEntryProof,
  type KnownKeys,
  knownKeys,
  LogFailure,
  openCheckpoint,
  openingHeader,
  parseCheckpoint,
  parseNote,
  parseTlogProof,
  parseVkey,
  type RebuiltLog,
  rebuildLog,
  verifyEntryProof,
} from "@believe/shared/wire/log";
import type { EntryProof, Facts, FromWorker } from "../protocol.ts";
import type { CheckPorts } from "./log-check.ts";
import { leafPlace } from "./place.ts";
import { findSeq } from "./seq-search.ts";
import { brokenStairs, provedStairs, witnessStair } from "./stairs.ts";

type Ports = Pick<CheckPorts, "source" | "tools">;
type Answer = FromWorker & { readonly tell: "entry" | "no-entry" };

const no = (said: string): Answer => ({ tell: "no-entry", said });

function keyIdText(facts: Facts): string {
  return parseVkey(facts.key).keyId.toString(16).padStart(8, "0");
}

function messageOf(cause: unknown): string {
  if (cause instanceof LogFailure || cause instanceof BytesFailure) return cause.message;
  throw cause;
}

/** The proof of one journal number, from the log as it stands now. */
export async function proveEntry(seq: number, facts: Facts, ports: Ports): Promise<Answer> {
  const { source, tools } = ports;
  const bytes = await source.get("checkpoint");
  if (bytes === null) return no("The edge serves no checkpoint: there is no record yet.");
  const name = `Line #${seq}`;
  const broken = (at: number, said: string, line = ""): Answer => ({
    tell: "entry",
    proof: { name, stairs: brokenStairs(at, said, line), file: null },
  });
  try {
    const note = utf8Text(bytes);
    const checkpoint = parseCheckpoint(parseNote(note).text);
    const found = await findSeq(source, checkpoint.size, seq);
    if (found === null) {
      return no(
        `Line #${seq} is in no opened leaf: it is still to be sealed, still closed, or was never written.`,
      );
    }
    let rebuilt: RebuiltLog;
    try {
      rebuilt = await rebuildLog(source, checkpoint, { hash: tools.hash });
    } catch (cause) {
      if (!(cause instanceof LogFailure)) throw cause;
      return broken(3, `${String(cause.facts["place"])}: ${cause.message}`);
    }
    return await stairsOf({ seq, note, found, rebuilt, name }, facts, ports, broken);
  } catch (cause) {
    return broken(0, messageOf(cause));
  }
}

interface Found {
  readonly seq: number;
  readonly note: string;
  readonly found: { readonly leaf: number; readonly text: string };
  readonly rebuilt: RebuiltLog;
  readonly name: string;
}

async function stairsOf(
  { seq, note, found, rebuilt, name }: Found,
  facts: Facts,
  { source, tools }: Ports,
  broken: (at: number, said: string, line?: string) => Answer,
): Promise<Answer> {
  const { order, tree } = rebuilt;
  const leaf = order.leaves[found.leaf];
  const { text } = found;
  const body = text.slice(0, -1).split("\n").slice(1);
  const line = body.find((one) => one.includes(`"seq":${seq},`)) ?? "";
  if (leaf === undefined) return broken(2, `expected leaf ${found.leaf}, was none`);
  const { origin } = facts;
  let keys: KnownKeys;
  let proof: string | null;
  try {
    const checked = checkOpening(text, leaf, tools.hash);
    proof = formatEntryProof({ opened: { leaf, text, checked }, seq, tree, note }, tools.hash);
  } catch (cause) {
    return broken(2, `${leafPlace(leaf)}: ${messageOf(cause)}`, line);
  }
  if (proof === null)
    return no(`Line #${seq} is committed in ${leafPlace(leaf)} and stays closed.`);
  try {
    const known = knownKeys([facts.key]);
    const followed = await followKeys(source, known, { origin, verify: tools.verify });
    keys = followed.keysFor(claimOf(note, "checkpoint"));
    await openCheckpoint(note, keys, tools.verify);
  } catch (cause) {
    return broken(4, messageOf(cause), line);
  }
  // What is handed out is what was checked: the very file, by the rules that anybody checks it with.
  await verifyEntryProof(proof, keys, tools);
  const { size, root } = parseCheckpoint(parseNote(note).text);
  const last = await witnessStair(note, facts, tools);
  const proved = { line, leaf, count: body.length, size, root, keyId: keyIdText(facts) };
  const stairs = provedStairs(proved, tools, last, facts);
  const file = { name: `${facts.dashboard.split(":")[0]}-line-${seq}.tlog-proof`, text: proof };
  return { tell: "entry", proof: { name, stairs, file } };
}

async function keysForProof(note: string, facts: Facts, ports: Ports): Promise<KnownKeys> {
  const { origin, key } = facts;
  const known = knownKeys([key]);
  const { keyId } = parseVkey(key);
  if (parseNote(note).signatures.some((one) => one.keyId === keyId)) return known;
  const of = { origin, verify: ports.tools.verify };
  return (await followKeys(ports.source, known, of)).keysFor(claimOf(note, "checkpoint"));
}

/** At which of the six steps a proof file breaks. */
function stepOf(failure: LogFailure): number {
  const place = String(failure.facts["place"] ?? "");
  if (place === "checkpoint") return 4;
  if (place === "proof") return 0;
  return failure.message.includes("recompute the leaf") ? 2 : 3;
}

/** Checks a proof file; only one by a later key than the page's asks the edge how the log came to that key. */
async function checkProofFile(
  name: string,
  text: string,
  facts: Facts,
  ports: Ports,
): Promise<Answer> {
  const { tools } = ports;
  const answer = (proof: Omit<EntryProof, "file">): Answer => ({
    tell: "entry",
    proof: { ...proof, file: null },
  });
  try {
    const keys = await keysForProof(parseTlogProof(text).note, facts, ports);
    const { record, line, leaf, signed } = await verifyEntryProof(text, keys, tools);
    const { size, root } = signed.checkpoint;
    const last = await witnessStair(parseTlogProof(text).note, facts, tools);
    const proved = { line, leaf, count: null, size, root, keyId: keyIdText(facts) };
    const stairs = provedStairs(proved, tools, last, facts);
    return answer({ name: `Line #${record.seq} in ${name}`, stairs });
  } catch (cause) {
    if (!(cause instanceof LogFailure)) throw cause;
    return answer({ name, stairs: brokenStairs(stepOf(cause), cause.message, "") });
  }
}

/** Checks an opening against the leaves that this browser rebuilt before, without any request. */
function checkOpeningFile(
  name: string,
  text: string,
  rebuilt: RebuiltLog | null,
  ports: Ports,
): Answer {
  const index = openingHeader(text)?.leaf ?? -1;
  if (rebuilt === null) {
    return no(
      `${name} is an opening. It is held against a leaf: check the whole record first, then drop it again.`,
    );
  }
  const leaf = rebuilt.order.leaves[index];
  if (leaf === undefined)
    return no(`${name} opens leaf ${index}, and the log that was checked has none.`);
  try {
    const { lines, closed } = checkOpening(text, leaf, ports.tools.hash);
    const stays = closed > 0 ? ` and ${closed} closed ones` : "";
    return no(
      `${name} is the opening of ${leafPlace(leaf)}: ${lines.length} lines${stays}, as signed.`,
    );
  } catch (cause) {
    return no(`${name} is not what ${leafPlace(leaf)} commits to: ${messageOf(cause)}.`);
  }
}

/** A dropped file: a tlog-proof or an opening; anything else is named as neither. */
export async function checkFile(
  file: { readonly name: string; readonly text: string },
  facts: Facts,
  rebuilt: RebuiltLog | null,
  ports: Ports,
): Promise<Answer> {
  const { name, text } = file;
  if (text.startsWith("c2sp.org/tlog-proof@v1\n")) return checkProofFile(name, text, facts, ports);
  if (text.startsWith('{"v":1,"open":')) return checkOpeningFile(name, text, rebuilt, ports);
  return no(`${name} is neither a proof file nor an opening.`);
}
