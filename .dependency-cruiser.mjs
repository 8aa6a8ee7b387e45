import { cruiseOptions, forbidden } from "./test/boundaries.ts";

export default { forbidden: [...forbidden], options: cruiseOptions };
