import { type ReplicaChunk, type ReplicaList, replicaRead } from "@believe/host/replica";
import { BytesFailure, type Disk, utf8Text } from "@believe/shared/base";
import { ResearchFailure } from "../failure.ts";
import type { Replica } from "./replica.ts";

/** Bytes of a file that one answer carries at most. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const LF = 0x0a;

/** Answers a signed question of the broker, which wants back what it left here: `list` or `read`. */
export async function answerOf(
  question: "list" | "read",
  body: Uint8Array,
  replica: Replica,
): Promise<ReplicaList | ReplicaChunk> {
  if (question === "list") return replica.list;
  const asked = replicaRead.safeParse(jsonOf(body));
  const file = asked.success ? replica.file(asked.data.name) : null;
  if (!asked.success || file === null) {
    throw new ResearchFailure("bad-segment", "expected a file of this replica, was another name");
  }
  return await chunkOf(replica.disk, file, asked.data.offset);
}

/** Whole lines of a file from an offset on. */
async function chunkOf(disk: Disk, file: string, offset: number): Promise<ReplicaChunk> {
  const handle = await disk.later.open(file, "r");
  try {
    const size = disk.size(handle);
    const bytes = Buffer.alloc(Math.max(0, Math.min(CHUNK_BYTES, size - offset)));
    const bytesRead = await disk.later.read(handle, bytes, offset);
    const isLast = offset + bytesRead >= size;
    const end = isLast ? bytesRead : bytes.subarray(0, bytesRead).lastIndexOf(LF) + 1;
    if (end === 0 && !isLast) {
      throw new ResearchFailure("bad-segment", `expected lines in ${file}, was one without end`);
    }
    const text = utf8Text(new Uint8Array(bytes.subarray(0, end)));
    return { text, next: isLast ? null : offset + end };
  } catch (cause) {
    if (!(cause instanceof BytesFailure)) throw cause;
    throw new ResearchFailure("bad-segment", `expected UTF-8 in ${file}, was other bytes`);
  } finally {
    await disk.later.close(handle);
  }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Text(new Uint8Array(body)));
  } catch {
    return null;
  }
}
