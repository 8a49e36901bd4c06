import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { attestation, grant, turn } from "./keys.ts";
import { id, slug } from "./primitives.ts";

const entry = z.strictObject({ surface: slug, season: slug, brand: id("brd") });

export const keyTurns = {
  attestation: {
    method: "POST",
    path: "/v1/whitelist/{surface}/{season}/{brand}/attestation/turns",
    action: "key:turn-attestation",
    summary:
      "Suspend, reinstate or revoke a brand's attestation, with a reason, also one that was imported. What it takes away is shown nowhere 5 s later.",
    params: entry,
    body: turn,
    status: 201,
    reply: attestation,
    refusals: ["not-found", "wrong-state", "self-review", "changed-meanwhile"],
    keyed: true,
  },
  grant: {
    method: "POST",
    path: "/v1/whitelist/{surface}/{season}/{brand}/grants/{grant}/turns",
    action: "key:turn-grant",
    summary:
      "Suspend, reinstate or revoke a brand's grant, with a reason, also one that was imported. What it takes away is shown nowhere 5 s later.",
    params: entry.extend({ grant: id("grt") }),
    body: turn,
    status: 201,
    reply: grant,
    refusals: ["not-found", "wrong-state", "self-review", "changed-meanwhile"],
    keyed: true,
  },
} as const satisfies Record<string, Endpoint>;
