export { type Broken, campaign, merged, missed, STEPS, type Tally } from "./campaign.ts";
export { REACHABLE } from "./cells.ts";
export { shrink } from "./shrink.ts";
export { World } from "./world.ts";
