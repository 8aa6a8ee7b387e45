import type { Genesis } from "./estate.ts";

/** The estate's verifier keys as a keys file: what a stranger has to get from elsewhere than the dashboard. */
export function publicKeysText({ names, estate, witnesses }: Omit<Genesis, "policy">): string {
  const rows: (readonly [string, readonly string[]])[] = [
    ["the journal: signs every checkpoint of the log", [estate.keys.journal]],
    ["status and figures of the agents", [estate.keys.brokerStatus, estate.keys.researchStatus]],
    ["witnesses that the operator runs", [witnesses.worker, witnesses.research]],
    ["witnesses outside the operator's hands", witnesses.outside.map(({ vkey }) => vkey)],
  ];
  return [
    `# Verifier keys of ${names.brand}. Check the record with: npm run verify -- URL --keys THIS_FILE`,
    ...rows.flatMap(([says, vkeys]) => (vkeys.length === 0 ? [] : [`# ${says}`, ...vkeys])),
    "",
  ].join("\n");
}
