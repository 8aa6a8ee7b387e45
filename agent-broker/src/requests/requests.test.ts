import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type Answer, done, type RequestHandlers, refused } from "./kinds.ts";
import { RequestFolder } from "./request-folder.ts";

const ID = "00000000-0000-4000-8000-000000000000";
const asked = { kind: "redact", body: { seq: 7, reason: "names a person" } } as const;
const text = JSON.stringify({ v: 1, ...asked });

let state: string;
let folder: string;
let box: RequestFolder;
let handled: unknown[];
let says: () => Answer;
const handlers: RequestHandlers = {
  redact: async (body) => {
    handled.push(body);
    return says();
  },
  command: async () => refused("no desk here"),
  show: async () => refused("no desk here"),
};
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "requests-"));
  box = new RequestFolder(state);
  folder = join(state, "requests");
  handled = [];
  says = () => done("it is done");
});
/** Takes up what waits until something did. */
const taking = async (): Promise<void> => {
  while (handled.length === 0) await box.take(handlers);
};

describe("a request to the agent that runs", () => {
  it("is one file that only its user reads, answered in its place and then gone", async () => {
    const answer = box.ask(asked, 5_000);
    const [name = ""] = readdirSync(folder);
    expect(name).toMatch(/^[0-9a-f-]{36}\.json$/);
    if (process.platform !== "win32") {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    }
    await box.take(handlers);
    expect(readdirSync(folder)).toEqual([name.replace(".json", ".done")]);
    expect(await answer).toEqual(done("it is done"));
    expect(handled).toEqual([asked.body]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("may be refused with a sentence", async () => {
    says = () => refused("expected another number, was 7");
    const [answer] = await Promise.all([box.ask(asked, 5_000), taking()]);
    expect(answer).toEqual(refused("expected another number, was 7"));
  });

  it("that nobody takes up is taken back, and nothing is done", async () => {
    await expect(box.ask(asked, 30)).rejects.toThrow("nothing was done");
    await box.take(handlers);
    expect(handled).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("that was taken up is never called undone", async () => {
    const unblock = Promise.withResolvers<void>();
    const slow: RequestHandlers = {
      ...handlers,
      redact: async () => {
        await unblock.promise;
        return done("late");
      },
    };
    const answer = box.ask(asked, 60);
    const taken = box.take(slow);
    await expect(answer).rejects.toThrow("may be done");
    unblock.resolve();
    await taken;
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("is done again when a crash came before its answer, and not when it came after", async () => {
    writeFileSync(join(folder, `${ID}.taken`), text, { mode: 0o600 });
    await box.take(handlers);
    expect(handled).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([`${ID}.done`]);
    writeFileSync(join(folder, `${ID}.taken`), text, { mode: 0o600 });
    await box.take(handlers);
    expect(handled).toHaveLength(1);
    expect(existsSync(join(folder, `${ID}.taken`))).toBe(false);
  });

  it.each([
    ["no JSON", "{", 0o600],
    ["an unknown kind", text.replace("redact", "sell"), 0o600],
    ["another field", text.replace('"v":1', '"v":1,"x":1'), 0o600],
    ["a reason of two lines", text.replace("names", "a\\nb"), 0o600],
    ["more than a request needs", text + " ".repeat(20_000), 0o600],
    ["a file that others could have written", text, 0o666],
  ])("with %s is refused and not handled", async (_, body, mode) => {
    const file = join(folder, `${ID}.json`);
    writeFileSync(file, body);
    chmodSync(file, mode);
    await box.take(handlers);
    expect(handled).toEqual([]);
    expect(readdirSync(folder)).toEqual([`${ID}.refused`]);
  });

  it("that is a folder or a link harms nobody", async () => {
    mkdirSync(join(folder, `${ID}.json`, "x"), { recursive: true });
    await box.take(handlers);
    expect(readdirSync(folder)).toEqual([`${ID}.refused`]);
    const link = ID.replace("0", "1");
    writeFileSync(join(state, "elsewhere"), text, { mode: 0o600 });
    symlinkSync(join(state, "elsewhere"), join(folder, `${link}.json`));
    await box.take(handlers);
    expect(handled).toEqual([]);
    expect(readdirSync(state)).toContain("elsewhere");
    expect(readdirSync(folder)).toContain(`${link}.refused`);
  });

  it("is told from a draft and from any other file", async () => {
    for (const name of [`${ID}.json.new`, "notes.txt", "x.json"]) {
      writeFileSync(join(folder, name), text);
    }
    await box.take(handlers);
    expect(handled).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(3);
  });
});
