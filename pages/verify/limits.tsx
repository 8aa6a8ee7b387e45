import { Panel } from "../ui/panel.tsx";
import { utcStamp } from "../ui/time.ts";
import type { Facts } from "./protocol.ts";
import { witnessText } from "./sentence.ts";
import type { Pin } from "./view.ts";

/** What a green result proves. */
export function Proves({ facts }: { facts: Facts }) {
  return (
    <Panel id="proves" category="core" title="What a green result proves">
      <ul class="says">
        <li>No line that was signed has been edited, moved, back-dated or removed since.</li>
        <li>
          The log grew from the one that this browser saw at its last good visit: each visitor is a
          small witness.
        </li>
        <li>
          You and the witnesses see the same record, up to the minute named. {witnessText(facts)}
        </li>
      </ul>
    </Panel>
  );
}

/** What no check on this page can prove. */
export function CannotProve({ facts }: { facts: Facts }) {
  return (
    <Panel id="cannot" category="core" title="What nothing here can prove">
      <ul class="says">
        <li>
          That there is no second account. One journal says nothing of trades never written into it.
        </li>
        <li>
          That this page is honest, if our edge were taken over. For that, use the tools below.
        </li>
        <li>
          {facts.kind === "paper"
            ? "That the prices were real: a paper account trades against a tape."
            : "Anything about lines under embargo. The live account opens one session later."}
        </li>
      </ul>
    </Panel>
  );
}

const idOf = (vkey: string) => vkey.split("+")[1] ?? "";

/** What this browser remembers of the key, in words. */
export function pinWords(pin: Pin, key: string): string {
  const since = pin.sinceMs === null ? "" : ` since ${utcStamp(pin.sinceMs * 1000)}`;
  switch (pin.state) {
    case "unknown":
      return "not compared yet";
    case "first":
      return `first visit: key fingerprint ${idOf(key)}, remembered from now on`;
    case "same":
      return `the key that this browser remembers${since}`;
    case "differs":
      return `not the key that this browser remembers${since}: ${idOf(pin.pinned ?? "")}`;
  }
}

function Key({ name, vkey }: { name: string; vkey: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class="mono" title={vkey}>
        {idOf(vkey)}
      </dd>
    </>
  );
}

export function Keys({ facts, pin }: { facts: Facts; pin: Pin }) {
  return (
    <Panel id="keys" category="core" title="Keys and this page">
      <dl class="keys-list">
        <Key name={`${facts.kind === "paper" ? "Paper" : "Live"} agent`} vkey={facts.key} />
        {facts.witnesses.map(({ name, vkey }) => (
          <Key key={vkey} name={name} vkey={vkey} />
        ))}
      </dl>
      <p class={pin.state === "differs" ? "pin bad-text" : "pin"} id="pin">
        {pinWords(pin, facts.key)}
      </p>
      <p class="links">
        <a href="/log/broker/checkpoint" data-click="checkpoint">
          Newest checkpoint
        </a>
        <a href="/log/broker/vkey" data-click="key">
          Key of {facts.origin}
        </a>
      </p>
    </Panel>
  );
}
