import { seededRng, utf8 } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiskError, PowerCut, SimDisk, type Tear } from "./index.ts";

/** What a file holds after each of so many power failures, null where there is no such file. */
function found(disk: () => SimDisk, path: string, tear: Tear = "prefix"): Set<string | null> {
  const texts = new Set<string | null>();
  for (let seed = 0; seed < 200; seed++) {
    const after = disk().crash(seededRng(String(seed)), tear);
    texts.add(after.exists(path) ? Buffer.from(after.readWhole(path)).toString("latin1") : null);
  }
  return texts;
}

/** A disk with a durable file "/a" that says "old". */
function withOld(): SimDisk {
  const disk = new SimDisk();
  const file = disk.open("/a", "wx");
  disk.write(file, utf8("old"), 0);
  disk.sync(file);
  disk.close(file);
  disk.syncFolder("/");
  return disk;
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DiskError) return error.code;
    throw error;
  }
  return "none";
}

describe("after a power failure", () => {
  it("everything that was synced is there, whatever chance says", () => {
    const disk = () => {
      const one = withOld();
      const file = one.open("/a", "r+");
      one.write(file, utf8("er"), 3);
      one.datasync(file);
      return one;
    };
    expect(found(disk, "/a")).toEqual(new Set(["older"]));
    expect(found(disk, "/a", "sectors")).toEqual(new Set(["older"]));
  });

  it("a write that was not synced is whole, torn at any byte, padded with zeros, or gone", () => {
    const disk = () => {
      const one = withOld();
      one.write(one.open("/a", "r+"), utf8("xyz"), 3);
      return one;
    };
    const texts = found(disk, "/a");
    for (const text of ["old", "oldx", "oldxy", "oldxyz", "old\0\0\0", "oldx\0\0"]) {
      expect(texts).toContain(text);
    }
  });

  it("sectors may arrive in another order, and one may be missing in the middle", () => {
    const disk = () => {
      const one = withOld();
      one.write(one.open("/a", "r+"), new Uint8Array(1024).fill(0x78), 0);
      return one;
    };
    const [x, zero] = ["x".repeat(512), "\0".repeat(509)];
    expect(found(disk, "/a", "sectors")).toEqual(new Set(["old", `old${zero}${x}`, x, `${x}${x}`]));
    expect(found(disk, "/a")).not.toContain(`old${zero}${x}`);
  });

  it("two files that were not synced are lost independently of each other", () => {
    const states = new Set<string>();
    for (let seed = 0; seed < 100; seed++) {
      const disk = new SimDisk();
      for (const name of ["/a", "/b"]) {
        const file = disk.open(name, "wx");
        disk.syncFolder("/");
        disk.write(file, utf8("1"), 0);
      }
      const after = disk.crash(seededRng(String(seed)));
      states.add(["/a", "/b"].map((name) => after.readWhole(name).length).join());
    }
    expect(states).toEqual(new Set(["0,0", "0,1", "1,0", "1,1"]));
  });

  it("a name whose folder was not synced is there or not; its synced bytes are there with it", () => {
    const disk = () => {
      const one = new SimDisk();
      const file = one.open("/b", "wx");
      one.write(file, utf8("new"), 0);
      one.sync(file);
      return one;
    };
    expect(found(disk, "/b")).toEqual(new Set([null, "new"]));
  });

  it("a rename is done or not, never in between, and counts once its folder was synced", () => {
    const disk = (isSynced: boolean) => () => {
      const one = withOld();
      const file = one.open("/a.new", "w");
      one.write(file, utf8("new"), 0);
      one.sync(file);
      one.rename("/a.new", "/a");
      if (isSynced) one.syncFolder("/");
      return one;
    };
    expect(found(disk(false), "/a")).toEqual(new Set(["old", "new"]));
    expect(found(disk(true), "/a")).toEqual(new Set(["new"]));
    expect(found(disk(true), "/a.new")).toEqual(new Set([null]));
  });

  it("a removed name may come back, and a folder takes with it what lies inside", () => {
    const removed = () => {
      const one = withOld();
      one.unlink("/a");
      return one;
    };
    expect(found(removed, "/a")).toEqual(new Set([null, "old"]));
    const inside = () => {
      const one = new SimDisk();
      one.makeFolder("/f");
      const file = one.open("/f/a", "wx");
      one.write(file, utf8("1"), 0);
      one.sync(file);
      one.syncFolder("/f");
      return one;
    };
    expect(found(inside, "/f/a")).toEqual(new Set([null, "1"]));
  });

  it("the same seed finds the same, and the dead machine does nothing more", () => {
    const disk = withOld();
    const file = disk.open("/a", "r+");
    disk.write(file, utf8("xyz"), 3);
    const text = (seed: string) => Buffer.from(disk.crash(seededRng(seed)).readWhole("/a"));
    expect(text("7")).toEqual(text("7"));
    expect(() => disk.sync(file)).toThrow(PowerCut);
  });
});

describe("a disk that fails on demand", () => {
  it("loses its power before any chosen operation", () => {
    const disk = withOld();
    disk.plan = ({ kind }) => (kind === "write" ? "power" : null);
    const file = disk.open("/a", "r+");
    expect(() => disk.write(file, utf8("x"), 0)).toThrow(PowerCut);
    expect(disk.isOff).toBe(true);
    expect(() => disk.list("/")).toThrow(PowerCut);
  });

  it("is full: a write is taken in part and refused with ENOSPC", () => {
    const disk = withOld();
    disk.plan = ({ kind }) => (kind === "write" ? "ENOSPC" : null);
    const file = disk.open("/a", "r+");
    expect(codeOf(() => disk.write(file, utf8("12345678"), 0))).toBe("ENOSPC");
    expect(Buffer.from(disk.readWhole("/a")).toString()).toBe("1234");
  });

  it("fails a sync: readers still see what was written, and no later sync brings it down", () => {
    const disk = () => {
      const one = withOld();
      const file = one.open("/a", "r+");
      one.write(file, utf8("xyz"), 3);
      one.plan = ({ kind }) => (kind === "sync" ? "EIO" : null);
      expect(codeOf(() => one.sync(file))).toBe("EIO");
      one.plan = () => null;
      one.sync(file);
      expect(Buffer.from(one.readWhole("/a")).toString()).toBe("oldxyz");
      return one;
    };
    expect(found(disk, "/a")).toEqual(new Set(["old"]));
  });

  it("says what a system says of names that are there, or not", () => {
    const disk = withOld();
    expect(codeOf(() => disk.open("/none", "r"))).toBe("ENOENT");
    expect(codeOf(() => disk.open("/none/a", "w"))).toBe("ENOENT");
    expect(codeOf(() => disk.open("/a", "wx"))).toBe("EEXIST");
    expect(codeOf(() => disk.link("/a", "/a"))).toBe("EEXIST");
    expect(codeOf(() => disk.rename("/none", "/b"))).toBe("ENOENT");
    expect(codeOf(() => disk.list("/none"))).toBe("ENOENT");
    expect(codeOf(() => disk.close(99))).toBe("EBADF");
  });
});

it("without a power failure it holds what was written, as any disk does", () => {
  const write = fc.record({ at: fc.nat(40), bytes: fc.uint8Array({ maxLength: 30 }) });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 10 }), fc.nat(60), (writes, cut) => {
      const disk = new SimDisk();
      const file = disk.open("/a", "wx+");
      const model: number[] = [];
      for (const { at, bytes } of writes) {
        if (bytes.length === 0) continue;
        while (model.length < at) model.push(0);
        model.splice(at, bytes.length, ...bytes);
        disk.write(file, bytes, at);
      }
      disk.truncate(file, cut);
      while (model.length < cut) model.push(0);
      model.length = cut;
      const into = new Uint8Array(100);
      expect(disk.read(file, into, 0)).toBe(cut);
      expect([...into.subarray(0, cut)]).toEqual(model);
      expect(disk.size(file)).toBe(cut);
    }),
  );
});
