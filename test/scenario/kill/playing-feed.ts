import { SierraStudy } from "@believe/sim/sierra";
import { seededTape, type Tape } from "@believe/sim/tape";

/** A feed that goes on whether or not anybody reads it. */
export interface PlayingFeed {
  readonly startUs: number;
  /** Wall time at which the tape's start was played. */
  readonly startWallUs: number;
  /** Settles when the tape has been played to its end; the number of tick rows that it wrote. */
  readonly ended: Promise<number>;
  stop(): void;
}

/** Plays the first `minutes` of a seeded tape into `folder`, at `speed`, in this process. */
export function playFeed(folder: string, minutes: number, speed: number): PlayingFeed {
  const whole = seededTape({ seed: "kill" });
  const { startUs } = whole.info;
  const tape: Tape = {
    ...whole,
    *rows() {
      for (const row of whole.rows()) {
        if (row.stampUs > startUs + minutes * 60_000_000) return;
        yield row;
      }
    },
  };
  const study = new SierraStudy({ folder, tape, speed, runId: "run1" });
  study.start();
  return {
    startUs,
    startWallUs: study.startWallUs,
    ended: study.done.then(() => study.rowsWritten.ticks),
    stop: () => study.stop(),
  };
}
