import type { Source } from "./source.ts";

/** The code symbols that the glossary's tables name, in backticks in the last cell of a row of three. */
export function symbolsOf(glossary: string): string[] {
  return glossary.split("\n").flatMap((line) => {
    const cells = line.split(" | ");
    const last = cells.length === 3 ? (cells[2] ?? "") : "";
    return [...last.matchAll(/`([^`]+)`/g)].map(([, symbol = ""]) => symbol);
  });
}

/** Symbols of the glossary that the code does not have: a path must exist, every word of a name must occur. */
export function unknownSymbols(
  symbols: readonly string[],
  files: readonly Source[],
  exists: (path: string) => boolean,
): string[] {
  const code = files.filter((file) => file.isCode && !file.isWorkshop).map(({ text }) => text);
  const words = new Set(code.flatMap((text) => text.match(/[A-Za-z_]\w*/g) ?? []));
  const known = (symbol: string) =>
    symbol.includes("/") ? exists(symbol) : symbol.split(".").every((word) => words.has(word));
  return symbols
    .filter((symbol) => !known(symbol))
    .map((symbol) => `docs/glossary.md: ${symbol} is not in the code: name what is`);
}
