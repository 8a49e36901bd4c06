import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as z from "zod";
import { calendar, type Fact } from "../../lib/contracts/catalogue.ts";

const RESOURCES = resolve(import.meta.dirname, "../../resources");

/** A file under resources/, as JSON. */
export const readResource = async (path: string): Promise<unknown> => JSON.parse(await readFile(join(RESOURCES, path), "utf8"));

const plans = z.object({
  seasons: z.array(
    z.object({
      calendar: z.string(),
      phases: z.array(z.string()),
      afterGap: z.array(z.string()),
      chosen: z.record(z.string(), z.string()),
      instants: z.record(z.string(), z.string()),
      publish: z.boolean(),
    }),
  ),
  propagationMs: z.number(),
  reworkMs: z.number(),
  admission: z.unknown(),
});

/** A season of the sample as `POST /v1/seasons` takes it, and whether the sample publishes it. */
export interface SeasonPlanned {
  readonly body: { readonly id: string };
  readonly publish: boolean;
}

/** The sample's seasons, each planned from its calendar. */
export async function seasonPlans(): Promise<readonly SeasonPlanned[]> {
  const { seasons, admission, propagationMs, reworkMs } = plans.parse(await readResource("sample/seasons.json"));
  return Promise.all(
    seasons.map(async ({ calendar: id, phases, afterGap, chosen, instants, publish }) => {
      const facts = calendar.parse(await readResource(`calendars/${id}.json`));
      const body = {
        id,
        marketplace: facts.marketplace,
        zone: facts.zone,
        names: facts.names,
        phases: facts.phases
          .filter((phase) => phases.includes(phase.id))
          .map(({ opensAt, closesAt, ...phase }) => ({
            ...phase,
            opensAt: known(opensAt, chosen[`${phase.id}.opensAt`]),
            closesAt: known(closesAt, chosen[`${phase.id}.closesAt`]),
            ...(afterGap.includes(phase.id) ? { afterGap: true } : {}),
          })),
        instants,
        propagationMs,
        reworkMs,
        admissions: [admission],
      };
      return { body, publish };
    }),
  );
}

/** What the calendar knows stands; only what it does not may be chosen. */
const known = (fact: Fact, chosen: string | undefined): string | undefined => ("at" in fact ? new Date(fact.at).toISOString() : chosen);
