import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeSha256 } from "../keys/index.ts";
import { LeafLog } from "../spool/index.ts";
import { PushEstate } from "./test/estate.ts";

let estate: PushEstate;
beforeEach(async () => {
  estate = new PushEstate();
  await estate.mirror.listen();
});
afterEach(() => estate.remove());

test("a leaf that nobody can open any more is covered, never opened, and holds nothing up", async () => {
  const leaves = new LeafLog(join(estate.folder, "log"), estate.spool.origin, nodeSha256);
  const text = [
    "believe/leaf/v1",
    estate.spool.origin,
    "0",
    "2024-01-09T14:19Z",
    "whole",
    Buffer.alloc(32, 7).toString("base64"),
  ].join("\n");
  const row = { index: 0, minute: "2024-01-09T14:19Z", closed: "whole" as const };
  leaves.append([{ ...row, salt: null, firstSeq: 0, count: 0, text }]);
  leaves.close();
  estate.restart();
  estate.work(2);
  const pusher = estate.pusher();
  expect(await pusher.drain(10_000)).toBe(true);
  await pusher.stop();
  const { size } = estate.spool;
  expect(size).toBeGreaterThan(2);
  expect(pusher.state).toMatchObject({ size, openedLeaves: size, queued: 0 });
  expect(estate.mirror.root).toEqual(estate.spool.root());
  expect([...estate.mirror.openings.keys()].map(Number)).toEqual(
    Array.from({ length: size - 1 }, (_, i) => i + 1),
  );
});
