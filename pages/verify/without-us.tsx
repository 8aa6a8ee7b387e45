import { base64, concat, fromBase64, fromHex } from "@believe/shared/base";
import { Panel } from "../ui/panel.tsx";
import type { Facts } from "./protocol.ts";

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key in its DER form. */
const DER_HEAD = fromHex("302a300506032b6570032100");

/** Base64 of the DER form of a verifier key, as OpenSSL reads it. */
export function derOf(vkey: string): string {
  const key = fromBase64(vkey.split("+").slice(2).join("+"));
  return base64(concat(DER_HEAD, key.subarray(1)));
}

/** The lines with which OpenSSL and the usual tools of a shell check the newest checkpoint. */
export function opensslCommands({ url, origin, key }: Facts): string[] {
  return [
    `curl -fsS ${url}/log/broker/checkpoint > checkpoint`,
    "head -n 3 checkpoint > text",
    `grep -F -- '— ${origin} ' checkpoint | head -n 1 | sed 's/.* //' | base64 -d | tail -c 64 > sig`,
    `echo '${derOf(key)}' | base64 -d > key.der`,
    "openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile sig",
  ];
}

/** Writes the keys of this page into a file; a careful reader takes them from somewhere else. */
export function keysCommand({ key, witnesses }: Facts): string {
  const words = [key, ...witnesses.map(({ vkey }) => vkey)].map((vkey) => `'${vkey}'`);
  return `printf '%s\\n' ${words.join(" ")} > keys.txt`;
}

function Commands({ lines }: { lines: readonly string[] }) {
  return <pre class="code">{lines.join("\n")}</pre>;
}

/** The same checks with tools that this page did not bring, the estate's own names and key filled in. */
export function WithoutUs({ facts }: { facts: Facts }) {
  const log = `${facts.url}/log/broker`;
  return (
    <Panel id="without" category="core" title="Without us" aside="three other ways">
      <p class="way">The keys. Better: take them from a place that is not this page.</p>
      <Commands lines={[keysCommand(facts)]} />
      <p class="way">
        Our command line does all of it outside the browser, in a checkout of the sources after{" "}
        <code>npm ci</code>:
      </p>
      <Commands lines={[`npm run verify -- ${log} --keys keys.txt`]} />
      <p class="way">
        Go’s checksum-database library reads the same log, from the same checkout (Debian:{" "}
        <code>golang-go</code> and <code>golang-golang-x-mod-dev</code>):
      </p>
      <Commands
        lines={[
          "export GO111MODULE=off GOPATH=/usr/share/gocode",
          "go build -o verify-go ./test/outside",
          `./verify-go ${log} keys.txt`,
        ]}
      />
      <p class="way">OpenSSL 3 checks the newest checkpoint’s signature, in any folder:</p>
      <Commands lines={opensslCommands(facts)} />
    </Panel>
  );
}
