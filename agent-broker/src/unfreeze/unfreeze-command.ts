import { HttpFailure, SignedClient } from "@believe/host/http";
import { loadSeed, signerOf } from "@believe/host/keys";
import { base64, sameBytes } from "@believe/shared/base";
import { LogFailure, operatorName, signUnfreeze } from "@believe/shared/wire/log";
import type { BrokerConfig } from "../config.ts";
import { BrokerFailure } from "../failure.ts";
import { keyName, keysOf } from "../keys/key-folder.ts";
import { rootOnDisk } from "./disk-root.ts";
import { type Claim, type FrozenLog, frozenLog } from "./frozen-log.ts";

export const UNFREEZE_USAGE = `  believe-broker unfreeze --config FILE --key SEED --reason TEXT [--yes ROOT]
      end a freeze with the operator's key; ROOT: the first eight characters of the root that stands, else it asks`;

const PREFIX_CHARACTERS = 8;
const COLUMN = 46;
const TEXT = "text/plain; charset=utf-8";

export interface UnfreezeOptions {
  readonly config: BrokerConfig;
  /** Seed file of the operator's key. */
  readonly keyFile: string;
  /** One line of 1 to 200 printable characters. */
  readonly reason: string;
  /** The beginning of the root that stands, null to ask for it. */
  readonly yes: string | null;
  readonly say: (line: string) => void;
  readonly ask: (question: string) => Promise<string>;
}

/**
 * Ends a freeze: shows both histories, asks which stands, and sends the operator's note to the Worker and the door.
 * Answers whether the Worker took it. Throws `BrokerFailure` where this disk does not hold what would stand.
 */
export async function unfreezeCommand(options: UnfreezeOptions): Promise<boolean> {
  const { config, say } = options;
  const operator = signerOf(operatorName(config.origin), loadSeed(options.keyFile));
  const { request } = keysOf(config);
  const client = (baseUrl: string): SignedClient =>
    new SignedClient({ baseUrl, keyId: keyName(config, "request"), sign: request.sign });
  const worker = client(config.worker.url);
  const door = config.door === undefined ? null : client(config.door.url);
  try {
    const frozen = await frozenLog(worker);
    for (const line of sideBySide(frozen)) say(line);
    expectOwnRoot(config, frozen);
    await expectMeant(frozen, options);
    const { size, root, other } = frozen;
    const about = { origin: config.origin, size, root, otherRoot: other.root };
    const note = await signed(() => signUnfreeze({ ...about, reason: options.reason }, operator));
    const isTaken = await posted("the Worker", worker, note, say);
    if (door !== null) await posted("the research agent", door, note, say);
    return isTaken;
  } finally {
    await worker.close();
    await door?.close();
  }
}

/** What stands on this disk must be what would stand: else the agent could never go on from it. */
function expectOwnRoot(config: BrokerConfig, { size, root }: FrozenLog): void {
  const own = rootOnDisk(config, size);
  if (own !== null && sameBytes(own, root)) return;
  const is = own === null ? "fewer leaves" : `root ${base64(own)}`;
  throw new BrokerFailure(
    "not-ours",
    `expected this disk to hold root ${base64(root)} at size ${size}, where the log would go on, was ${is}: put the disk right first`,
  );
}

async function expectMeant(frozen: FrozenLog, { yes, ask }: UnfreezeOptions): Promise<void> {
  const root = base64(frozen.root);
  const said =
    yes ?? (await ask(`First ${PREFIX_CHARACTERS} characters of the root that stands: `)).trim();
  if (said.length >= PREFIX_CHARACTERS && root.startsWith(said)) return;
  throw new BrokerFailure(
    "not-ours",
    `expected at least the first ${PREFIX_CHARACTERS} characters of ${root}, was ${JSON.stringify(said)}: nothing was signed`,
  );
}

async function signed(sign: () => Promise<string>): Promise<string> {
  try {
    return await sign();
  } catch (cause) {
    if (!(cause instanceof LogFailure)) throw cause;
    throw new BrokerFailure("bad-arguments", `in the note: ${cause.message}`, { cause });
  }
}

async function posted(
  name: string,
  client: SignedClient,
  note: string,
  say: (line: string) => void,
): Promise<boolean> {
  try {
    const { status, text } = await client.post("/log/broker/unfreeze", note, TEXT, {
      signed: false,
    });
    const isTaken = status === 200;
    const said = text.replaceAll(/\s+/g, " ").trim().slice(0, 200);
    say(isTaken ? `${name} goes on` : `${name} refused it with ${status} ${said}`.trimEnd());
    return isTaken;
  } catch (failure) {
    if (!(failure instanceof HttpFailure)) throw failure;
    say(`${name} did not answer: ${failure.message}`);
    return false;
  }
}

/** Both checkpoints, the one that stands on the left. */
function sideBySide({ size, root, cosigned, other }: FrozenLog): string[] {
  const left = (claim: Claim | null): string[] =>
    claim === null
      ? ["nothing was cosigned"]
      : [`size ${claim.size}`, base64(claim.root), ...claim.signers.map((name) => `by ${name}`)];
  const rows = [
    ["cosigned", ...left(cosigned)],
    ["the other, void from then on", ...left(other)],
  ];
  const [mine = [], theirs = []] = rows;
  const height = Math.max(mine.length, theirs.length);
  const table = Array.from({ length: height }, (_, i) =>
    `${(mine[i] ?? "").padEnd(COLUMN)}  ${theirs[i] ?? ""}`.trimEnd(),
  );
  return [...table, "", `The log would go on at size ${size}, root ${base64(root)}`];
}
