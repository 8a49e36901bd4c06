import * as z from "zod";
import { LONGEST_SESSION } from "../domain/separation.ts";
import type { Surface } from "../domain/surface.ts";
import { host } from "./hosts.ts";
import { marketplace } from "./marketplaces.ts";
import { instant, names, slug } from "./primitives.ts";
import { source } from "./source.ts";

const textLimit = z.strictObject({ min: z.number().min(0), max: z.number().min(0) }).readonly();

const imageLimit = z
  .strictObject({
    role: slug,
    count: z.int().min(1),
    width: z.int().min(1),
    height: z.int().min(1),
    maxBytes: z.int().min(1),
    types: z
      .array(z.enum(["image/png", "image/jpeg"]))
      .min(1)
      .readonly(),
  })
  .readonly();

const template = z
  .strictObject({ id: slug, names, text: z.record(z.string(), textLimit).readonly(), images: z.array(imageLimit).readonly(), source })
  .transform(({ source: _source, ...rest }) => rest);

const forbiddenText = z
  .strictObject({ code: slug, pattern: z.string(), why: z.string(), source })
  .transform(({ code, pattern, why }) => ({ code, pattern: new RegExp(pattern, "iu"), why }));

/** A surface's data file: `resources/surfaces/<id>.json`. */
export const surface = z
  .strictObject({
    id: slug,
    host: slug,
    hostCapsFrequency: z.boolean().default(false),
    names,
    label: names,
    separation: z.strictObject({ brand: z.int().min(0).max(LONGEST_SESSION), category: z.int().min(0).max(LONGEST_SESSION) }).readonly(),
    unit: z.literal("wide characters"),
    cardLifetimeSeconds: z.int().min(1),
    impressionTokenSeconds: z.int().min(1),
    templates: z.array(template).min(1).readonly(),
    forbiddenText: z.array(forbiddenText).readonly(),
    callsToAction: z.array(z.string()).min(1).readonly(),
    monitoringHosts: z.array(z.hostname()).readonly().default([]),
    sources: z.record(z.string(), z.union([source, z.array(source)])),
  })
  .transform(
    ({ unit: _unit, sources: _sources, cardLifetimeSeconds, ...rest }): Surface => ({ ...rest, clickTokenSeconds: cardLifetimeSeconds }),
  );

const parts = z.strictObject({ surfaces: z.array(surface), hosts: z.array(host), marketplaces: z.array(marketplace) });

/** All the data there is, each part with what it names of the others; that is asked once each is sound by itself. */
export const catalogue = parts.pipe(
  z.custom<z.output<typeof parts>>().superRefine(({ surfaces, hosts, marketplaces }, context) => {
    const fault = (message: string) => context.addIssue({ code: "custom", message });
    for (const things of [surfaces, hosts, marketplaces])
      if (new Set(things.map(({ id }) => id)).size !== things.length) fault("An id stands for one thing.");
    for (const { id, host } of surfaces)
      if (!hosts.some((each) => each.id === host)) fault(`Surface ${id} is of host ${host}, which is not known.`);
    for (const { id, doors, permits } of hosts) {
      for (const { marketplace, app } of permits)
        if (!marketplaces.find((each) => each.id === marketplace)?.apps.includes(app))
          fault(`Host ${id} permits ${marketplace}/${app}, which is no app.`);
      for (const name of doors.flatMap(({ surfaces }) => surfaces ?? []))
        if (!surfaces.some((each) => each.id === name && each.host === id)) fault(`Host ${id} has no surface ${name}.`);
    }
  }),
);

/** An instant with its source, or what is not known about it. `precision: "day"` means that 00:00 stands for an unknown hour. */
const fact = z.union([
  z.strictObject({ at: instant, precision: z.literal("day").optional(), source }),
  z.strictObject({ unknown: z.string().min(1) }),
]);
export type Fact = z.output<typeof fact>;

/** What is known of a festival: `resources/calendars/<id>.json`. A season is planned from it. */
export const calendar = z.strictObject({
  id: slug,
  marketplace: slug,
  zone: z.string(),
  names,
  applicationsOpen: fact,
  applicationsClose: fact,
  phases: z.array(z.strictObject({ id: slug, names, opensAt: fact, closesAt: fact })).min(1),
});
