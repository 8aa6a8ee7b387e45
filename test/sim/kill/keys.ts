import { signerOf } from "@believe/host/keys";

export const ORIGIN = "log.example/j/broker";
export const journalKey = signerOf(ORIGIN, new Uint8Array(32).fill(1));
export const requestKey = signerOf(`${ORIGIN}/request`, new Uint8Array(32).fill(2));
