import type { ProviderEntry } from "../../agent-broker/src/providers/provider.ts";

type Column<Of> = readonly [title: string, cell: (of: Of) => string];

const yes = (is: boolean): string => (is ? "yes" : "no");

const DATA: readonly Column<NonNullable<ProviderEntry["data"]>>[] = [
  ["status", ({ status }) => status],
  ["trades", ({ trades }) => yes(trades)],
  ["quotes", ({ quotes }) => yes(quotes)],
  ["depth levels", ({ depthLevels }) => String(depthLevels)],
  ["licensed", ({ licensed }) => yes(licensed)],
];

const TRADE: readonly Column<NonNullable<ProviderEntry["trade"]>>[] = [
  ["status", ({ status }) => status],
  ["order types", ({ orderTypes }) => orderTypes.join(", ")],
  ["time in force", ({ timesInForce }) => timesInForce.join(", ")],
  ["stops rest", ({ restsStops }) => yes(restsStops)],
  [
    "attached",
    ({ attaches }) =>
      [attaches.stop ? "stop" : "", attaches.target ? "target" : ""]
        .filter((one) => one !== "")
        .join(", ") || "none",
  ],
  ["OCA", ({ oca }) => yes(oca)],
  ["modify", ({ modifies }) => yes(modifies)],
  ["cancel", ({ cancels }) => yes(cancels)],
  ["cancel all", ({ globalCancel }) => yes(globalCancel)],
  ["partial fills", ({ partialFills }) => yes(partialFills)],
  ["keeps orders", ({ keepsOrders }) => yes(keepsOrders)],
  ["account", ({ account }) => account],
  ["lots, at most", ({ lotsMax }) => String(lotsMax)],
];

function table<Of>(
  rows: readonly { readonly title: string; readonly of: Of }[],
  columns: readonly Column<Of>[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const heads = ["", ...rows.map(({ title }) => title)];
  // One column a provider: there are more things to say than providers.
  const body = columns.map(([title, cell]) => line([title, ...rows.map(({ of }) => cell(of))]));
  return [line(heads), line(heads.map(() => "---")), ...body].join("\n");
}

/** The page of what each provider can do. */
export function providersPage(providers: readonly ProviderEntry[]): string {
  const data = providers.flatMap(({ title, data: of }) => (of === null ? [] : [{ title, of }]));
  const trade = providers.flatMap(({ title, trade: of }) => (of === null ? [] : [{ title, of }]));
  return `# Providers

Made from the registry, \`agent-broker/src/providers/index.ts\`, by \`node scripts/providers.ts\`. A provider that is
planned cannot be chosen; what stands under it is what it is planned to do.

## Orders

${table(trade, TRADE)}

*Keeps orders*: they stay at the venue when our process or the link is gone, so what was in flight is unknown until a
snapshot, never lost and never sent again. Sierra's files: [sierra-files.md](sierra-files.md).

## Market data

${table(data, DATA)}

*Licensed*: rows are not shown to the public unless the operator states a licence.
`;
}
