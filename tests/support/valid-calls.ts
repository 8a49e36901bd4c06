import type { User } from "../../lib/domain/authorisation.ts";
import type { Caller, Gate, Reply } from "./gate.ts";
import { APPLICATION, CAMPAIGN, CARD, DENIAL, GRANT, newBrand, PLAN, REQUEST, SEASON, SURFACE, stepsOf } from "./gate-steps.ts";
import type { Request } from "./http-event.ts";
import { minted } from "./minted.ts";

/** Who, and with what. */
export type ValidCall = Request & { readonly as: Caller };

/** Things at every stage, that calls can be about. */
export interface World {
  /** A brand with a grant, a campaign and an approved card. */
  readonly brand: User;
  /** A brand that has not applied. */
  readonly stranger: User;
  readonly application: { readonly pending: string; readonly attested: string };
  readonly campaign: string;
  readonly card: { readonly pending: string; readonly approved: string };
  readonly draft: string;
}

let worlds = 0;

/** Makes a world in a gate; the first also publishes the season, which takes applications. */
export async function makeWorld(gate: Gate): Promise<World> {
  const go = stepsOf(gate);
  if (++worlds === 1) await go.season();
  await gate.setClock("2024-05-13T10:00:00+08:00");
  const [brand, stranger] = [newBrand(), newBrand()];
  const { campaign, card: approved } = await go.admit(brand);
  const { id: pending } = await go.apply(newBrand());
  const { id: attested } = await go.apply(newBrand());
  await go.attest(attested);
  const { id: card } = await go.card(campaign, brand);
  const { id: draft } = await go.plan({ ...PLAN, id: `draft-${worlds}`, ...IN_2030 });
  return {
    brand,
    stranger,
    application: { pending, attested },
    campaign,
    card: { pending: card, approved },
    draft,
  };
}

const IN_2030 = {
  phases: [{ id: "wave-1", names: PLAN.names, opensAt: "2030-06-01T00:00:00+08:00", closesAt: "2030-06-02T00:00:00+08:00" }],
  applicationsCloseAt: "2030-05-01T00:00:00+08:00",
  clickGraceEndsAt: "2030-06-03T00:00:00+08:00",
};

/** For every route a call that succeeds in this world, once. */
export function validCalls({ brand, stranger, application, campaign, card, draft }: World): Readonly<Record<string, ValidCall>> {
  const query = { season: SEASON, surface: SURFACE };
  return {
    "POST /v1/applications": { as: stranger, body: APPLICATION },
    "GET /v1/applications": { as: brand, query },
    "GET /v1/applications/{application}": { as: "reviewer", params: { application: application.pending } },
    "POST /v1/applications/{application}/attestation": {
      as: "attester",
      params: { application: application.pending },
      body: { expiresAt: PLAN.clickGraceEndsAt },
    },
    "POST /v1/applications/{application}/reviews": { as: "reviewer", params: { application: application.attested }, body: GRANT },
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
    "POST /v1/decisions": { as: "feed", body: REQUEST },
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
  return [...forms, ...denials];
}

/** Makes a form's call with changes to its body, each in a world where the call has not succeeded yet. */
export function unspent(gate: Gate, form: string) {
  let fresh: BodyForm | undefined;
  return async (changed: (body: object) => object): Promise<Reply> => {
    fresh ??= bodyForms(await makeWorld(gate)).find((each) => each.form === form);
    if (!fresh) throw new Error(`no form ${form}`);
    const reply = await gate.call(fresh.route, { ...fresh.call, body: changed(fresh.call.body) });
    if (reply.status < 400) fresh = undefined;
    return reply;
  };
}
