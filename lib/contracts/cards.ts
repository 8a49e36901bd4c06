import * as z from "zod";
import { weight, window } from "./campaigns.ts";
import type { Endpoint } from "./endpoint.ts";
import { digits, fen, id, list, names, sha256, slug, text } from "./primitives.ts";
import { denial, parties, reviewed } from "./review.ts";

const image = z
  .strictObject({
    role: slug,
    width: z.int().min(1).max(20_000),
    height: z.int().min(1).max(20_000),
    bytes: z.int().min(1).max(100_000_000),
    type: z.enum(["image/png", "image/jpeg"]),
    sha256,
  })
  .readonly();

const form = z.strictObject({
  campaign: id("cmp"),
  template: slug,
  // Field names and limits are the template's; these only bound the request.
  text: z
    .strictObject({ text: text(200).exactOptional(), title: text(200).exactOptional(), description: text(200).exactOptional() })
    .readonly(),
  offer: z
    .strictObject({ text: text(60), price: fen, salePrice: fen, validity: window.nullable().default(null) })
    .readonly()
    .nullable(),
  callToAction: text(20),
  images: list(image, 10),
  destination: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("store") }).readonly(),
    z.strictObject({ kind: z.literal("item"), itemId: digits }).readonly(),
  ]),
  seasonMark: slug
    .nullable()
    .default(null)
    .meta({ description: "A mark of the season's that it bears, while the season's licence lasts." }),
  weight,
  window: window.nullable().default(null).meta({ description: "When it may be shown; null for as long as its campaign." }),
});

/** What the viewer sees of a card, beside the surface's label. */
export const face = {
  template: z.string(),
  storeName: names,
  text: z.record(z.string(), z.string()),
  offer: form.shape.offer,
  callToAction: z.string(),
  images: list(image, 10),
  seasonMark: z.string().nullable(),
};

const destination = z.object({ kind: z.enum(["store", "item"]), id: z.string() }).readonly();

export const card = z
  .object({
    ...face,
    ...parties,
    ...reviewed,
    id: z.string(),
    campaign: z.string(),
    surface: z.string(),
    season: z.string(),
    destination,
    weight,
    window: form.shape.window,
    // One that was submitted before cards said them has none.
    storeName: names.default({ zh: "-", en: "-" }),
    seasonMark: form.shape.seasonMark,
  })
  .meta({ id: "Card" });

const params = z.strictObject({ card: id("crd") });

export const cards = {
  submit: {
    method: "POST",
    path: "/v1/cards",
    action: "card:create",
    summary: "Submit a card to a campaign. It is checked against the template's limits, then waits for the host.",
    body: form,
    status: 201,
    reply: card,
    refusals: ["not-found", "not-granted", "card-not-acceptable"],
    keyed: true,
  },
  read: {
    method: "GET",
    path: "/v1/cards/{card}",
    action: "card:read",
    summary: "One card and where it stands.",
    params,
    status: 200,
    reply: card,
    refusals: ["not-found"],
  },
  review: {
    method: "POST",
    path: "/v1/cards/{card}/reviews",
    action: "card:review",
    summary: "The host approves a card, or denies it with a code, words and the element.",
    params,
    body: z.discriminatedUnion("decision", [z.strictObject({ decision: z.literal("approve") }), denial]),
    status: 201,
    reply: card,
    refusals: ["not-found", "already-decided", "self-review"],
    keyed: true,
  },
} as const satisfies Record<string, Endpoint>;
