import { renderToString } from "preact-render-to-string";
import { Shell } from "../ui/shell.tsx";
import { askedSeq } from "./asked-seq.ts";
import type { Facts } from "./protocol.ts";
import { NO_ACTIONS, VerifyPage } from "./verify-page.tsx";
import { IDLE } from "./view.ts";

/**
 * The Verify page as HTML, before anything was checked. `seq` is the journal number that the address asks for. It
 * says what it would do and how to do it without a script; the island hydrates `#verify`.
 */
export function renderVerify(facts: Facts, seq: string): string {
  const asked = askedSeq(seq);
  const html = renderToString(
    <Shell
      title={`Verify · ${facts.brand}`}
      description="Check the signed trading record in your own browser, or without us."
      asset="verify"
      skips={[
        ["sentence", "To the result"],
        ["seq", "To one line"],
      ]}
      data={{ facts }}
    >
      <div id="verify">
        <VerifyPage
          facts={facts}
          view={{ ...IDLE, asked }}
          ready={false}
          lineFirst={asked !== ""}
          {...NO_ACTIONS}
        />
      </div>
    </Shell>,
  );
  return `<!doctype html>${html}`;
}
