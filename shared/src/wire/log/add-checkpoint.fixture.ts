import type { Bytes } from "@believe/shared/base";
import { formatAddCheckpoint, parseAddCheckpoint } from "./add-checkpoint.ts";
import { checkpointText } from "./checkpoint.ts";
import { emptyRoot } from "./merkle.ts";
import { journalKey, ORIGIN, SampleLog, signerOf } from "./mirror.fixture.ts";
import { type Signer, signNote } from "./note.ts";
import { consistencyProof } from "./proof.ts";

const other = SampleLog.of(300, "b");

async function note(size: number, root: Bytes, signer: Signer = journalKey): Promise<string> {
  return signNote(checkpointText({ origin: signer.name, size, root }), signer);
}

/** What is wrong, the status that C2SP tlog-witness asks for, the body. */
export type Fault = [what: string, status: number, body: (log: SampleLog) => Promise<string>];

/** C2SP tlog-witness: what is wrong with an add-checkpoint → the status it asks for. */
export const faults: Fault[] = [
  ["an empty body", 400, async () => ""],
  ["no old size line", 400, async (log) => (await log.addAt(260, 300)).slice(8)],
  [
    "an old size with a leading zero",
    400,
    async (log) => `old 0${(await log.addAt(260, 300)).slice(4)}`,
  ],
  [
    "a proof line that is no hash",
    400,
    async (log) => (await log.addAt(260, 300)).replace("\n", "\nAAAA\n"),
  ],
  [
    "64 proof lines",
    400,
    async (log) =>
      formatAddCheckpoint({
        oldSize: 260,
        proof: Array(64).fill(emptyRoot),
        note: await log.noteAt(300),
      }),
  ],
  [
    "an old size above the checkpoint's",
    400,
    async (log) => formatAddCheckpoint({ oldSize: 301, proof: [], note: await log.noteAt(300) }),
  ],
  [
    "a note without signature",
    400,
    async (log) => {
      const body = await log.addAt(260, 300);
      return body.slice(0, body.lastIndexOf("—"));
    },
  ],
  [
    "a checkpoint of two lines",
    400,
    async () =>
      formatAddCheckpoint({
        oldSize: 260,
        proof: [],
        note: await signNote(`${ORIGIN}\n300\n`, journalKey),
      }),
  ],
  [
    "an unknown origin",
    404,
    async (log) =>
      formatAddCheckpoint({
        oldSize: 260,
        proof: [],
        note: await note(300, log.rootAt(300), signerOf("other", 1)),
      }),
  ],
  [
    "a signature by an unknown key",
    403,
    async (log) =>
      formatAddCheckpoint({
        oldSize: 260,
        proof: [],
        note: await log.noteAt(300, signerOf(ORIGIN, 9)),
      }),
  ],
  [
    "a false signature by the known key",
    403,
    async (log) => (await log.addAt(260, 300)).replace("\n300\n", "\n299\n"),
  ],
  ["an old size below the stored one", 409, (log) => log.addAt(0, 300)],
  ["an old size above the stored one", 409, (log) => log.addAt(261, 300)],
  ["an older checkpoint", 409, (log) => log.addAt(100, 200)],
  [
    "a proof of another tree",
    422,
    async (log) =>
      formatAddCheckpoint({
        oldSize: 260,
        proof: consistencyProof(260, 300, other.tree.hashAt),
        note: await log.noteAt(300),
      }),
  ],
  [
    "no proof",
    422,
    async (log) => formatAddCheckpoint({ oldSize: 260, proof: [], note: await log.noteAt(300) }),
  ],
  [
    "a proof with a node too many",
    422,
    async (log) => {
      const { proof, ...rest } = parseAddCheckpoint(await log.addAt(260, 300));
      return formatAddCheckpoint({ ...rest, proof: [...proof, emptyRoot] });
    },
  ],
  [
    "a proof for the same size",
    422,
    async (log) =>
      formatAddCheckpoint({ oldSize: 260, proof: [emptyRoot], note: await log.noteAt(260) }),
  ],
  ["another tree with its own proof", 422, (_) => other.addAt(260, 300)],
];
