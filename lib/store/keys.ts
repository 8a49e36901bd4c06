import type { Index, Key } from "./table.ts";

/** Every key format of both tables; nowhere else is one written. */

/** Registry: a brand's own things in order of making. */
export const LIST_INDEX: Index = { name: "list", pk: "listPk", sk: "listSk" };
/** Registry: what people have to look at, per surface and season. */
export const QUEUE_INDEX: Index = { name: "queue", pk: "queuePk", sk: "queueSk" };

const ordinal = (n: number) => String(n).padStart(10, "0");

export const keys = {
  application: (id: string): Key => ({ pk: `APPLICATION#${id}`, sk: "APPLICATION" }),
  /** Holds the place of the one application a brand may have for a surface and season. */
  applied: (brand: string, surface: string, season: string): Key => ({ pk: `BRAND#${brand}`, sk: `APPLIED#${surface}#${season}` }),
  campaign: (id: string): Key => ({ pk: `CAMPAIGN#${id}`, sk: "CAMPAIGN" }),
  card: (id: string): Key => ({ pk: `CARD#${id}`, sk: "CARD" }),
  season: (id: string): Key => ({ pk: "SEASONS", sk: `SEASON#${id}` }),
  /** Counts publications, so that two cannot each miss the other's windows. */
  roster: { pk: "SEASONS", sk: "ROSTER" } satisfies Key,

  lineup: (surface: string, season: string) => `LINEUP#${surface}#${season}`,
  attestation: (surface: string, season: string, brand: string): Key => ({ pk: keys.lineup(surface, season), sk: `ATTESTATION#${brand}` }),
  grant: (surface: string, season: string, brand: string): Key => ({ pk: keys.lineup(surface, season), sk: `GRANT#${brand}` }),
  servedCampaign: (surface: string, season: string, id: string): Key => ({ pk: keys.lineup(surface, season), sk: `CAMPAIGN#${id}` }),
  servedCard: (surface: string, season: string, id: string): Key => ({ pk: keys.lineup(surface, season), sk: `CARD#${id}` }),

  /** Version in the key: one event per transition, by construction. */
  audit: (subject: string, version: number): Key => ({ pk: `AUDIT#${subject}`, sk: ordinal(version) }),
  outbox: (subject: string, version: number): Key => ({ pk: `OUTBOX#${subject}`, sk: ordinal(version) }),

  snapshotPointer: (surface: string): Key => ({ pk: `SNAPSHOT#${surface}`, sk: "POINTER" }),
  snapshotPart: (surface: string, version: number, fingerprint: string, part: number): Key => ({
    pk: `SNAPSHOT#${surface}`,
    sk: `${keys.snapshotVersion(version)}#${fingerprint}#${ordinal(part)}`,
  }),
  snapshotVersion: (version: number) => `PART#${ordinal(version)}`,

  event: (decision: string, slot: number, kind: string): Key => ({ pk: `EVENT#${decision}#${slot}`, sk: kind }),
  tallies: (surface: string, season: string) => `TALLY#${surface}#${season}`,
  tally: (
    surface: string,
    season: string,
    { brand, campaign, card, phase }: Readonly<Record<"brand" | "campaign" | "card" | "phase", string>>,
  ): Key => ({
    pk: keys.tallies(surface, season),
    sk: `${brand}#${campaign}#${card}#${phase}`,
  }),
} as const;

/** Whether a change to this Registry item can change what is served. */
export const isServed = (pk: string): boolean => pk === "SEASONS" || pk.startsWith("LINEUP#");
