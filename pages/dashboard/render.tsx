import type { Estate, LiveSnapshot } from "@believe/shared/wire";
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import { Dashboard } from "./dashboard.tsx";
import { viewOf } from "./view.ts";

export interface DashboardInput {
  readonly estate: Estate;
  readonly snapshot: LiveSnapshot;
  /** The edge's wall time of rendering, microseconds. */
  readonly nowUs: number;
}

/** JSON that no HTML parser can leave: "<" never stands in it. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

function Data({ id, value }: { id: string; value: unknown }) {
  return (
    <script
      type="application/json"
      id={id}
      dangerouslySetInnerHTML={{ __html: embeddedJson(value) }}
    />
  );
}

function Font({ name }: { name: string }) {
  return (
    <link
      rel="preload"
      href={`/assets/fonts/${name}.woff2`}
      as="font"
      type="font/woff2"
      crossorigin="anonymous"
    />
  );
}

function Shell({ brand, children }: { brand: string; children: ComponentChildren }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`Live · ${brand}`}</title>
        <meta
          name="description"
          content="What the system holds, what it made and how far the record of it is sealed."
        />
        <meta name="theme-color" content="#f1f6f2" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#0a100d" media="(prefers-color-scheme: dark)" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <Font name="ibm-plex-sans" />
        <Font name="source-serif-4" />
        <link rel="stylesheet" href="/assets/live.css" />
        <script type="module" src="/assets/live.js" defer />
      </head>
      <body>{children}</body>
    </html>
  );
}

/**
 * The whole Live page as HTML. It says everything without JavaScript; the island hydrates `#live` from the
 * embedded blocks. No inline script and no style attribute: a strict CSP (script-src and style-src 'self') holds.
 */
export function renderDashboard({ estate, snapshot, nowUs }: DashboardInput): string {
  const html = renderToString(
    <Shell brand={estate.brand}>
      <a class="skip" href="#sentence">
        To the state
      </a>
      <a class="skip" href="#figures">
        To the figures
      </a>
      <div id="live" data-now-us={nowUs}>
        <Dashboard estate={estate} view={viewOf(snapshot, nowUs)} />
      </div>
      <p class="spoken" id="announce" role="status" />
      <Data id="snapshot" value={snapshot} />
      <Data id="estate" value={estate} />
    </Shell>,
  );
  return `<!doctype html>${html}`;
}
