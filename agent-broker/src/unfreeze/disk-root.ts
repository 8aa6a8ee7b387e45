import { closeSync, fstatSync, openSync } from "node:fs";
import { join } from "node:path";
import { hasCode, linesBetween, nodeDisk } from "@believe/host/disk";
import { nodeSha256 } from "@believe/host/keys";
import { parseLeafRow } from "@believe/host/spool";
import { type Bytes, utf8, utf8Text } from "@believe/shared/base";
import { Frontier, leafHash } from "@believe/shared/wire/log";
import { BrokerFailure } from "../failure.ts";
import type { KeyFolder } from "../keys/key-folder.ts";

/**
 * The root of the first `size` leaves on this disk, null where it has fewer. The file is only read: the agent may be
 * running and appending to it.
 */
export function rootOnDisk({ state, origin }: KeyFolder, size: number): Bytes | null {
  const file = join(state, "log", "leaves.jsonl");
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch (failure) {
    if (hasCode(failure, "ENOENT")) return null;
    throw failure;
  }
  try {
    const tree = Frontier.empty(nodeSha256);
    for (const { bytes } of linesBetween(nodeDisk, fd, 0, fstatSync(fd).size)) {
      if (tree.size === size) break;
      const leaf = parseLeafRow(utf8Text(bytes), origin);
      if (leaf?.index !== tree.size) {
        throw new BrokerFailure(
          "corrupt-state",
          `expected leaf ${tree.size} in ${file}, was other`,
        );
      }
      tree.append(leafHash(utf8(leaf.text), nodeSha256));
    }
    return tree.size === size ? tree.root() : null;
  } finally {
    closeSync(fd);
  }
}
