import * as z from "zod";
import { type Count, DIMENSIONS, each, GROUPS, MOST_LINES } from "../domain/delivery-report.ts";
import { NO_BID } from "../domain/openrtb/no-bid.ts";
import { UNKNOWN } from "../domain/tally.ts";
import { HOUR_MS } from "../domain/window.ts";
import type { Endpoint } from "./endpoint.ts";
import { instant, slug } from "./primitives.ts";

const isWhole = (at: number) => at % HOUR_MS === 0;
const fullHour = instant.refine(isWhole, "A whole hour of UTC.");

const EVERYTHING = "brand,campaign,card,phase";

/** Any of them, in the order in which rows are wanted; none for one row of all. */
const group = z
  .codec(z.string().max(100), z.array(z.enum(GROUPS)).readonly(), {
    decode: (text) => (text === "" ? [] : (text.split(",") as (typeof GROUPS)[number][])),
    encode: (groups) => groups.join(","),
  })
  .refine((groups) => new Set(groups).size === groups.length, "Name each once.")
  .meta({ override: { type: "string", examples: ["hour", "brand,outcome", ""], default: EVERYTHING } });

/** Inside as tallies write it, without its minutes. */
const hour = z
  .codec(z.iso.datetime(), z.string(), { decode: (text) => text.slice(0, "2026-06-01T12".length), encode: (at) => `${at}:00:00Z` })
  .meta({ override: { type: "string", format: "date-time" } });

const byKind = <T extends z.ZodType>(schema: T) => z.object(each(() => schema));
const count = z.int();
const byReason = z.record(z.string(), count);

/** Inside by reason; an array on the wire, with OpenRTB's numbers. */
const noAds = z
  .codec(z.array(z.object({ code: z.int(), reason: z.string(), count })), byReason, {
    decode: (listed) => Object.fromEntries(listed.map(({ reason, count: times }) => [reason, times])),
    encode: (counts) =>
      Object.entries(counts)
        .map(([reason, times]) => ({ code: NO_BID[reason as keyof typeof NO_BID] ?? 0, reason, count: times }))
        .sort((one, other) => one.code - other.code || (one.reason < other.reason ? -1 : 1)),
  })
  .meta({
    override: {
      type: "array",
      items: {
        type: "object",
        properties: { code: { type: "integer" }, reason: { type: "string" }, count: { type: "integer" } },
        required: ["code", "reason", "count"],
      },
    },
  });

/** Valid counts, and beside them all others. */
const counted = {
  ...each((): typeof count => count),
  late: byKind(count),
  invalid: byKind(byReason),
  gross: byKind(count),
};

/** Null where neither the host nor the page said. */
const said = z
  .codec(z.string().nullable(), z.string(), { decode: (told) => told ?? UNKNOWN, encode: (told) => (told === UNKNOWN ? null : told) })
  .meta({ override: { type: ["string", "null"] } });

const rate = z.number().nullable();

const delivered = {
  ...counted,
  rates: z.object({ click: rate, viewable: rate }),
  decisions: z.object({ decisions: count, cards: count, noAds }).nullable(),
  credited: z.object({ impressions: count, clicks: count }).nullable(),
  links: z
    .array(z.object({ link: said, os: said, count }))
    .readonly()
    .nullable(),
  landings: z
    .array(z.object({ link: said, os: said, hostVersion: said, outcomes: byReason, opened: rate }))
    .readonly()
    .nullable(),
};

const part = z.string().nullable();
const row = z.object({ phase: part, brand: part, campaign: part, card: part, hour: hour.nullable(), ...delivered });

const report = z.object({
  season: z.string(),
  surface: z.string(),
  from: instant.nullable(),
  to: instant.nullable(),
  group: z.array(z.enum(GROUPS)).readonly(),
  rows: z.array(row).readonly(),
  total: z.object(delivered),
  alerts: z
    .array(z.object({ link: said, os: said, told: count, opened: z.number(), openedBefore: z.number() }))
    .readonly()
    .nullable(),
});

type Row = z.input<typeof row>;
type Cell = (row: Row) => string;

const text = (value: string | number | null | undefined) => String(value ?? "");
const COUNT_NAMES = Object.keys(each(() => null)) as readonly Count[];
const capital = (name: string) => name.slice(0, 1).toUpperCase() + name.slice(1);

/** Columns that are there only when some row has such a count: `invalidClicks:no-impression`, `noAd:506`. */
function occurring(rows: readonly Row[]): [string, Cell][] {
  const invalid = COUNT_NAMES.flatMap((name) =>
    [...new Set(rows.flatMap((each) => Object.keys(each.invalid[name])))]
      .sort()
      .map((reason): [string, Cell] => [`invalid${capital(name)}:${reason}`, (each) => text(each.invalid[name][reason] ?? 0)]),
  );
  const reasons = [...new Set(rows.flatMap(({ decisions }) => decisions?.noAds.map(({ reason }) => reason) ?? []))].sort();
  const empty = reasons.map((reason): [string, Cell] => [
    `noAd:${reason}`,
    ({ decisions }) => text(decisions?.noAds.find((each) => each.reason === reason)?.count ?? 0),
  ]);
  return [...invalid, ...empty];
}

const COUNTED: readonly [string, Cell][] = [
  ...COUNT_NAMES.map((name): [string, Cell] => [name, (each) => text(each[name])]),
  ["clickRate", ({ rates }) => text(rates.click)],
  ["viewableRate", ({ rates }) => text(rates.viewable)],
  ...COUNT_NAMES.map((name): [string, Cell] => [`late${capital(name)}`, (each) => text(each.late[name])]),
  ...COUNT_NAMES.map((name): [string, Cell] => [`gross${capital(name)}`, (each) => text(each.gross[name])]),
  ["creditedImpressions", ({ credited }) => text(credited?.impressions)],
  ["creditedClicks", ({ credited }) => text(credited?.clicks)],
  ["decisions", ({ decisions }) => text(decisions?.decisions)],
  ["cards", ({ decisions }) => text(decisions?.cards)],
];

const OUTCOMES = ["opened-app", "fell-to-web", "lost"] as const;
const LANDED = ["link", "os", "hostVersion", "taps", ...OUTCOMES, "opened"] as const;

/** One line for each row; with the group `outcome` one for each link form, and for each way it landed, and nothing else. */
function csv({ season, surface, group: groups, rows }: z.input<typeof report>) {
  const parts = DIMENSIONS.filter((dimension) => groups.includes(dimension)).map((name): [string, Cell] => [
    name,
    (each) => text(each[name]),
  ]);
  const fileName = `delivery-${surface}-${season}.csv`;
  const cells = (columns: readonly [string, Cell][], each: Row) => columns.map(([, cell]) => cell(each));
  const heads = parts.map(([name]) => name);
  if (groups.includes("outcome"))
    return {
      fileName,
      rows: [
        [...heads, ...LANDED],
        ...rows.flatMap((each) => [
          ...(each.links ?? []).map(({ link, os, count: taps }) => [
            ...cells(parts, each),
            text(link),
            text(os),
            "",
            text(taps),
            "",
            "",
            "",
            "",
          ]),
          ...(each.landings ?? []).map(({ link, os, hostVersion, outcomes, opened }) => [
            ...cells(parts, each),
            ...[text(link), text(os), text(hostVersion), "", ...OUTCOMES.map((outcome) => text(outcomes[outcome] ?? 0)), text(opened)],
          ]),
        ]),
      ],
    };
  const columns = [...parts, ...COUNTED, ...occurring(rows)];
  return { fileName, rows: [columns.map(([name]) => name), ...rows.map((each) => cells(columns, each))] };
}

export const reports = {
  delivery: {
    method: "GET",
    path: "/v1/reports/delivery",
    action: "report:read",
    summary: [
      "What was counted in a season on a surface; a brand sees its own. Counts are of the hour of UTC in which something happened, and `from` and `to` (half-open) are whole hours.",
      "Of each kind `gross` = valid + `late` (told after the season closed) + the sum of the reasons in `invalid`. `rates` are of valid counts to valid impressions of the same row, null where there are none; a tap or a view is counted in its own hour, so that of an hour a rate may be above 1.",
      "`decisions` are at least so many (an instance that ends has not told its last seconds), known by surface and hour only, so they are in the total and where rows are told apart by hour or by nothing; a brand is not told them. `credited` is what the host gave back of days that begin in the time that is asked for; it is not known by phase or hour, and is not taken off the other counts.",
      "The group `outcome` adds where taps went (`links`, late ones too) and how they landed (`landings`, by link form, system and host version; `opened` is the share that opened the app); as CSV it gives those alone. `alerts`, with it, are links that in the last hour or two opened the app for less than 70 % of the share of the day before, where at least 100 taps told how they ended in either.",
      `More than ${MOST_LINES.toLocaleString("en")} lines are refused: group more coarsely, or ask for less time.`,
    ].join(" "),
    query: z
      .strictObject({
        season: slug,
        surface: slug,
        group: group.prefault(EVERYTHING),
        from: fullHour.optional(),
        to: fullHour.optional(),
        format: z.enum(["json", "csv"]).optional(),
      })
      .refine(({ from, to }) => from === undefined || to === undefined || from < to, { path: ["to"], message: "Later than `from`." }),
    status: 200,
    reply: report,
    refusals: ["not-found", "report-too-long"],
    csv,
  },
} as const satisfies Record<string, Endpoint>;
