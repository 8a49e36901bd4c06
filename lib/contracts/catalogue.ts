import * as z from "zod";
import type { Marketplace } from "../domain/destination.ts";
import { LONGEST_SESSION } from "../domain/separation.ts";
import type { Surface } from "../domain/surface.ts";
import { instant, names, slug } from "./primitives.ts";

/** Where a fact in our data comes from, and how far to trust it. */
const source = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).optional(),
    read: z.iso.date().optional(),
    standing: z.enum(["primary", "secondary", "recalled", "unverified"]),
    note: z.string().min(1),
  })
  .readonly();

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
    sources: z.record(z.string(), z.union([source, z.array(source)])),
  })
  .transform(
    ({ unit: _unit, sources: _sources, cardLifetimeSeconds, ...rest }): Surface => ({ ...rest, clickTokenSeconds: cardLifetimeSeconds }),
  );

const linkForm = z.strictObject({ url: z.string(), needsApp: slug.nullable().default(null), source });
/** In the file a link form stands under its name, in order of preference. */
const linkForms = z
  .record(slug, linkForm)
  .transform((forms) => Object.entries(forms).map(([id, { url, needsApp }]) => ({ id, url, needsApp })));

/** A marketplace's data file: `resources/marketplaces/<id>.json`. */
export const marketplace = z
  .strictObject({
    id: slug,
    names,
    portal: z.string(),
    storeTypes: z.array(slug).min(1),
    domain: z.strictObject({ name: z.hostname(), source }),
    apps: z.array(z.strictObject({ id: slug, names, androidPackage: z.string(), appStoreId: z.string(), source })),
    links: z.strictObject({ store: linkForms, item: linkForms }),
  })
  .transform(
    ({ id, names, storeTypes, domain, apps, links }): Marketplace => ({
      id,
      names,
      storeTypes,
      domain: domain.name,
      apps: apps.map((app) => app.id),
      appStoreIds: Object.fromEntries(apps.map((app) => [app.id, [app.androidPackage, app.appStoreId]])),
      links,
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
