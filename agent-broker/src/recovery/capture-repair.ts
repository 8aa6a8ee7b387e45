import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { makeFolders, nodeDisk, replaceFile, writeWhole } from "@believe/host/disk";
import type { ReplicaList } from "@believe/host/replica";
import type { Wal } from "@believe/host/wal";
import { type Disk, utf8 } from "@believe/shared/base";
import type { Body } from "@believe/shared/wire";
import { segmentNames } from "../record/capture.ts";
import type { Door } from "./door.ts";

/** The segments that are missing on this disk and at the door. */
export interface CaptureRepair {
  readonly fetched: number;
  readonly lost: readonly string[];
}

/**
 * Makes the capture folder agree with a journal that was longer than this disk's: closed segments that are missing or
 * cut short come back from the door, and the open one of the old copy, whose rest is gone, is set aside.
 */
export async function repairCaptures(
  folder: string,
  wal: Pick<Wal, "records">,
  from: { readonly door: Pick<Door, "text">; readonly list: ReplicaList } | null,
  disk: Disk = nodeDisk,
): Promise<CaptureRepair> {
  makeFolders(disk, folder);
  const closed = new Map<string, Body<"segment">>();
  for (const { record } of wal.records()) {
    if (record.stream === "segment") closed.set(record.body.segment, record.body);
  }
  for (const name of segmentNames(folder, disk)) {
    const file = join(folder, name);
    const due = closed.get(name)?.sha256;
    if (due !== sha256(disk.readWhole(file))) disk.rename(file, `${file}.behind`);
  }
  // What is set aside must have its new name before another file takes the old one: the power may go between.
  disk.syncFolder(folder);
  const missing = [...closed.values()].filter(({ segment }) => !disk.exists(join(folder, segment)));
  const lost: string[] = [];
  for (const { segment, sha256: due } of missing) {
    const isThere = from?.list.segments.includes(segment) ?? false;
    const came =
      from !== null &&
      isThere &&
      (await fetched(join(folder, segment), due, { disk, text: from.door.text(segment) }));
    if (!came) lost.push(segment);
  }
  return { fetched: missing.length - lost.length, lost };
}

/** Whether what came has the hash that is due; the file has its name, durably, before the acknowledgement is there. */
async function fetched(
  file: string,
  due: string,
  { disk, text }: { readonly disk: Disk; readonly text: AsyncIterable<string> },
): Promise<boolean> {
  const draft = `${file}.new`;
  const hash = createHash("sha256");
  const open = disk.open(draft, "w");
  try {
    let at = 0;
    for await (const piece of text) {
      const bytes = utf8(piece);
      hash.update(bytes);
      writeWhole(disk, open, bytes, at);
      at += bytes.length;
    }
    disk.sync(open);
  } finally {
    disk.close(open);
  }
  if (hash.digest("hex") !== due) return false;
  disk.rename(draft, file);
  disk.syncFolder(dirname(file));
  replaceFile(`${file}.ack`, `${due}\n`, disk);
  return true;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
