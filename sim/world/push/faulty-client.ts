import { HttpFailure } from "@believe/host/http";
import type { MirrorAnswer, MirrorClient } from "@believe/host/push";
import type { Rng } from "@believe/shared/base";

/** What goes wrong between pusher and mirror. */
export const PUSH_FAULTS = ["push-lost", "push-twice", "ack-lost", "mirror-503"] as const;
export type PushFault = (typeof PUSH_FAULTS)[number];

/** One request in so many meets a fault. */
const SHARE = 3;

function lost(path: string): HttpFailure {
  return new HttpFailure("broken", `expected an answer to ${path}, was none`);
}

/** A client whose requests and answers are lost, doubled and refused as chance wants it. */
export function faultyClient(
  client: MirrorClient,
  rng: Rng,
  met: (fault: PushFault) => void,
): MirrorClient {
  const drawn = (): PushFault | null => {
    const fault = rng.below(SHARE) === 0 ? PUSH_FAULTS[rng.below(PUSH_FAULTS.length)] : undefined;
    if (fault !== undefined) met(fault);
    return fault ?? null;
  };
  const through = async (
    path: string,
    send: () => Promise<MirrorAnswer>,
  ): Promise<MirrorAnswer> => {
    const fault = drawn();
    if (fault === "push-lost") throw lost(path);
    if (fault === "mirror-503") return { status: 503, headers: {}, text: "" };
    if (fault === "push-twice") await send();
    const answer = await send();
    if (fault === "ack-lost") throw lost(path);
    return answer;
  };
  return {
    get: (path) => client.get(path),
    put: (path, body, type) => through(path, () => client.put(path, body, type)),
    post: (path, body, type, options) =>
      through(path, () => client.post(path, body, type, options)),
  };
}
