import * as z from "zod";
import { OUTCOMES, SHOWINGS } from "../domain/delivery-event.ts";
import { MEANS } from "../domain/destination.ts";
import type { Endpoint } from "./endpoint.ts";
import { names, slug } from "./primitives.ts";

/** Tokens are judged by their signature alone; the bound is `LONGEST_TOKEN`'s to set. */
const params = z.object({ token: z.string() });

const language = z.enum(["zh", "en"]);

/** What the page before an app says. */
const landing = z.object({
  marketplace: names,
  leadsTo: z.enum(["store", "item"]),
  app: z.object({ url: z.string(), by: z.enum(MEANS), link: z.string() }).nullable(),
  web: z.string().nullable(),
});
export type LandingWire = z.output<typeof landing>;

export const events = {
  impression: {
    method: "GET",
    path: "/i/{token}",
    action: "event:record",
    summary: "The card began to render, or was seen. Each counted once, however often it is called.",
    params,
    query: z.object({ event: z.enum(SHOWINGS).default("impression") }),
    status: 204,
    reply: z.object({}),
    refusals: ["token-invalid", "token-expired"],
  },
  click: {
    method: "GET",
    path: "/c/{token}",
    action: "event:record",
    summary: "The card was tapped: counted once, and sent to the app or the web page.",
    params,
    status: 302,
    reply: z.object({ location: z.string() }),
    refusals: ["token-invalid", "token-expired", "link-stopped"],
    failure: "page",
  },
  landing: {
    method: "GET",
    path: "/go/{token}",
    action: "event:record",
    summary: "Where the host wants a page before the app: a button that opens the app, and the way to the web page.",
    params,
    query: z.object({ lang: language.optional().catch(undefined) }),
    status: 200,
    reply: landing,
    refusals: ["token-invalid", "token-expired", "link-stopped"],
    failure: "page",
    page: true,
  },
  outcome: {
    method: "POST",
    path: "/go/{token}/outcome",
    action: "event:record",
    summary: "What became of a tap on that page, as the page saw it. The first that is told is kept.",
    params,
    body: z.strictObject({ outcome: z.enum(OUTCOMES), link: slug.nullable() }),
    status: 204,
    reply: z.object({}),
    refusals: ["token-invalid", "token-expired"],
  },
} as const satisfies Record<string, Endpoint>;
