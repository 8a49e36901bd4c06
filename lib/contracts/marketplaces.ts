import * as z from "zod";
import { type Approved, isApproved } from "../domain/approval.ts";
import { type Destination, type LinkForm, type Marketplace, MEANS } from "../domain/destination.ts";
import { MACROS, NOTHING_TOLD, placesIn } from "../domain/macros.ts";
import { addressOf } from "../domain/routing.ts";
import { names, slug } from "./primitives.ts";
import { orderedName, source, systems } from "./source.ts";

const linkForm = z.strictObject({ by: z.enum(MEANS), url: z.string(), needsApp: slug.nullable().default(null), os: systems, source });
/** In the file a link form stands under its name, in order of preference. */
const linkForms = z
  .record(orderedName, linkForm)
  .transform((forms) => Object.entries(forms).map(([id, { source: _source, ...form }]): LinkForm => ({ id, ...form })));

/** A marketplace's data file: `resources/marketplaces/<id>.json`. */
export const marketplace = z
  .strictObject({
    id: slug,
    names,
    portal: z.string(),
    storeTypes: z.array(slug).min(1),
    domain: z.strictObject({ name: z.hostname(), source }),
    apps: z.array(z.strictObject({ id: slug, names, androidPackage: z.string(), appStoreId: z.string(), source })),
    /** What its addresses may begin with, exactly: a scheme and a host. */
    approved: z.array(z.string().regex(/^[a-z][a-z0-9+.-]*:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)*$/)),
    links: z.strictObject({ store: linkForms, item: linkForms }),
  })
  .superRefine(({ apps, approved, links }, context) => {
    const allowed = { origins: approved, packages: apps.map(({ androidPackage }) => androidPackage) };
    for (const kind of ["store", "item"] as const)
      for (const message of linkFaults(links, kind, allowed, new Set(apps.map(({ id }) => id))))
        context.addIssue({ code: "custom", message, path: ["links", kind] });
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

/** Two numbers as long as there are: what is approved of both is of all, since a number is only ever put in whole. */
const NUMBERS = ["1234567890", "98765432109876543210"];

/** What is wrong with a destination's link forms. */
function linkFaults(
  links: Marketplace["links"],
  kind: Destination["kind"],
  allowed: Approved,
  apps: ReadonlySet<string>,
): readonly string[] {
  const forms = links[kind];
  const number = kind === "store" ? "storeId" : "itemId";
  const web = forms.at(-1);
  const isWeb = ({ by, needsApp, os }: LinkForm) => by === "web" && needsApp === null && os === null;
  return [
    ...(web && isWeb(web) ? [] : ["The last form is the web page, for everybody."]),
    ...forms.flatMap((form): string[] => {
      const places = placesIn(form.url);
      const isOfApp = form.needsApp !== null && apps.has(form.needsApp);
      return [
        ...(isWeb(form) || (form.by !== "web" && isOfApp) ? [] : [`${form.id}: a link into an app names one of the marketplace's.`]),
        ...(places.includes(number) || places.includes("webUrl") ? [] : [`${form.id}: does not say where to.`]),
        ...places
          .filter((name) => ![number, "webUrl", ...MACROS].includes(name) || (name === "webUrl" && form.by === "web"))
          .map((name) => `${form.id}: nothing fills ${name}.`),
        ...(NUMBERS.every((id) => isApproved(addressOf(form, { links }, { kind, id }, NOTHING_TOLD), form.by, allowed))
          ? []
          : [`${form.id}: leads where nothing is approved.`]),
      ];
    }),
  ];
}
