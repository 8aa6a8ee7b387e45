import { type Instrument, InstrumentFailure, instrumentOf } from "@believe/shared/market";

/** A daily file of the study, by its name: `ticks_RGW_<symbol>_<yyyymmdd>.csv`, `dom_RGW_…`. */
export interface FileName {
  readonly kind: "ticks" | "dom";
  readonly symbol: string;
}

/** Reads a file's name; null when it is none of the study's daily files. */
export function fileNameOf(name: string): FileName | null {
  const match =
    /^(ticks|dom)_RGW_([A-Za-z0-9.-]+)_\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\.csv$/.exec(
      name,
    );
  if (!match?.[2]) return null;
  return { kind: match[1] === "dom" ? "dom" : "ticks", symbol: match[2] };
}

/** The instrument of a symbol, or null for a symbol that we do not know. */
export function instrumentFor(symbol: string): Instrument | null {
  try {
    return instrumentOf(symbol);
  } catch (failure) {
    if (failure instanceof InstrumentFailure) return null;
    throw failure;
  }
}
