import type { ComponentChildren } from "preact";

export type ProofMarkKind = "pending" | "signed" | "sealed" | "witnessed" | "checked" | "failed";
export type StatusMarkKind = "live" | "copy" | "warn" | "bad" | "offline";

const PROOF_WORDS: Readonly<Record<ProofMarkKind, string>> = {
  pending: "pending: written, leaf not closed",
  signed: "signed, not checked in this browser",
  sealed: "sealed: in a leaf the agent signed",
  witnessed: "witnessed: the policy's quorum cosigned its leaf",
  checked: "checked: signature verified by this browser",
  failed: "failed: not what was signed",
};

const DIAMOND = "M6.5 .3 12.7 6.5 6.5 12.7 .3 6.5Z";

function ProofShape({ kind }: { kind: ProofMarkKind }) {
  switch (kind) {
    case "pending":
      return <circle class="ring" cx="6.5" cy="6.5" r="4.75" stroke-dasharray="2.6 2.37" />;
    case "signed":
      return <circle class="ring" cx="6.5" cy="6.5" r="4.75" />;
    case "sealed":
      return (
        <>
          <circle class="ring" cx="6.5" cy="6.5" r="4.75" />
          <circle class="disc" cx="6.5" cy="6.5" r="2" />
        </>
      );
    case "witnessed":
      return <circle class="disc" cx="6.5" cy="6.5" r="5.5" />;
    case "checked":
      return (
        <>
          <circle class="disc" cx="6.5" cy="6.5" r="5.5" />
          <path class="cut" d="M3.9 6.7 5.8 8.6 9.2 4.7" />
        </>
      );
    case "failed":
      return (
        <>
          <path class="disc" d={DIAMOND} />
          <path class="cut" d="M4.7 4.7 8.3 8.3M8.3 4.7 4.7 8.3" />
        </>
      );
  }
}

/** How far the proof of what stands beside it has come: a shape with its name. */
export function ProofMark({ kind, word }: { kind: ProofMarkKind; word?: string }) {
  return (
    <svg class={`mark mark-${kind}`} viewBox="0 0 13 13" width="13" height="13" role="img">
      <title>{word ?? PROOF_WORDS[kind]}</title>
      <ProofShape kind={kind} />
    </svg>
  );
}

function StatusShape({ kind }: { kind: StatusMarkKind }) {
  switch (kind) {
    case "live":
      return <circle class="disc" cx="6.5" cy="6.5" r="3.75" />;
    case "copy":
      return <circle class="ring" cx="6.5" cy="6.5" r="3.75" />;
    case "warn":
      return (
        <>
          <path class="disc" d="M6.5 .8 12.9 12H.1Z" />
          <path class="cut" d="M6.5 4.6V8M6.5 9.5V10.7" />
        </>
      );
    case "bad":
      return (
        <>
          <path class="disc" d={DIAMOND} />
          <path class="cut" d="M4.7 4.7 8.3 8.3M8.3 4.7 4.7 8.3" />
        </>
      );
    case "offline":
      return (
        <>
          <circle class="ring" cx="6.5" cy="6.5" r="4.75" />
          <path class="ring" d="M3.2 9.8 9.8 3.2" />
        </>
      );
  }
}

/** Trouble or health as a shape; the word always stands beside it, so the shape itself is silent. */
export function StatusMark({ kind }: { kind: StatusMarkKind }) {
  return (
    <svg
      class={`mark status-${kind}`}
      viewBox="0 0 13 13"
      width="13"
      height="13"
      aria-hidden="true"
      focusable="false"
    >
      <StatusShape kind={kind} />
    </svg>
  );
}

export type Category = "data" | "trade" | "strategy" | "core";

/** The 8 px square that says which of the four categories a panel belongs to. */
export function Square({ category }: { category: Category }) {
  return (
    <svg
      class={`square square-${category}`}
      viewBox="0 0 8 8"
      width="8"
      height="8"
      aria-hidden="true"
    >
      <rect width="8" height="8" />
    </svg>
  );
}

/** Text that only speech hears. */
export function Spoken({ children }: { children: ComponentChildren }) {
  return <span class="spoken">{children}</span>;
}
