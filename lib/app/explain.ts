import { reaches, type User } from "../domain/authorisation.ts";
import { mintCursor, openCursor } from "../domain/cursor.ts";
import type { Signer } from "../domain/event-token.ts";
import { explain, type Moment, momentAt, type Subject } from "../domain/explain.ts";
import { withheldBy, withholding } from "../domain/key-mark.ts";
import { boardVersionAt, thrownAt } from "../domain/kill-switch.ts";
import { NO_AD } from "../domain/no-ad.ts";
import { CARD_WORDS, REASON_WORDS } from "../domain/reason-words.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Season } from "../domain/season.ts";
import { type ServedSeason, type Snapshot, serve, snapshotOf } from "../domain/snapshot.ts";
import type { Surface } from "../domain/surface.ts";
import { publishedOn } from "../domain/whitelist.ts";
import type { Instant } from "../domain/window.ts";
import type { ApplicationStore } from "./ports/applications.ts";
import type { Call } from "./ports/call.ts";
import type { KeyMarkStore } from "./ports/key-marks.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { SnapshotHistory } from "./ports/snapshots.ts";
import type { SwitchStore } from "./ports/switches.ts";
import type { LineupStore } from "./ports/whitelist.ts";
import type { Catalogue, Now } from "./ports/world.ts";

interface Deps {
  readonly snapshots: SnapshotHistory;
  readonly switches: Pick<SwitchStore, "board" | "all">;
  readonly keyMarks: Pick<KeyMarkStore, "of">;
  readonly seasons: Pick<SeasonStore, "get">;
  readonly lineups: Pick<LineupStore, "read">;
  readonly applications: Pick<ApplicationStore, "ofBrand">;
  readonly catalogue: Catalogue;
  readonly cursors: Signer;
  readonly now: Now;
}

interface Wanted {
  readonly surface: string;
  readonly season?: string | undefined;
  readonly brand?: string | undefined;
  readonly at?: Instant | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Snapshots that are read to see how an answer about the past went on. */
const MOST_SNAPSHOTS = 10;

/** What was, is or will be served from, and until when that is known; null: as far as anybody can tell. */
interface Course {
  readonly moments: readonly [Moment, ...Moment[]];
  readonly until: Instant | null;
  /** The versions that answers about `at` come from. */
  readonly snapshot: number | null;
  readonly switches: number;
}

/**
 * Whether a brand, or each brand of a season, is live on a surface at any instant, and why not: the past from what was served
 * then, the present and the future from what is served now. @throws Refusal `not-found`, `no-longer-kept`, `cursor-invalid`.
 */
export const explainServing =
  (deps: Deps) =>
  async ({ user, query }: Call<unknown, Wanted>) => {
    const { season: named, limit, cursor } = query;
    const now = deps.now();
    const at = query.at ?? now;
    const surface = deps.catalogue.surface(query.surface);
    if (!surface) throw new Refusal("not-found");
    const brand = brandFor(user, query.brand);
    const scope = ["explain", user.tenant, user.role, surface.id, named ?? null, brand ?? null, query.at ?? null];
    const after = cursor === undefined ? "" : openCursor(deps.cursors, scope, cursor, now);

    const season = named === undefined ? undefined : publishedOn(await deps.seasons.get(named), surface.id);
    const course = at < now ? await past(deps, surface, at) : await present(deps, surface, season, at);
    const isIn = (each: ServedSeason) => reaches(user, { brand: brand ?? "", marketplace: each.marketplace, host: surface.host });
    const seasons = seasonsAt(course, season, at).filter(isIn);
    // As for anything else that is out of reach; a brand learns nothing by its own.
    if (seasons.length === 0 && (season || (isOfHost(user) && surface.host !== user.tenant))) throw new Refusal("not-found");

    const subjects = seasons.flatMap((each) => subjectsOf(each, brand)).sort(byPosition);
    const page = subjects.filter((subject) => positionOf(subject) > after).slice(0, limit);
    const last = page.at(-1);
    const isLast = last === subjects.at(-1);
    return {
      at,
      surface: surface.id,
      answers: await Promise.all(page.map((subject) => explained(deps, user, course, subject, at))),
      next: isLast || !last ? null : mintCursor(deps.cursors, scope, positionOf(last), now),
    };
  };

/** A brand asks about itself alone. @throws Refusal `not-found`. */
function brandFor({ role, tenant }: User, brand: string | undefined): string | undefined {
  if (role !== "brand") return brand;
  if (brand !== undefined && brand !== tenant) throw new Refusal("not-found");
  return tenant;
}

const isOfHost = ({ role }: User) => role === "reviewer" || role === "operator";

/** A season that nothing is served of any more, or not yet, is shown as it would be served. Keys taken away by `at` are held back. */
async function present(deps: Deps, surface: Surface, season: Season | undefined, at: Instant): Promise<Course> {
  const [board, marks] = await Promise.all([deps.switches.board(), deps.keyMarks.of(surface.id)]);
  const pointer = await deps.snapshots.pointer(surface.id);
  const found = pointer && (await deps.snapshots.recall(surface.id, pointer));
  const published = found ?? snapshotOf(surface, [], deps.catalogue.marketplace);
  const snapshot = withholding(published, withheldBy(published, marks, at));
  const isThere = snapshot.seasons.some(({ id }) => id === season?.id);
  const more = season && !isThere ? [serve(season, await deps.lineups.read(surface.id, season.id))] : [];
  const shown = snapshotOf(surface, [...snapshot.seasons, ...more], deps.catalogue.marketplace);
  return {
    moments: [{ from: Number.NEGATIVE_INFINITY, serving: { snapshot: shown, switches: board.live } }],
    until: null,
    snapshot: pointer?.since ?? null,
    switches: board.version,
  };
}

/** @throws Refusal `no-longer-kept`. */
async function past({ snapshots, switches }: Deps, surface: Surface, at: Instant): Promise<Course> {
  const all = await switches.all();
  const contents = await snapshots.from(surface.id, at, MOST_SNAPSHOTS + 1);
  const read = await Promise.all(contents.slice(0, MOST_SNAPSHOTS).map((content) => snapshots.recall(surface.id, content)));
  const gone = read.indexOf(undefined);
  const kept = read.slice(0, gone < 0 ? read.length : gone) as Snapshot[];
  const until = contents[kept.length]?.sinceAt ?? null;
  const turns = all.flatMap(({ thrown, lifted }) => [thrown.at, ...(lifted ? [lifted.at] : [])]);
  const starts = contents.slice(0, kept.length).map(({ sinceAt }) => sinceAt);
  const instants = [...new Set([...starts, ...turns.filter((turn) => turn > at && (until === null || turn < until))])];
  const moments = instants
    .sort((one, other) => one - other)
    .flatMap((from): Moment[] => {
      const snapshot = kept[starts.findLastIndex((start) => start <= from)];
      return snapshot ? [{ from, serving: { snapshot, switches: thrownAt(all, Math.max(from, at)) } }] : [];
    });
  const [first, ...rest] = moments;
  if (!first) throw new Refusal("no-longer-kept");
  return { moments: [first, ...rest], until, snapshot: contents[0]?.since ?? null, switches: boardVersionAt(all, at) };
}

/** The seasons asked about; one that was not served of then is shown with nobody in it. */
function seasonsAt({ moments }: Course, season: Season | undefined, at: Instant): readonly ServedSeason[] {
  const { seasons } = momentAt(moments, at).serving.snapshot;
  return season ? [seasons.find(({ id }) => id === season.id) ?? unserved(season)] : seasons;
}

const unserved = (season: Season): ServedSeason => ({
  ...serve(season, { attestations: [], grants: [], campaigns: [], cards: [] }),
  status: "draft",
});

const subjectsOf = (season: ServedSeason, brand: string | undefined): Subject[] =>
  (brand === undefined ? season.brands.map((each) => each.brand) : [brand]).map((each) => ({ season, brand: each }));

const positionOf = ({ season, brand }: Subject): string => `${season.id} ${brand}`;
const byPosition = (one: Subject, other: Subject): number => (positionOf(one) < positionOf(other) ? -1 : 1);

async function explained(deps: Deps, user: User, { moments, until, snapshot, switches }: Course, subject: Subject, at: Instant) {
  const { live, phase, reasons, cards, changesAt } = explain(moments, subject, at);
  const { season, brand } = subject;
  const isKnown = changesAt !== null && (until === null || changesAt < until);
  return {
    season: season.id,
    brand,
    live,
    phase,
    reasons: reasons.map((reason) => ({ code: NO_AD[reason], reason, ...REASON_WORDS[reason] })),
    cards: cards.map(({ card, campaign, reason }) => ({
      card,
      campaign,
      served: live && reason === null,
      reason,
      says: reason && CARD_WORDS[reason],
    })),
    changesAt: isKnown ? changesAt : null,
    knownUntil: until,
    versions: { snapshot, season: season.version, switches },
    application: season.brands.some((each) => each.brand === brand) ? null : await applicationOf(deps, user, subject),
  };
}

/** Where a brand without a grant stands; a draft is its brand's own. */
async function applicationOf({ applications }: Deps, { role }: User, { season, brand }: Subject) {
  const found = (await applications.ofBrand(brand)).filter(
    (each) => each.season === season.id && (role === "brand" || each.revision !== 0),
  );
  const latest = found.at(-1);
  return latest ? { id: latest.id, state: latest.state } : null;
}
