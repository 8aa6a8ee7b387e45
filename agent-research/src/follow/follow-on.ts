import { every } from "@believe/host/every";
import { FollowPace } from "./follow-pace.ts";
import type { Follower } from "./follower.ts";

/**
 * Follows the log at its pace. `onAlarm` is told of every look that finds it inconsistent. The answer ends it, after
 * one more look.
 */
export function followOn(
  follower: Follower,
  options: {
    readonly longestMs: number;
    readonly wallUs: () => number;
    readonly onAlarm: (detail: string) => Promise<void>;
  },
): () => Promise<void> {
  const pace = new FollowPace(options.longestMs);
  const look = async (): Promise<void> => {
    const followed = await follower.look(options.wallUs());
    if (followed.kind === "inconsistent") await options.onAlarm(followed.detail);
  };
  const stop = every(() => pace.after(follower.state.size, performance.now()), look);
  return async () => {
    await stop();
    await look();
  };
}
