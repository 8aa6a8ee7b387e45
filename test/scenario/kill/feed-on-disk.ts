import { SierraStudy } from "@believe/sim/sierra";
import { seededTape } from "@believe/sim/tape";

/** Writes the first `minutes` of the seeded tape into `folder` at once, as the study would have by then. */
export async function feedOnDisk(
  folder: string,
  minutes: number,
): Promise<{ readonly startUs: number; readonly rows: number }> {
  const tape = seededTape({ seed: "kill" });
  const { startUs } = tape.info;
  const study = new SierraStudy({
    folder,
    tape,
    speed: 1,
    startWallUs: 1,
    chartIntervalMs: 1,
    runId: "run1",
    wallUs: () => 1 + minutes * 60_000_000,
  });
  study.start();
  for (let before = -1; before !== study.rowsWritten.ticks; ) {
    before = study.rowsWritten.ticks;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  study.stop();
  return { startUs, rows: study.rowsWritten.ticks };
}
