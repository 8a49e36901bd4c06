/** All that was acknowledged to somebody, kept apart from what is rehearsed so that the two can be compared. Instants are the rehearsal's. */
export interface Ledger {
  readonly brands: Map<string, BrandRecord>;
  /** Acknowledged transitions: what the audit has to hold, no more and no less, by subject. */
  readonly transitions: Map<string, string[]>;
  readonly placements: Map<string, Placement>;
  /** Brands whose keys were turned off, for as long as they stay so, and since when. */
  readonly removed: Map<string, number>;
  /** Kill switches, by id. */
  readonly switches: Map<string, SwitchRecord>;
}

/** A kill switch: it stops every card that has all of what it names. */
export interface SwitchRecord {
  readonly surface?: string;
  readonly season?: string;
  readonly phase?: string;
  readonly brand?: string;
  readonly card?: string;
  readonly thrownAt: number;
  liftedAt: number | null;
}

/** One key, and when it was turned. */
export interface KeyRecord {
  readonly expiresAt: number;
  readonly turns: { readonly at: number; readonly current: boolean }[];
}

export interface GrantRecord extends KeyRecord {
  readonly id: string;
  readonly phases: readonly string[];
  readonly templates: readonly string[];
}

export interface CardRecord {
  readonly id: string;
  readonly template: string;
  readonly destination: string;
  readonly flight: { readonly opensAt: number; readonly closesAt: number } | null;
  approvedAt: number | null;
}

export interface BrandRecord {
  readonly id: string;
  readonly surface: string;
  application: { readonly id: string; state: string } | null;
  /** Each attestation there was; a new one replaces the last. */
  readonly attestations: KeyRecord[];
  readonly grants: GrantRecord[];
  readonly cards: CardRecord[];
}

/** A card that was placed, and what has come back of it. */
export interface Placement {
  readonly brand: string;
  readonly campaign: string;
  readonly card: string;
  readonly phase: string;
  /** The digits that its address has to lead to. */
  readonly destination: string;
  impression: boolean;
  /** Undefined: not clicked. Else whether the first click counts. */
  click: "valid" | "no-impression" | undefined;
}

export const ledger = (): Ledger => ({
  brands: new Map(),
  transitions: new Map(),
  placements: new Map(),
  removed: new Map(),
  switches: new Map(),
});

/** Notes an acknowledged transition. */
export function transition({ transitions }: Ledger, subject: string, action: string): void {
  const before = transitions.get(subject);
  if (before) before.push(action);
  else transitions.set(subject, [action]);
}

/** How long a turn may take until every instance serves by it. Milliseconds (reliability.md P2). */
export const HEARD_WITHIN_MS = 5_000;
/** Kept away from each end of a window, for clocks that differ. Milliseconds (reliability.md P1). */
export const GUARD_MS = 250;

const stateAt = (turns: KeyRecord["turns"], at: number) => turns.findLast((turn) => turn.at <= at)?.current ?? false;
const during = (turns: KeyRecord["turns"], from: number, until: number) => turns.filter((turn) => turn.at > from && turn.at <= until);

/** Whether the key was current at `at`, or so lately that an instance may not have heard. */
export const mayStand = ({ turns, expiresAt }: KeyRecord, at: number): boolean =>
  at < expiresAt - GUARD_MS &&
  (stateAt(turns, at - HEARD_WITHIN_MS) || during(turns, at - HEARD_WITHIN_MS, at).some(({ current }) => current));

/** Whether the key is current at `at`, and has been for long enough that every instance has heard. */
export const surelyStands = ({ turns, expiresAt }: KeyRecord, at: number): boolean =>
  at < expiresAt - GUARD_MS &&
  stateAt(turns, at - HEARD_WITHIN_MS) &&
  during(turns, at - HEARD_WITHIN_MS, at).every(({ current }) => current);

export const isOpen = ({ opensAt, closesAt }: { readonly opensAt: number; readonly closesAt: number }, at: number): boolean =>
  opensAt + GUARD_MS <= at && at < closesAt - GUARD_MS;

/** Where a card is, or is to be, shown. */
export type Place = Readonly<Record<"surface" | "season" | "phase" | "brand" | "card", string>>;

const PARTS = ["surface", "season", "phase", "brand", "card"] as const;
const aimsAt = (record: SwitchRecord, place: Place) => PARTS.every((part) => record[part] === undefined || record[part] === place[part]);

/** Whether a switch stops the place for certain: thrown long enough ago to be heard of everywhere, and not lifted. */
export const surelyStopped = ({ switches }: Ledger, place: Place, at: number): boolean =>
  [...switches.values()].some(
    (each) => aimsAt(each, place) && at - each.thrownAt > HEARD_WITHIN_MS && (each.liftedAt === null || at < each.liftedAt),
  );

/** Whether a switch may stop the place on some instance: thrown, and not lifted so long ago that every instance has heard. */
export const mayBeStopped = ({ switches }: Ledger, place: Place, at: number): boolean =>
  [...switches.values()].some(
    (each) => aimsAt(each, place) && at >= each.thrownAt && (each.liftedAt === null || at <= each.liftedAt + HEARD_WITHIN_MS),
  );
