import { Refusal } from "../domain/refusal.ts";
import { haltBy, type RingTurn, resumed, ringTurned, type Signal } from "../domain/ring.ts";
import { type Season, wasPublished } from "../domain/season.ts";
import { againWhenOvertaken } from "./overtaken.ts";
import type { Call } from "./ports/call.ts";
import type { SeasonStore } from "./ports/seasons.ts";
import type { NewId, Now } from "./ports/world.ts";
import { committingStep, ownSeason } from "./season-change.ts";

interface Deps {
  readonly seasons: SeasonStore;
  readonly now: Now;
  readonly newId: NewId;
}

type One = { season: string };

/** A ring that should halt does so beside what people change: this often, then the host is told to try again. */
const TRIES = 5;

/**
 * The host's feed tells what it measured; above a limit the ring halts by itself, in the transaction that records it. A signal
 * that asks for nothing, or for what has been done, changes nothing; the answer is how the ring then stands. @throws Refusal `not-found`, `bad-signal`, `changed-meanwhile`.
 */
export const takeSignal = (deps: Deps) => (call: Call<One, unknown, Signal>) => againWhenOvertaken(TRIES, () => judge(deps, call));

async function judge(deps: Deps, call: Call<One, unknown, Signal>): Promise<{ halted: boolean; why: string | null }> {
  const { body: signal } = call;
  const at = deps.now();
  const before = await ownSeason(deps.seasons, call);
  if (!wasPublished(before)) throw new Refusal("not-found");
  if (signal.until <= signal.from || signal.until > at) throw new Refusal("bad-signal");
  const turn = haltBy(before, signal, at);
  if (!turn) return standOf(before, signal.brand);
  const after = turned(before, turn);
  const reply = standOf(after, signal.brand);
  await deps.seasons.save(
    after,
    committingStep(deps, call, { verb: "halt-ring", before, after, at, why: said(turn.brand, turn.why) }, reply),
  );
  return reply;
}

/** An operator lets a halted ring go on, with a reason. @throws Refusal `not-found`, `wrong-state`, `season-version-outdated`. */
export const resumeSeasonRing =
  (deps: Deps) =>
  async (call: Call<One, unknown, { readonly version: number; readonly brand: string | null; readonly reason: string }>) => {
    const { brand, version, reason } = call.body;
    const at = deps.now();
    const before = await ownSeason(deps.seasons, call);
    if (before.version !== version) throw new Refusal("season-version-outdated");
    const after = turned(before, resumed(before, brand, at, reason));
    await deps.seasons.save(after, committingStep(deps, call, { verb: "resume-ring", before, after, at, why: said(brand, reason) }));
    return after;
  };

function standOf({ ringTurns }: Season, brand: string | null): { halted: boolean; why: string | null } {
  const halt = ringTurns.find((turn) => turn.brand === brand && turn.state === "halted");
  return { halted: halt !== undefined, why: halt?.why ?? null };
}

const turned = (season: Season, turn: RingTurn): Season => ({
  ...season,
  ringTurns: ringTurned(season.ringTurns, turn),
  version: season.version + 1,
});

const said = (brand: string | null, why: string) => `${brand ?? "the season"}: ${why}`;
