import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { hmacSigner } from "../../../lib/deps/signer.ts";
import { mintCursor, openCursor } from "../../../lib/domain/cursor.ts";
import { anyText } from "./any-text.ts";
import { OPENING, placed, refusalOf, tokensOf } from "./fixtures.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const signer = hmacSigner(`k1:${SECRET}`);
const SCOPE: readonly unknown[] = ["whitelist", "wechat", "reviewer", "wechat-moments", "618-2024", null];
const MINUTE = 60_000;
const mint = (position = "brd_1#grt_1", scope: readonly unknown[] = SCOPE, at = OPENING) => mintCursor(signer, scope, position, at);
const open = (cursor: string, scope: readonly unknown[] = SCOPE, at = OPENING) => openCursor(signer, scope, cursor, at);
const refused = (opening: () => unknown) => expect(refusalOf(opening)).toEqual({ code: "cursor-invalid", reasons: [] });

describe("a cursor", () => {
  test("opens to the position it was made for, whatever that is", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 200 }), (position) => {
        fc.pre(position.isWellFormed());
        expect(open(mint(position))).toBe(position);
      }),
    );
  });

  test("is a text that a query takes as it is", () => {
    expect(mint()).toMatch(/^[\w.-]+$/);
  });

  test("is refused with any one bit of it flipped", () => {
    const whole = mint();
    const flips = [...whole].flatMap((_, at) => Array.from({ length: 8 }, (_bit, bit) => [at, bit] as const));
    for (const [at, bit] of flips)
      refused(() => open(whole.slice(0, at) + String.fromCharCode(whole.charCodeAt(at) ^ (1 << bit)) + whole.slice(at + 1)));
  });

  test("is refused when a part of it is left out, doubled or added", () => {
    const parts = mint().split(".");
    for (const at of parts.keys()) {
      refused(() => open(parts.toSpliced(at, 1).join(".")));
      refused(() => open(parts.toSpliced(at, 0, parts[at] ?? "").join(".")));
      refused(() => open(parts.with(at, "").join(".")));
    }
    refused(() => open(`${mint()}.x`));
  });

  test("any other text is refused, and none is an error of ours", () => {
    fc.assert(fc.property(anyText({ maxLength: 300 }), (text) => refused(() => open(text))));
    for (const text of ["", "....", "v1.k1.e30.", "v1..e30.x", "x".repeat(1_000_000), mint("x".repeat(2_000))]) refused(() => open(text));
  });

  test.each(SCOPE.map((_, at) => at))("leads on in its own list only: part %i of its scope has to be the same", (at) => {
    for (const other of ["", "another", null, 0, ["whitelist"]])
      if (other !== SCOPE[at]) refused(() => open(mint(), SCOPE.with(at, other)));
    refused(() => open(mint(), SCOPE.toSpliced(at, 1)));
  });

  test("parts of a scope do not run into each other", () => {
    refused(() => open(mint("p", ["ab", "c"]), ["a", "bc"]));
    refused(() => open(mint("p", ["a", null]), ["a"]));
    refused(() => open(mint("p", ["a,b"]), ["a", "b"]));
  });

  test("does not tell whose list it is of", () => {
    expect(Buffer.from(mint().split(".")[2] ?? "", "base64url").toString()).not.toMatch(/wechat|reviewer|618/);
  });

  test("can be used for a quarter of an hour, and twenty minutes later no more", () => {
    fc.assert(
      fc.property(fc.nat(20 * MINUTE), (later) => {
        const at = OPENING + later;
        const cursor = mint("p", SCOPE, at);
        expect(open(cursor, SCOPE, at + 15 * MINUTE - 1)).toBe("p");
        refused(() => open(cursor, SCOPE, at + 20 * MINUTE));
      }),
    );
  });

  test("is the same text for a while, so that an unchanged page has an unchanged ETag", () => {
    expect(mint("p", SCOPE, OPENING + 1)).toBe(mint("p", SCOPE, OPENING + 5 * MINUTE));
    expect(mint("p", SCOPE, OPENING + 5 * MINUTE)).not.toBe(mint("p", SCOPE, OPENING + 5 * MINUTE + 1));
  });

  test("of another key is refused, also when it names this one", () => {
    for (const setting of [`k2:${SECRET}`, `k1:${SECRET}x`]) {
      const theirs = mintCursor(hmacSigner(setting), SCOPE, "p", OPENING);
      refused(() => open(theirs));
      refused(() => open(theirs.replace(".k2.", ".k1.")));
    }
  });

  test("is no token, and a token no cursor, even under one key", () => {
    for (const token of Object.values(tokensOf(signer, placed(), OPENING + MINUTE))) refused(() => open(token));
  });
});
