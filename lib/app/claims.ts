import type { SlotAnswer } from "../domain/decision.ts";
import { oneMore, rotationAt, timesIn, type ViewerCounts, windowAt } from "../domain/frequency-cap.ts";
import type { HoldReason } from "../domain/held.ts";
import { type Lease, leaseOf, roomIn } from "../domain/lease.ts";
import { allowanceAt, hasCap, isCapped } from "../domain/pacing.ts";
import type { Placement } from "../domain/serving-index.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { Instant } from "../domain/window.ts";
import type { LeaseStore, ViewerStore } from "./ports/caps.ts";
import { Unavailable } from "./ports/unavailable.ts";
import type { Log, Now } from "./ports/world.ts";
import { type Comer, Turnstile } from "./turnstile.ts";

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
/** What is kept of a viewer goes a day after its rotation. Seconds. */
const KEEP_S = 86_400;

/** The claim of a decision for whoever asks. */
export type Claims = (comer: Comer) => Claim;

/**
 * Caps are kept by leases: an instance takes a few impressions out of a campaign's caps and shows them without asking again, so that
 * most decisions wait for nothing; viewers' counts are read and written in the decision itself. When the store cannot be
 * asked, what needs it is held back: never over a cap, rather no card (docs/decisions/0018-caps.md).
 */
export function claims(deps: Deps): Claims {
  const purse = new Purse(deps);
  const turnstile = new Turnstile();
  return (comer) => new Claim(deps, purse, turnstile, comer);
}

/** What this instance holds of campaigns. */
class Purse {
  readonly #deps: Deps;
  readonly #holdings = new Map<string, Holding>();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Undefined when it is not known whether there is any to be had. */
  of(campaign: string, at: Instant): Holding | undefined {
    const holding = this.#holdings.get(campaign);
    return holding && at < holding.until && (holding.left > 0 || !holding.lease) ? holding : undefined;
  }

  /** One taking of a campaign is under way at a time, however many want it. @throws Unavailable. */
  fill(placement: Placement, snapshot: Snapshot, at: Instant): Promise<void> {
    const { id } = placement.campaign;
    const running = this.#underWay.get(id) ?? this.#take(placement, snapshot, at).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, running);
    return running;
  }

  async #take({ season, campaign }: Placement, { impressionTokenSeconds }: Snapshot, at: Instant): Promise<void> {
    const { leases, newNonce } = this.#deps;
    const allowance = allowanceAt(season, campaign, at);
    const { day } = allowance;
    const reserved = await leases.reserved(campaign.id, day.opensAt);
    const room = roomIn(allowance, reserved);
    if (room === 0) {
      const isUsedUp = roomIn({ ...campaign.caps, day }, reserved) === 0;
      return void this.#holdings.set(campaign.id, { lease: null, until: at + (isUsedUp ? WAIT_MS.cap : WAIT_MS.pace), left: 0 });
    }
    const lease = leaseOf(room, { campaign: campaign.id, day, at, impressionTokenSeconds, nonce: newNonce() });
    if (await leases.take(lease, allowance)) this.#holdings.set(campaign.id, { lease, until: lease.until, left: lease.granted });
  }
}

/**
 * What one decision takes out of caps. `begin`, then `holds` for whatever is drawn, then `take` what was decided; until that says that
 * it may be given, over again.
 */
export class Claim {
  readonly #deps: Deps;
  readonly #purse: Purse;
  readonly #turnstile: Turnstile;
  readonly #comer: Comer;
  #at: Instant = 0;
  #snapshot: Snapshot | undefined;
  /** When something was first asked for, and how often. */
  #askedAt: Instant | undefined;
  #rounds = 0;
  #counts: ViewerCounts | undefined;
  /** Of the viewer nothing more is to be found out, or written. */
  #isClosed = false;
  /** Placements whose write to the viewer's counts is under way. */
  #counting: readonly Placement[] = [];
  /** Whether anything with a cap was drawn: mostly nothing is. */
  #isConcerned = false;
  #taken: Map<string, Holding | undefined> | undefined;

  constructor(deps: Deps, purse: Purse, turnstile: Turnstile, comer: Comer) {
    this.#deps = deps;
    this.#purse = purse;
    this.#turnstile = turnstile;
    this.#comer = comer;
  }

  /** Another look. */
  begin(at: Instant, snapshot: Snapshot | undefined): void {
    this.#at = at;
    this.#snapshot = snapshot;
  }

  /** Whether a cap is in the placement's way as far as is known. What is not known yet is in nobody's way: `take` finds out. */
  readonly holds = (placement: Placement): HoldReason | null => {
    if (!hasCap(placement.campaign)) return null;
    this.#isConcerned = true;
    return this.#reasonAgainst(placement);
  };

  /** Takes what the answers need. True: they may be given. Else the store was asked, time has passed and more is known: decide again. */
  take(answers: readonly SlotAnswer[]): true | Promise<void> {
    if (!this.#isConcerned || !this.#snapshot) return true;
    const wanted = answers.flatMap((answer) =>
      "placement" in answer && hasCap(answer.placement.campaign) && !this.#taken?.has(answer.placement.campaign.id)
        ? [answer.placement]
        : [],
    );
    const lacking = wanted.filter(({ campaign }) => isCapped(campaign) && !this.#purse.of(campaign.id, this.#at));
    const counted = wanted.filter((placement) => this.#countsViewers(placement));
    const [unread] = this.#counts ? [] : counted;
    if (lacking.length > 0 || unread) return this.#learn(lacking, unread, this.#snapshot);
    this.#taken ??= new Map();
    for (const { campaign } of wanted) {
      const holding = isCapped(campaign) ? this.#purse.of(campaign.id, this.#at) : undefined;
      if (holding) {
        holding.left--;
        this.#turnstile.count(this.#comer);
      }
      this.#taken.set(campaign.id, holding);
    }
    return counted.length > 0 ? this.#count(counted) : true;
  }

  /** Nothing more is waited for: what is not known by now is held back, and so is what is not yet written, whether or not it will be. */
  giveUp(): void {
    this.#rounds = ROUNDS;
    this.#isClosed = true;
    this.#putBack();
  }

  /** Out of which lease a campaign was taken; empty where nothing is capped. */
  leaseOf(campaign: string): string {
    return this.#taken?.get(campaign)?.lease?.id ?? "";
  }

  #countsViewers({ campaign }: Placement): boolean {
    return campaign.frequency !== null && !this.#snapshot?.hostCapsFrequency;
  }

  #reasonAgainst(placement: Placement): HoldReason | null {
    const { campaign, season } = placement;
    if (this.#taken?.has(campaign.id)) return null;
    const isLast = this.#rounds >= ROUNDS || (this.#askedAt !== undefined && this.#at - this.#askedAt > SLOW_MS);
    if (isCapped(campaign)) {
      // Before anything is reserved for whoever has had more than a person reads.
      if (!this.#turnstile.isOpenTo(this.#comer, this.#at)) return "frequency-cap";
      const holding = this.#purse.of(campaign.id, this.#at);
      if (holding ? holding.left === 0 : isLast) return "pacing-hold";
    }
    if (!campaign.frequency || !this.#countsViewers(placement)) return null;
    if (this.#isClosed || (!this.#counts && isLast)) return "frequency-cap";
    const window = windowAt(campaign.frequency, firstDay(season), this.#at);
    return timesIn(window, this.#counts?.[campaign.id]) < campaign.frequency.most ? null : "frequency-cap";
  }

  async #learn(lacking: readonly Placement[], unread: Placement | undefined, snapshot: Snapshot): Promise<void> {
    this.#rounds++;
    this.#askedAt ??= this.#at;
    const fills = lacking.map((placement) => this.#attempt(this.#purse.fill(placement, snapshot, this.#at)));
    const counting = unread && this.#attempt(this.#deps.viewers.counts(this.#mark(unread)));
    // Together, so that none fails where nobody hears of it.
    const [counts] = await Promise.all([counting, ...fills]);
    if (!unread) return;
    this.#counts = counts as ViewerCounts | undefined;
    this.#isClosed = !this.#counts;
  }

  /** One write to a decision: what it does not get is held back. */
  async #count(counted: readonly Placement[]): Promise<void> {
    const [first] = counted;
    if (!first) return;
    this.#isClosed = true;
    const origin = firstDay(first.season);
    const shown = counted.flatMap(({ campaign: { id, frequency } }) => {
      const before = this.#counts?.[id];
      return frequency ? [{ campaign: id, before, after: oneMore(windowAt(frequency, origin, this.#at), before) }] : [];
    });
    const leftMs = rotationAt(origin, this.#at).endsAt - this.#at;
    const keptUntil = Math.ceil((this.#deps.machineNow() + leftMs) / 1000) + KEEP_S;
    this.#counting = counted;
    const isWritten = await this.#attempt(this.#deps.viewers.count(this.#mark(first), shown, this.#deps.newNonce(), keptUntil));
    if (isWritten) this.#counting = [];
    else this.#putBack();
  }

  /** Into this instance's holdings, once: what was taken for placements that will not be shown. */
  #putBack(): void {
    for (const { campaign } of this.#counting) {
      const holding = this.#taken?.get(campaign.id);
      if (holding) holding.left++;
      this.#taken?.delete(campaign.id);
    }
    this.#counting = [];
  }

  #mark({ season }: Placement): string {
    return this.#deps.markOf(season.id, rotationAt(firstDay(season), this.#at).number, this.#comer.viewer);
  }

  /** Undefined when the store could not be asked. */
  async #attempt<T>(what: Promise<T>): Promise<T | undefined> {
    try {
      return await what;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      this.#deps.log("error", "caps-unavailable", { error: String(error.cause ?? error) });
      return undefined;
    }
  }
}

/** From which a season's windows and rotations are counted. */
const firstDay = ({ days }: Placement["season"]): Instant => days[0] ?? 0;
