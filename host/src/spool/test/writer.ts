/** A process that journals and seals until it is killed. It says each thing only after it counts. */
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { MINUTE_US, timeUs } from "@believe/shared/base";
import { nodeSha256 } from "../../keys/index.ts";
import { Wal } from "../../wal/index.ts";
import { Spool } from "../index.ts";

// Who is killed writes no cache when it ends: all lives but the first start from compiled sources.
flushCompileCache();

const [folder = "", startMinute = "0"] = process.argv.slice(2);
const wal = Wal.open({
  folder: join(folder, "wal"),
  wallUs: () => timeUs(Date.now() * 1000),
  fileBytesMax: 20_000,
});
const spool = Spool.open({
  folder: join(folder, "log"),
  origin: "log.example/j/broker",
  sha256: nodeSha256,
  wal,
});
const say = (fact: object): void => {
  writeSync(1, `${JSON.stringify(fact)}\n`);
};
spool.onSealed(() => {
  say({ leaf: spool.newest?.index, text: spool.newest?.text });
});

for (let minute = Number(startMinute); ; minute++) {
  spool.advance(timeUs((28_000_000 + minute) * MINUTE_US));
  for (let group = 0; group < 3; group++) {
    const written = Array.from({ length: 1 + (minute % 4) }, () =>
      wal.append({ stream: "stop", body: { reason: "x".repeat(1 + (minute % 90)) } }),
    );
    wal.sync();
    for (const { seq, line } of written) {
      say({ seq, line });
      spool.add(seq, line);
    }
  }
}
