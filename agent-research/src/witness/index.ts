export { Witness } from "./witness.ts";
export { WitnessStore } from "./witness-store.ts";
