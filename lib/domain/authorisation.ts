/** Who somebody is. `tenant` is a brand, a marketplace, a host, or `*` for an auditor, and for the operator of the whole installation. */
export const ROLES = ["brand", "attester", "reviewer", "operator", "feed", "auditor"] as const;
export type Role = (typeof ROLES)[number];

/** The verified bearer of a request. */
export interface User {
  readonly sub: string;
  readonly role: Role;
  readonly tenant: string;
}

/** The parties a thing belongs to; every stored thing names all three. */
export interface Parties {
  readonly brand: string;
  readonly marketplace: string;
  readonly host: string;
}

const EVERYBODY_AT_A_DESK = ["brand", "attester", "reviewer", "operator", "auditor"] as const;

/**
 * The one table of who may do what; whatever is not here is denied.
 * `public` needs no bearer: the document is for all, or the address itself carries a signed token.
 */
export const AUTHORISATION = {
  "application:submit": ["brand"],
  "application:read": EVERYBODY_AT_A_DESK,
  "application:attest": ["attester"],
  "application:review": ["reviewer"],
  "application:review-queue": ["attester", "reviewer", "operator", "auditor"],
  "campaign:create": ["brand"],
  "campaign:change": ["brand"],
  "campaign:list": ["brand"],
  "campaign:read": EVERYBODY_AT_A_DESK,
  "card:create": ["brand"],
  "card:change": ["brand"],
  "card:list": ["brand", "reviewer"],
  "card:read": EVERYBODY_AT_A_DESK,
  "card:review": ["reviewer"],
  "image:upload": ["brand"],
  "image:show": "public",
  "import:send": ["attester", "reviewer"],
  "import:read": ["attester", "reviewer", "operator", "auditor"],
  "key:turn-attestation": ["attester"],
  "key:turn-grant": ["reviewer"],
  "change:read": EVERYBODY_AT_A_DESK,
  "subscription:manage": ["brand", "attester", "operator"],
  "season:plan": ["operator"],
  "season:publish": ["operator"],
  "season:signal": ["feed"],
  "season:read": [...EVERYBODY_AT_A_DESK, "feed"],
  "whitelist:read": EVERYBODY_AT_A_DESK,
  "whitelist:check": ["reviewer", "operator", "feed", "auditor"],
  "whitelist:public": "public",
  "decision:make": ["feed"],
  "openrtb:bid": ["feed"],
  "explain:read": EVERYBODY_AT_A_DESK,
  "explain:replay": ["reviewer", "operator", "auditor"],
  "switch:turn": ["operator"],
  "switch:read": ["reviewer", "operator", "auditor"],
  "event:record": "public",
  "impression:record": ["feed"],
  "report:read": EVERYBODY_AT_A_DESK,
  "credit:give": ["reviewer", "operator"],
  "statement:read": ["attester", "reviewer", "operator", "auditor"],
  "statement:check": "public",
  "reconciliation:compare": ["attester", "reviewer", "operator"],
  "meta:read": "public",
} as const satisfies Record<string, readonly Role[] | "public">;

export type Action = keyof typeof AUTHORISATION;

/** Whether the role may attempt the action at all. */
export function mayAttempt(role: Role, action: Action): boolean {
  const row: readonly Role[] | "public" = AUTHORISATION[action];
  return row === "public" || row.includes(role);
}

/**
 * Whether the thing is within the user's reach. What is out of reach does not exist for them:
 * answer "not-found", with the same body as an unknown id.
 */
export function reaches(user: User, thing: Parties): boolean {
  switch (user.role) {
    case "brand":
      return thing.brand === user.tenant;
    case "attester":
      return thing.marketplace === user.tenant;
    case "reviewer":
    case "operator":
    case "feed":
      return thing.host === user.tenant;
    case "auditor":
      return true;
  }
}
