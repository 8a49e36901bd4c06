import { shippedCatalogue } from "../../../lib/deps/catalogue.ts";
import type { Application, ApplicationForm } from "../../../lib/domain/application.ts";
import type { Attestation } from "../../../lib/domain/attestation.ts";
import type { Campaign, CampaignSettings } from "../../../lib/domain/campaign.ts";
import type { CardForm } from "../../../lib/domain/card.ts";
import type { Placed } from "../../../lib/domain/delivery-event.ts";
import { mintTokens, type Signer, spotText, type TokenKind } from "../../../lib/domain/event-token.ts";
import type { Grant } from "../../../lib/domain/grant.ts";
import type { Image, StoredImage } from "../../../lib/domain/image.ts";
import { type Reason, Refusal } from "../../../lib/domain/refusal.ts";
import type { Admission, Instants, Phase, Season, SeasonPlan } from "../../../lib/domain/season.ts";
import { daysOf } from "../../../lib/domain/season-days.ts";
import {
  type ServedBrand,
  type ServedCampaign,
  type ServedCard,
  type ServedGrant,
  type ServedSeason,
  type Snapshot,
  snapshotOf,
} from "../../../lib/domain/snapshot.ts";
import type { Surface } from "../../../lib/domain/surface.ts";
import { instantsOf } from "../../../lib/domain/timeline.ts";

/** 20 May 2024, 20:00 in Shanghai: the first wave of 618. */
export const OPENING = Date.UTC(2024, 4, 20, 12);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const NAMES = { zh: "霁鹭妆匣", en: "Jilu Powder Box" };
export const PARTIES = { brand: "brd_1", marketplace: "tmall", host: "wechat" } as const;

/** Where the brand stands, and no switch thrown. */
export const UNSTOPPED = {
  place: { host: PARTIES.host, surface: "wechat-moments", season: "618-2024", brand: PARTIES.brand },
  switches: [],
} as const;

export const phase = (id: string, opensAt: number, closesAt: number, more: Pick<Phase, "afterGap"> = {}): Phase => ({
  id,
  names: NAMES,
  opensAt,
  closesAt,
  ...more,
});

/** Two waves of an hour, with an hour between them in which nothing is served. */
export const WAVES = [
  phase("wave-1", OPENING, OPENING + HOUR),
  phase("wave-2", OPENING + 2 * HOUR, OPENING + 3 * HOUR, { afterGap: true }),
] as const;
export const SEASON_END = OPENING + 3 * HOUR;

export const admission = (over: Partial<Admission> = {}): Admission => ({
  surface: "wechat-moments",
  storeTypes: ["flagship", "franchise", "specialty"],
  closedCategories: ["tobacco"],
  requiredDocuments: ["business-licence", "trademark"],
  waivable: [],
  capacity: null,
  ...over,
});

export const plan = (over: Partial<SeasonPlan> = {}): SeasonPlan => ({
  id: "618-2024",
  host: "wechat",
  marketplace: "tmall",
  zone: "Asia/Shanghai",
  names: NAMES,
  phases: WAVES,
  instants: { applicationsClose: OPENING - DAY, clickGraceEnds: SEASON_END + DAY },
  propagationMs: 2 * HOUR,
  reworkMs: DAY,
  admissions: [admission()],
  hostCaps: [],
  markLicences: [],
  rings: [],
  ...over,
});

export const season = ({ instants, ...over }: Omit<Partial<Season>, "instants"> & { instants?: Partial<Instants> } = {}): Season => ({
  ...plan(),
  instants: { ...instantsOf({ ...plan(), ...over }), ...instants },
  status: "scheduled",
  turns: [],
  version: 2,
  ringTurns: [],
  dossier: { plannedBy: "olga", publishedBy: over.status === "draft" ? null : "olga", proposal: null, former: [] },
  ...over,
});

export const form = (over: Partial<ApplicationForm> = {}): ApplicationForm => ({
  season: "618-2024",
  marketplace: "tmall",
  surfaces: ["wechat-moments"],
  names: NAMES,
  store: { id: "990000000001", type: "flagship", names: NAMES },
  categories: ["beauty"],
  documents: [
    { kind: "business-licence", number: "BL-1", fingerprint: "a".repeat(64), expiresOn: "2026-03-31" },
    { kind: "trademark", number: "TM-1", fingerprint: "b".repeat(64), expiresOn: "2027-02-28" },
  ],
  contacts: [{ name: "沈若溪", email: "ann@example.com" }],
  ...over,
});

export const application = (over: Partial<Application> = {}): Application => ({
  ...form(),
  ...PARTIES,
  id: "app_1",
  state: "pending",
  revision: 1,
  flags: [],
  appeal: null,
  editors: ["ann"],
  createdAt: OPENING - 4 * DAY,
  submittedAt: OPENING - 3 * DAY,
  attestedAt: OPENING - 2 * DAY,
  rulings: [],
  version: 2,
  ...over,
});

export const attestation = (over: Partial<Attestation> = {}): Attestation => ({
  ...PARTIES,
  application: "app_1",
  revision: 1,
  season: "618-2024",
  surfaces: ["wechat-moments"],
  storeType: "flagship",
  attestedBy: "tao",
  attestedAt: OPENING - 2 * DAY,
  state: "current",
  expiresAt: SEASON_END,
  reason: null,
  version: 1,
  ...over,
});

export const grant = (over: Partial<Grant> = {}): Grant => ({
  ...PARTIES,
  id: "grt_1",
  application: "app_1",
  names: NAMES,
  surface: "wechat-moments",
  season: "618-2024",
  phases: ["wave-1", "wave-2"],
  templates: ["310"],
  dailyShare: null,
  storeId: "990000000001",
  storeType: "flagship",
  grantedBy: "rob",
  grantedAt: OPENING - DAY,
  state: "current",
  expiresAt: SEASON_END,
  reason: null,
  version: 1,
  ...over,
});

/** Of a campaign that asks for nothing in particular. */
export const SETTINGS: CampaignSettings = {
  name: "天猫618",
  category: "beauty",
  flight: null,
  weight: 100,
  tier: "standard",
  caps: { daily: null, total: null },
  pacing: "even",
  frequency: null,
  targeting: { os: null, regions: null, segments: { any: [], none: [] }, hostVersion: null },
};

export const campaign = (over: Partial<Campaign> = {}): Campaign => ({
  ...PARTIES,
  ...SETTINGS,
  id: "cmp_1",
  season: "618-2024",
  surface: "wechat-moments",
  state: "active",
  createdBy: "ann",
  createdAt: OPENING - DAY,
  version: 1,
  ...over,
});

/** An image that the brand has uploaded, which `cardForm` names. */
export const STORED: StoredImage = { sha256: "0".repeat(64), type: "image/png", width: 640, height: 800, bytes: 1_000 };

export const image = (over: Partial<Image> = {}): Image => ({ ...STORED, role: "main", ...over });

/** A surface with one template of one text and one image, and one forbidden word. */
export const surface: Surface = {
  id: "wechat-moments",
  hostCapsFrequency: false,
  host: "wechat",
  names: NAMES,
  label: { zh: "广告", en: "Ad" },
  separation: { brand: 0, category: 0 },
  templates: [
    {
      id: "310",
      names: NAMES,
      text: { title: { min: 2, max: 4 } },
      images: [{ role: "main", count: 1, width: 640, height: 800, maxBytes: 1_000, types: ["image/png"] }],
    },
  ],
  forbiddenText: [{ code: "host-word", pattern: /weixin|红包/iu, why: "Not the host's words." }],
  callsToAction: ["去逛逛"],
  impressionTokenSeconds: 600,
  clickTokenSeconds: 21_600,
};

export const cardForm = (over: Partial<CardForm> = {}): CardForm => ({
  campaign: "cmp_1",
  template: "310",
  text: { title: "新品" },
  offer: null,
  callToAction: "去逛逛",
  images: [{ role: "main", sha256: STORED.sha256 }],
  destination: { kind: "store" },
  seasonMark: null,
  weight: 100,
  window: null,
  ...over,
});

const { name: _name, ...servedSettings } = SETTINGS;

export const servedCampaign = (over: Partial<ServedCampaign> = {}): ServedCampaign => ({
  ...servedSettings,
  id: "cmp",
  state: "active",
  cards: [],
  ...over,
});

/** One that may be shown at any time. */
export const servedCard = (over: Partial<ServedCard> = {}): ServedCard => ({
  id: "crd",
  campaign: "cmp",
  template: "310",
  storeName: NAMES,
  text: {},
  offer: null,
  callToAction: "去逛逛",
  images: [],
  seasonMark: null,
  destination: { kind: "store", id: "1" },
  weight: 100,
  window: { opensAt: 0, closesAt: Number.MAX_SAFE_INTEGER },
  ...over,
});

export const servedGrant = (over: Partial<ServedGrant> = {}): ServedGrant => ({
  id: "grt",
  version: 1,
  names: NAMES,
  phases: ["wave-1", "wave-2"],
  templates: ["310"],
  state: "current",
  expiresAt: SEASON_END,
  ...over,
});

type ServedAttestation = NonNullable<ServedBrand["attestation"]>;

export const servedAttestation = (over: Partial<ServedAttestation> = {}): ServedAttestation => ({
  application: "app",
  version: 1,
  state: "current",
  expiresAt: SEASON_END,
  ...over,
});

/** One that may be shown. Its tiers are those of its cards. */
export function servedBrand(brand: string, over: Partial<Omit<ServedBrand, "tiers">> = {}): ServedBrand {
  const campaigns = over.campaigns ?? [servedCampaign({ cards: [servedCard({ id: `card-of-${brand}` })] })];
  const tiers = [...new Set(campaigns.flatMap(({ tier, cards }) => (cards.length > 0 ? [tier] : [])))];
  return { brand, grants: [servedGrant()], attestation: servedAttestation(), ...over, campaigns, tiers };
}

/** One that is open in the hours of `WAVES`. */
export const servedSeason = (brands: readonly ServedBrand[], over: Partial<ServedSeason> = {}): ServedSeason => ({
  id: "618-2024",
  version: 2,
  marketplace: PARTIES.marketplace,
  names: NAMES,
  status: "open",
  phases: WAVES,
  instants: instantsOf({ phases: WAVES, propagationMs: 0, reworkMs: 0 }),
  rings: [],
  ringTurns: [],
  brands,
  days: daysOf({ zone: "Asia/Shanghai", phases: over.phases ?? WAVES }),
  ...over,
});

const { marketplace } = shippedCatalogue();

export const servedSnapshot = (seasons: readonly ServedSeason[], of = surface.id): Snapshot =>
  snapshotOf({ ...surface, id: of }, seasons, marketplace);

export const placed = (over: Partial<Placed> = {}): Placed => ({
  decision: "dec_1",
  slot: 0,
  surface: "wechat-moments",
  season: "618-2024",
  phase: "wave-1",
  brand: "brd_1",
  campaign: "cmp_1",
  card: "crd_1",
  marketplace: "tmall",
  seasonCloses: SEASON_END,
  destination: { kind: "store", id: "990000000001" },
  installedApps: ["tmall"],
  os: "ios",
  hostVersion: "8.0.50",
  lease: "",
  ...over,
});

/** Both tokens of what is placed, which end at the same instant. */
export function tokensOf(
  signer: Signer,
  { decision, slot, installedApps, os, hostVersion, lease, ...spot }: Placed,
  ends: number,
): Record<TokenKind, string> {
  const placing = { decision, slot, installedApps, os, hostVersion, lease, impressionEnds: ends, clickEnds: ends };
  return mintTokens(signer, spotText(spot), placing);
}

/** How a rule said no. */
export function refusalOf(rule: () => unknown): { code: string; reasons: readonly Reason[] } {
  try {
    rule();
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, reasons: error.reasons };
    throw error;
  }
  throw new Error("the rule did not refuse");
}

/** The clauses of a refusal, without their words. */
export const clauses = (reasons: readonly Reason[]): string[] => reasons.map(({ code, field }) => `${code} ${field}`);

/** [0, 1) from a seed, the same every time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The same thing, with every part frozen: whoever writes into it throws. */
export function frozen<T>(thing: T): T {
  if (typeof thing === "object" && thing !== null) {
    for (const part of Object.values(thing)) frozen(part);
    Object.freeze(thing);
  }
  return thing;
}
