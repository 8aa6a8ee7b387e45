import { exitRules } from "@believe/shared/exit";
import { limits } from "@believe/shared/risk";
import { holdingsState, venueOrder } from "@believe/shared/trade";
import { identifier, reasonCode, sha256Hex, symbolName } from "@believe/shared/wire";
import { z } from "zod";

/** What the engine has to know of its venue. The paper venue's are the defaults. */
export const venueTraits = z.strictObject({
  /** A protective stop rests with the entry that asks for it. */
  attachesStop: z.boolean().default(false),
  /** Its orders outlive our process and our connection: what was under way is in doubt until it tells. */
  keepsOrders: z.boolean().default(false),
  /** Entries need a person's arming of the trade date. */
  needsArming: z.boolean().default(false),
});
export type VenueTraits = z.infer<typeof venueTraits>;

/** How the connection stands, for a run that goes on in the middle of it. */
export const connectionState = z.strictObject({
  link: z.enum(["down", "syncing", "ready"]),
  /** Whether a snapshot of this connection was compared. */
  synced: z.boolean(),
  foreign: z.array(venueOrder),
  barking: z.array(reasonCode),
});
export type ConnectionState = z.infer<typeof connectionState>;

/** What the engine goes on from. `holdings` and `decisionTip` come from the journal alone, the rest from the configuration. */
export const resumeState = z.strictObject({
  symbol: symbolName,
  strategy: identifier,
  parameters: z.record(z.string(), z.unknown()),
  limits,
  exits: exitRules,
  venue: venueTraits.prefault({}),
  /** Only of a run that follows another in the same process; else the link is down where the venue keeps orders. */
  connection: connectionState.optional(),
  decisionTip: sha256Hex,
  holdings: holdingsState,
});
export type ResumeState = z.infer<typeof resumeState>;
