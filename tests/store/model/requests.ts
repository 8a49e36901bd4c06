import type { ReadRow } from "../../../lib/domain/import.ts";
import type { List } from "./desk.ts";
import { type Action, grantsAt, type Importing, type Model, type Row, type TurningEntry } from "./pure.ts";
import { formBody, PEOPLE, seasonIn, spelt, tenantIn } from "./season-of-runs.ts";

const TURNS_OF = { approve: "reviews", deny: "reviews", "request-changes": "reviews" } as const;
const UNKNOWN = { app: "app_01ARZ3NDEKTSV4RRFFQ69G5FAV", grt: "grt_01ARZ3NDEKTSV4RRFFQ69G5FAV" };

/** The request an action is. */
export function requestOf(model: Model, run: string, action: Exclude<Action, { verb: "import" }>) {
  const capitals = isInCapitals(PEOPLE[action.as].tenant);
  if (action.verb === "open")
    return {
      route: "POST /v1/applications",
      request: { body: { ...formBody(run, action.festival, action.form, capitals), submit: action.submit } },
    };
  if (action.verb === "turn-entry") return entryRequestOf(model, run, action);
  const app = model.apps[action.app];
  const application = app?.id ?? UNKNOWN.app;
  const to = (what: string, body?: object, more: object = {}) => ({
    route: `POST /v1/applications/{application}/${what}`,
    request: { params: { application, ...more }, ...(body ? { body } : {}) },
  });
  const feedback = [{ code: "logo-blurred", text: "The logo is blurred.", element: "/names/zh" }];
  switch (action.verb) {
    case "edit":
      return {
        route: "PUT /v1/applications/{application}",
        request: { params: { application }, body: formBody(run, app?.festival ?? 0, action.form, capitals) },
      };
    case "submit":
      return to("submission");
    case "withdraw":
      return to("withdrawal");
    case "renew":
      return to("renewal", { season: seasonIn(run, action.festival) });
    case "appeal":
      return to("appeal", { words: "Please look again." });
    case "attest":
      return to("attestation", { expiresAt: new Date(action.expiresAt).toISOString() });
    case "approve": {
      const grants = action.terms.map((term) => ({ ...term, templates: ["link-card"] }));
      const waivers = action.waives.map((code) => ({ code, reason: "As agreed." }));
      return to(TURNS_OF[action.verb], { decision: "approve", grants, waivers });
    }
    case "deny":
    case "request-changes":
      return to(TURNS_OF[action.verb], { decision: action.verb, feedback });
    case "turn-attestation":
      return to("attestation/turns", { verb: action.turn, reason: "A test." });
    case "turn-grant":
      return to("grants/{grant}/turns", { verb: action.turn, reason: "A test." }, { grant: app?.grants[action.grant]?.id ?? UNKNOWN.grt });
  }
}

function entryRequestOf(model: Model, run: string, action: TurningEntry) {
  const { festival, surface, brand, turn, grant } = action;
  const entry = { surface, season: seasonIn(run, festival), brand: tenantIn(run, brand) };
  const request = { params: entry, body: { verb: turn, reason: "A test." } };
  if (grant === null) return { route: "POST /v1/whitelist/{surface}/{season}/{brand}/attestation/turns", request };
  const params = { ...entry, grant: grantsAt(model, action)[grant]?.id ?? UNKNOWN.grt };
  return { route: "POST /v1/whitelist/{surface}/{season}/{brand}/grants/{grant}/turns", request: { ...request, params } };
}

/** The list an import is. */
export const listOf = (run: string, { festival, surface, rows }: Importing, dryRun: boolean): List => ({
  surface,
  season: seasonIn(run, festival),
  rows: rows.map((row, index) => rowOf(run, row, index + 1)),
  dryRun,
});

const rowOf = (run: string, { brand, name, storeType, phases, until }: Row, row: number): ReadRow => ({
  row,
  text: JSON.stringify([brand, name, storeType, phases, until]),
  said: {
    brand: tenantIn(run, brand),
    names: spelt(name, isInCapitals(brand)),
    store: { id: "123", type: storeType },
    marketplace: tenantIn(run, "tmall"),
    phases,
    templates: ["link-card"],
    attestedUntil: until,
    dailyShare: null,
  },
});

/** One brand's own spelling of a name differs from another's; what it looks like does not. */
const isInCapitals = (brand: string) => brand === "brand-a";
