import { shippedCatalogue } from "../../lib/deps/catalogue.ts";
import { type Lineup, type Snapshot, serve, snapshotOf } from "../../lib/domain/snapshot.ts";
import type { Surface } from "../../lib/domain/surface.ts";
import { attestation, campaign, card, grant, season } from "../../tests/support/samples.ts";

const HOUR = 3_600_000;
const CARDS = { brand: 20, campaign: 10 } as const;
const ulid = (n: number): string => String(n).padStart(26, "0");

/** The surface of a snapshot of so many cards; all are the sample host's. */
export const surfaceOf = (cards: number): string => `cards-${cards}`;

/**
 * The snapshot of a festival that is on, of so many cards: 20 to a brand, 10 to a campaign, of many weights, each with all that a
 * card can say. Built by what publishes.
 */
export function festival(cards: number, now: number): Snapshot {
  const catalogue = shippedCatalogue();
  const surface: Surface = { ...(catalogue.surface("wechat-moments") as Surface), id: surfaceOf(cards) };
  const phase = { id: "wave-1", names: { zh: "第一波", en: "First wave" }, opensAt: now - HOUR, closesAt: now + 100 * HOUR };
  const instants = { ...season().instants, clickGraceEnds: now + 200 * HOUR, reportFinal: now + 300 * HOUR };
  const held = season({ phases: [phase], instants, status: "open" });
  return snapshotOf(surface, [serve(held, lineupOf(cards, surface.id, phase.closesAt))], catalogue.marketplace);
}

function lineupOf(cards: number, surface: string, expiresAt: number): Lineup {
  const brands = Array.from({ length: Math.ceil(cards / CARDS.brand) }, (_, n) => `brd_${ulid(n)}`);
  const campaigns = Array.from({ length: Math.ceil(cards / CARDS.campaign) }, (_, n) =>
    campaign({
      id: `cmp_${ulid(n)}`,
      brand: brandOf(n * CARDS.campaign),
      surface,
      category: `sort-${n % 9}`,
      weight: 1 + ((n * 37) % 1000),
    }),
  );
  return {
    attestations: brands.map((brand, n) => attestation({ brand, application: `app_${ulid(n)}`, surfaces: [surface], expiresAt })),
    grants: brands.map((brand, n) =>
      grant({ id: `grt_${ulid(n)}`, application: `app_${ulid(n)}`, brand, surface, phases: ["wave-1"], templates: ["310"], expiresAt }),
    ),
    campaigns,
    cards: Array.from({ length: cards }, (_, n) => cardOf(n, surface)),
  };
}

const brandOf = (card: number): string => `brd_${ulid(Math.floor(card / CARDS.brand))}`;

const cardOf = (n: number, surface: string) =>
  card({
    id: `crd_${ulid(n)}`,
    brand: brandOf(n),
    campaign: `cmp_${ulid(Math.floor(n / CARDS.campaign))}`,
    surface,
    status: "approved",
    template: "310",
    text: { text: `夏日新品第 ${n} 款，满三百减五十，叠加店铺券更省` },
    offer: { text: "满300减50", price: 29_900 + n, salePrice: 19_900, validity: null },
    callToAction: "去逛逛",
    images: [
      { role: "main", width: 640, height: 800, bytes: 204_800, type: "image/jpeg", sha256: n.toString(16).padStart(64, "a") },
      { role: "head", width: 200, height: 200, bytes: 20_480, type: "image/png", sha256: n.toString(16).padStart(64, "b") },
    ],
    destination: n % 2 === 0 ? { kind: "store", id: String(990_000_000_000 + n) } : { kind: "item", id: String(880_000_000_000 + n) },
    storeName: { zh: `某某旗舰店${n % 7}`, en: "A flagship store" },
    weight: 1 + ((n * 13) % 1000),
  });
