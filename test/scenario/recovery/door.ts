import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadOrCreateSeed, signerOf } from "@believe/host/keys";
import { vkeyOf } from "@believe/shared/wire/log";
import { stringify } from "smol-toml";

const ORIGIN = "log.example/j/broker";

export interface RunningDoor {
  readonly url: string;
  readonly configFile: string;
  stop(): Promise<void>;
}

/** The real research agent beside a broker whose state lies in `folder`. */
export async function startDoor(folder: string, workerUrl: string): Promise<RunningDoor> {
  const vkey = (purpose: string, name: string): string => {
    const seed = loadOrCreateSeed(join(folder, "broker", "keys", `${purpose}.seed`));
    return vkeyOf(name, signerOf(name, seed).publicKey);
  };
  const configFile = join(folder, "research.toml");
  const config = {
    state: join(folder, "research"),
    origin: ORIGIN,
    keys: {
      brokerJournal: vkey("journal", ORIGIN),
      brokerRequest: vkey("request", `${ORIGIN}/request`),
    },
    worker: { url: workerUrl },
    door: { host: "127.0.0.1", port: 0 },
    followMs: 300,
  };
  writeFileSync(configFile, stringify(config));
  const child = spawn(
    process.execPath,
    ["agent-research/src/main.ts", "run", "--config", configFile],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const gone = once(child, "close");
  const port = await new Promise<number>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes("\n")) resolve(Number(JSON.parse(said.split("\n")[0] ?? "").doorPort));
    });
    gone.then(() => reject(new Error("expected a door, ended")));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    configFile,
    stop: async () => {
      child.kill("SIGTERM");
      await gone;
    },
  };
}
