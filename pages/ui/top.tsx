import type { ComponentChildren } from "preact";

const SECTIONS = [
  { name: "live", title: "Live", href: "/" },
  { name: "verify", title: "Verify", href: "/verify" },
] as const;

export type Section = (typeof SECTIONS)[number]["name"];

interface TopProps {
  readonly brand: string;
  readonly here: Section;
  /** The pills at the right. */
  readonly children: ComponentChildren;
}

function Brand({ brand }: { brand: string }) {
  return (
    <a class="brand" href="/" data-click="brand">
      <svg viewBox="0 0 20 18" width="20" height="18" aria-hidden="true" focusable="false">
        <path d="M1 8h2v4H1zM5 5h2v7H5zM9 1h2v11H9zM13 6h2v6h-2zM17 4h2v8h-2zM0 14h20v2.5H0z" />
      </svg>
      {brand}
    </a>
  );
}

/** The top line of every page: mark, sections and the page's pills. On a phone the sections are the bottom bar. */
export function Top({ brand, here, children }: TopProps) {
  return (
    <header class="top">
      <Brand brand={brand} />
      <nav class="sections" aria-label="Sections">
        {SECTIONS.map(({ name, title, href }) => (
          <a
            key={name}
            class="section"
            href={href}
            {...(name === here ? { "aria-current": "page" as const } : {})}
            data-click={name}
          >
            {title}
          </a>
        ))}
      </nav>
      {children}
    </header>
  );
}
