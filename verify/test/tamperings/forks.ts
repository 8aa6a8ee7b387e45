import { nodeSha256, signerOf } from "@believe/host/keys";
import { utf8 } from "@believe/shared/base";
import { operatorName, rootAt } from "@believe/shared/wire/log";
import { FORK_SIZE, forksText, otherHistory, unfreezeOf } from "../served-history.ts";
import { estateKeys, ORIGIN, type ServedLog } from "../served-log.ts";
import { edit } from "./edit.ts";
import type { Tampering } from "./tampering.ts";

const { journal, operator } = estateKeys(1);
const stranger = signerOf(operatorName(ORIGIN), new Uint8Array(32).fill(79));

async function fork(
  log: ServedLog,
  by = operator,
  changes: { root?: Uint8Array<ArrayBuffer> } = {},
) {
  const { cosigned, other } = await otherHistory(log, journal);
  const unfrozen = await unfreezeOf(log, by, changes.root);
  return { size: FORK_SIZE, cosigned, other, unfrozen };
}

/** Of forks. The log that they damage was forked once, and its operator unfroze it. */
export const forks: readonly Tampering[] = [
  {
    what: "an unfreeze by a wrong key",
    place: /^TAMPERED forks\/0.*signature/,
    change: async (log) => {
      log.files.set("forks", utf8(forksText([await fork(log, stranger)])));
    },
  },
  {
    what: "an unfreeze on another history than is served",
    place: /^TAMPERED forks\/0.*another history/,
    change: async (log) => {
      const root = new Uint8Array(32).fill(8);
      log.files.set("forks", utf8(forksText([await fork(log, operator, { root })])));
    },
  },
  {
    what: "a fork that nobody ended",
    place: /^TAMPERED forks\/0.*size 200 root .* and size 200 root /,
    change: async (log) => {
      const open = { ...(await fork(log)), unfrozen: null };
      log.files.set("forks", utf8(forksText([open])));
    },
  },
  {
    what: "a frozen log, with the fork that froze it",
    place: /^TAMPERED state.*frozen.*size 200 root .* and size 200 root /,
    change: async (log) => {
      const open = { ...(await fork(log)), unfrozen: null };
      log.files.set("forks", utf8(forksText([open])));
      edit(log, "state", (text) => text.replace('"frozen":null', '"frozen":"two roots at 200"'));
    },
  },
  {
    what: "a fork that a stranger signed",
    place: /^TAMPERED forks\/0.*expected a checkpoint by/,
    change: async (log) => {
      const thief = signerOf(ORIGIN, new Uint8Array(32).fill(77));
      const { other } = await otherHistory(log, thief);
      log.files.set("forks", utf8(forksText([{ ...(await fork(log)), other }])));
    },
  },
  {
    what: "a fork that is none",
    place: /^TAMPERED forks\/0.*contradicts/,
    change: async (log) => {
      const { other } = await otherHistory(log, journal, rootAt(log.tree, FORK_SIZE, nodeSha256));
      log.files.set("forks", utf8(forksText([{ ...(await fork(log)), other }])));
    },
  },
  {
    what: "a fork left out",
    place: /^TAMPERED forks/,
    change: (log) => void log.files.delete("forks"),
  },
];
