import type { Instant, Window } from "./window.ts";

/** A brand that may be shown just now, and has a card that can be. */
export interface Sharer {
  readonly brand: string;
  /** Of a day's impressions, what its grant names, basis points; null for an even share, and no ceiling. */
  readonly granted: number | null;
  /** Of the viewers, those it may be shown to, basis points. */
  readonly ring: number;
  /** Of its campaigns that have such a card. */
  readonly categories: readonly string[];
}

/** What a season may take of a surface in a day. */
export interface Ceilings {
  /** Impressions; null for no limit. */
  readonly perDay: number | null;
  /** Of them, or of what there are where there is no limit, at most these shares. Basis points by category. */
  readonly categories: Readonly<Record<string, number>>;
}

/** What is kept of a brand from one correction to the next. Counts are of impressions. */
export interface Account {
  /** When it was first seen: what was before is nobody's debt. */
  readonly since: Instant;
  /** Its part of what is shown, of 1. */
  readonly target: number;
  /** As its grant names it. */
  readonly granted: number | null;
  readonly categories: readonly string[];
  /** Whether it shares in what is shown next. A brand that is held, or may not be shown, does not. */
  readonly state: "sharing" | "held" | "away";
  /** Of the day, as last counted. */
  readonly ofDay: number;
  /** How far it is behind, or ahead when below 0, within bounds. */
  readonly owed: number;
  /** Whether it is as far behind as is kept: it cannot use its share, and others do. */
  readonly isShort: boolean;
  /** What its targets came to since then, and what it was shown. */
  readonly due: number;
  readonly delivered: number;
  /** What was due since it was last shown. */
  readonly dueSinceShown: number;
  /** Of minutes in which any brand was shown and it shared: all, those in which it was not, and of these those of starvation. */
  readonly minutes: number;
  readonly without: number;
  readonly starved: number;
}

/** A season's accounts on a surface. */
export interface Books {
  readonly at: Instant;
  /** When the day began that they stand in. */
  readonly day: Instant;
  /** Impressions in a minute, of late. */
  readonly rate: number;
  readonly accounts: Readonly<Record<string, Account>>;
}

/** How the draws are to be shared next. */
export interface Shared {
  readonly books: Books;
  /** Of a brand in thousandths of an even share; 1,000 where it is not named. */
  readonly weights: Readonly<Record<string, number>>;
  /** What has reached its ceiling, until the day is over. */
  readonly brands: readonly string[];
  readonly categories: readonly string[];
}

/** What a brand is behind is made good in so many minutes: so slow that neither chance nor late counts set it swinging. */
const HORIZON = 20;
/** A brand is drawn at least, and at most, so many times as often as its target has it. Nobody starves, and nobody floods. */
const LEAST = 0.25;
const MOST = 4;
/** Fewer impressions a minute than these say little of a brand. */
const FEW = 20;
/** How fast the rate follows, of 1. */
const FOLLOWING = 0.2;
/** A brand's target is never below this part of an even one, whatever others were granted. */
const LEAST_TARGET = 0.25;
/** Where a day has no limit, its ceilings are of what was shown so far, and of no less than this. */
const LEAST_OF_DAY = 1_000;
/** So many impressions in a row that were due are missed by chance once in twenty times. */
const STARVING = 3;

const MINUTE_MS = 60_000;
const EVERYTHING = 10_000;

/**
 * Corrects the shares by what was delivered: who is behind its target is drawn more, who is ahead less. `delivered` is of the day, by
 * brand. A target counts from when its brand joined, and while it may be shown. What a brand cannot use, since its cards fit few viewers
 * or its caps are used up, goes to the others by their targets, and is not kept for it beyond `HORIZON` minutes' worth. Ceilings are hard:
 * who has reached one is held until the day is over, or until others have caught up where the day has no limit, rather an empty
 * slot; shares are soft, and leave no slot empty (docs/decisions/0024-fair-share.md).
 * @returns undefined when there is nothing to correct: nothing was shown, and the same brands may be.
 */
export function fairShare(
  before: Books | undefined,
  now: {
    readonly at: Instant;
    readonly day: Window;
    readonly sharers: readonly Sharer[];
    readonly delivered: ReadonlyMap<string, number>;
    readonly ceilings: Ceilings;
  },
): Shared | undefined {
  const { at, day, sharers, delivered, ceilings } = now;
  const old = before?.accounts ?? {};
  const isNewDay = before?.day !== day.opensAt;
  const fresh = freshOf(old, delivered, isNewDay);
  const shown = sumOf(Object.entries(old), ([brand, { state }]) => (state === "away" ? 0 : (fresh.get(brand) ?? 0)));
  const sharing = new Map(sharers.map((sharer) => [sharer.brand, sharer]));
  if (shown === 0 && !isNewDay && isSame(old, sharing) && !mayHold(now, old)) return undefined;

  const minutes = before ? Math.max(1, Math.round((at - before.at) / MINUTE_MS)) : 0;
  const rate = before && before.rate > 0 ? before.rate + FOLLOWING * (shown / Math.max(1, minutes) - before.rate) : shown;
  const settled = settle(old, fresh, { shown, rate, minutes });
  const targets = targetsOf(sharers);
  const soldBy = new Map([...Object.entries(old), ...sharing].map(([brand, { categories }]) => [brand, categories]));
  const held = heldBy(sharers, soldBy, delivered, ceilings);

  const accounts: Record<string, Account> = {};
  for (const brand of new Set([...Object.keys(old), ...sharing.keys()])) {
    const sharer = sharing.get(brand);
    const account: Account = {
      ...(settled[brand] ?? { ...NEW, since: at }),
      ofDay: delivered.get(brand) ?? 0,
      state: sharer ? (held.brands.has(brand) ? "held" : "sharing") : "away",
    };
    const target = targets.get(brand) ?? account.target;
    accounts[brand] = sharer ? within({ ...account, target, granted: sharer.granted, categories: sharer.categories }, rate) : account;
  }
  return {
    books: { at, day: day.opensAt, rate, accounts },
    weights: weightsOf(accounts, sharers, rate),
    brands: [...held.brands],
    categories: [...held.categories],
  };
}

/** Whether anybody is held, or may be: a ceiling that is raised lets go of what it held although nothing was shown meanwhile. */
const mayHold = (
  { ceilings, sharers }: { readonly ceilings: Ceilings; readonly sharers: readonly Sharer[] },
  old: Readonly<Record<string, Account>>,
): boolean =>
  ceilings.perDay !== null ||
  Object.keys(ceilings.categories).length > 0 ||
  sharers.some(({ granted }) => granted !== null) ||
  Object.values(old).some(({ state }) => state === "held");

const NEW: Omit<Account, "since"> = {
  target: 0,
  granted: null,
  categories: [],
  state: "away",
  ofDay: 0,
  owed: 0,
  isShort: false,
  due: 0,
  delivered: 0,
  dueSinceShown: 0,
  minutes: 0,
  without: 0,
  starved: 0,
};

/** What each brand was shown since it was last counted. */
const freshOf = (accounts: Books["accounts"], delivered: ReadonlyMap<string, number>, isNewDay: boolean): ReadonlyMap<string, number> =>
  new Map(Object.entries(accounts).map(([brand, { ofDay }]) => [brand, Math.max(0, (delivered.get(brand) ?? 0) - (isNewDay ? 0 : ofDay))]));

/** Whether the same brands may be shown, in the same way. */
const isSame = (accounts: Books["accounts"], sharing: ReadonlyMap<string, Sharer>): boolean =>
  Object.entries(accounts).every(([brand, { state }]) => (state !== "away") === sharing.has(brand)) &&
  [...sharing.keys()].every((brand) => brand in accounts);

interface Minute {
  readonly shown: number;
  readonly rate: number;
  readonly minutes: number;
}

/** Each account with what was due to it, and what it was shown. */
function settle(accounts: Books["accounts"], fresh: ReadonlyMap<string, number>, minute: Minute): Record<string, Account> {
  const all = Object.entries(accounts);
  const sharing = all.filter(([, { state }]) => state === "sharing");
  const free = sharing.filter(([, { isShort }]) => !isShort);
  const targets = sumOf(sharing, ([, { target }]) => target);
  const freeTargets = sumOf(free, ([, { target }]) => target);
  const toFree = sumOf(free, ([brand]) => fresh.get(brand) ?? 0);
  // What one is owed others owe. Where that is no longer so, since one has come to be short or has ceased to be, it is settled in time:
  // or else the others would stay held down for its sake.
  const unowed = sumOf(free, ([, { owed }]) => owed) / HORIZON;
  return Object.fromEntries(
    all.map(([brand, account]) => {
      const shown = fresh.get(brand) ?? 0;
      const told = { ...account, delivered: account.delivered + shown };
      if (account.state !== "sharing" || minute.shown === 0) return [brand, told];
      const due = (minute.shown * account.target) / targets;
      // What those who are short leave is for those who are not, as their targets have it.
      const own = account.isShort ? due : ((toFree - unowed) * account.target) / freeTargets;
      const dueSinceShown = shown > 0 ? 0 : account.dueSinceShown + due;
      return [
        brand,
        within(
          {
            ...told,
            owed: account.owed + own - shown,
            due: account.due + due,
            dueSinceShown,
            minutes: account.minutes + minute.minutes,
            without: account.without + (shown === 0 ? minute.minutes : 0),
            starved: account.starved + (dueSinceShown >= STARVING ? minute.minutes : 0),
          },
          minute.rate,
        ),
      ];
    }),
  );
}

/** What a brand's target comes to within the horizon. */
const horizonOf = ({ target }: Pick<Account, "target">, rate: number): number => HORIZON * Math.max(target * rate, FEW);

/** The account with no more owed, either way, than is made good within the horizon. */
function within(account: Account, rate: number): Account {
  const horizon = horizonOf(account, rate);
  const most = (MOST - 1) * horizon;
  const owed = Math.min(most, Math.max((LEAST - 1) * horizon, account.owed));
  return { ...account, owed, isShort: owed === most };
}

/** What of 1 each brand is to have: what its grant names, and of what that leaves an even part, of viewers that it may be shown to. */
function targetsOf(sharers: readonly Sharer[]): ReadonlyMap<string, number> {
  const granted = sumOf(sharers, (sharer) => (sharer.granted ?? 0) / EVERYTHING);
  const others = sharers.filter(({ granted }) => granted === null).length;
  const least = LEAST_TARGET / sharers.length;
  const even = Math.max((1 - granted) / others, least);
  const parts = sharers.map(({ brand, granted, ring }) => {
    const part = granted === null ? even : Math.max(granted / EVERYTHING, least);
    return [brand, (part * ring) / EVERYTHING] as const;
  });
  const whole = sumOf(parts, ([, part]) => part);
  return new Map(parts.map(([brand, part]) => [brand, part / whole]));
}

/** What has reached its ceiling. A brand that sells in several categories counts wholly in each: rather too soon than too late. */
function heldBy(
  sharers: readonly Sharer[],
  soldBy: ReadonlyMap<string, readonly string[]>,
  delivered: ReadonlyMap<string, number>,
  { perDay, categories }: Ceilings,
): { readonly brands: ReadonlySet<string>; readonly categories: ReadonlySet<string> } {
  const whole = sumOf([...delivered], ([, count]) => count);
  const day = perDay ?? Math.max(whole, LEAST_OF_DAY);
  const isOver = (count: number, share: number) => count >= (share / EVERYTHING) * day;
  const inCategory = (category: string) => sumOf([...delivered], ([brand, count]) => (soldBy.get(brand)?.includes(category) ? count : 0));
  const closed = new Set(Object.entries(categories).flatMap(([name, share]) => (isOver(inCategory(name), share) ? [name] : [])));
  const isHeld = ({ brand, granted, categories: sold }: Sharer) =>
    (perDay !== null && whole >= perDay) ||
    (granted !== null && isOver(delivered.get(brand) ?? 0, granted)) ||
    (sold.length > 0 && sold.every((category) => closed.has(category)));
  return { brands: new Set(sharers.filter(isHeld).map(({ brand }) => brand)), categories: closed };
}

function weightsOf(accounts: Books["accounts"], sharers: readonly Sharer[], rate: number): Record<string, number> {
  const weights: Record<string, number> = {};
  for (const { brand } of sharers) {
    const { target, owed } = accounts[brand] ?? NEW;
    const factor = 1 + owed / horizonOf({ target }, rate);
    const weight = Math.max(1, Math.round(1_000 * factor * target * sharers.length));
    if (weight !== 1_000) weights[brand] = weight;
  }
  return weights;
}

/** How a brand fared by its accounts. */
export interface Fared extends Pick<Account, "since" | "state" | "ofDay" | "due" | "delivered" | "minutes" | "without" | "starved"> {
  readonly brand: string;
  /** Of 1: what it is to have of what is shown to all who share now, and what it has had of all that was shown in the season. */
  readonly targetShare: number;
  readonly deliveredShare: number;
  /** What it was shown for each impression that was due; null before any was. */
  readonly ratio: number | null;
  /** Of a day's impressions, basis points; null for none. */
  readonly ceiling: number | null;
}

/** How all of them fared, by brand. */
export function faredBy({ accounts }: Books): readonly Fared[] {
  const all = Object.entries(accounts).sort(([one], [other]) => (one < other ? -1 : 1));
  const whole = sumOf(all, ([, { delivered }]) => delivered);
  return all.map(([brand, { since, state, target, granted, ofDay, due, delivered, minutes, without, starved }]) => ({
    ...{ brand, since, state, ofDay, due, delivered, minutes, without, starved },
    targetShare: state === "away" ? 0 : target,
    deliveredShare: whole === 0 ? 0 : delivered / whole,
    ratio: due === 0 ? null : delivered / due,
    ceiling: granted,
  }));
}

/** The ratio of whoever fared best to that of whoever fared worst; null while that has had nothing, or nobody was due anything. */
export function spreadOf(fared: readonly Pick<Fared, "ratio">[]): number | null {
  const ratios = fared.flatMap(({ ratio }) => ratio ?? []);
  const least = Math.min(...ratios);
  return ratios.length === 0 || least === 0 ? null : Math.max(...ratios) / least;
}

const sumOf = <T>(all: readonly T[], of: (each: T) => number): number => all.reduce((sum, each) => sum + of(each), 0);
