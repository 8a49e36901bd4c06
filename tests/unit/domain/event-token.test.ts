import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { EventKind, Placed } from "../../../lib/domain/delivery-event.ts";
import { mintToken, openToken, type Signer } from "../../../lib/domain/event-token.ts";
import { anyText } from "./any-text.ts";
import { OPENING, placed, refusalOf } from "./fixtures.ts";

/** A signature that everybody can make: what is under test here is the form, not the key. */
const signer = (keyId: string): Signer => {
  const sign = (text: string) =>
    Buffer.from(`${keyId}|${text.length}|${[...text].reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) >>> 0, 7)}`).toString(
      "base64url",
    );
  return { keyId, sign, verify: (named, text, signature) => named === keyId && signature === sign(text) };
};
const OURS = signer("k1");
const KINDS = ["impression", "click"] as const satisfies readonly EventKind[];
const open = (kind: EventKind, token: string, now = OPENING, by = OURS) => openToken(by, kind, token, now);
const mint = (kind: EventKind, over: Partial<Placed> = {}, expiresAt = OPENING + 1) => mintToken(OURS, kind, placed(over), expiresAt);

describe.each(KINDS)("the token of an %s", (kind) => {
  const other = kind === "click" ? "impression" : "click";

  test("opens to what was placed", () => {
    expect(open(kind, mint(kind))).toEqual(placed());
  });

  test("holds until the instant it expires", () => {
    const token = mint(kind);
    expect(open(kind, token, OPENING)).toEqual(placed());
    expect(refusalOf(() => open(kind, token, OPENING + 1))).toEqual({ code: "token-expired", reasons: [] });
    expect(refusalOf(() => open(kind, token, OPENING + 1_000_000)).code).toBe("token-expired");
  });

  test("does not pass for the other kind, as it is or renamed", () => {
    const token = mint(kind);
    const [version, type, ...rest] = token.split(".");
    const renamed = [version, type === "clk" ? "imp" : "clk", ...rest].join(".");
    expect(refusalOf(() => open(other, token)).code).toBe("token-invalid");
    expect(refusalOf(() => open(other, renamed)).code).toBe("token-invalid");
    expect(refusalOf(() => open(kind, renamed)).code).toBe("token-invalid");
  });

  test("does not open with another key", () => {
    expect(refusalOf(() => open(kind, mint(kind), OPENING, signer("k2"))).code).toBe("token-invalid");
  });

  test("says nothing of itself before its signature is right: an expired forgery is invalid", () => {
    expect(refusalOf(() => open(kind, `${mint(kind)}x`, OPENING + 1)).code).toBe("token-invalid");
  });

  test.each([
    ["empty", () => ""],
    ["dots alone", () => "...."],
    ["without a version", () => mint(kind).replace("v1.", "")],
    ["of another version", () => mint(kind).replace("v1.", "v2.")],
    ["of no version", () => mint(kind).replace("v1.", ".")],
    ["without a key id", () => mint(kind).replace(".k1.", "..")],
    ["without a payload", () => mint(kind).replace(/\.k1\.[^.]+\./, ".k1..")],
    ["without a signature", () => mint(kind).replace(/[^.]+$/, "")],
    ["cut off", () => mint(kind).slice(0, -1)],
    ["with a sixth part", () => `${mint(kind)}.x`],
    ["with an empty sixth part", () => `${mint(kind)}.`],
    ["with a space behind it", () => `${mint(kind)} `],
    ["a prototype's name", () => "__proto__"],
  ])("is refused %s", (_name, token) => {
    expect(refusalOf(() => open(kind, token()))).toEqual({ code: "token-invalid", reasons: [] });
  });
});

test.each([
  [2_048, true],
  [2_049, false],
])("a token of %i characters opens: %s, whatever its signature says", (length, opens) => {
  const signed = (signature: string): Signer => ({ keyId: "k1", sign: () => signature, verify: () => true });
  const bare = mintToken(signed(""), "click", placed(), OPENING + 1);
  const by = signed("s".repeat(length - bare.length));
  const token = mintToken(by, "click", placed(), OPENING + 1);
  expect(token).toHaveLength(length);
  if (opens) expect(open("click", token, OPENING, by)).toEqual(placed());
  else expect(refusalOf(() => open("click", token, OPENING, by)).code).toBe("token-invalid");
});

test("whatever is placed comes back", () => {
  const name = anyText({ maxLength: 40 }).map((text) => text.toWellFormed());
  const any: fc.Arbitrary<Placed> = fc.record({
    decision: name,
    slot: fc.nat(9),
    surface: name,
    season: name,
    phase: name,
    brand: name,
    campaign: name,
    card: name,
    marketplace: name,
    destination: fc.record({ kind: fc.constantFrom("store" as const, "item" as const), id: fc.stringMatching(/^[0-9]{1,20}$/) }),
    installedApps: fc.array(name, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(any, fc.constantFrom(...KINDS), fc.integer({ min: OPENING + 1, max: OPENING * 2 }), (given, kind, expiresAt) => {
      const token = mintToken(OURS, kind, given, expiresAt);
      fc.pre(token.length <= 2_048);
      expect(openToken(OURS, kind, token, OPENING)).toEqual(given);
    }),
  );
});

test("no text that we did not sign opens or throws anything but a refusal", () => {
  const parts = fc.array(fc.oneof(fc.constantFrom("v1", "clk", "imp", "k1", ""), anyText()), { maxLength: 7 });
  fc.assert(
    fc.property(
      fc.oneof(
        parts.map((all) => all.join(".")),
        anyText(),
      ),
      (token) => {
        expect(refusalOf(() => open("click", token)).code).toBe("token-invalid");
      },
    ),
  );
});
