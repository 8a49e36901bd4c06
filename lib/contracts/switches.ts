import * as z from "zod";
import { SWITCH_LEVELS } from "../domain/kill-switch.ts";
import type { Endpoint } from "./endpoint.ts";
import { id, instant, limit, list, slug, text } from "./primitives.ts";

const part = z.string().nullable();
const linkKind = z.enum(["app", "web"]);

const aim = z
  .object({
    host: part,
    surface: part,
    season: part,
    phase: part,
    brand: part,
    campaign: part,
    card: part,
    linkKind: linkKind.nullable(),
  })
  .readonly();

const live = { id: z.string(), owner: z.string(), level: z.enum(SWITCH_LEVELS), aim };

/** As it is stored: what every instance reads every two seconds. */
export const board = z.object({ version: z.int(), live: list(z.object(live), 10_000) });

const turned = z.object({ by: z.string(), at: instant, why: z.string(), in: z.int() }).readonly();

export const killSwitch = z
  .object({ ...live, thrown: turned, lifted: turned.nullable(), version: z.int() })
  .meta({ id: "KillSwitch", description: "What it stops has every part of `aim` that is not null. `in`: the version of the board." });

/** In words that the parties it concerns may read. */
const reason = text(500);
/** A switch of a narrow level may be held to a surface, to a season, or to both. */
const within = { surface: slug.optional(), season: slug.optional() };

const target = z.discriminatedUnion("level", [
  z.strictObject({ level: z.literal("all"), reason }),
  z.strictObject({ level: z.literal("host"), host: slug.optional(), reason }),
  z.strictObject({ level: z.literal("surface"), surface: slug, reason }),
  z.strictObject({ level: z.literal("season"), season: slug, surface: slug.optional(), reason }),
  z.strictObject({ level: z.literal("phase"), season: slug, phase: slug, surface: slug.optional(), reason }),
  z.strictObject({ level: z.literal("brand"), brand: id("brd"), ...within, reason }),
  z.strictObject({ level: z.literal("campaign"), campaign: id("cmp"), reason }),
  z.strictObject({ level: z.literal("card"), card: id("crd"), reason }),
  z.strictObject({ level: z.literal("link-kind"), linkKind, ...within, reason }),
]);

export const switches = {
  throw: {
    method: "POST",
    path: "/v1/switches",
    action: "switch:turn",
    summary:
      "Throw a kill switch: within 5 s nothing it names is served by any instance, until it is lifted. To pause a season, throw one of level season. Level all, every host, is for operators of the installation (tenant *).",
    body: target,
    status: 201,
    reply: killSwitch,
    refusals: ["not-found", "forbidden", "too-many-switches", "changed-meanwhile"],
    keyed: true,
  },
  list: {
    method: "GET",
    path: "/v1/switches",
    action: "switch:read",
    summary:
      "The switches that are thrown, all of them, and a page of those that were lifted, in order of their making. `next` is null on the last page; a page may be short, or empty, and not the last.",
    query: z.strictObject({ limit, cursor: z.string().optional() }),
    status: 200,
    reply: z.object({
      board: z.int(),
      thrown: list(killSwitch, 10_000),
      lifted: list(killSwitch, 100),
      next: z.string().nullable(),
    }),
    refusals: ["cursor-invalid"],
  },
  lift: {
    method: "POST",
    path: "/v1/switches/{switch}/lifting",
    action: "switch:turn",
    summary: "Lift a switch: what it stopped is served again where nothing else is in the way. It stays on record.",
    params: z.strictObject({ switch: id("swt") }),
    body: z.strictObject({ reason }),
    status: 201,
    reply: killSwitch,
    refusals: ["not-found", "wrong-state", "changed-meanwhile"],
    keyed: true,
  },
} as const satisfies Record<string, Endpoint>;
