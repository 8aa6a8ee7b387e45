/** Why the served log was called inconsistent. */
export interface Doubt {
  /**
   * Root, base64, of the checkpoint that the log's key signed and that contradicts what was followed; null where it
   * was something else, which no word of the operator ends.
   */
  readonly root: string | null;
}

/** Contradictions that are kept apart; whoever signs more of them has to wait for a person. */
const DOUBTS_MAX = 64;

export function withDoubt(doubts: readonly Doubt[], root: string | null): readonly Doubt[] {
  const kept = doubts.length < DOUBTS_MAX ? root : null;
  return doubts.some((one) => one.root === kept) ? doubts : [...doubts, { root: kept }];
}

/** Whether the operator declared void every checkpoint that was ever a reason to doubt. */
export function areEnded(
  doubts: readonly Doubt[],
  isVoid: (rootBase64: string) => boolean,
): boolean {
  return doubts.every(({ root }) => root !== null && isVoid(root));
}
