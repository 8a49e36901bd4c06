import type { EventKind, Placed } from "./delivery-event.ts";
import { Refusal } from "./refusal.ts";
import type { Instant } from "./window.ts";

/** Signs and checks text with a key; one key, one purpose. `verify` compares in constant time. */
export interface Signer {
  readonly keyId: string;
  sign(text: string): string;
  verify(keyId: string, text: string, signature: string): boolean;
}

/** A token lives in a URL: longer than this is not ours. Characters. */
const LONGEST_TOKEN = 2048;
const TYPES = { impression: "imp", click: "clk" } as const satisfies Record<EventKind, string>;

/**
 * `v1.<type>.<key id>.<payload>.<signature>`: the type is inside what is signed, so an impression cannot pass for a click.
 * The payload is a base64url JSON array, in the order of `pack`.
 */
export function mintToken(signer: Signer, kind: EventKind, placed: Placed, expiresAt: Instant): string {
  const head = `v1.${TYPES[kind]}.${signer.keyId}.${Buffer.from(JSON.stringify(pack(placed, expiresAt))).toString("base64url")}`;
  return `${head}.${signer.sign(head)}`;
}

/** @throws Refusal `token-invalid` (not ours, altered, of another type) or `token-expired`. */
export function openToken(signer: Signer, kind: EventKind, token: string, now: Instant): Placed {
  const [version, type, keyId, payload, signature, ...rest] = token.length > LONGEST_TOKEN ? [] : token.split(".");
  const whole = version === "v1" && type === TYPES[kind] && keyId && payload && signature && rest.length === 0;
  if (!whole || !signer.verify(keyId, `v1.${type}.${keyId}.${payload}`, signature)) throw new Refusal("token-invalid");
  const { placed, expiresAt } = unpack(JSON.parse(Buffer.from(payload, "base64url").toString()));
  if (now >= expiresAt) throw new Refusal("token-expired");
  return placed;
}

type Packed = readonly [
  expiresAt: number,
  decision: string,
  slot: number,
  surface: string,
  season: string,
  phase: string,
  brand: string,
  campaign: string,
  card: string,
  marketplace: string,
  kind: Placed["destination"]["kind"],
  id: string,
  installedApps: readonly string[],
];

const pack = (placed: Placed, expiresAt: Instant): Packed => [
  expiresAt,
  placed.decision,
  placed.slot,
  placed.surface,
  placed.season,
  placed.phase,
  placed.brand,
  placed.campaign,
  placed.card,
  placed.marketplace,
  placed.destination.kind,
  placed.destination.id,
  placed.installedApps,
];

/** Only text we signed comes here, so its shape is known. */
function unpack(packed: Packed): { placed: Placed; expiresAt: Instant } {
  const [expiresAt, decision, slot, surface, season, phase, brand, campaign, card, marketplace, kind, id, installedApps] = packed;
  return {
    expiresAt,
    placed: { decision, slot, surface, season, phase, brand, campaign, card, marketplace, destination: { kind, id }, installedApps },
  };
}
