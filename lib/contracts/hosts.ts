import * as z from "zod";
import { MEANS } from "../domain/destination.ts";
import type { Host } from "../domain/host.ts";
import { isAtLeast } from "../domain/targeting.ts";
import { names, slug } from "./primitives.ts";
import { orderedName, source, systems } from "./source.ts";

const version = z.string().regex(/^[0-9]{1,5}(?:\.[0-9]{1,5}){0,3}$/, "Up to four numbers with dots between.");

const door = z
  .strictObject({
    by: z.array(z.enum(MEANS)).min(1).readonly(),
    surfaces: z.array(slug).min(1).readonly().nullable().default(null),
    os: systems,
    from: version.nullable().default(null),
    before: version.nullable().default(null),
    permission: slug.nullable().default(null),
    through: z.enum(["straight", "page"]).default("straight"),
    source,
  })
  .refine(({ from, before }) => from === null || before === null || !isAtLeast(from, before), "from has to be earlier than before.")
  .refine(({ by, through }) => through === "straight" || !by.includes("web"), "A page comes before an app; the web page needs none.");

/** An app that has the permission by word of the host. */
const given = z.strictObject({ marketplace: slug, app: slug, source });
/** An app that has it on the pages of one domain. `bound`: the days on which that was set up or changed. */
const binding = z.strictObject({
  marketplace: slug,
  app: slug,
  domain: z.hostname(),
  domainOwner: z.string().min(1),
  appOwner: z.string().min(1),
  bound: z.array(z.iso.date()).min(1),
  source,
});

const permission = z.union([
  z
    .strictObject({ given: z.array(given), source })
    .transform(({ given }) => ({ holders: given.map((each) => ({ ...each, domain: null })) })),
  z
    .strictObject({
      sameOwner: z.boolean(),
      changesPerMonth: z.int().min(1).nullable(),
      bindings: z.array(binding),
      source,
    })
    .superRefine((bound, context) => {
      for (const message of bindingFaults(bound)) context.addIssue({ code: "custom", message, path: ["bindings"] });
    })
    .transform(({ bindings }) => ({ holders: bindings })),
]);

/** One domain, one app; of one owner where the host asks for it; not changed more often than the host allows. */
function bindingFaults({
  sameOwner,
  changesPerMonth,
  bindings,
}: {
  readonly sameOwner: boolean;
  readonly changesPerMonth: number | null;
  readonly bindings: readonly z.output<typeof binding>[];
}): readonly string[] {
  const twice = (names: readonly string[]) => [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  const months = Object.entries(
    Object.groupBy(
      bindings.flatMap(({ bound }) => bound),
      (day) => day.slice(0, 7),
    ),
  );
  return [
    ...twice(bindings.map(({ domain }) => domain)).map((domain) => `${domain} is bound twice.`),
    ...twice(bindings.map(({ marketplace, app }) => `${marketplace}/${app}`)).map((app) => `${app} is bound twice.`),
    ...bindings
      .filter(({ domainOwner, appOwner }) => sameOwner && domainOwner !== appOwner)
      .map(({ domain }) => `${domain} and its app are of two legal entities.`),
    ...months
      .filter(([, days = []]) => changesPerMonth !== null && days.length > changesPerMonth)
      .map(([month, days = []]) => `${days.length} changes in ${month}.`),
  ];
}

/** A host's data file: `resources/hosts/<id>.json`. Doors and permissions stand under their names, doors in order. */
export const host = z
  .strictObject({ id: slug, names, permissions: z.record(slug, permission), doors: z.record(orderedName, door) })
  .refine(({ doors }) => Object.values(doors).some(isForEverybody), "A door lets everybody to the web.")
  .refine(
    ({ doors, permissions }) =>
      Object.values(doors).every(({ permission }) => permission === null || Object.hasOwn(permissions, permission)),
    "A door asks for a permission that the host knows.",
  )
  .transform(
    ({ id, names, permissions, doors }): Host => ({
      id,
      names,
      doors: Object.entries(doors).map(([id, { source: _source, ...door }]) => ({ id, ...door })),
      permits: Object.entries(permissions).flatMap(([permission, { holders }]) =>
        holders.map(({ marketplace, app, domain }) => ({ permission, marketplace, app, domain })),
      ),
    }),
  );

const isForEverybody = ({ by, surfaces, os, from, before, permission }: z.output<typeof door>): boolean =>
  by.includes("web") && [surfaces, os, from, before, permission].every((asked) => asked === null);
