import { Panel } from "../ui/panel.tsx";
import type { EntryProof, Stair } from "./protocol.ts";
import { StateMark } from "./steps.tsx";
import type { EntryView, VerifyView } from "./view.ts";

function StairRow({ stair }: { stair: Stair }) {
  return (
    <li class={`stair stair-${stair.state}`}>
      <StateMark state={stair.state} />
      <div>
        <h3>{stair.title}</h3>
        {stair.said === "" ? null : <p class="stair-said">{stair.said}</p>}
        {stair.mono === "" ? null : stair.mono.startsWith("{") ? (
          <code class="code">{stair.mono}</code>
        ) : (
          <p class="mono">{stair.mono}</p>
        )}
      </div>
    </li>
  );
}

function Proof({ proof, onSave }: { proof: EntryProof; onSave: () => void }) {
  const broken = proof.stairs.some(({ state }) => state === "bad");
  return (
    <>
      <p class={broken ? "proof-name bad-text" : "proof-name"} role="status">
        <b>{proof.name}</b>{" "}
        {broken
          ? "is not proven: the first step that fails is open."
          : "was checked by this browser."}
      </p>
      <ol class="stairs">
        {proof.stairs.map((stair) => (
          <StairRow key={stair.title} stair={stair} />
        ))}
      </ol>
      {proof.file === null ? null : (
        <button type="button" class="button" onClick={onSave} data-click="proof-file">
          Save the proof file
        </button>
      )}
    </>
  );
}

function Answer({ entry, onSave }: { entry: EntryView; onSave: () => void }) {
  switch (entry.kind) {
    case "none":
      return null;
    case "asking":
      return (
        <p class="proof-name" role="status">
          Checking {entry.what}
        </p>
      );
    case "refused":
      return (
        <p class="proof-name" role="status">
          {entry.said}
        </p>
      );
    case "proof":
      return <Proof proof={entry.proof} onSave={onSave} />;
  }
}

export interface EntryActions {
  readonly onAsk: (text: string) => void;
  readonly onFiles: (files: FileList | null) => void;
  readonly onSaveProof: () => void;
}

interface EntryProps extends EntryActions {
  readonly view: VerifyView;
  readonly ready: boolean;
}

function AskForm({ view, ready, onAsk }: EntryProps) {
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault();
        const field = event.currentTarget.querySelector("input");
        onAsk(field?.value ?? "");
      }}
    >
      <label for="seq">Journal number</label>
      <input
        id="seq"
        name="seq"
        inputMode="numeric"
        autocomplete="off"
        placeholder="18222"
        defaultValue={view.asked}
        maxLength={16}
      />
      <button type="submit" class="button" disabled={!ready}>
        Prove this line
      </button>
    </form>
  );
}

/** One line's proof: asked for by its number, or dropped as a file and checked without any request. */
export function Entry(props: EntryProps) {
  const { view, ready, onFiles, onSaveProof } = props;
  return (
    <Panel id="entry" category="core" title="One line" note="from its bytes to the witnesses">
      <div class="entry-ways">
        <AskForm {...props} />
        <div class="drop" id="drop">
          <label for="file">
            Drop a proof file or an opening here, or choose one. It is read in this page and sent
            nowhere.
          </label>
          <input
            id="file"
            type="file"
            accept=".tlog-proof,.txt,.jsonl"
            disabled={!ready}
            onChange={(event) => onFiles(event.currentTarget.files)}
          />
        </div>
      </div>
      <Answer entry={view.entry} onSave={onSaveProof} />
    </Panel>
  );
}
