import type { ComponentChildren } from "preact";

/** JSON that no HTML parser can leave: "<" never stands in it. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

/** A block of data for the page's script. */
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

interface ShellProps {
  readonly title: string;
  readonly description: string;
  /** Name of the page's style sheet and script: /assets/<asset>.css and .js. */
  readonly asset: string;
  /** What a keyboard may jump to first: the element's id and where that is, in words. */
  readonly skips: readonly (readonly [id: string, words: string])[];
  /** Blocks of data for the script, by their ids. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly children: ComponentChildren;
}

/** The document around a page. No inline script and no style attribute, so that a strict CSP holds. */
export function Shell({ title, description, asset, skips, data, children }: ShellProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <meta name="description" content={description} />
        <meta name="theme-color" content="#f1f6f2" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#0a100d" media="(prefers-color-scheme: dark)" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <Font name="ibm-plex-sans" />
        <Font name="source-serif-4" />
        <link rel="stylesheet" href={`/assets/${asset}.css`} />
        <script type="module" src={`/assets/${asset}.js`} defer />
      </head>
      <body>
        {skips.map(([id, words]) => (
          <a key={id} class="skip" href={`#${id}`}>
            {words}
          </a>
        ))}
        {children}
        <p class="spoken" id="announce" role="status" />
        {Object.entries(data).map(([id, value]) => (
          <Data key={id} id={id} value={value} />
        ))}
      </body>
    </html>
  );
}
