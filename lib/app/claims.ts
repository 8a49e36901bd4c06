import type { SlotAnswer } from "../domain/decision.ts";
import { oneMore, rotationAt, timesIn, type ViewerCounts, windowAt } from "../domain/frequency-cap.ts";
import { type Held, type HoldReason, heldOf, MOST_HELD } from "../domain/held.ts";
import { type Lease, leaseOf, roomIn } from "../domain/lease.ts";
import { allowanceAt, isCapped } from "../domain/pacing.ts";
import type { Placement } from "../domain/serving-index.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { Instant } from "../domain/window.ts";
import type { LeaseStore, ViewerStore } from "./ports/caps.ts";
import { Unavailable } from "./ports/unavailable.ts";
import type { Log, Now } from "./ports/world.ts";

interface Deps {
  readonly leases: LeaseStore;
  readonly viewers: ViewerStore;
  /** Under what name a viewer's counts are kept in a rotation of a season: not to be traced back, nor from one rotation to the next. */
  readonly markOf: (season: string, rotation: number, viewer: string) => string;
  readonly newNonce: () => string;
  /** Rows are dropped by the machine's clock. */
  readonly machineNow: Now;
  readonly log: Log;
}

/** What this instance holds of a campaign: so many of a lease, or, without one, the knowledge that there was none to be had. */
interface Holding {
  readonly lease: Lease | null;
  readonly until: Instant;
  left: number;
}

/** Leases are looked for so often in one decision; what then has none is held back. */
const ROUNDS = 2;
/** Nor again when the first look took longer: an answer is due in a second (reliability.md P11). Milliseconds. */
const SLOW_MS = 250;
/** How long nothing is asked for again: where a cap is used up only a refund makes room; where the pace holds, time does. Milliseconds. */
const WAIT_MS = { cap: 30_000, pace: 2_000 } as const;
const NONE: readonly Held[] = [];
/** What is kept of a viewer goes a day after its rotation. Seconds. */
const KEEP_S = 86_400;

/** What one decision takes out of caps. */
export interface Claim {
  /** Begins another look: nothing is held back yet. */
  begin(at: Instant, snapshot: Snapshot): void;
  /** Whether a cap is in the placement's way as far as it is known. What is not known yet is in nobody's way: `take` finds out. */
  holds(placement: Placement): HoldReason | null;
  /** What `holds` held back since `begin`. */
  held(): readonly Held[];
  /**
   * Takes what the answers need. True: they may be given. Otherwise something had to be asked, time has passed and more is known:
   * decide again.
   */
  take(answers: readonly SlotAnswer[]): true | Promise<void>;
  /** Out of which lease a campaign was taken; empty where nothing is capped. */
  leaseOf(campaign: string): string;
}

/** The claim of a decision for a viewer. */
export type Claims = (viewer: string) => Claim;

/**
 * Caps are kept by leases: an instance takes a few impressions out of a campaign's caps and shows them without asking again, so that
 * most decisions wait for nothing; viewers' counts are read and written in the decision itself. When the store cannot be
 * asked, what needs it is held back: never over a cap, rather no card (docs/decisions/0018-caps.md).
 */
export function claims(deps: Deps): Claims {
  const holdings = new Map<string, Holding>();
  const underWay = new Map<string, Promise<void>>();

  const lease = async ({ season, campaign }: Placement, { impressionTokenSeconds }: Snapshot, at: Instant): Promise<void> => {
    const allowance = allowanceAt(season, campaign, at);
    const { day } = allowance;
    const reserved = await deps.leases.reserved(campaign.id, day.opensAt);
    const room = roomIn(allowance, reserved);
    if (room === 0) {
      const isUsedUp = roomIn({ ...campaign.caps, day }, reserved) === 0;
      return void holdings.set(campaign.id, { lease: null, until: at + (isUsedUp ? WAIT_MS.cap : WAIT_MS.pace), left: 0 });
    }
    const wanted = leaseOf(room, { campaign: campaign.id, day, at, impressionTokenSeconds, nonce: deps.newNonce() });
    if (await deps.leases.take(wanted, allowance)) holdings.set(campaign.id, { lease: wanted, until: wanted.until, left: wanted.granted });
  };

  /** One taking of a campaign is under way at a time, however many want it. */
  const leaseOnce = (placement: Placement, snapshot: Snapshot, at: Instant): Promise<void> => {
    const { id } = placement.campaign;
    const running = underWay.get(id) ?? lease(placement, snapshot, at).finally(() => underWay.delete(id));
    underWay.set(id, running);
    return running;
  };

  /** Whether the store did it; false when it could not be asked. */
  const attempt = async (what: Promise<unknown>): Promise<boolean> => {
    try {
      await what;
      return true;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      deps.log("error", "caps-unavailable", { error: String(error.cause ?? error) });
      return false;
    }
  };

  return (viewer) => {
    let now: Instant = 0;
    let snapshot: Snapshot | undefined;
    let began: Instant | undefined;
    let rounds = 0;
    let counts: ViewerCounts | undefined;
    /** Of viewers nothing more is to be found out, or written. */
    let isClosed = false;
    let heldBack: Map<Placement["campaign"], readonly [Placement, HoldReason]> | undefined;
    const taken = new Map<string, Holding | undefined>();

    const isLast = () => rounds >= ROUNDS || (began !== undefined && now - began > SLOW_MS);
    const countsViewers = ({ campaign }: Placement) => campaign.frequency !== null && !snapshot?.hostCapsFrequency;
    const known = ({ campaign }: Placement) => {
      const holding = holdings.get(campaign.id);
      return holding && now < holding.until && (holding.left > 0 || !holding.lease) ? holding : undefined;
    };

    const reasonAgainst = (placement: Placement): HoldReason | null => {
      const { campaign, season } = placement;
      if (taken.has(campaign.id)) return null;
      if (isCapped(campaign)) {
        const holding = known(placement);
        if (holding ? holding.left === 0 : isLast()) return "pacing-hold";
      }
      if (campaign.frequency && countsViewers(placement)) {
        if (isClosed || (!counts && isLast())) return "frequency-cap";
        const window = windowAt(campaign.frequency, season.days[0] ?? 0, now);
        if (counts && timesIn(window, counts[campaign.id]) >= campaign.frequency.most) return "frequency-cap";
      }
      return null;
    };

    const learn = async (lacking: readonly Placement[], seen: Placement | undefined, from: Snapshot): Promise<void> => {
      rounds++;
      began ??= now;
      const { season } = seen ?? {};
      const reading = season && deps.viewers.counts(markOf(season, now)).then((found) => void (counts = found));
      await Promise.all([
        ...lacking.map((placement) => attempt(leaseOnce(placement, from, now))),
        reading && attempt(reading).then((isRead) => void (isClosed ||= !isRead)),
      ]);
    };

    const markOf = ({ id, days }: Placement["season"], at: Instant): string => deps.markOf(id, rotationAt(days[0] ?? 0, at).number, viewer);

    const count = async (placements: readonly Placement[], before: ViewerCounts): Promise<void> => {
      const [first] = placements;
      if (!first) return;
      const { days } = first.season;
      const origin = days[0] ?? 0;
      const shown = placements.flatMap(({ campaign: { id, frequency } }) =>
        frequency ? [{ campaign: id, before: before[id], after: oneMore(windowAt(frequency, origin, now), before[id]) }] : [],
      );
      const leftMs = rotationAt(origin, now).endsAt - now;
      const keptUntil = Math.ceil((deps.machineNow() + leftMs) / 1000) + KEEP_S;
      // One write to a decision, whatever becomes of it: what it did not get is held back.
      isClosed = true;
      let isCounted = false;
      const writing = deps.viewers.count(markOf(first.season, now), shown, deps.newNonce(), keptUntil);
      await attempt(writing.then((done) => void (isCounted = done)));
      if (isCounted) return;
      for (const { campaign } of placements) {
        const holding = taken.get(campaign.id);
        if (holding) holding.left++;
        taken.delete(campaign.id);
      }
    };

    return {
      begin(at, from) {
        now = at;
        snapshot = from;
        heldBack = undefined;
      },

      holds(placement) {
        const { campaign } = placement;
        if (campaign.frequency === null && !isCapped(campaign)) return null;
        const reason = reasonAgainst(placement);
        // One more than an id says is as good as all.
        if (reason && (heldBack?.size ?? 0) <= MOST_HELD) {
          heldBack ??= new Map();
          heldBack.set(campaign, [placement, reason]);
        }
        return reason;
      },

      held: () => (heldBack ? [...heldBack.values()].map(([placement, reason]) => heldOf(placement, reason)) : NONE),

      take(answers) {
        const wanted = answers.flatMap((answer) =>
          "placement" in answer && needs(answer.placement) && !taken.has(answer.placement.campaign.id) ? [answer.placement] : [],
        );
        if (wanted.length === 0 || !snapshot) return true;
        const lacking = wanted.filter((placement) => isCapped(placement.campaign) && !known(placement));
        const seen = wanted.filter(countsViewers);
        if (lacking.length > 0 || (seen.length > 0 && !counts)) return learn(lacking, counts ? undefined : seen[0], snapshot);
        for (const { campaign } of wanted) {
          const holding = isCapped(campaign) ? holdings.get(campaign.id) : undefined;
          if (holding) holding.left--;
          taken.set(campaign.id, holding);
        }
        return seen.length > 0 && counts ? count(seen, counts) : true;
      },

      leaseOf: (campaign) => taken.get(campaign)?.lease?.id ?? "",
    };
  };
}

const needs = ({ campaign }: Placement): boolean => campaign.frequency !== null || isCapped(campaign);
