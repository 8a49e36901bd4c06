import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { seasons as contracts, season as schema } from "../../../lib/contracts/seasons.ts";
import { fromOutside } from "../../../lib/contracts/wire.ts";
import type { Season, SeasonPlan } from "../../../lib/domain/season.ts";
import { draft, publish } from "../../../lib/domain/season-planning.ts";
import { restored, stored } from "../../../lib/store/commit.ts";

const FESTIVALS = ["618", "double-11"];
const YEARS = [2024, 2025, 2026, 2027, 2028, 2029, 2030];

interface Calendar {
  readonly zone: string;
  readonly marketplace: string;
  readonly phases: readonly {
    readonly id: string;
    readonly names: object;
    readonly opensAt: { readonly at: string };
    readonly closesAt: { readonly at: string };
  }[];
}

const calendarOf = (festival: string): Calendar =>
  JSON.parse(readFileSync(resolve(import.meta.dirname, `../../../resources/calendars/${festival}-2024.json`), "utf8"));

/**
 * Both festivals of every year as an operator would plan and publish them: taken in as requests are, with the text of the
 * calendars, in the other years with the same month, day and wall time; stored and read again.
 */
export function plannedSeasons(surface: string): readonly Season[] {
  const published: Season[] = [];
  for (const year of YEARS)
    for (const festival of FESTIVALS) {
      const planned = draft({ ...planOf(festival, year, surface), host: "wechat" }, "olga");
      const act = { by: "olga", at: 0, version: planned.version };
      published.push(restored(schema, stored(schema, publish(planned, act, published))));
    }
  return published;
}

function planOf(festival: string, year: number, surface: string): Omit<SeasonPlan, "host"> {
  const { zone, marketplace, phases } = calendarOf(festival);
  const id = `${festival}-${year}`;
  const inYear = (text: string) => text.replace(/^2024/, String(year));
  const found = fromOutside(contracts.plan.body, {
    id,
    marketplace,
    zone,
    names: { zh: id, en: id },
    phases: phases.map((phase, index) => ({
      id: phase.id,
      names: phase.names,
      opensAt: inYear(phase.opensAt.at),
      closesAt: inYear(phase.closesAt.at),
      ...(index > 0 && phases[index - 1]?.closesAt.at !== phase.opensAt.at ? { afterGap: true } : {}),
    })),
    admissions: [{ surface, storeTypes: ["flagship"], closedCategories: [], requiredDocuments: [] }],
  });
  if ("faults" in found) throw new Error(`${id}: ${JSON.stringify(found.faults)}`);
  return found.value as Omit<SeasonPlan, "host">;
}
