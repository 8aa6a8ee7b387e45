import { MINUTE_US } from "@believe/shared/base";
import type { RailFacts } from "../ui/session-rail.tsx";
import { sessionSpan } from "../ui/session-span.ts";
import { readValue } from "./document.ts";
import type { LiveView } from "./view.ts";

/**
 * What the session rail may draw. A leaf is a minute, so the log's leaves reach back from the newest one;
 * a minute that was cut in two by a stop has two of them, which the band shows as one minute more at its start.
 */
export function railFacts(view: LiveView): RailFacts {
  const status = readValue(view.broker);
  const span = status?.session ? sessionSpan(status.session) : null;
  const nowUs = status?.marketUs ?? null;
  const { minute, size } = view.log;
  if (!span || minute === null || size === 0) {
    return { span, nowUs, sealed: null, pending: null, witnessed: null };
  }
  const sealedToUs = Date.parse(minute) * 1000 + MINUTE_US;
  const fromUs = Math.max(span.startUs, sealedToUs - size * MINUTE_US);
  const pending = nowUs !== null && nowUs > sealedToUs ? { fromUs: sealedToUs, toUs: nowUs } : null;
  const unwitnessed = Math.max(0, size - (view.witnessing?.size ?? 0));
  const witnessedToUs = sealedToUs - unwitnessed * MINUTE_US;
  return {
    span,
    nowUs,
    witnessed: witnessedToUs > fromUs ? { fromUs, toUs: witnessedToUs } : null,
    sealed: sealedToUs > span.startUs ? { fromUs, toUs: sealedToUs } : null,
    pending: pending && pending.toUs > span.startUs ? pending : null,
  };
}
