import { readFile } from "node:fs/promises";
import { seasons } from "../../lib/contracts/seasons.ts";
import { fromOutside } from "../../lib/contracts/wire.ts";
import { shippedCatalogue } from "../../lib/deps/catalogue.ts";
import type { Reason } from "../../lib/domain/refusal.ts";
import type { Instants, Phase, SeasonPlan } from "../../lib/domain/season.ts";
import { ruleFaults } from "../../lib/domain/season-rules.ts";
import { instantsOf, timelineFaults } from "../../lib/domain/timeline.ts";
import { people } from "../local/people.ts";
import { seasonPlans } from "../local/season-plans.ts";
import { SetupError } from "../local/setup-error.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** How long before applications close a rehearsal begins. */
const APPLYING_MS = 10 * DAY_MS;

/** A season as it is to be rehearsed. All that is expected of it is read here, from the file, and never asked of what is rehearsed. */
export interface Timetable {
  readonly id: string;
  readonly marketplace: string;
  readonly zone: string;
  readonly names: { readonly zh: string; readonly en: string };
  readonly phases: readonly [Phase, ...Phase[]];
  readonly instants: Instants;
  readonly admissions: SeasonPlan["admissions"];
  readonly rings: SeasonPlan["rings"];
  /** When the season is planned and published, and when the rehearsal is over. */
  readonly startsAt: number;
  readonly endsAt: number;
  /** The body of `POST /v1/seasons`, as the file has it. */
  readonly body: unknown;
}

/** The season to rehearse: one of the sample's, by id, or whatever a file holds. @throws SetupError naming every fault. */
export async function timetableOf({ season, file }: { readonly season: string; readonly file: string | undefined }): Promise<Timetable> {
  return file === undefined ? timetable(season, await bodyOfSample(season)) : timetable(file, await bodyIn(file));
}

async function bodyOfSample(id: string): Promise<unknown> {
  const plans = await seasonPlans();
  const plan = plans.find(({ body }) => body.id === id);
  if (plan) return plan.body;
  throw new SetupError(
    `There is no season "${id}" in the sample: there are ${plans.map(({ body }) => body.id).join(" and ")}, and --file takes your own.`,
  );
}

async function bodyIn(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new SetupError(`${file} cannot be read (${error.code}).`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SetupError(`${file} is not JSON: ${(error as Error).message}.`);
  }
}

/** @throws SetupError naming every fault of the body. */
function timetable(name: string, body: unknown): Timetable {
  const found = fromOutside(seasons.plan.body, body);
  if ("faults" in found) throw new SetupError(faultsOf(name, "is no season", found.faults));
  const plan = found.value as Omit<SeasonPlan, "host">;
  const faults = [...timelineFaults(plan), ...ruleFaults(plan), ...placeFaults(plan)];
  if (faults.length > 0) throw new SetupError(faultsOf(name, "is no timeline", faults));
  const instants = instantsOf(plan);
  const { id, marketplace, zone, names, phases, admissions, rings } = plan;
  const startsAt = instants.applicationsClose - APPLYING_MS;
  return { id, marketplace, zone, names, phases, instants, admissions, rings, startsAt, endsAt: instants.reportFinal + HOUR_MS, body };
}

/** What the catalogue would refuse, told with all the rest. */
function placeFaults({ marketplace, admissions }: Omit<SeasonPlan, "host">): Reason[] {
  const catalogue = shippedCatalogue();
  const isOurs = (surface: string) => catalogue.surface(surface)?.host === people.operator.tenant;
  return [
    ...(catalogue.marketplace(marketplace)
      ? []
      : [{ code: "marketplace-unknown", field: "/marketplace", detail: "resources/marketplaces has no such marketplace." }]),
    ...admissions.flatMap(({ surface }, index) =>
      isOurs(surface)
        ? []
        : [
            {
              code: "surface-unknown",
              field: `/admissions/${index}/surface`,
              detail: `resources/surfaces has no such surface of ${people.operator.tenant}.`,
            },
          ],
    ),
  ];
}

const faultsOf = (name: string, what: string, faults: readonly Reason[]) =>
  [`${name} ${what}:`, ...faults.map(({ code, field, detail }) => `  ${field || "/"}  ${code}: ${detail}`)].join("\n");
