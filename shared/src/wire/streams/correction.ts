import { z } from "zod";
import {
  count,
  decimal,
  identifier,
  lots,
  money,
  reasonCode,
  side,
  stampUs,
  symbolName,
} from "../fields.ts";
import { defineStream } from "../stream.ts";

/**
 * Our book was changed by something that is not a fill: the venue replaced an execution (correction) or took it back
 * (bust), or a person had us take over the venue's position (adopted; `exec` and `revision` are null). `qty` is what
 * holds from now on, of an adoption the lots added on `side`. `realisedDelta`: by how much realised net changed, USD.
 */
export const correction = defineStream({
  name: "correction",
  opens: "after-embargo",
  chained: true,
  body: z.strictObject({
    correction: identifier,
    kind: z.enum(["correction", "bust", "adopted"]),
    symbol: symbolName,
    atUs: stampUs,
    /** The order that was executed, null for an adoption. */
    order: identifier.nullable(),
    exec: identifier.nullable(),
    revision: count.nullable(),
    side: side.nullable(),
    qty: count,
    price: decimal.nullable(),
    lotsBefore: lots,
    lotsAfter: lots,
    realisedDelta: money,
    reason: reasonCode,
  }),
});
