import type { User } from "../../lib/domain/authorisation.ts";
import { people } from "../local/people.ts";
import type { Conversation } from "./conversation.ts";

interface Phase {
  readonly id: string;
  readonly opensAt: string;
  readonly closesAt: string;
}

/** A season as the API tells it, as far as the demo reads it. */
export interface Festival {
  readonly id: string;
  readonly status: string;
  readonly version: number;
  readonly phases: readonly [Phase, ...Phase[]];
  readonly instants: { readonly applicationsClose: string; readonly clickGraceEnds: string };
}

const operator: User = { role: "operator", ...people.operator };
const MODEL = "618-2024";

/**
 * The season to walk through: 618 of 2024, or where that has been walked through already, the same dates in the first year
 * that has none, planned and published here. Time does not go back, and neither does a season.
 */
export async function chooseFestival(conversation: Conversation, now: number): Promise<Festival> {
  conversation.step("Which season? 618 of 2024, if it has not been held on this stack yet.");
  const { body } = await conversation.ask({
    method: "GET",
    to: "/v1/seasons",
    as: operator,
    expect: 200,
    show: (all: { seasons: Festival[] }) => all.seasons.map(({ id, status, phases }) => `${id}: ${status}, opens ${phases[0].opensAt}`),
  });
  const seasons: readonly Festival[] = body.seasons;
  const model = seasons.find(({ id }) => id === MODEL);
  if (!model) throw new Error(`the sample has no ${MODEL}`);
  if (model.status === "scheduled" && now < Date.parse(model.instants.applicationsClose)) return model;
  return repeat(conversation, model, firstFreeYear(seasons, now));
}

function firstFreeYear(seasons: readonly Festival[], now: number): number {
  let year = 2025;
  while (seasons.some(({ id }) => id === `618-${year}`) || Date.UTC(year, 4, 1) <= now) year += 1;
  return year;
}

async function repeat(conversation: Conversation, model: Festival, year: number): Promise<Festival> {
  conversation.step(
    `It has been held. The operator copies it to ${year}, where every time on the clock is the same, and publishes the copy.`,
  );
  const { body: copy } = await conversation.ask({
    method: "POST",
    to: `/v1/seasons/${model.id}/copies`,
    as: operator,
    body: {
      id: `618-${year}`,
      names: { zh: `天猫618 ${year}`, en: `Tmall 618 ${year}` },
      opens: `${year}-05-20`,
    },
    expect: 201,
    show: ({ season: { id, status, version }, differences }: { season: Festival; differences: unknown[] }) => ({
      season: { id, status, version },
      differences: differences.slice(0, 4),
    }),
  });
  const { body: season } = await conversation.ask({
    method: "POST",
    to: `/v1/seasons/${copy.season.id}/publication`,
    as: operator,
    body: { version: copy.season.version },
    expect: 201,
    show: ({ id, status, version }: Festival) => ({ id, status, version }),
  });
  return season;
}
