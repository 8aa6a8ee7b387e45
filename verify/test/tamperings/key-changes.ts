import { signerOf } from "@believe/host/keys";
import { utf8 } from "@believe/shared/base";
import { signKeyChange } from "@believe/shared/wire/log";
import { changedKey, changeOfKey, KEY_CHANGE_SIZE, keyChangesText } from "../served-history.ts";
import { estateKeys, ORIGIN, type ServedLog } from "../served-log.ts";
import { edit } from "./edit.ts";
import type { Tampering } from "./tampering.ts";

const { journal: genesis } = estateKeys(1);
const thief = signerOf(ORIGIN, new Uint8Array(32).fill(77));

function serve(log: ServedLog, ...notes: readonly string[]): void {
  log.files.set("key-changes", utf8(keyChangesText(notes)));
}

/** Of changes of the log's key. The log that they damage changed its key once. */
export const keyChanges: readonly Tampering[] = [
  {
    what: "a forged key change",
    place: /^TAMPERED key-changes\/0.*false one/,
    change: async (log) => {
      const forged = { ...genesis, sign: thief.sign };
      serve(log, await changeOfKey(log, forged, thief));
      await log.sign(undefined, undefined, thief);
    },
  },
  {
    what: "a key change from a key that nobody knows",
    place: /^TAMPERED key-changes\/0.*expected a change of/,
    change: async (log) => {
      serve(log, await changeOfKey(log, thief, changedKey));
    },
  },
  {
    what: "a key change with the new key's signature alone",
    place: /^TAMPERED key-changes\/0.*two signatures/,
    change: async (log) => {
      const note = await changeOfKey(log, genesis, thief);
      const [text = "", lines = ""] = note.split("\n\n");
      serve(log, `${text}\n\n${lines.split("\n")[1]}\n`);
      await log.sign(undefined, undefined, thief);
    },
  },
  {
    what: "a key change with the old key's signature alone",
    place: /^TAMPERED key-changes\/0.*two signatures/,
    change: (log) =>
      edit(log, "key-changes", (text) => text.replace(/(\\n\\n— \S+ \S+?\\n)— \S+ \S+?\\n/, "$1")),
  },
  {
    what: "a chain of keys that skips one",
    place: /^TAMPERED key-changes\/1.*expected a change of/,
    change: async (log) => {
      const missing = signerOf(ORIGIN, new Uint8Array(32).fill(78));
      serve(
        log,
        await changeOfKey(log, genesis, changedKey),
        await changeOfKey(log, missing, thief),
      );
      await log.sign(undefined, undefined, thief);
    },
  },
  {
    what: "a key change of another history",
    place: /^TAMPERED key-changes\/0.*root at 300 leaves/,
    change: async (log) => {
      const at = { origin: ORIGIN, size: KEY_CHANGE_SIZE, root: new Uint8Array(32).fill(9) };
      serve(log, await signKeyChange(at, genesis, changedKey));
    },
  },
  {
    what: "a checkpoint by the old key after the change",
    place: /^TAMPERED checkpoint.*a key was changed/,
    change: (log) => log.sign(undefined, undefined, genesis),
  },
  {
    what: "the old key's vkey after the change",
    place: /^TAMPERED vkey/,
    change: async (log) => {
      const checkpoint = log.text("checkpoint");
      await log.sign(undefined, undefined, genesis);
      log.files.set("checkpoint", utf8(checkpoint));
    },
  },
  {
    what: "the key changes left out",
    place: /^TAMPERED checkpoint.*a key was changed/,
    change: (log) => void log.files.delete("key-changes"),
  },
  {
    what: "key changes that are no text of ours",
    place: /^TAMPERED key-changes:/,
    change: (log) => void log.files.set("key-changes", utf8("{}")),
  },
];
