import { ProofMark } from "../ui/mark.tsx";
import type { RecordMark } from "./fill-rows.ts";

export interface JournalRef {
  readonly seq: number;
  readonly mark: RecordMark;
  readonly leaf: number | null;
}

/** #n with its mark. It links to its proof on the Verify page as soon as a leaf holds the line. */
export function JournalLink({ seq, mark, leaf }: JournalRef) {
  return (
    <span class="journal">
      {leaf === null ? (
        <span class="journal-number">#{seq}</span>
      ) : (
        <a
          class="journal-number"
          href={`/verify?seq=${seq}`}
          title={`line ${seq}, opened in leaf ${leaf}: check it`}
          data-click="journal-line"
        >
          #{seq}
        </a>
      )}{" "}
      <ProofMark kind={mark} />
    </span>
  );
}
