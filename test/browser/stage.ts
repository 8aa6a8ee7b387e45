import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import {
  SAMPLE_NOW_US,
  type SampleSigners,
  sampleEstate,
  sampleSigners,
  sampleSnapshot,
} from "../../pages/dashboard/sample.ts";
import { launchBrowser, openReader, type Reader, type ReaderOptions } from "./browser.ts";
import { type StubEdge, startStubEdge } from "./stub-edge.ts";

export interface Stage {
  readonly edge: StubEdge;
  readonly signers: SampleSigners;
  /** Opens the Live page in a new context and waits for nothing. */
  visit(options?: ReaderOptions): Promise<Reader>;
}

/** A browser and a stub edge for one test file; `stage()` is ready inside tests. */
export function useStage(): () => Stage {
  let browser: Browser | undefined;
  let ready: Stage | undefined;
  beforeAll(async () => {
    const signers = await sampleSigners();
    const started = await launchBrowser();
    browser = started;
    const snapshot = await sampleSnapshot(signers);
    const edge = await startStubEdge(sampleEstate(signers), snapshot, SAMPLE_NOW_US);
    const visit = async (options: ReaderOptions = {}) => {
      const reader = await openReader(started, options);
      await reader.page.goto(edge.url);
      return reader;
    };
    ready = { edge, signers, visit };
  });
  afterAll(async () => {
    await browser?.close();
    await ready?.edge.stop();
  });
  return () => {
    if (!ready) throw new Error("expected the stage to be ready, was not");
    return ready;
  };
}
