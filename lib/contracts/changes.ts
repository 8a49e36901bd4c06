import * as z from "zod";
import { ROLES } from "../domain/authorisation.ts";
import type { Endpoint } from "./endpoint.ts";
import { instant, slug } from "./primitives.ts";

/** Digits of the largest sequence a feed's keys hold. */
const LARGEST = 999_999_999;
/** Changes in one answer, at most. */
const MOST = 100;

const SEQUENCE: { type: "string"; pattern: string; examples: string[] } = {
  type: "string",
  pattern: "^(?:0|[1-9][0-9]{0,8})$",
  examples: ["42"],
};

/** A place in a feed: the sequence of the last change seen, `0` before the first. Decimal digits on the wire. */
export const place = z
  .codec(
    z.string().regex(/^(?:0|[1-9][0-9]{0,8})$/, "The `next` of an earlier answer, or a change's sequence."),
    z.int().min(0).max(LARGEST),
    {
      decode: Number,
      encode: String,
    },
  )
  .meta({ override: SEQUENCE });

const limit = z
  .codec(z.string().regex(/^[1-9][0-9]{0,2}$/), z.int().min(1).max(MOST), { decode: Number, encode: String })
  .meta({ override: { type: "string", pattern: "^[1-9][0-9]{0,2}$", examples: ["100"] } });

const by = z.enum([...ROLES, "clock"]);

const concern = z
  .object({
    host: z.string().nullable(),
    marketplace: z.string().nullable(),
    brand: z.string().nullable(),
    season: z.string().nullable(),
    surfaces: z.array(z.string()).readonly(),
  })
  .readonly();

const effect = z
  .object({
    action: z.string(),
    subject: z.string(),
    version: z.int(),
    before: z.string().nullable(),
    after: z.string(),
    surfaces: z.array(z.string()).readonly(),
  })
  .readonly();

/** An audit event as it lies in the outbox. One that was written before events said whom they concern is announced to nobody. */
export const auditEvent = z.object({
  id: z.string(),
  at: instant,
  actor: z.object({ sub: z.string(), role: by, tenant: z.string() }).readonly(),
  action: z.string(),
  subject: z.string(),
  concern: concern.default({ host: null, marketplace: null, brand: null, season: null, surfaces: [] }),
  effects: z.array(effect).readonly().default([]),
  version: z.int(),
  before: z.string().nullable(),
  after: z.string(),
  why: z.string().nullable(),
  requestId: z.string(),
});

const said = {
  id: z.string(),
  type: z.string(),
  at: instant,
  subject: z.string(),
  version: z.int(),
  ...concern.unwrap().shape,
  by,
  before: z.string().nullable(),
  after: z.string(),
  why: z.string().nullable(),
};

/** A change in its place in a feed. */
export const change = z.object({ sequence: z.int(), ...said }).meta({ id: "Change" });

export const changes = {
  list: {
    method: "GET",
    path: "/v1/whitelist/changes",
    action: "change:read",
    summary:
      "What has changed since a place in your feed, oldest first, each change once and in an order that stays. Ask again from `next`; an empty answer means that this is all so far.",
    query: z.strictObject({ since: place.optional(), limit: limit.optional(), host: slug.optional() }),
    status: 200,
    reply: z.object({ changes: z.array(change).readonly(), next: place }),
    refusals: ["host-not-named", "not-found"],
  },
} as const satisfies Record<string, Endpoint>;
