import type { Application } from "../../lib/domain/application.ts";
import type { Attestation } from "../../lib/domain/attestation.ts";
import type { AuditEvent } from "../../lib/domain/audit.ts";
import type { Campaign } from "../../lib/domain/campaign.ts";
import type { Card } from "../../lib/domain/card.ts";
import type { DeliveryEvent } from "../../lib/domain/delivery-event.ts";
import type { Grant } from "../../lib/domain/grant.ts";
import type { Season } from "../../lib/domain/season.ts";

/** One festival as it stands before anybody has changed anything; tests alter what they are about. */

export const OPENS_AT = Date.parse("2024-05-31T12:00:00Z");
export const CLOSES_AT = Date.parse("2024-06-20T16:00:00Z");
const EARLIER = Date.parse("2024-05-01T00:00:00Z");

const names = { zh: "年中大促", en: "Mid-year sale" };
const parties = { brand: "lanmo", marketplace: "tmall", host: "wechat" };
const waiting = {
  status: "pending",
  editors: ["ann"],
  submittedBy: "ann",
  submittedAt: EARLIER,
  decidedBy: null,
  decidedAt: null,
  feedback: [],
  version: 1,
} as const;

export const season = (changes: Partial<Season> = {}): Season => ({
  id: "618-2024",
  host: "wechat",
  marketplace: "tmall",
  zone: "Asia/Shanghai",
  names,
  phases: [{ id: "main", names, opensAt: OPENS_AT, closesAt: CLOSES_AT }],
  instants: {
    applicationsClose: OPENS_AT,
    whitelistFreeze: OPENS_AT,
    opens: OPENS_AT,
    finalPhase: OPENS_AT,
    closes: CLOSES_AT,
    clickGraceEnds: CLOSES_AT + 86_400_000,
    reportFinal: CLOSES_AT + 2 * 86_400_000,
  },
  propagationMs: 7_200_000,
  reworkMs: 86_400_000,
  admissions: [{ surface: "moments", storeTypes: ["flagship"], closedCategories: [], requiredDocuments: [], waivable: [], capacity: null }],
  status: "scheduled",
  hostCaps: [],
  markLicences: [],
  rings: [],
  ringTurns: [],
  dossier: { plannedBy: "olga", publishedBy: "olga", proposal: null, former: [] },
  turns: [],
  version: 1,
  ...changes,
});

export const application = (changes: Partial<Application> = {}): Application => ({
  ...parties,
  id: "app_1",
  season: "618-2024",
  surfaces: ["moments"],
  names,
  store: { id: "123", type: "flagship", names },
  categories: ["beauty"],
  documents: [{ kind: "licence", number: "A1", fingerprint: "a".repeat(64), expiresOn: "2025-01-01" }],
  contacts: [{ name: "Ann", email: "ann@lanmo.example" }],
  state: "pending",
  revision: 1,
  flags: [],
  appeal: null,
  editors: ["ann"],
  createdAt: EARLIER,
  submittedAt: EARLIER,
  attestedAt: null,
  rulings: [],
  version: 1,
  ...changes,
});

export const attestation = (changes: Partial<Attestation> = {}): Attestation => ({
  ...parties,
  application: "app_1",
  revision: 1,
  surfaces: ["moments"],
  season: "618-2024",
  storeType: "flagship",
  attestedBy: "tom",
  attestedAt: EARLIER,
  state: "current",
  expiresAt: CLOSES_AT,
  reason: null,
  version: 1,
  ...changes,
});

export const grant = (changes: Partial<Grant> = {}): Grant => ({
  ...parties,
  id: "grt_1",
  application: "app_1",
  names,
  surface: "moments",
  season: "618-2024",
  phases: ["main"],
  templates: ["link-card"],
  dailyShare: null,
  storeId: "123",
  storeType: "flagship",
  grantedBy: "rob",
  grantedAt: EARLIER,
  state: "current",
  expiresAt: CLOSES_AT,
  reason: null,
  version: 1,
  ...changes,
});

export const campaign = (changes: Partial<Campaign> = {}): Campaign => ({
  ...parties,
  id: "cmp_1",
  season: "618-2024",
  surface: "moments",
  name: "Summer",
  category: "beauty",
  flight: null,
  weight: 100,
  tier: "standard",
  caps: { daily: null, total: null },
  pacing: "even",
  frequency: null,
  targeting: { os: null, regions: null, segments: { any: [], none: [] }, hostVersion: null },
  state: "active",
  createdBy: "ann",
  createdAt: EARLIER,
  version: 1,
  ...changes,
});

export const card = (changes: Partial<Card> = {}): Card => ({
  ...parties,
  ...waiting,
  id: "crd_1",
  campaign: "cmp_1",
  season: "618-2024",
  surface: "moments",
  template: "link-card",
  text: { text: "好礼" },
  offer: { text: "五折", price: 20_000, salePrice: 10_000, validity: null },
  callToAction: "buy",
  images: [],
  destination: { kind: "store", id: "123" },
  storeName: names,
  seasonMark: null,
  weight: 100,
  window: null,
  ...changes,
});

export const auditEvent = (changes: Partial<AuditEvent> = {}): AuditEvent => ({
  id: "evt_1",
  at: EARLIER,
  actor: { sub: "ann", role: "brand", tenant: "lanmo" },
  action: "application:submit",
  subject: "application/app_1",
  concern: { ...parties, season: "618-2024", surfaces: ["moments"] },
  effects: [],
  version: 1,
  before: null,
  after: "pending",
  why: null,
  requestId: "req-1",
  ...changes,
});

export const impression = (changes: Partial<DeliveryEvent> = {}): DeliveryEvent => ({
  kind: "impression",
  decision: "dec_1",
  slot: 0,
  surface: "moments",
  season: "618-2024",
  phase: "main",
  brand: "lanmo",
  campaign: "cmp_1",
  card: "crd_1",
  marketplace: "tmall",
  os: "ios",
  hostVersion: "8.0.50",
  lease: "",
  at: OPENS_AT,
  link: null,
  outcome: null,
  late: false,
  invalid: null,
  ...changes,
});
