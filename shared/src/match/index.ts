export type { TimedMarketEvent } from "@believe/shared/market";
export { drive, type OutsideEvent } from "./drive.ts";
export {
  createPaperVenue,
  PaperVenue,
  type PaperVenueOptions,
  paperCapabilities,
} from "./paper-venue.ts";
