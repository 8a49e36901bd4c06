import { type Lease, refundAtOf } from "../domain/lease.ts";
import { DAY_MS } from "../domain/window.ts";
import type { Key, Range } from "./table.ts";

/** The keys that decisions need, apart from the others: what the deciding function does not need it does not load. */

export const ordinal = (n: number) => String(n).padStart(10, "0");

/** A day of UTC: so many items lie together, few enough to be written without haste and read at once. */
export const decisionDay = (surface: string, at: number) => `DECISIONS#${surface}#${Math.floor(at / DAY_MS)}`;

/** Several, so that leases that are taken at the same moment meet no hot one. */
const LEASE_PARTITIONS = 8;
const leasePartition = (n: number) => `LEASES#${n}`;
const leaseTime = (at: number) => String(at).padStart(15, "0");
export const LEASES: readonly string[] = Array.from({ length: LEASE_PARTITIONS }, (_, n) => leasePartition(n));

export const servingKeys = {
  /** Which switches are thrown, beside the switches: they are few. */
  board: { pk: "SWITCHES", sk: "BOARD" } satisfies Key,
  /** Keys taken away that are not yet published so. */
  keyMarks: (surface: string): Range => ({ pk: `KEYMARKS#${surface}` }),

  snapshotPointer: (surface: string): Key => ({ pk: `SNAPSHOT#${surface}`, sk: "POINTER" }),
  snapshotPart: (surface: string, version: number, fingerprint: string, part: number): Key => ({
    pk: `SNAPSHOT#${surface}`,
    sk: `${servingKeys.snapshotVersion(version)}#${fingerprint}#${ordinal(part)}`,
  }),
  snapshotVersion: (version: number) => `PART#${ordinal(version)}`,

  /** How brands share the draws, beside the pointer; and as it was, by version. */
  correction: (surface: string): Key => ({ pk: `SNAPSHOT#${surface}`, sk: "SHARES" }),
  formerCorrection: (surface: string, version: number): Key => ({ pk: `SNAPSHOT#${surface}`, sk: `SHARES#${ordinal(version)}` }),

  /** Counts what was ever reserved of a campaign's caps and not given back: in all, and of a day by its beginning. */
  reservedTotal: (campaign: string): Key => ({ pk: `CAP#${campaign}`, sk: "TOTAL" }),
  reservedDaily: (campaign: string, day: number): Key => ({ pk: `CAP#${campaign}`, sk: `DAY#${day}` }),
  /** Leases in order of when they are refunded, so that those that have ended are found without asking for each campaign. */
  lease: ({ campaign, id }: Pick<Lease, "campaign" | "id">): Key => ({
    pk: leasePartition(id.charCodeAt(id.length - 1) % LEASE_PARTITIONS),
    sk: `${leaseTime(refundAtOf(id))}#${campaign}#${id}`,
  }),
  /** Of one such partition those that are refunded before `at`. */
  endedLeases: (pk: string, at: number): Range => ({ pk, below: leaseTime(at) }),
  /** What one instance decided in one hour. */
  decisionCount: (surface: string, hour: number, nonce: string): Key => ({ pk: decisionDay(surface, hour), sk: `${hour}#${nonce}` }),
  /** What a viewer was shown. `mark` is a keyed digest of who that is. */
  viewer: (mark: string): Key => ({ pk: `VIEWER#${mark}`, sk: "SHOWN" }),
} as const;
