import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { ReplicaList } from "@believe/host/replica";
import type { Wal } from "@believe/host/wal";
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
  from: { readonly door: Door; readonly list: ReplicaList } | null,
): Promise<CaptureRepair> {
  mkdirSync(folder, { recursive: true });
  const closed = new Map<string, Body<"segment">>();
  for (const { record } of wal.records()) {
    if (record.stream === "segment") closed.set(record.body.segment, record.body);
  }
  for (const name of segmentNames(folder)) {
    const file = join(folder, name);
    const due = closed.get(name)?.sha256;
    if (due !== sha256(readFileSync(file))) renameSync(file, `${file}.behind`);
  }
  const missing = [...closed.values()].filter(({ segment }) => !existsSync(join(folder, segment)));
  const lost: string[] = [];
  for (const { segment, sha256: due } of missing) {
    const isThere = from?.list.segments.includes(segment) ?? false;
    const came = from !== null && isThere && (await fetched(folder, segment, due, from.door));
    if (!came) lost.push(segment);
  }
  return { fetched: missing.length - lost.length, lost };
}

async function fetched(folder: string, name: string, due: string, door: Door): Promise<boolean> {
  const file = join(folder, name);
  const draft = `${file}.new`;
  const hash = createHash("sha256");
  const fd = openSync(draft, "w");
  try {
    for await (const text of door.text(name)) {
      hash.update(text);
      writeSync(fd, text);
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  if (hash.digest("hex") !== due) return false;
  renameSync(draft, file);
  writeFileSync(`${file}.ack`, `${due}\n`);
  return true;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
