import type { User } from "../../../lib/domain/authorisation.ts";
import type { Season } from "../../../lib/domain/season.ts";
import type { Instant } from "../../../lib/domain/window.ts";

/** The festival, the people and the choices that the model test plays with. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const BEGINS: Instant = Date.parse("2024-05-13T00:00:00Z");
export const SURFACES = ["moments", "search"] as const;
export type SurfaceId = (typeof SURFACES)[number];

/** Places in a trial, and whether a reviewer may let somebody in beyond them. */
interface Trial {
  readonly places: number;
  readonly waivable: boolean;
}

const festival = (opensAt: Instant, closedCategories: readonly string[], trials: Readonly<Record<SurfaceId, Trial>>) => ({
  deadline: opensAt - 2 * DAY,
  phases: [
    { id: "first", opensAt, closesAt: opensAt + 2 * DAY },
    { id: "second", opensAt: opensAt + 4 * DAY, closesAt: opensAt + 6 * DAY },
  ] as const,
  closesAt: opensAt + 6 * DAY,
  /** One of each phase, one of the gap between them, and one after the end. */
  moments: [opensAt + HOUR, opensAt + 3 * DAY, opensAt + 5 * DAY, opensAt + 6 * DAY + HOUR] as const,
  closedCategories,
  trials,
});

export const CLOSED_CATEGORY = "tobacco";
/** The festival at hand, and the one that its applications are renewed for, which admits less. */
export const FESTIVALS = [
  festival(BEGINS + 12 * DAY, [CLOSED_CATEGORY], { moments: { places: 2, waivable: true }, search: { places: 1, waivable: false } }),
  festival(BEGINS + 60 * DAY, [CLOSED_CATEGORY, "home"], {
    moments: { places: 3, waivable: true },
    search: { places: 2, waivable: false },
  }),
] as const;
export type FestivalNo = 0 | 1;
export const FESTIVAL_NOS = [0, 1] as const satisfies readonly FestivalNo[];

/** The id of a run's season. */
export const seasonIn = (run: string, festival: FestivalNo) => (festival === 0 ? run : `${run}-later`);

const names = { zh: "年中大促", en: "Mid-year sale" };

export function seasonOf(run: string, no: FestivalNo): Season {
  const { phases, deadline, closesAt, closedCategories, trials } = FESTIVALS[no];
  return {
    id: seasonIn(run, no),
    host: tenantIn(run, "wechat"),
    marketplace: tenantIn(run, "tmall"),
    zone: "Asia/Shanghai",
    names,
    phases: [
      { ...phases[0], names },
      { ...phases[1], names },
    ],
    instants: {
      applicationsClose: deadline,
      whitelistFreeze: phases[0].opensAt - HOUR,
      opens: phases[0].opensAt,
      finalPhase: phases[1].opensAt,
      closes: closesAt,
      clickGraceEnds: closesAt + DAY,
      reportFinal: closesAt + 2 * DAY,
    },
    propagationMs: HOUR,
    reworkMs: DAY,
    admissions: SURFACES.map((surface) => ({
      surface,
      storeTypes: ["flagship"],
      closedCategories,
      requiredDocuments: [],
      waivable: trials[surface].waivable ? ["trial-full"] : [],
      capacity: trials[surface].places,
    })),
    status: "scheduled",
    hostCaps: [],
    markLicences: [],
    rings: [],
    ringTurns: [],
    dossier: { plannedBy: "olga", publishedBy: "olga", proposal: null, former: [] },
    turns: [],
    version: 1,
  };
}

/** Everybody there is, by who they are; all of them are of one run alone. */
export const PEOPLE = {
  ann: { role: "brand", tenant: "brand-a" },
  "ann's colleague": { role: "brand", tenant: "brand-a" },
  ben: { role: "brand", tenant: "brand-b" },
  cat: { role: "brand", tenant: "brand-c" },
  lin: { role: "attester", tenant: "tmall" },
  "an attester elsewhere": { role: "attester", tenant: "jd" },
  wei: { role: "reviewer", tenant: "wechat" },
  xia: { role: "reviewer", tenant: "wechat" },
  /** Has a hand in brand-a's applications, under other hats. */
  "ann, reviewing": { role: "reviewer", tenant: "wechat", sub: "ann" },
  "ann, attesting": { role: "attester", tenant: "tmall", sub: "ann" },
  /** Vouches for brands, under another hat. */
  "lin, reviewing": { role: "reviewer", tenant: "wechat", sub: "lin" },
  "a reviewer elsewhere": { role: "reviewer", tenant: "douyin" },
  chen: { role: "operator", tenant: "wechat" },
  zhao: { role: "auditor", tenant: "*" },
  "the feed": { role: "feed", tenant: "wechat" },
} as const satisfies Record<string, Omit<User, "sub"> & { readonly sub?: string }>;

export type Person = keyof typeof PEOPLE;
/** The last has nobody here: others may agree on it outside, and import it. */
export const BRANDS = ["brand-a", "brand-b", "brand-c", "brand-d"] as const;
export type Brand = (typeof BRANDS)[number];

/** Their bearer in a run. */
export function userOf(person: Person, run: string): User {
  const { role, tenant, ...more }: Omit<User, "sub"> & { readonly sub?: string } = PEOPLE[person];
  return { sub: more.sub ?? person, role, tenant: tenant === "*" ? tenant : tenantIn(run, tenant) };
}

/** Whose bearer it is, of whichever run. */
export const brandOf = (tenant: string | null): Brand | null =>
  BRANDS.find((brand) => tenant?.startsWith("brd_") && tenant.endsWith(letterOf(brand))) ?? null;

/** A brand's id in a run has the form of ours: the run in it, and the brand's letter at its end. */
export function tenantIn(run: string, tenant: string): string {
  const brand = BRANDS.find((each) => each === tenant);
  return brand ? `brd_${run.replace("-", "0").toUpperCase().padStart(25, "0")}${letterOf(brand)}` : `${tenant}-${run}`;
}

const letterOf = (brand: Brand) => brand.slice(-1).toUpperCase();

/** What an application says, as far as anything depends on it. `name`: two with one number read the same. */
export interface Form {
  readonly name: number;
  readonly surfaces: readonly [SurfaceId, ...SurfaceId[]];
  readonly category: string;
  readonly contact: number;
}

const NAMES = ["Lanmo", "Qingshan", "Yunhe"];
export const NAME_COUNT = NAMES.length;

/** A name as its brand writes it: what two of one number look like is the same. */
export const spelt = (name: number, capitals: boolean) => {
  const latin = NAMES[name] ?? "";
  return { zh: `${latin}旗舰`, en: capitals ? latin.toUpperCase() : latin };
};

/** As it is sent. */
export const formBody = (run: string, festival: FestivalNo, { name, surfaces, category, contact }: Form, capitals: boolean) => ({
  season: seasonIn(run, festival),
  marketplace: tenantIn(run, "tmall"),
  surfaces,
  names: spelt(name, capitals),
  store: { id: "123", type: "flagship", names: { zh: "店", en: "Store" } },
  categories: [category],
  documents: [],
  contacts: [{ name: `Contact ${contact}`, email: "contact@example.com" }],
});
