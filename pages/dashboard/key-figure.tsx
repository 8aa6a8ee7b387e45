import type { ComponentChildren } from "preact";
import { type Category, ProofMark, Spoken, Square } from "../ui/mark.tsx";
import type { Standing } from "./condition.ts";
import type { Proof } from "./document.ts";

export interface KeyFigureProps {
  readonly category: Category;
  readonly label: string;
  readonly standing: Standing;
  readonly children: ComponentChildren;
  readonly cause: ComponentChildren;
  /** Why the value is grey: its time, or the age that broke its limit. */
  readonly dated?: string;
  /** Outcome of the signature of the document that the value stands in; null without a document. */
  readonly proof: Proof | null;
}

/** The mark of a signed document's signature. */
export function SignatureMark({ proof, what }: { proof: Proof; what: string }) {
  switch (proof) {
    case "checked":
      return <ProofMark kind="checked" word={`${what}: signature checked by this browser`} />;
    case "failed":
      return <ProofMark kind="failed" word={`${what}: the signature does not fit`} />;
    case "unchecked":
      return <ProofMark kind="signed" word={`${what}: signed, not checked here`} />;
    case "unavailable":
      return <ProofMark kind="signed" word={`${what}: this browser cannot check signatures`} />;
  }
}

/** One of the six figures: what it is, its value, and one line of where it comes from. */
export function KeyFigure(props: KeyFigureProps) {
  const { standing, proof } = props;
  return (
    <div class={`figure is-${standing}`}>
      <dt>
        <Square category={props.category} />
        {props.label}
        {proof ? <SignatureMark proof={proof} what={props.label} /> : null}
      </dt>
      <dd class="figure-value">
        {standing === "struck" ? (
          <s>
            <Spoken>not to be relied on: </Spoken>
            {props.children}
          </s>
        ) : (
          props.children
        )}
      </dd>
      <dd class="figure-cause">
        {standing === "dated" && props.dated ? (
          <span class="as-of">{props.dated}</span>
        ) : (
          props.cause
        )}
      </dd>
    </div>
  );
}

/** A word in place of a value that does not exist, and why. */
export function Absent({ word }: { word: string }) {
  return <span class="absent">{word}</span>;
}
