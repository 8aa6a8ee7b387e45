import { describe, expect, it } from "vitest";
import { findBrowser, type Machine } from "./find-browser.ts";

function machine(files: string[], more: Partial<Machine> = {}): Machine & { installs: number } {
  const self = {
    env: { PATH: "/a:/b" },
    mayInstall: false,
    installs: 0,
    isExecutable: (path: string) => files.includes(path),
    install() {
      self.installs += 1;
      files.push("/usr/bin/chromium");
    },
    ...more,
  };
  return self;
}

describe("findBrowser", () => {
  it("takes the one that BELIEVE_CHROMIUM names, before all others", () => {
    const env = { PATH: "/a", BELIEVE_CHROMIUM: "/mine/chrome" };
    expect(findBrowser(machine(["/a/chromium", "/mine/chrome"], { env }))).toBe("/mine/chrome");
  });

  it("refuses a BELIEVE_CHROMIUM that is not there instead of taking another", () => {
    const env = { PATH: "/a", BELIEVE_CHROMIUM: "/mine/chrome" };
    expect(() => findBrowser(machine(["/a/chromium"], { env }))).toThrow(/was \/mine\/chrome$/);
  });

  it("finds chromium in PATH, then Chrome in the usual places", () => {
    expect(findBrowser(machine(["/b/chromium"]))).toBe("/b/chromium");
    expect(findBrowser(machine(["/opt/google/chrome/google-chrome"]))).toBe(
      "/opt/google/chrome/google-chrome",
    );
  });

  it("installs it once where it may, and not where one is found", () => {
    const bare = machine([], { mayInstall: true });
    expect(findBrowser(bare)).toBe("/usr/bin/chromium");
    expect(bare.installs).toBe(1);
    expect(findBrowser(bare)).toBe("/usr/bin/chromium");
    expect(bare.installs).toBe(1);
  });

  it("says in one line what to install where it may not", () => {
    expect(() => findBrowser(machine([]))).toThrow(/^[^\n]*install the package chromium[^\n]*$/);
  });
});
