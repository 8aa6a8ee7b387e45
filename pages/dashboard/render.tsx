import type { Estate, LiveSnapshot } from "@believe/shared/wire";
import { renderToString } from "preact-render-to-string";
import { Shell } from "../ui/shell.tsx";
import { Dashboard } from "./dashboard.tsx";
import { viewOf } from "./view.ts";

export interface DashboardInput {
  readonly estate: Estate;
  readonly snapshot: LiveSnapshot;
  /** The edge's wall time of rendering, microseconds. */
  readonly nowUs: number;
}

/**
 * The whole Live page as HTML. It says everything without JavaScript; the island hydrates `#live` from the
 * embedded blocks. No inline script and no style attribute: a strict CSP (script-src and style-src 'self') holds.
 */
export function renderDashboard({ estate, snapshot, nowUs }: DashboardInput): string {
  const view = viewOf(snapshot, nowUs, { kind: estate.account.kind });
  const html = renderToString(
    <Shell
      title={`Live · ${estate.brand}`}
      description="What the system holds, what it made and how far the record of it is sealed."
      asset="live"
      skips={[
        ["sentence", "To the state"],
        ["figures", "To the figures"],
      ]}
      data={{ snapshot, estate }}
    >
      <div id="live" data-now-us={nowUs}>
        <Dashboard estate={estate} view={view} />
      </div>
    </Shell>,
  );
  return `<!doctype html>${html}`;
}
