import { base36 } from "./base-36.ts";
import type { Placed } from "./delivery-event.ts";
import { Refusal } from "./refusal.ts";
import { SYSTEMS, type System } from "./targeting.ts";
import type { Instant } from "./window.ts";

/** A part of a signature, as the positions of its characters. */
export type Part = readonly [from: number, to: number];

/** Signs and checks text with a key; one key, one purpose. `verify` compares in constant time, the whole signature or a part of it. */
export interface Signer {
  readonly keyId: string;
  sign(text: string): string;
  verify(keyId: string, text: string, signature: string, part?: Part): boolean;
}

/** What a token is for: seeing the card, or tapping it. */
export type TokenKind = "impression" | "click";

/** A token lives in a URL: longer than this is not ours. Characters. */
const LONGEST_TOKEN = 2048;
/**
 * Each kind of token ends with its own part of one HMAC-SHA256 over what both say, so that a card's two addresses cost one
 * signature. 120 and 136 bits: neither part says anything of the other, and an impression cannot pass for a click.
 */
const KINDS = {
  impression: { name: "imp", part: [0, 20] },
  click: { name: "clk", part: [20, 43] },
} as const satisfies Record<TokenKind, { readonly name: string; readonly part: Part }>;

const LETTERS = { ios: "i", android: "a", harmonyos: "h" } as const satisfies Record<System, string>;

const partOf = (signature: string, [from, to]: Part): string => signature.slice(from, to);

/** What is placed, but for what is of one answer alone. */
export type Spot = Omit<Placed, "decision" | "slot" | "installedApps" | "os" | "hostVersion" | "lease">;

/** What a card's tokens say of it at every placing: base64url of a JSON array, the same text for the same spot. */
export function spotText({
  surface,
  season,
  phase,
  brand,
  campaign,
  card,
  marketplace,
  seasonCloses,
  destination: { kind, id },
}: Spot): string {
  return Buffer.from(JSON.stringify([surface, season, phase, brand, campaign, card, marketplace, kind, id, base36(seasonCloses)])).toString(
    "base64url",
  );
}

/** What differs from answer to answer. */
export interface Placing extends Pick<Placed, "decision" | "slot" | "installedApps" | "os" | "hostVersion" | "lease"> {
  readonly impressionEnds: Instant;
  readonly clickEnds: Instant;
}

/** Raised when the parts of a token change. */
const FORM = "v4";

/**
 * The tokens of one placed card: `v4.<kind>.<key id>.<impression ends>.<click ends>.<slot>.<apps>.<phone>.<lease>.<spot>.<decision>.<part of
 * the signature>`, numbers to base 36, the phone as `i8_0_50`. `spot` is of `spotText`.
 */
export function mintTokens(signer: Signer, spot: string, placing: Placing): Readonly<Record<TokenKind, string>> {
  const { decision, slot, installedApps, os, hostVersion, lease, impressionEnds, clickEnds } = placing;
  const ends = `${base36(impressionEnds)}.${base36(clickEnds)}`;
  const body = `${signer.keyId}.${ends}.${base36(slot)}.${installedApps.join("~")}.${os === null ? "" : LETTERS[os]}${hostVersion.replaceAll(".", "_")}.${lease}.${spot}.${decision}`;
  const signature = signer.sign(`${FORM}.${body}`);
  return {
    impression: `${FORM}.imp.${body}.${partOf(signature, KINDS.impression.part)}`,
    click: `${FORM}.clk.${body}.${partOf(signature, KINDS.click.part)}`,
  };
}

/** @throws Refusal `token-invalid` (not ours, altered, of another kind) or `token-expired`. */
export function openToken(signer: Signer, kind: TokenKind, token: string, now: Instant): Placed {
  const { placed, ends } = readToken(signer, kind, token);
  if (now >= ends) throw new Refusal("token-expired");
  return placed;
}

/** What a token says, and when it ends, whether or not it has. @throws Refusal `token-invalid`. */
export function readToken(signer: Signer, kind: TokenKind, token: string): { readonly placed: Placed; readonly ends: Instant } {
  const { name, part } = KINDS[kind];
  const head = `${FORM}.${name}.`;
  const last = token.lastIndexOf(".");
  const body = token.length <= LONGEST_TOKEN && token.startsWith(head) ? token.slice(head.length, last) : "";
  const [keyId = "", impressionEnds, clickEnds, slot, apps, phone = "", lease = "", spot = "", ...decision] = body.split(".");
  if (decision.length === 0 || !signer.verify(keyId, `${FORM}.${body}`, token.slice(last + 1), part)) throw new Refusal("token-invalid");
  // Only text we signed comes here, so its parts are what we wrote.
  const placed = {
    ...readSpot(spot),
    decision: decision.join("."),
    slot: number(slot),
    installedApps: apps ? apps.split("~") : [],
    os: SYSTEMS.find((os) => LETTERS[os] === phone[0]) ?? null,
    hostVersion: phone.replace(/^[a-z]/, "").replaceAll("_", "."),
    lease,
  };
  return { placed, ends: number(kind === "impression" ? impressionEnds : clickEnds) };
}

type Packed = readonly [
  surface: string,
  season: string,
  phase: string,
  brand: string,
  campaign: string,
  card: string,
  marketplace: string,
  kind: Placed["destination"]["kind"],
  id: string,
  seasonCloses: string,
];

function readSpot(text: string): Spot {
  const [surface, season, phase, brand, campaign, card, marketplace, kind, id, seasonCloses]: Packed = JSON.parse(
    Buffer.from(text, "base64url").toString(),
  );
  return { surface, season, phase, brand, campaign, card, marketplace, seasonCloses: number(seasonCloses), destination: { kind, id } };
}

const number = (text = ""): number => Number.parseInt(text, 36);
