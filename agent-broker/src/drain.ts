import type { Pusher } from "@believe/host/push";

/**
 * Lets the queue of leaves leave for as long as it gets shorter, however long it is; `onDraining` hears every
 * `quietMs` how many wait. False once `quietMs` brought nothing, or nothing can leave any more.
 */
export async function drainWhileShrinking(
  pusher: Pick<Pusher, "drain" | "state">,
  quietMs: number,
  onDraining: (queued: number) => void,
): Promise<boolean> {
  for (;;) {
    const { queued } = pusher.state;
    onDraining(queued);
    if (await pusher.drain(quietMs)) return true;
    if (pusher.state.queued >= queued) return false;
  }
}
