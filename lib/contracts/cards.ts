import * as z from "zod";
import { SYSTEMS } from "../domain/targeting.ts";
import { weight, window } from "./campaigns.ts";
import type { Endpoint } from "./endpoint.ts";
import { measured } from "./images.ts";
import { digits, fen, id, limit, list, names, sha256, slug, text } from "./primitives.ts";
import { feedback, parties, reviewed } from "./review.ts";

const image = z.object({ role: slug, ...measured }).readonly();

/** As long as the host takes them (facts.md §4). Hosts and macros are the surface's and ours to judge. */
const monitoringLink = z.string().max(1023);

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
  images: list(z.strictObject({ role: slug, sha256 }).readonly(), 10).meta({
    description: "Images uploaded to /v1/images, by their fingerprint.",
  }),
  destination: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("store") }).readonly(),
    z.strictObject({ kind: z.literal("item"), itemId: digits }).readonly(),
  ]),
  seasonMark: slug
    .nullable()
    .default(null)
    .meta({ description: "A mark of the season's that it bears, while the season's licence lasts." }),
  monitoring: z
    .strictObject({ impression: list(monitoringLink, 3), click: list(monitoringLink, 3) })
    .readonly()
    .nullable()
    .default(null)
    .meta({ description: "Addresses of others that are told of it, on hosts that the surface lists, with macros: docs/routing.md." }),
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
    monitoring: form.shape.monitoring,
  })
  .meta({ id: "Card" });

const params = z.strictObject({ card: id("crd") });
/** What the caller has read: another since is not changed, or ruled on, unseen. */
const version = z.int().min(1);
const { campaign: _campaign, ...changeable } = form.shape;

const fault = z
  .object({ code: z.string(), field: z.string(), detail: z.string(), limit: z.string(), has: z.string() })
  .meta({ id: "Fault" });

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
  lint: {
    method: "POST",
    path: "/v1/cards/lint",
    action: "card:create",
    summary:
      "What submitting this card would be refused for: every fault with its code, the element as a JSON pointer, what is allowed and what it has. Nothing is kept.",
    body: form,
    status: 200,
    reply: z.object({ ok: z.boolean(), faults: z.array(fault).readonly() }),
    refusals: ["not-found", "not-granted"],
  },
  list: {
    method: "GET",
    path: "/v1/cards",
    action: "card:list",
    summary:
      "A brand's own cards, newest first; to the host what waits for its review, longest first. A page at a time: `next` is null on the last. The latest change may be a moment in coming.",
    query: z.strictObject({ limit, cursor: z.string().optional() }),
    status: 200,
    reply: z.object({ cards: z.array(card).readonly(), next: z.string().nullable() }),
    refusals: ["cursor-invalid"],
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
  preview: {
    method: "GET",
    path: "/v1/cards/{card}/preview",
    action: "card:read",
    summary:
      "The card as a feed would draw it, with the label that says it is an advert, and where it would lead on each system, the best way first. Never counted: it has no impression and no click address.",
    params,
    status: 200,
    reply: z.object({
      card: z.object({ id: z.string(), status: reviewed.status, version: reviewed.version, ...face }),
      label: names,
      links: z.array(
        z.object({
          os: z.enum(SYSTEMS),
          ways: z
            .array(z.object({ id: z.string(), url: z.string(), needsApp: z.string().nullable(), through: z.enum(["straight", "page"]) }))
            .readonly(),
        }),
      ),
    }),
    refusals: ["not-found"],
  },
  change: {
    method: "PUT",
    path: "/v1/cards/{card}",
    action: "card:change",
    summary:
      "Make a new version of a card, naming the version in hand. Anything a viewer sees, and where it leads, goes back to review and is not shown from then on; another weight or a narrower window alone does not.",
    params,
    body: z.strictObject({ ...changeable, version }),
    status: 200,
    reply: card,
    refusals: ["not-found", "not-granted", "card-not-acceptable", "changed-meanwhile"],
    keyed: true,
  },
  review: {
    method: "POST",
    path: "/v1/cards/{card}/reviews",
    action: "card:review",
    summary:
      "The host approves the version of a card it has seen; or denies it, or asks for changes, with a code, words and the element, also after an approval: then it is not shown any more.",
    params,
    body: z.discriminatedUnion("decision", [
      z.strictObject({ decision: z.literal("approve"), version }),
      z.strictObject({ decision: z.enum(["deny", "request-changes"]), feedback: list(feedback, 20, 1), version }),
    ]),
    status: 201,
    reply: card,
    refusals: ["not-found", "already-decided", "self-review", "changed-meanwhile"],
    keyed: true,
  },
} as const satisfies Record<string, Endpoint>;
