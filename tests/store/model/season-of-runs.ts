import type { User } from "../../../lib/domain/authorisation.ts";
import type { Season } from "../../../lib/domain/season.ts";
import type { Instant } from "../../../lib/domain/window.ts";

/** The festival, the people and the choices that the model test plays with. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const BEGINS: Instant = Date.parse("2024-05-13T00:00:00Z");
export const DEADLINE = BEGINS + 10 * DAY;
const OPENS = BEGINS + 12 * DAY;
const CLOSES = OPENS + 6 * DAY;
/** One of each phase, one of the gap between them, and one after the end. */
export const MOMENTS: readonly Instant[] = [OPENS + HOUR, OPENS + 3 * DAY, OPENS + 5 * DAY, CLOSES + HOUR];

export const SURFACES = ["moments", "search"] as const;
export type SurfaceId = (typeof SURFACES)[number];
export const PHASES = [
  { id: "first", opensAt: OPENS, closesAt: OPENS + 2 * DAY },
  { id: "second", opensAt: OPENS + 4 * DAY, closesAt: CLOSES },
] as const;
/** Places in each trial, and whether a reviewer may let somebody in beyond them. */
export const TRIALS = { moments: { places: 2, waivable: true }, search: { places: 1, waivable: false } } as const;
export const CLOSED_CATEGORY = "tobacco";
export const SEASON_CLOSES_AT = CLOSES;

const names = { zh: "年中大促", en: "Mid-year sale" };

export const seasonOf = (id: string): Season => ({
  id,
  host: "wechat",
  marketplace: "tmall",
  zone: "Asia/Shanghai",
  names,
  phases: [
    { ...PHASES[0], names },
    { ...PHASES[1], names },
  ],
  instants: {
    applicationsClose: DEADLINE,
    whitelistFreeze: OPENS - HOUR,
    opens: OPENS,
    finalPhase: PHASES[1].opensAt,
    closes: CLOSES,
    clickGraceEnds: CLOSES + DAY,
    reportFinal: CLOSES + 2 * DAY,
  },
  propagationMs: HOUR,
  reworkMs: DAY,
  admissions: SURFACES.map((surface) => ({
    surface,
    storeTypes: ["flagship"],
    closedCategories: [CLOSED_CATEGORY],
    requiredDocuments: [],
    waivable: TRIALS[surface].waivable ? ["trial-full"] : [],
    capacity: TRIALS[surface].places,
  })),
  status: "scheduled",
  hostCaps: [],
  markLicences: [],
  rings: [],
  ringTurns: [],
  dossier: { plannedBy: "olga", publishedBy: "olga", proposal: null, former: [] },
  turns: [],
  version: 1,
});

/** Everybody there is, by who they are; brands are of one run alone. */
export const PEOPLE = {
  ann: { role: "brand", tenant: "brand-a" },
  "ann's colleague": { role: "brand", tenant: "brand-a" },
  ben: { role: "brand", tenant: "brand-b" },
  cat: { role: "brand", tenant: "brand-c" },
  lin: { role: "attester", tenant: "tmall" },
  "an attester elsewhere": { role: "attester", tenant: "jd" },
  wei: { role: "reviewer", tenant: "wechat" },
  xia: { role: "reviewer", tenant: "wechat" },
  /** Has a hand in brand-a's applications, under another hat. */
  "ann, reviewing": { role: "reviewer", tenant: "wechat", sub: "ann" },
  "a reviewer elsewhere": { role: "reviewer", tenant: "douyin" },
  chen: { role: "operator", tenant: "wechat" },
  zhao: { role: "auditor", tenant: "*" },
  "the feed": { role: "feed", tenant: "wechat" },
} as const satisfies Record<string, Omit<User, "sub"> & { readonly sub?: string }>;

export type Person = keyof typeof PEOPLE;
export const BRANDS = ["brand-a", "brand-b", "brand-c"] as const;

/** Their bearer in a run. */
export function userOf(person: Person, run: string): User {
  const { role, tenant, ...more }: Omit<User, "sub"> & { readonly sub?: string } = PEOPLE[person];
  return { sub: more.sub ?? person, role, tenant: role === "brand" ? brandIn(run, tenant) : tenant };
}

export const brandIn = (run: string, brand: string) => `${brand}-${run}`;

/** What an application says, as far as anything depends on it. `name`: two with one number read the same. */
export interface Form {
  readonly name: number;
  readonly surfaces: readonly [SurfaceId, ...SurfaceId[]];
  readonly category: string;
  readonly contact: number;
}

const NAMES = ["Lanmo", "Qingshan", "Yunhe"];
export const NAME_COUNT = NAMES.length;

/** As it is sent. A brand's own spelling differs from another's; what it looks like does not. */
export const formBody = (season: string, { name, surfaces, category, contact }: Form, spelling: boolean) => {
  const latin = NAMES[name] ?? "";
  const named = { zh: `${latin}旗舰`, en: spelling ? latin.toUpperCase() : ` ${latin}` };
  return {
    season,
    marketplace: "tmall",
    surfaces,
    names: named,
    store: { id: "123", type: "flagship", names: { zh: "店", en: "Store" } },
    categories: [category],
    documents: [],
    contacts: [{ name: `Contact ${contact}`, email: "contact@example.com" }],
  };
};
