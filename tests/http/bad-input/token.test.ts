import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { eventSigner } from "../../../lib/deps/signer.ts";
import { openGate, type Reply } from "../../support/gate.ts";
import { SERVING, stepsOf, tokenIn } from "../../support/gate-steps.ts";
import { minted } from "../../support/minted.ts";
import { expectRefused } from "../../support/problem.ts";

const gate = await openGate();
afterAll(() => gate.close());
let tokens: Readonly<Record<"/i" | "/c", string>>;

beforeAll(async () => {
  const go = stepsOf(gate);
  await go.season();
  await go.admit();
  await gate.publish();
  await gate.setClock(SERVING);
  const [{ impressionUrl, clickUrl }] = (await go.decide()).slots;
  tokens = { "/i": tokenIn(impressionUrl).token, "/c": tokenIn(clickUrl).token };
});

const open = (address: "/i" | "/c", token: string, query: Record<string, string> = {}) =>
  gate.call(`GET ${address}/{token}`, { params: { token }, query });
const otherOf = (character: string | undefined) => (character === "A" ? "B" : "A");

/** A page for a person: it says nothing of the request, and sends nobody anywhere. */
function expectPlainPage({ headers, text, requestId }: Reply, token: string): void {
  expect(headers["content-type"]).toMatch(/^text\/html\b/);
  expect(Object.keys(headers)).not.toContain("location");
  expect(headers["content-security-policy"]).toMatch(/default-src 'none'/);
  expect(text).not.toContain(requestId);
  if (token.length > 3) expect(text).not.toContain(token);
  expect(text).not.toMatch(/<script|href=|http-equiv/i);
}

function corpus(good: string, other: string, kind: "impression" | "click"): Record<string, string> {
  const parts = good.split(".");
  const at = (index: number, part: string) => parts.with(index, part).join(".");
  const [, type, , impressionEnds = "", clickEnds = "", , , , , spot = ""] = parts;
  const signature = parts.at(-1) ?? "";
  const othersSignature = other.slice(other.lastIndexOf(".") + 1);
  const otherSpot = JSON.stringify((JSON.parse(Buffer.from(spot, "base64url").toString()) as string[]).with(3, "brd_0"));
  const later = (ends: string) => (Number.parseInt(ends, 36) + 60_000).toString(36);
  const bytes = Object.fromEntries(
    Array.from(good, (character, at) => [`byte ${at}`, `${good.slice(0, at)}${otherOf(character)}${good.slice(at + 1)}`]),
  );
  const own = eventSigner();
  const stranger = { ...own, sign: (text: string) => own.sign(`${text} by another key`) };
  const far = "2099-01-01T00:00:00Z";
  return {
    ...bytes,
    "the other type": other,
    "the type changed alone": at(1, type === "imp" ? "clk" : "imp"),
    "the other type's part of the signature": at(-1, othersSignature),
    "the whole signature": at(-1, kind === "impression" ? signature + othersSignature : othersSignature + signature),
    "another key id": at(2, "local-2"),
    "a later end of the impression": at(3, later(impressionEnds)),
    "a later end of the click": at(4, later(clickEnds)),
    "another slot": at(5, "1"),
    "other apps": at(6, "taobao"),
    "another phone": at(7, "h1"),
    "another lease": at(8, "x"),
    "another brand": at(9, Buffer.from(otherSpot).toString("base64url")),
    "another key under our id": minted(kind, far, stranger),
    "our key under another id": minted(kind, far, { ...own, keyId: "k9" }),
    "the version before": at(0, "v3"),
    "another version": at(0, "v5"),
    "no signature": at(-1, ""),
    "one part more": `${good}.x`,
    "one part less": parts.slice(0, -1).join("."),
    truncated: good.slice(0, -1),
    "the first half": good.slice(0, good.length / 2),
    padded: `${good}=`,
    "in capitals": good.toUpperCase(),
    "10 kB": "x".repeat(10_000),
    "itself and 10 kB": good + "x".repeat(10_000),
    empty: "",
    dots: "....",
    "a script": "<script>alert(1)</script>",
    "a line break": `${good}\r\nlocation: https://evil.example/`,
    "an emoji": "🏮",
    "a lone surrogate": "\ud800",
    expired: minted(kind, "2024-05-20T20:00:01+08:00"),
  };
}

describe.each([
  ["/i", "impression"],
  ["/c", "click"],
] as const)("%s", (address, kind) => {
  test("takes the token as it was given out and no other, and records nothing of those", async () => {
    const before = await gate.rows();
    const wrong: string[] = [];
    for (const [what, token] of Object.entries(corpus(tokens[address], tokens[address === "/i" ? "/c" : "/i"], kind))) {
      const reply = await open(address, token);
      if (reply.status !== (what === "expired" ? 410 : 400)) wrong.push(`${what}: ${reply.status}`);
      else if (address === "/c") expectPlainPage(reply, token);
      else expectRefused(reply);
    }
    expect(wrong).toEqual([]);
    expect(await gate.rows()).toEqual(before);
  });
});

test("a token missing from the path is refused", async () => {
  for (const address of ["/i", "/c"]) expect((await gate.call(`GET ${address}/{token}`)).status).toBe(400);
});

test("nothing in the query or the headers of a tap changes where it leads", async () => {
  const { status, headers } = await open("/c", tokens["/c"], { url: "https://evil.example/", location: "javascript:alert(1)", token: "x" });
  expect({ status, location: headers["location"] }).toEqual({ status: 302, location: "tmall://page.tm/shop?shopId=990000000001" });
});

test("a placement fired a hundred times, by many at once, is one impression and one click", async () => {
  const fired = await Promise.all(Array.from({ length: 100 }, () => open("/i", tokens["/i"])));
  const tapped = await Promise.all(Array.from({ length: 100 }, () => open("/c", tokens["/c"])));
  expect(new Set([...fired, ...tapped].map(({ status }) => status))).toEqual(new Set([204, 302]));
  await gate.tally();
  expect((await stepsOf(gate).report()).total).toMatchObject({ impressions: 1 });
  expect((await gate.rows()).delivery.filter(({ pk }) => pk?.S?.startsWith("EVENT#"))).toHaveLength(2);
});
