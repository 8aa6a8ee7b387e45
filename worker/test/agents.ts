import { type Bytes, base64, type Sign, utf8, webCryptoSigner } from "@believe/shared/base";
import { type AgentName, type Estate, signRequest } from "@believe/shared/wire";
import {
  ED25519_COSIGNATURE,
  formatPolicy,
  type Signer,
  signNote,
  vkeyOf,
} from "@believe/shared/wire/log";

const ORIGIN = "log.example.test/j/broker";
export const DASHBOARD = "https://log.example.test";

const seedOf = (fill: number): Bytes => new Uint8Array(32).fill(fill);

/** Signs for tests from a fixed seed; the seeds appear nowhere else. */
export async function testSigner(name: string, fill: number): Promise<Signer> {
  const { publicKey, sign } = await webCryptoSigner(crypto.subtle, seedOf(fill));
  return { name, publicKey, sign };
}

export const signers = {
  journal: () => testSigner(ORIGIN, 1),
  brokerStatus: () => testSigner(`${ORIGIN}/status`, 2),
  brokerRequest: () => testSigner(`${ORIGIN}/request`, 3),
  researchStatus: () => testSigner(`${ORIGIN}/research/status`, 4),
  researchRequest: () => testSigner(`${ORIGIN}/research/request`, 5),
  workerWitness: () => testSigner("log.example.test/witness", 6),
  operator: () => testSigner(`${ORIGIN}/operator`, 8),
  /** The key that the journal's hands over to. */
  nextJournal: () => testSigner(ORIGIN, 21),
  researchWitness: () => testSigner(`${ORIGIN}/research/witness`, 7),
} as const;

export const WITNESS_SEED = base64(seedOf(6));

/** The estate that the tests' Worker is bound to; `estate.json` beside holds its text for the configuration. */
export async function testEstate(): Promise<Estate> {
  const vkey = async (signer: Promise<Signer>) => {
    const { name, publicKey } = await signer;
    return vkeyOf(name, publicKey);
  };
  const witness = async (name: string, signer: Promise<Signer>) => {
    const { name: key, publicKey } = await signer;
    return { name, vkey: vkeyOf(key, publicKey, ED25519_COSIGNATURE) };
  };
  const journal = await vkey(signers.journal());
  const witnesses = [
    await witness("worker", signers.workerWitness()),
    await witness("research", signers.researchWitness()),
  ];
  return {
    brand: "Believe test",
    site: "example.test",
    dashboard: "log.example.test",
    origin: ORIGIN,
    account: { kind: "paper", name: "seeded tape" },
    keys: {
      journal,
      brokerStatus: await vkey(signers.brokerStatus()),
      brokerRequest: await vkey(signers.brokerRequest()),
      researchStatus: await vkey(signers.researchStatus()),
      researchRequest: await vkey(signers.researchRequest()),
      operator: await vkey(signers.operator()),
    },
    policy: formatPolicy({ log: journal, witnesses, threshold: 2 }),
  };
}

let nonces = 0;

/** A request as an agent sends it; `signer` may be another for a forgery. */
export async function signedRequest(what: {
  readonly path: string;
  readonly body: string | Uint8Array;
  readonly method?: "PUT" | "POST";
  readonly agent?: AgentName;
  readonly contentType?: string;
  readonly sign?: Sign;
  readonly createdS?: number;
}): Promise<Request> {
  const signer = await (what.agent === "research"
    ? signers.researchRequest()
    : signers.brokerRequest());
  const url = `${DASHBOARD}${what.path}`;
  const method = what.method ?? "PUT";
  const body = typeof what.body === "string" ? utf8(what.body) : new Uint8Array(what.body);
  nonces += 1;
  const headers = await signRequest({
    method,
    url,
    contentType: what.contentType ?? "text/plain",
    body,
    keyId: signer.name,
    sign: what.sign ?? signer.sign,
    createdS: what.createdS ?? Math.floor(Date.now() / 1000),
    nonce: `test-nonce-${String(nonces).padStart(8, "0")}`,
  });
  return new Request(url, { method, headers, body });
}

/** A signed document as an agent's status key signs it. */
export async function signedJson(value: unknown, agent: AgentName = "broker"): Promise<string> {
  const signer = agent === "broker" ? signers.brokerStatus() : signers.researchStatus();
  return signNote(`${JSON.stringify(value)}\n`, await signer);
}
