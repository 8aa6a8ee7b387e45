import { ProofMark } from "../ui/mark.tsx";

export interface JournalRef {
  readonly seq: number;
  readonly mark: "pending" | "sealed";
  readonly leaf: number | null;
}

/** #n with its mark. It links to the opened leaf that holds the line, as soon as there is one. */
export function JournalLink({ seq, mark, leaf }: JournalRef) {
  return (
    <span class="journal">
      {leaf === null ? (
        <span class="journal-number">#{seq}</span>
      ) : (
        <a
          class="journal-number"
          href={`/log/broker/open/${leaf}`}
          title={`line ${seq}, opened in leaf ${leaf}`}
          data-click="journal-line"
        >
          #{seq}
        </a>
      )}{" "}
      <ProofMark kind={mark} />
    </span>
  );
}
