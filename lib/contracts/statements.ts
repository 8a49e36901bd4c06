import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { day, slug } from "./primitives.ts";

export const statements = {
  give: {
    method: "GET",
    path: "/v1/statements/{season}/{day}",
    action: "statement:read",
    summary: [
      "What was counted on a day of the season's zone, by card (by brand where there are more than 1,000), signed, for either side; the same each time. It is final 24 hours after the day's end, which 409 tells until then.",
      "`jws` is a compact JWS (RFC 7515, EdDSA) whose payload is canonical JSON (RFC 8785): `from` and `to` with the offset of the zone, `rows`, `total`, each with `gross` = valid + `late` + the reasons in `invalid`. It is checked with the keys at /.well-known/jwks.json.",
    ].join(" "),
    params: z.strictObject({ season: slug, day }),
    query: z.strictObject({ surface: slug }),
    status: 200,
    reply: z.object({ season: z.string(), surface: z.string(), day: z.string(), jws: z.string() }),
    refusals: ["not-found", "statement-not-final", "report-too-long"],
  },
  keys: {
    method: "GET",
    path: "/.well-known/jwks.json",
    action: "statement:check",
    summary: "The public keys (RFC 7517) with which statements are checked, those that signed earlier ones too.",
    status: 200,
    reply: z.object({
      keys: z.array(
        z.object({
          kty: z.literal("OKP"),
          crv: z.literal("Ed25519"),
          x: z.string(),
          kid: z.string(),
          alg: z.literal("EdDSA"),
          use: z.literal("sig"),
        }),
      ),
    }),
    refusals: [],
    cacheControl: "public, max-age=60",
  },
} as const satisfies Record<string, Endpoint>;
