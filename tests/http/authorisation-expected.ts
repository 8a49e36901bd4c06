import type { Role } from "../../lib/domain/authorisation.ts";

/**
 * Who may do what, route by route, as the roles are meant: a brand applies and advertises, the marketplace's attester vouches, the
 * host's reviewer decides, its operator runs the seasons, its feed asks for cards, an auditor reads. Written by hand and by nothing
 * else: what the code allows is held against it, so whoever adds a route says here whose it is.
 */
export interface Expected {
  /** `public`: anybody, without a bearer. */
  readonly roles: readonly Role[] | "public";
  /**
   * What the same role of another brand, marketplace or host is answered; an auditor is at home everywhere.
   * - `own`: everybody acts for, or is shown, their own; nothing of others' is told (tests/http/tenants.test.ts).
   * - `not-found`: it is about something of somebody's, which does not exist for others: 404, as for an unknown id.
   * - `not-granted`: it needs a grant, and they have none.
   * - roles: `own` to these, `not-found` to the others.
   */
  readonly elsewhere: "own" | "not-found" | "not-granted" | readonly Role[];
}

const DESK = ["brand", "attester", "reviewer", "operator", "auditor"] as const;

export const EXPECTED: Readonly<Record<string, Expected>> = {
  // Applications: the brand's to write, the two sides' to decide, everybody's at a desk to read.
  "POST /v1/applications": { roles: ["brand"], elsewhere: "own" },
  "GET /v1/applications": { roles: DESK, elsewhere: "own" },
  "GET /v1/applications/{application}": { roles: DESK, elsewhere: "not-found" },
  "PUT /v1/applications/{application}": { roles: ["brand"], elsewhere: "not-found" },
  "POST /v1/applications/{application}/submission": { roles: ["brand"], elsewhere: "not-found" },
  "POST /v1/applications/{application}/appeal": { roles: ["brand"], elsewhere: "not-found" },
  "POST /v1/applications/{application}/withdrawal": { roles: ["brand"], elsewhere: "not-found" },
  "POST /v1/applications/{application}/renewal": { roles: ["brand"], elsewhere: "not-found" },
  // Key one is the marketplace's alone, key two the host's.
  "POST /v1/applications/{application}/attestation": { roles: ["attester"], elsewhere: "not-found" },
  "POST /v1/applications/{application}/attestation/turns": { roles: ["attester"], elsewhere: "not-found" },
  "POST /v1/applications/{application}/reviews": { roles: ["reviewer"], elsewhere: "not-found" },
  "POST /v1/applications/{application}/grants/{grant}/turns": { roles: ["reviewer"], elsewhere: "not-found" },
  "GET /v1/reviews": { roles: ["attester", "reviewer", "operator", "auditor"], elsewhere: "own" },

  // Campaigns and cards.
  "POST /v1/campaigns": { roles: ["brand"], elsewhere: "not-granted" },
  "GET /v1/campaigns": { roles: ["brand"], elsewhere: "own" },
  "GET /v1/campaigns/{campaign}": { roles: DESK, elsewhere: "not-found" },
  "PUT /v1/campaigns/{campaign}": { roles: ["brand"], elsewhere: "not-found" },
  "POST /v1/campaigns/{campaign}/turns": { roles: ["brand"], elsewhere: "not-found" },
  "POST /v1/cards": { roles: ["brand"], elsewhere: "not-found" },
  "POST /v1/cards/lint": { roles: ["brand"], elsewhere: "not-found" },
  "GET /v1/cards": { roles: ["brand", "reviewer"], elsewhere: "own" },
  "PUT /v1/cards/{card}": { roles: ["brand"], elsewhere: "not-found" },
  "GET /v1/cards/{card}/preview": { roles: DESK, elsewhere: "not-found" },
  "GET /v1/cards/{card}": { roles: DESK, elsewhere: "not-found" },
  "POST /v1/cards/{card}/reviews": { roles: ["reviewer"], elsewhere: "not-found" },

  // Images are uploaded by brands, and shown to whoever knows their fingerprint.
  "POST /v1/images": { roles: ["brand"], elsewhere: "own" },
  "GET /images/{fingerprint}": { roles: "public", elsewhere: "own" },

  // The whitelist. The public list is for everybody.
  "GET /v1/whitelist": { roles: DESK, elsewhere: ["brand"] },
  "GET /v1/whitelist/export": { roles: DESK, elsewhere: ["brand"] },
  "POST /v1/whitelist/checks": { roles: ["reviewer", "operator", "feed", "auditor"], elsewhere: "not-found" },
  "GET /whitelist/{surface}/{document}": { roles: "public", elsewhere: "own" },

  // A list agreed outside turns its sender's key, and no other side's; either side turns its own of any entry.
  "POST /v1/whitelist/imports": { roles: ["attester", "reviewer"], elsewhere: "not-found" },
  "PUT /v1/whitelist/imports/{import}/parts/{part}": { roles: ["attester", "reviewer"], elsewhere: "not-found" },
  "POST /v1/whitelist/imports/{import}/completion": { roles: ["attester", "reviewer"], elsewhere: "not-found" },
  "GET /v1/whitelist/imports/{import}": { roles: ["attester", "reviewer", "operator", "auditor"], elsewhere: "not-found" },
  "POST /v1/whitelist/{surface}/{season}/{brand}/attestation/turns": { roles: ["attester"], elsewhere: "not-found" },
  "POST /v1/whitelist/{surface}/{season}/{brand}/grants/{grant}/turns": { roles: ["reviewer"], elsewhere: "not-found" },

  // What changed, each party from its own feed.
  "GET /v1/whitelist/changes": { roles: DESK, elsewhere: "own" },
  "POST /v1/webhooks": { roles: ["brand", "attester", "operator"], elsewhere: "own" },
  "GET /v1/webhooks": { roles: ["brand", "attester", "operator"], elsewhere: "own" },
  "POST /v1/webhooks/{webhook}/replays": { roles: ["brand", "attester", "operator"], elsewhere: "not-found" },
  "DELETE /v1/webhooks/{webhook}": { roles: ["brand", "attester", "operator"], elsewhere: "not-found" },

  // Seasons: the host's operator plans; a draft is nobody else's, and what is published is everybody's.
  "POST /v1/seasons": { roles: ["operator"], elsewhere: "not-found" },
  "POST /v1/seasons/{season}/publication": { roles: ["operator"], elsewhere: "not-found" },
  "GET /v1/seasons": { roles: [...DESK, "feed"], elsewhere: "own" },
  "GET /v1/seasons/{season}": { roles: [...DESK, "feed"], elsewhere: "not-found" },

  "PUT /v1/seasons/{season}": { roles: ["operator"], elsewhere: "not-found" },
  "POST /v1/seasons/{season}/copies": { roles: ["operator"], elsewhere: "not-found" },
  "POST /v1/seasons/{season}/extension": { roles: ["operator"], elsewhere: "not-found" },
  "POST /v1/seasons/{season}/proposal/withdrawal": { roles: ["operator"], elsewhere: "not-found" },
  "POST /v1/seasons/{season}/closure": { roles: ["operator"], elsewhere: "not-found" },
  "POST /v1/seasons/{season}/cancellation": { roles: ["operator"], elsewhere: "not-found" },
  "POST /v1/seasons/{season}/signals": { roles: ["feed"], elsewhere: "not-found" },
  "POST /v1/seasons/{season}/rings/resumption": { roles: ["operator"], elsewhere: "not-found" },

  // Serving and counting. The address of an event carries its own signature.
  "POST /v1/decisions": { roles: ["feed"], elsewhere: "not-found" },
  "POST /openrtb2/{surface}/bid": { roles: ["feed"], elsewhere: "not-found" },
  "GET /v1/decisions/{decision}/replay": { roles: ["reviewer", "operator", "auditor"], elsewhere: "not-found" },
  "POST /v1/impressions": { roles: ["feed"], elsewhere: "own" },
  "GET /i/{token}": { roles: "public", elsewhere: "own" },
  "GET /c/{token}": { roles: "public", elsewhere: "own" },
  "GET /go/{token}": { roles: "public", elsewhere: "own" },
  "POST /go/{token}/outcome": { roles: "public", elsewhere: "own" },
  "GET /v1/reports/delivery": { roles: DESK, elsewhere: ["brand"] },
  // What both sides settle by is between them; whoever is handed one may check it.
  "GET /v1/statements/{season}/{day}": { roles: ["attester", "reviewer", "operator", "auditor"], elsewhere: "not-found" },
  "POST /v1/credits": { roles: ["reviewer", "operator"], elsewhere: "not-found" },
  "POST /v1/reconciliations": { roles: ["attester", "reviewer", "operator"], elsewhere: "not-found" },
  "GET /.well-known/jwks.json": { roles: "public", elsewhere: "own" },
  "GET /v1/reports/fairness": { roles: DESK, elsewhere: ["brand"] },

  // The host's operator stops what the host serves; why something is served or not is told to whom it concerns.
  "POST /v1/switches": { roles: ["operator"], elsewhere: "not-found" },
  "GET /v1/switches": { roles: ["reviewer", "operator", "auditor"], elsewhere: "own" },
  "POST /v1/switches/{switch}/lifting": { roles: ["operator"], elsewhere: "not-found" },
  "GET /v1/explain": { roles: DESK, elsewhere: ["brand", "attester"] },

  "GET /openapi.json": { roles: "public", elsewhere: "own" },
  "GET /health": { roles: "public", elsewhere: "own" },
};
