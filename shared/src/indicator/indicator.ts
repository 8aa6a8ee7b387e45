/** One running indicator: fed bar by bar, O(1) a bar. `value` is null until it is warm. */
export interface Running<Input> {
  readonly value: number | null;
  push(input: Input): number | null;
}

/** An indicator by name. `lookback` is the number of inputs before the first value. */
export interface Indicator<Name extends string, Input> {
  readonly name: Name;
  lookback(length: number): number;
  create(length: number): Running<Input>;
}

export function defineIndicator<const Name extends string, Input>(
  indicator: Indicator<Name, Input>,
): Indicator<Name, Input> {
  return indicator;
}
