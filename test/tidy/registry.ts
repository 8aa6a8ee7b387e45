import type { Source } from "./source.ts";

/** Folders whose entries must be listed in one file: adding one is a folder and a line. */
const REGISTRIES = [
  {
    entries: /^agent-broker\/src\/providers\/([^/]+)\//,
    list: "agent-broker/src/providers/index.ts",
  },
  { entries: /^shared\/src\/strategy\/([^/]+)\//, list: "shared/src/strategy/index.ts" },
  { entries: /^shared\/src\/wire\/streams\/([^/.]+)\.ts$/, list: "shared/src/wire/record.ts" },
];

/** Entries that their list does not import. */
export function unregistered(files: readonly Source[]): string[] {
  return REGISTRIES.flatMap(({ entries, list }) => {
    const names = new Set(files.flatMap(({ path }) => entries.exec(path)?.[1] ?? []));
    const text = files.find(({ path }) => path === list)?.text ?? "";
    return [...names]
      .filter((name) => !new RegExp(`from "\\./(streams/)?${name}(/|\\.ts)`).test(text))
      .map((name) => `${list}: "${name}" is not listed: import it there`);
  });
}
