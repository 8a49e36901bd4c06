import type { User } from "../../lib/domain/authorisation.ts";
import type { Request } from "../../scripts/local/http-event.ts";
import type { Caller, Gate, Reply } from "./gate.ts";
import {
  applicationOf,
  CAMPAIGN,
  CARD,
  CHANGES,
  DENIAL,
  GRANT,
  newBrand,
  PLAN,
  REQUEST,
  SEASON,
  SURFACE,
  stepsOf,
  WEBHOOK,
} from "./gate-steps.ts";
import { minted, mintedDecision } from "./minted.ts";

/** Who, and with what. */
export type ValidCall = Request & { readonly as: Caller };

export const STAGES = ["draft", "pending", "attested", "denied", "granted"] as const;
export type Stage = (typeof STAGES)[number];

/** Things at every stage, that calls can be about. */
export interface World {
  /** A brand with a grant, a campaign and an approved card. */
  readonly brand: User;
  /** A brand that has not applied. */
  readonly stranger: User;
  readonly application: Readonly<Record<Stage, string>>;
  /** Whose each of those applications is. */
  readonly applicant: Readonly<Record<Stage, User>>;
  /** Of the granted application. */
  readonly grant: string;
  /** The brand's two. */
  readonly webhook: { readonly kept: string; readonly ended: string };
  /** Thrown on a card nobody is shown. */
  readonly switch: string;
  readonly campaign: string;
  readonly card: { readonly pending: string; readonly approved: string };
  readonly draft: string;
  /** A published season after the one in hand. */
  readonly later: string;
}

let worlds = 0;

/** Makes a world in a gate; the first also publishes the season, which takes applications. */
export async function makeWorld(gate: Gate): Promise<World> {
  const go = stepsOf(gate);
  if (++worlds === 1) await go.season();
  await gate.setClock("2024-05-13T10:00:00+08:00");
  const [brand, stranger] = [newBrand(), newBrand()];
  const { campaign, card: approved } = await go.admit(brand);
  const applicant = { draft: newBrand(), pending: newBrand(), attested: newBrand(), denied: newBrand(), granted: newBrand() };
  const { id: kept } = await go.draft(applicant.draft);
  const { id: pending } = await go.apply(applicant.pending);
  const { id: attested } = await go.apply(applicant.attested);
  await go.attest(attested);
  const { id: denied } = await go.apply(applicant.denied);
  await go.review(denied, DENIAL);
  const { id: granted } = await go.apply(applicant.granted);
  await go.attest(granted);
  const [{ id: grant }] = (await go.grant(granted)).grants;
  const { id: card } = await go.card(campaign, brand);
  const { id: keptWebhook } = await go.subscribe(brand);
  const { id: endedWebhook } = await go.subscribe(brand);
  const { id: thrown } = await go.throw({ level: "card", card });
  const { id: draft } = await go.plan({ ...PLAN, id: `draft-${worlds}`, ...inYear(2030 + worlds) });
  const { id: later } = await go.plan({ ...PLAN, id: `later-${worlds}`, ...inYear(2060 + worlds) });
  await go.announce(later);
  return {
    brand,
    stranger,
    application: { draft: kept, pending, attested, denied, granted },
    applicant,
    grant,
    webhook: { kept: keptWebhook, ended: endedWebhook },
    switch: thrown,
    campaign,
    card: { pending: card, approved },
    draft,
    later,
  };
}

/** Each draft in a year of its own, so that publishing one is not in the way of another. */
const inYear = (year: number) => ({
  phases: [{ id: "wave-1", names: PLAN.names, opensAt: `${year}-06-01T00:00:00+08:00`, closesAt: `${year}-06-02T00:00:00+08:00` }],
  instants: { applicationsClose: `${year}-05-01T00:00:00+08:00`, clickGraceEnds: `${year}-06-03T00:00:00+08:00` },
});

/** For every route a call that succeeds in this world, once. */
export function validCalls({
  brand,
  stranger,
  application,
  applicant,
  grant,
  webhook,
  switch: thrown,
  campaign,
  card,
  draft,
  later,
}: World): Readonly<Record<string, ValidCall>> {
  const query = { season: SEASON, surface: SURFACE };
  const of = (stage: Stage) => ({ as: applicant[stage], params: { application: application[stage] } });
  const turn = { verb: "suspend", reason: "A complaint is being looked into." };
  return {
    "POST /v1/applications": { as: stranger, body: { ...applicationOf(stranger), submit: true } },
    "GET /v1/applications": { as: brand, query: { season: SEASON } },
    "GET /v1/applications/{application}": { as: "reviewer", params: { application: application.pending } },
    "PUT /v1/applications/{application}": { ...of("draft"), body: { ...applicationOf(applicant.draft), categories: ["home"] } },
    "POST /v1/applications/{application}/submission": of("draft"),
    "POST /v1/applications/{application}/appeal": { ...of("denied"), body: { words: "The logo is sharp at full size." } },
    "GET /v1/reviews": { as: "reviewer" },
    "POST /v1/applications/{application}/attestation": {
      as: "attester",
      params: { application: application.pending },
      body: { expiresAt: PLAN.instants.clickGraceEnds },
    },
    "POST /v1/applications/{application}/reviews": { as: "reviewer", params: { application: application.attested }, body: GRANT },
    "POST /v1/applications/{application}/attestation/turns": {
      as: "attester",
      params: { application: application.granted },
      body: turn,
    },
    "POST /v1/applications/{application}/grants/{grant}/turns": {
      as: "reviewer",
      params: { application: application.granted, grant },
      body: turn,
    },
    "POST /v1/applications/{application}/withdrawal": of("denied"),
    "POST /v1/applications/{application}/renewal": { ...of("granted"), body: { season: later } },
    "POST /v1/seasons": { as: "operator", body: { ...PLAN, id: `new-${draft}` } },
    "POST /v1/seasons/{season}/publication": { as: "operator", params: { season: draft }, body: { version: 1 } },
    "GET /v1/seasons": { as: "operator" },
    "GET /v1/seasons/{season}": { as: "operator", params: { season: draft } },
    "POST /v1/campaigns": {
      as: brand,
      body: { ...CAMPAIGN, flight: { opensAt: "2024-05-21T00:00:00Z", closesAt: "2024-05-22T00:00:00Z" } },
    },
    "GET /v1/campaigns/{campaign}": { as: brand, params: { campaign } },
    "POST /v1/cards": { as: brand, body: { ...CARD, campaign } },
    "GET /v1/cards/{card}": { as: brand, params: { card: card.pending } },
    "POST /v1/cards/{card}/reviews": { as: "reviewer", params: { card: card.pending }, body: { decision: "approve" } },
    "GET /v1/whitelist": { as: brand, query },
    "GET /v1/whitelist/export": { as: brand, query: { ...query, format: "json" } },
    "POST /v1/whitelist/checks": { as: "reviewer", body: { ...query, brands: [brand.tenant] } },
    "GET /whitelist/{surface}/{document}": { as: null, params: { surface: SURFACE, document: `${SEASON}.json` } },
    "GET /v1/whitelist/changes": { as: brand, query: { since: "0" } },
    "POST /v1/webhooks": { as: brand, body: WEBHOOK },
    "GET /v1/webhooks": { as: brand },
    "POST /v1/webhooks/{webhook}/replays": { as: brand, params: { webhook: webhook.kept }, body: { since: "0" } },
    "DELETE /v1/webhooks/{webhook}": { as: brand, params: { webhook: webhook.ended } },
    "POST /v1/decisions": { as: "feed", body: REQUEST },
    "GET /v1/decisions/{decision}/replay": { as: "reviewer", params: { decision: mintedDecision() } },
    "GET /v1/explain": { as: brand, query: { surface: SURFACE } },
    "POST /v1/switches": { as: "operator", body: { level: "card", card: card.pending, reason: "A complaint is being looked into." } },
    "GET /v1/switches": { as: "operator" },
    "POST /v1/switches/{switch}/lifting": { as: "operator", params: { switch: thrown }, body: { reason: "It was unfounded." } },
    "GET /v1/reports/delivery": { as: brand, query },
    "GET /i/{token}": { as: null, params: { token: minted("impression") } },
    "GET /c/{token}": { as: null, params: { token: minted("click") } },
    "GET /openapi.json": { as: null },
    "GET /health": { as: null },
  };
}

export interface BodyForm {
  readonly form: string;
  readonly route: string;
  readonly call: ValidCall & { readonly body: object };
}

/** Every form of body that a route takes, in a call that succeeds. */
export function bodyForms(world: World): readonly BodyForm[] {
  const forms = Object.entries(validCalls(world)).flatMap(([route, call]) =>
    call.body === undefined ? [] : [{ form: route, route, call: { ...call, body: call.body as object } }],
  );
  const denials = forms
    .filter(({ route }) => route.endsWith("/reviews"))
    .map(({ route, call }) => ({ form: `${route} (a denial)`, route, call: { ...call, body: DENIAL } }));
  const waived = forms
    .filter(({ route }) => route === "POST /v1/applications/{application}/reviews")
    .flatMap(({ route, call }) => [
      { form: `${route} (with a waiver)`, route, call: { ...call, body: { ...GRANT, waivers: [{ code: "x", reason: "As agreed." }] } } },
      { form: `${route} (for changes)`, route, call: { ...call, body: CHANGES } },
    ]);
  return [...forms, ...denials, ...waived];
}

let plans = 0;
/** How a call that has succeeded may be made again without another world; the rest needs one. */
const AGAIN: Readonly<Record<string, (call: BodyForm["call"]) => BodyForm["call"]>> = {
  "POST /v1/applications": (call) => ({ ...call, as: newBrand() }),
  "PUT /v1/applications/{application}": (call) => call,
  "POST /v1/seasons": (call) => ({ ...call, body: { ...call.body, id: `plan-${++plans}` } }),
  "POST /v1/campaigns": (call) => call,
  "POST /v1/cards": (call) => call,
  "POST /v1/decisions": (call) => call,
};

/** Makes a form's call with changes to its body, each where the call has not succeeded yet. */
export function unspent(gate: Gate, form: string) {
  let fresh: BodyForm | undefined;
  return async (changed: (body: object) => object): Promise<Reply> => {
    fresh ??= bodyForms(await makeWorld(gate)).find((each) => each.form === form);
    if (!fresh) throw new Error(`no form ${form}`);
    const reply = await gate.call(fresh.route, { ...fresh.call, body: changed(fresh.call.body) });
    const again = AGAIN[fresh.route];
    if (reply.status < 400) fresh = again && { ...fresh, call: again(fresh.call) };
    return reply;
  };
}
