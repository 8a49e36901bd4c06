import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Role, User } from "../../lib/domain/authorisation.ts";
import { openGate, PUBLIC_URL } from "../support/gate.ts";
import { CARD, DENIAL, newBrand, REQUEST, SEASON, SERVING, SURFACE, stepsOf, tokenIn } from "../support/gate-steps.ts";
import { expectProblem, sayingOf } from "../support/problem.ts";
import { makeWorld, validCalls, type World } from "../support/valid-calls.ts";

const gate = await openGate();
afterAll(() => gate.close());
const go = stepsOf(gate);
const world = await makeWorld(gate);
const calls = validCalls(world);

const elsewhere = (role: Role, tenant: string): User => ({ sub: `usr_elsewhere_${role}`, role, tenant });
const strangers: readonly (readonly [who: string, user: User])[] = [
  ["another brand", newBrand()],
  ["a brand whose name begins with this one's", { ...newBrand(), tenant: world.brand.tenant.slice(0, -1) }],
  ["a brand called *", elsewhere("brand", "*")],
  ["an attester of another marketplace", elsewhere("attester", "another-marketplace")],
  ["an attester called as the host", elsewhere("attester", "wechat")],
  ["a reviewer of another host", elsewhere("reviewer", "another-host")],
  ["a reviewer called as the marketplace", elsewhere("reviewer", "tmall")],
  ["an operator of another host", elsewhere("operator", "another-host")],
  ["a feed of another host", elsewhere("feed", "another-host")],
];
const UNKNOWN = {
  grant: "grt_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  application: "app_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  campaign: "cmp_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  card: "crd_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  season: "no-such-season",
};
/** Everything in the world that has an id; of the seasons the draft, since a published one is for all to read. */
const things: readonly (readonly [thing: string, kind: keyof typeof UNKNOWN, id: string])[] = [
  ["a waiting application", "application", world.application.pending],
  ["an attested application", "application", world.application.attested],
  ["a draft application", "application", world.application.draft],
  ["a denied application", "application", world.application.denied],
  ["a granted application", "application", world.application.granted],
  ["a grant", "grant", world.grant],
  ["a campaign", "campaign", world.campaign],
  ["a waiting card", "card", world.card.pending],
  ["an approved card", "card", world.card.approved],
  ["a draft season", "season", world.draft],
];
/** But for a day's statement, which is of a published season alone: tests/http/reports/statements.test.ts asks for it as strangers. */
const routesTo = (kind: string) => Object.keys(calls).filter((route) => route.includes(`{${kind}}`) && !route.includes("{day}"));

describe.each(strangers)("to %s", (_, as) => {
  test.each(things)("%s is on every route just what an unknown id is", async (_, kind, id) => {
    const before = await gate.rows();
    for (const route of routesTo(kind))
      for (const body of route.endsWith("/reviews")
        ? [calls[route]?.body, { ...DENIAL, ...(route.includes("{card}") ? { version: 1 } : {}) }]
        : [calls[route]?.body]) {
        const ask = (asked: string) =>
          gate.call(route, { as, params: { ...calls[route]?.params, [kind]: asked }, ...(body ? { body } : {}) });
        const [theirs, unknown] = [await ask(id), await ask(UNKNOWN[kind])];
        expect(theirs.status === 403 || theirs.status === 404).toBe(true);
        expectProblem(theirs);
        expect(sayingOf(theirs)).toEqual(sayingOf(unknown));
      }
    expect(await gate.rows()).toEqual(before);
  });

  test("a campaign takes no card of theirs, and is not known to be there", async () => {
    const before = await gate.rows();
    const submit = (campaign: string) => gate.call("POST /v1/cards", { as, body: { ...CARD, campaign } });
    expect(sayingOf(await submit(world.campaign))).toEqual(sayingOf(await submit(UNKNOWN.campaign)));
    expect(await gate.rows()).toEqual(before);
  });

  test("no list, no report and no decision tells anything of what is not theirs", async () => {
    const before = await gate.rows();
    const query = { surface: SURFACE, season: SEASON };
    const replies = [
      await gate.call("GET /v1/applications", { as, query: { season: SEASON } }),
      await gate.call("GET /v1/reviews", { as }),
      await gate.call("GET /v1/seasons", { as }),
      await gate.call("GET /v1/reports/delivery", { as, query }),
      await gate.call("POST /v1/decisions", { as, body: REQUEST }),
    ];
    const said = replies.map(({ text }) => text).join("\n");
    for (const secret of [...secretsOf(world), brandSeen]) expect(said).not.toContain(secret);
    expect(await gate.rows()).toEqual(before);
  });
});

const secretsOf = ({ brand, application, applicant, grant, campaign, card, draft }: World) => [
  ...[brand, ...Object.values(applicant)].flatMap(({ tenant, sub }) => [tenant, sub].map((name) => `"${name}"`)),
  ...[...Object.values(application), grant, campaign, ...Object.values(card)],
  `"${draft}"`,
];
const brandSeen = `"brand":"${world.brand.tenant}"`;

beforeAll(async () => {
  // Something to be counted, so that a report has something to keep to itself.
  await gate.publish();
  await gate.setClock(SERVING);
  const [{ impressionUrl }] = (await go.decide()).slots;
  expect(impressionUrl.startsWith(PUBLIC_URL)).toBe(true);
  await gate.call("GET /i/{token}", { params: tokenIn(impressionUrl) });
  await gate.tally();
});

test("to those it belongs to, all of it is there", async () => {
  const { total } = await go.report(world.brand);
  expect(total.impressions).toBe(1);
  for (const [, kind, id] of things)
    for (const route of routesTo(kind).filter((each) => each.startsWith("GET")))
      expect((await gate.call(route, { as: ownerOf(id), params: { [kind]: id } })).status).toBe(200);
  const { body } = await gate.call("GET /v1/seasons", { as: "operator" });
  expect(body.seasons.map(({ id }: { id: string }) => id)).toEqual(
    [SEASON, world.draft, world.edited, world.dropped, world.begun, world.trial, world.halted, world.proposed, world.later].sort(),
  );
});

/** A draft application is its brand's own; everything else is also an auditor's to read. */
const ownerOf = (id: string) => (id === world.application.draft ? world.applicant.draft : "auditor");

test("whose id a season has is not told to another host that plans one", async () => {
  const as = elsewhere("operator", "another-host");
  const plan = calls["POST /v1/seasons"]?.body as object;
  const taken = await gate.call("POST /v1/seasons", { as, body: { ...plan, id: world.draft } });
  const free = await gate.call("POST /v1/seasons", { as, body: { ...plan, id: "nobody-has-this" } });
  expect(sayingOf(taken)).toEqual(sayingOf(free));
});
