import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { day, id, list, slug } from "./primitives.ts";

const counted = z.int().min(0).max(1_000_000_000_000);
const theirs = z.strictObject({ brand: id("brd"), day, impressions: counted, clicks: counted });
const offset = z
  .string()
  .regex(/^[+-](?:0[0-9]|1[0-4]):(?:00|15|30|45)$/, "An offset from UTC, like +08:00.")
  .meta({ description: "At which the sender's days begin, where they are not the season's." });

const comparison = z.object({
  ours: z.int(),
  theirs: z.int(),
  difference: z.int(),
  explained: z.array(z.object({ by: z.string(), count: z.int() })).readonly(),
  unexplained: z.int(),
  within: z.boolean(),
});
const compared = { impressions: comparison, clicks: comparison };

export const reconciliations = {
  compare: {
    method: "POST",
    path: "/v1/reconciliations",
    action: "reconciliation:compare",
    summary: [
      "Either side sends what it counted by brand and day, and is told ours, the difference (theirs - ours) and what can explain it: difference = the sum of `explained` + `unexplained`, always.",
      "`day-boundary` is how many more of our own lie in the sender's day, at `offset`, than in the season's. Who has more may have counted what we hold `late` or `invalid:<reason>`; who has fewer impressions may leave out those of less than a second (`sub-second`), or what was given back (`credited`). Each is named up to what we counted of it.",
      "`within`: what is left is at most `toleranceBasisPoints` ten-thousandths of the larger count. `unsent` is what we counted on those days of brands that were not sent. Nothing is kept.",
    ].join(" "),
    body: z.strictObject({
      season: slug,
      surface: slug,
      offset: offset.optional(),
      toleranceBasisPoints: z.int().min(0).max(10_000).default(0),
      rows: list(theirs, 500, 1).refine(
        (rows) => new Set(rows.map(({ brand, day }) => `${brand} ${day}`)).size === rows.length,
        "Name each brand and day once.",
      ),
    }),
    status: 200,
    reply: z.object({
      season: z.string(),
      surface: z.string(),
      zone: z.string(),
      offset: z.string().nullable(),
      toleranceBasisPoints: z.int(),
      rows: z.array(z.object({ brand: z.string(), day: z.string(), ...compared })).readonly(),
      total: z.object(compared),
      unsent: z.object({ brandDays: z.int(), impressions: z.int(), clicks: z.int() }),
    }),
    refusals: ["not-found", "report-too-long"],
  },
} as const satisfies Record<string, Endpoint>;
