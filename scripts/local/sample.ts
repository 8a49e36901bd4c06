import * as z from "zod";
import { openApplication } from "../../lib/app/applications.ts";
import { createCampaign } from "../../lib/app/campaigns.ts";
import { reviewCard, submitCard } from "../../lib/app/cards.ts";
import { uploadImage } from "../../lib/app/images.ts";
import { attestApplication } from "../../lib/app/keys.ts";
import type { Call } from "../../lib/app/ports/call.ts";
import type { ImageStore, ReadImage } from "../../lib/app/ports/images.ts";
import { reviewApplication } from "../../lib/app/reviews.ts";
import { planSeason, publishSeason } from "../../lib/app/seasons.ts";
import { applications } from "../../lib/contracts/applications.ts";
import { campaigns } from "../../lib/contracts/campaigns.ts";
import { cards } from "../../lib/contracts/cards.ts";
import { seasons } from "../../lib/contracts/seasons.ts";
import { registrar } from "../../lib/deps/desk.ts";
import { readImage } from "../../lib/deps/image-reader.ts";
import { deliveryTable } from "../../lib/deps/tables.ts";
import type { User } from "../../lib/domain/authorisation.ts";
import { isRefusal, Refusal } from "../../lib/domain/refusal.ts";
import type { Season } from "../../lib/domain/season.ts";
import { imageStore } from "../../lib/store/images.ts";
import { people } from "./people.ts";
import { asUsed, plainImages } from "./plain-images.ts";
import { readResource, seasonPlans } from "./season-plans.ts";

const form = applications.open.body.omit({ season: true, surfaces: true, submit: true });
const brands = z.object({
  brands: z.array(
    z.object({
      ...form.shape,
      id: z.string(),
      stage: z.enum(["granted", "attested", "submitted", "refused"]),
      refusal: z.string().nullable(),
    }),
  ),
});
type Brand = z.output<typeof brands>["brands"][number];

const face = cards.submit.body.omit({ campaign: true, images: true });
const sampleCards = z.object({ cards: z.array(z.object({ ...face.shape, brand: z.string() })) });

const SURFACE = "wechat-moments";
const SEASON = "618-2024";

/**
 * Fills an empty stack through the use cases that serve requests: two seasons planned from their calendars, and invented
 * brands at every stage. Loading twice changes nothing.
 *
 * @returns lines that say what is there now.
 */
export async function loadSample(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  Object.assign(process.env, env);
  const deps = { ...registrar(), images: imageStore(deliveryTable("write")), readImage };
  try {
    const season = await loadSeasons(deps);
    return [...(await loadBrands(deps, season)), await loadCards(deps)];
  } catch (error) {
    if (isRefusal(error, "season-exists")) return ["The sample was loaded before."];
    throw error;
  }
}

type Deps = ReturnType<typeof registrar> & { readonly images: ImageStore; readonly readImage: ReadImage };

const call = <Params, Body>(user: User, params: Params, body: Body): Call<Params, unknown, Body> => ({
  user,
  params,
  body,
  query: undefined,
  requestId: "sample",
});

const person = (role: User["role"]): User => ({ role, ...people[role] });
const marketerOf = (brand: string): User => ({ role: "brand", tenant: brand, sub: `usr_${brand}` });

async function loadSeasons(deps: Deps): Promise<Season> {
  let published: Season | undefined;
  for (const { body, publish } of await seasonPlans()) {
    const season = await planSeason(deps)(call(person("operator"), undefined, seasons.plan.body.parse(body)));
    if (publish) published = await publishSeason(deps)(call(person("operator"), { season: season.id }, { version: season.version }));
  }
  if (!published) throw new Error("resources/sample/seasons.json publishes no season");
  return published;
}

async function loadBrands(deps: Deps, season: Season): Promise<string[]> {
  const found = brands.parse(await readResource("sample/brands.json")).brands;
  const stages: Record<string, number> = {};
  for (const brand of found) {
    const stage = await loadBrand(deps, season, brand);
    stages[stage] = (stages[stage] ?? 0) + 1;
  }
  const counts = Object.entries(stages).map(([stage, count]) => `${count} ${stage}`);
  return [`${found.length} invented brands have applied for ${season.id}: ${counts.join(", ")}.`];
}

/** Takes a brand as far as its stage. @returns the stage reached; an expected refusal is one. */
async function loadBrand(deps: Deps, season: Season, { id, stage, refusal, ...form }: Brand): Promise<Brand["stage"]> {
  const submitted = await openApplication(deps)(
    call(marketerOf(id), undefined, { ...form, season: season.id, surfaces: [SURFACE], submit: true }),
  ).catch((error: unknown) => {
    if (error instanceof Refusal && error.reasons.some(({ code }) => code === refusal)) return undefined;
    throw error;
  });
  if (!submitted) return "refused";
  if (stage === "submitted") return stage;
  const params = { application: submitted.id };
  await attestApplication(deps)(call(person("attester"), params, { expiresAt: season.instants.clickGraceEnds }));
  if (stage === "attested") return stage;
  const templates = deps.catalogue.surface(SURFACE)?.templates.map((template) => template.id) ?? [];
  const phases = season.phases.map((phase) => phase.id);
  await reviewApplication(deps)(
    call(person("reviewer"), params, {
      decision: "approve",
      waivers: [],
      grants: [{ surface: SURFACE, phases, templates, dailyShare: null }],
    }),
  );
  return "granted";
}

async function loadCards(deps: Deps): Promise<string> {
  const found = sampleCards.parse(await readResource("sample/cards.json")).cards;
  for (const { brand, ...card } of found) {
    const marketer = marketerOf(brand);
    const name = deps.catalogue.marketplace("tmall")?.names.zh ?? "";
    const form = campaigns.create.body.parse({ season: SEASON, surface: SURFACE, name });
    const campaign = await createCampaign(deps)(call(marketer, undefined, form));
    const template = deps.catalogue.surface(SURFACE)?.templates.find((each) => each.id === card.template);
    const images = template ? plainImages(template, brand) : [];
    for (const { bytes } of images) await uploadImage(deps)(call(marketer, undefined, { type: "image/png", bytes }));
    const filed = { ...card, images: asUsed(images), campaign: campaign.id };
    const { id, version } = await submitCard(deps)(call(marketer, undefined, filed));
    await reviewCard(deps)(call(person("reviewer"), { card: id }, { decision: "approve", version }));
  }
  return `${found.length} of them have a card that the host approved.`;
}
