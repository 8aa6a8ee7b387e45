import { type Estate, witnessWords } from "@believe/shared/wire";
import { ProofMark } from "../ui/mark.tsx";
import { counted } from "../ui/number.ts";
import { Panel } from "../ui/panel.tsx";
import { type Proof, readValue } from "./document.ts";
import { SignatureMark } from "./key-figure.tsx";
import type { LiveView } from "./view.ts";
import { witnessLimit } from "./witnesses.ts";

function proofs(view: LiveView): Proof[] {
  return [view.broker, view.figures, view.research].flatMap((document) =>
    document.state === "read" ? [document.proof] : [],
  );
}

/** What this reader did with the signatures, as one sentence. */
export function signatureWords(all: readonly Proof[]): string {
  const checked = all.filter((proof) => proof === "checked").length;
  if (all.includes("failed"))
    return "A signature does not fit its key. The struck values are not the agent's.";
  if (all.length === 0) return "Nothing signed has arrived yet.";
  if (all.includes("unavailable"))
    return "This browser cannot check signatures; the values are shown unchecked.";
  if (checked === all.length)
    return `This browser checked ${counted(checked, "signature")} on this page.`;
  return "The signatures on this page are checked by your browser once its script runs.";
}

function weakest(all: readonly Proof[]): Proof {
  for (const proof of ["failed", "unavailable", "unchecked"] as const) {
    if (all.includes(proof)) return proof;
  }
  return all.length > 0 ? "checked" : "unchecked";
}

/** What is proven on this page and what is not, said where the proof is shown. */
export function Proven({ estate, view }: { estate: Estate; view: LiveView }) {
  const all = proofs(view);
  const limits = witnessLimit(view.witnessing);
  const seeded = readValue(view.broker)?.feed.seeded ?? false;
  return (
    <Panel id="proven" category="core" title="What is proven, and what is not">
      <ul class="proven">
        <li>
          <SignatureMark proof={weakest(all)} what="Signatures on this page" />
          {signatureWords(all)}
        </li>
        <li>
          <ProofMark kind="sealed" />
          {view.log.opened === 0
            ? "No line is opened yet."
            : `${counted(view.log.opened, "line")} opened and sealed: the Worker recomputed their leaves from the bytes.`}
        </li>
        <li>
          <ProofMark kind="pending" />
          Pending lines are shown as they are written; their leaf confirms them within the minute.
        </li>
        <li>
          {limits === null ? (
            <ProofMark kind="witnessed" />
          ) : (
            <>
              <span class="not">Not</span>
              {limits}
            </>
          )}
          {limits === null && view.witnessing
            ? `The log is ${witnessWords(view.witnessing)}.`
            : null}
        </li>
        <li>
          <span class="not">Not</span>
          That no other account exists cannot be proved here.
          {seeded ? " The tape is seeded: its prices were made, not traded." : ""}
        </li>
      </ul>
      <p class="links">
        <a href="/log/broker/checkpoint" data-click="checkpoint">
          Newest checkpoint
        </a>
        <a href="/log/broker/vkey" data-click="key">
          Key of {estate.origin}
        </a>
        <a href="/log/broker/policy" data-click="policy">
          Who must witness it
        </a>
      </p>
    </Panel>
  );
}
