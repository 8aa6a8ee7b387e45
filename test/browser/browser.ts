import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { findBrowser } from "../../scripts/find-browser.ts";

/** The system's Chromium, without a window and without anything that would call home. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findBrowser(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

export interface Reader {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the console and of scripts, and refusals of the CSP. */
  readonly errors: string[];
}

export const DESK = { width: 1440, height: 1000 };
export const PHONE = { width: 375, height: 812 };

export interface ReaderOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
  readonly javaScriptEnabled?: boolean;
  readonly deviceScaleFactor?: number;
}

export async function openReader(browser: Browser, options: ReaderOptions = {}): Promise<Reader> {
  const context = await browser.newContext({ viewport: DESK, colorScheme: "light", ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { context, page, errors };
}
