import { Failure } from "@believe/shared/base";

/**
 * `corrupt`: sealed leaves that no crash explains. `journal-behind`: leaves seal records that the journal no longer
 * has. `differs`: the newest leaf does not recompute from the journal. `clock-jump`: the clock ran ahead too far to
 * be true. `not-durable`: the disk did not take a leaf.
 */
export class SpoolFailure extends Failure<
  "corrupt" | "journal-behind" | "differs" | "clock-jump" | "not-durable"
> {}
