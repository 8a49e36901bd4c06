import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { Placed } from "../../../lib/domain/delivery-event.ts";
import { mintTokens, openToken, type Part, type Signer, spotText, type TokenKind } from "../../../lib/domain/event-token.ts";
import { anyText } from "./any-text.ts";
import { OPENING, placed, refusalOf, tokensOf } from "./fixtures.ts";

/** A signature that everybody can make, as long as a real one: what is under test here is the form, not the key. */
const signer = (keyId: string): Signer => {
  const sign = (text: string) =>
    Array.from({ length: 43 }, (_, at) => [...`${keyId}|${at}|${text}`].reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) >>> 0, 7))
      .map((sum) => ((sum >>> 8) % 36).toString(36))
      .join("");
  const partOf = (text: string, [from, to]: Part = [0, 43]) => sign(text).slice(from, to);
  return { keyId, sign, verify: (named, text, signature, part) => named === keyId && signature === partOf(text, part) };
};
const OURS = signer("k1");
const KINDS = ["impression", "click"] as const satisfies readonly TokenKind[];
const open = (kind: TokenKind, token: string, now = OPENING, by = OURS) => openToken(by, kind, token, now);
const mint = (kind: TokenKind, over: Partial<Placed> = {}, expiresAt = OPENING + 1) => tokensOf(OURS, placed(over), expiresAt)[kind];

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

  test("does not pass for the other kind with the other's part of the signature cut off, added or put in its place", () => {
    const both = tokensOf(OURS, placed(), OPENING + 1);
    const signatureOf = (token: string) => token.slice(token.lastIndexOf(".") + 1);
    const headOf = (token: string) => token.slice(0, token.lastIndexOf(".") + 1);
    const [mine, theirs] = [both[kind], both[other]].map(signatureOf) as [string, string];
    expect(mine).not.toBe(theirs);
    expect(open(kind, headOf(both[kind]) + mine)).toEqual(placed());
    for (const forged of [theirs, mine + theirs, theirs + mine, "", theirs.slice(0, mine.length), theirs.padEnd(mine.length, theirs)]) {
      expect(refusalOf(() => open(kind, headOf(both[kind]) + forged)).code).toBe("token-invalid");
      expect(refusalOf(() => open(other, headOf(both[kind]) + forged)).code).toBe("token-invalid");
    }
    expect(refusalOf(() => open(other, headOf(both[other]) + mine)).code).toBe("token-invalid");
  });

  test.each([
    ["empty", () => ""],
    ["dots alone", () => "........"],
    ["without a version", () => mint(kind).replace("v4.", "")],
    ["of the version before", () => mint(kind).replace("v4.", "v3.")],
    ["of another version", () => mint(kind).replace("v4.", "v5.")],
    ["of no version", () => mint(kind).replace("v4.", ".")],
    ["without a key id", () => mint(kind).replace(".k1.", "..")],
    ["without its ends", () => mint(kind).replace(/\.k1\.[^.]+\.[^.]+\./, ".k1...")],
    ["without a signature", () => mint(kind).replace(/[^.]+$/, "")],
    ["cut off", () => mint(kind).slice(0, -1)],
    ["with one part more", () => `${mint(kind)}.x`],
    ["with an empty part more", () => `${mint(kind)}.`],
    ["with a space behind it", () => `${mint(kind)} `],
    ["a prototype's name", () => "__proto__"],
  ])("is refused %s", (_name, token) => {
    expect(refusalOf(() => open(kind, token()))).toEqual({ code: "token-invalid", reasons: [] });
  });

  test("is refused without any one of its parts, or with one doubled or emptied", () => {
    const parts = mint(kind).split(".");
    for (const at of parts.keys())
      for (const forged of [parts.toSpliced(at, 1), parts.toSpliced(at, 0, parts[at] ?? ""), parts.with(at, "")])
        if (forged.join(".") !== mint(kind)) expect(refusalOf(() => open(kind, forged.join("."))).code).toBe("token-invalid");
  });
});

test("the two tokens of a card end each at its own instant", () => {
  const { decision, slot, installedApps, os, hostVersion, lease, ...spot } = placed();
  const placing = { decision, slot, installedApps, os, hostVersion, lease, impressionEnds: OPENING + 1, clickEnds: OPENING + 2 };
  const { impression, click } = mintTokens(OURS, spotText(spot), placing);
  expect(open("impression", impression)).toEqual(placed());
  expect(refusalOf(() => open("impression", impression, OPENING + 1)).code).toBe("token-expired");
  expect(open("click", click, OPENING + 1)).toEqual(placed());
  expect(refusalOf(() => open("click", click, OPENING + 2)).code).toBe("token-expired");
});

test("a card's two tokens cost one signature", () => {
  const signed: string[] = [];
  const sign = (text: string) => {
    signed.push(text);
    return OURS.sign(text);
  };
  tokensOf({ ...OURS, sign }, placed(), OPENING + 1);
  expect(signed).toHaveLength(1);
});

test.each([
  [2_048, true],
  [2_049, false],
])("a token of %i characters opens: %s, whatever its signature says", (length, opens) => {
  const by: Signer = { keyId: "k1", sign: () => "s".repeat(43), verify: () => true };
  const mintFor = (decision: string) => tokensOf(by, placed({ decision }), OPENING + 1).click;
  const decision = "d".repeat(length - mintFor("").length);
  expect(mintFor(decision)).toHaveLength(length);
  if (opens) expect(open("click", mintFor(decision), OPENING, by)).toEqual(placed({ decision }));
  else expect(refusalOf(() => open("click", mintFor(decision), OPENING, by)).code).toBe("token-invalid");
});

test("whatever is placed comes back", () => {
  const name = anyText({ maxLength: 40 }).map((text) => text.toWellFormed());
  const app = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/);
  const any: fc.Arbitrary<Placed> = fc.record({
    decision: fc.stringMatching(/^dec_v3(?:\.[\w~-]{0,20}){1,8}$/),
    slot: fc.nat(9),
    surface: name,
    season: name,
    phase: name,
    brand: name,
    campaign: name,
    card: name,
    marketplace: name,
    seasonCloses: fc.integer({ min: OPENING, max: OPENING * 2 }),
    destination: fc.record({ kind: fc.constantFrom("store" as const, "item" as const), id: fc.stringMatching(/^[0-9]{1,20}$/) }),
    installedApps: fc.array(app, { maxLength: 3 }),
    os: fc.constantFrom("ios" as const, "android" as const, "harmonyos" as const, null),
    hostVersion: fc.stringMatching(/^(?:[0-9]{1,5}(?:\.[0-9]{1,5}){0,3})?$/),
    lease: fc.stringMatching(/^(?:[0-9a-z]{9}-[\w-]{12})?$/),
  });
  fc.assert(
    fc.property(any, fc.constantFrom(...KINDS), fc.integer({ min: OPENING + 1, max: OPENING * 2 }), (given, kind, expiresAt) => {
      const token = tokensOf(OURS, given, expiresAt)[kind];
      fc.pre(token.length <= 2_048);
      expect(openToken(OURS, kind, token, OPENING)).toEqual(given);
    }),
  );
});

test("no text that we did not sign opens or throws anything but a refusal", () => {
  const parts = fc.array(fc.oneof(fc.constantFrom("v4", "clk", "imp", "k1", ""), anyText()), { maxLength: 7 });
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
