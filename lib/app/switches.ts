import type { Concern } from "../domain/audit.ts";
import type { User } from "../domain/authorisation.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { Card } from "../domain/card.ts";
import { mintCursor, openCursor } from "../domain/cursor.ts";
import type { Signer } from "../domain/event-token.ts";
import {
  type Aim,
  aimAt,
  type Board,
  INSTALLATION,
  type KillSwitch,
  liftSwitch,
  mayKnow,
  mayLift,
  type Place,
  type Switching,
  type SwitchLevel,
  throwSwitch,
} from "../domain/kill-switch.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Act } from "../domain/review.ts";
import type { Season } from "../domain/season.ts";
import { committing } from "./commitment.ts";
import { againWhenOvertaken } from "./overtaken.ts";
import type { Call } from "./ports/call.ts";
import type { CampaignStore } from "./ports/campaigns.ts";
import type { CardStore } from "./ports/cards.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { SwitchStore } from "./ports/switches.ts";
import type { Catalogue, NewId, Now } from "./ports/world.ts";
import { within } from "./reach.ts";

interface Deps {
  readonly switches: SwitchStore;
  readonly seasons: Pick<SeasonStore, "get">;
  readonly campaigns: Pick<CampaignStore, "get">;
  readonly cards: Pick<CardStore, "get">;
  readonly catalogue: Catalogue;
  readonly cursors: Signer;
  readonly now: Now;
  readonly newId: NewId;
}

/** What an operator wants stopped; which parts there are follows from the level. */
type Target = { readonly [Part in keyof Place]?: Place[Part] | undefined } & { readonly level: SwitchLevel; readonly reason: string };

/** Tries against others who turn switches at the same moment: all share the board. */
const TRIES = 8;

/**
 * An operator stops what the target names, at once and until it is lifted: of its own host, or as an operator of the
 * installation any host, or all. @throws Refusal `not-found`, `forbidden`, `too-many-switches`.
 */
export const throwKillSwitch = (deps: Deps) => async (call: Call<unknown, unknown, Target>) => {
  const { body, user } = call;
  const live = { id: deps.newId("swt"), owner: user.tenant, level: body.level, aim: await aimOf(deps, user, body) };
  return turned(deps, call, "throw", async (board, act) => throwSwitch(board, live, act));
};

/** The switch is lifted, by its owner or an operator of the installation. @throws Refusal `not-found`, `wrong-state`. */
export const liftKillSwitch = (deps: Deps) => async (call: Call<{ switch: string }, unknown, { readonly reason: string }>) =>
  turned(deps, call, "lift", async (board, act) => {
    const thrown = await deps.switches.get(call.params.switch);
    if (!thrown || !mayLift(call.user, thrown)) throw new Refusal("not-found");
    return liftSwitch(board, thrown, act);
  });

/** The switches that stop the caller's host and are thrown, and a page of those that were lifted. @throws Refusal `cursor-invalid`. */
export const listSwitches =
  ({ switches, cursors, now }: Pick<Deps, "switches" | "cursors" | "now">) =>
  async ({ user, query: { limit, cursor } }: Call<unknown, { readonly limit: number; readonly cursor?: string | undefined }>) => {
    const at = now();
    const scope = ["switches", user.tenant, user.role];
    const after = cursor === undefined ? null : openCursor(cursors, scope, cursor, at);
    const board = await switches.board();
    const [thrown, page] = await Promise.all([
      Promise.all(board.live.filter((each) => mayKnow(user, each)).map(({ id }) => switches.get(id))),
      switches.lifted({ limit, after }),
    ]);
    return {
      board: board.version,
      // One that was lifted since the board was read is among the others.
      thrown: thrown.flatMap((each) => (each?.lifted === null ? [each] : [])),
      lifted: page.switches.filter((each) => mayKnow(user, each)),
      next: page.next === null ? null : mintCursor(cursors, scope, page.next, at),
    };
  };

/** Turns a switch on the board as it is, again when others were faster. */
async function turned(
  deps: Deps,
  call: Call<unknown, unknown, { readonly reason: string }>,
  verb: "throw" | "lift",
  turn: (board: Board, act: Act & { readonly why: string }) => Promise<Switching>,
): Promise<KillSwitch> {
  const act = { by: call.user.sub, at: deps.now(), why: call.body.reason };
  return againWhenOvertaken(TRIES, async () => {
    const { board, changed } = await turn(await deps.switches.board(), act);
    const change = {
      at: act.at,
      action: `switch:${verb}`,
      subject: `switch/${changed.id}`,
      concern: concernOf(changed.aim),
      version: changed.version,
      before: verb === "throw" ? null : "thrown",
      after: verb === "throw" ? "thrown" : "lifted",
      why: act.why,
    };
    await deps.switches.save({ board, changed }, committing(deps, call, change, changed));
    return changed;
  });
}

/** A switch that stops every host concerns the installation. */
const concernOf = ({ host, brand, season, surface }: Aim): Concern => ({
  host: host ?? INSTALLATION,
  marketplace: null,
  brand,
  season,
  surfaces: surface === null ? [] : [surface],
});

async function aimOf(deps: Deps, user: User, target: Target): Promise<Aim> {
  const { level, surface = null, season = null, phase = null, brand = null, campaign = null, card = null, linkKind = null } = target;
  const isInstallations = user.tenant === INSTALLATION;
  if (level === "all" ? !isInstallations : level !== "host" && isInstallations) throw new Refusal("forbidden");
  if (level === "all") return aimAt({});
  const host = isInstallations ? (target.host ?? "") : user.tenant;
  if ((target.host ?? host) !== host || !deps.catalogue.surfaces.some((each) => each.host === host)) throw new Refusal("not-found");
  if (campaign !== null) return placeOf(within(user, await deps.campaigns.get(campaign)), { campaign });
  if (card !== null) {
    const found = within(user, await deps.cards.get(card));
    return placeOf(found, { campaign: found.campaign, card });
  }
  if (surface !== null && deps.catalogue.surface(surface)?.host !== host) throw new Refusal("not-found");
  if (season !== null) refuseUnknown(await deps.seasons.get(season), { host, surface, phase });
  return aimAt({ host, surface, season, phase, brand, linkKind });
}

/** What is mistyped at midnight must not pass for thrown. @throws Refusal `not-found`. */
function refuseUnknown(season: Season | undefined, { host, surface, phase }: Pick<Aim, "host" | "surface" | "phase">): void {
  const isThere =
    season?.host === host &&
    (surface === null || season.admissions.some((admission) => admission.surface === surface)) &&
    (phase === null || season.phases.some(({ id }) => id === phase));
  if (!isThere) throw new Refusal("not-found");
}

const placeOf = ({ host, surface, season, brand }: Campaign | Card, narrower: Partial<Aim>): Aim =>
  aimAt({ host, surface, season, brand, ...narrower });
