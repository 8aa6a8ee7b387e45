import type { Genesis } from "./estate.ts";

/** The estate's verifier keys as a keys file: what a stranger has to get from elsewhere than the dashboard. */
export function publicKeysText({
  names,
  estate,
  witnesses,
}: Pick<Genesis, "names" | "estate" | "witnesses">): string {
  const { operator } = estate.keys;
  const rows: (readonly [string, readonly string[]])[] = [
    ["the journal's first key: signs checkpoints until a key change", [estate.keys.journal]],
    ["status and figures of the agents", [estate.keys.brokerStatus, estate.keys.researchStatus]],
    ["the operator: ends a freeze, signs no checkpoint", operator === undefined ? [] : [operator]],
    ["witnesses that the operator runs", [witnesses.worker, witnesses.research]],
    ["witnesses outside the operator's hands", witnesses.outside.map(({ vkey }) => vkey)],
  ];
  return [
    `# Verifier keys of ${names.brand}. Check the record with: npm run verify -- URL --keys THIS_FILE`,
    ...rows.flatMap(([says, vkeys]) => (vkeys.length === 0 ? [] : [`# ${says}`, ...vkeys])),
    "",
  ].join("\n");
}
