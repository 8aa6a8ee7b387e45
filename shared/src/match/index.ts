export { drive, type OutsideEvent } from "./drive.ts";
export {
  createPaperVenue,
  PaperVenue,
  type PaperVenueOptions,
  type TimedMarketEvent,
} from "./paper-venue.ts";
