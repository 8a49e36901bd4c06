import * as z from "zod";
import { SHOWINGS } from "../domain/delivery-event.ts";
import type { Endpoint } from "./endpoint.ts";

/** Tokens are judged by their signature alone; the bound is `LONGEST_TOKEN`'s to set. */
const params = z.object({ token: z.string() });

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
    refusals: ["token-invalid", "token-expired"],
    failure: "page",
  },
} as const satisfies Record<string, Endpoint>;
