import { describe, expect, test } from "vitest";
import { hex, utf8 } from "./bytes.ts";
import { sha256 } from "./sha256.ts";

describe("sha256", () => {
  test("gives the examples of FIPS 180-4", () => {
    const of = (text: string): string => hex(sha256(utf8(text)));
    expect(of("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(of("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
    expect(of("a".repeat(1_000_000))).toBe(
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    );
  });

  test("reads a view of a larger buffer by its own bounds", () => {
    const large = utf8("xxabcxx");
    expect(sha256(large.subarray(2, 5))).toEqual(sha256(utf8("abc")));
  });
});
