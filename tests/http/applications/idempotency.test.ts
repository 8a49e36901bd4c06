import { afterAll, describe, expect, test } from "@jest/globals";
import { applications } from "../../../lib/contracts/applications.ts";
import { campaigns } from "../../../lib/contracts/campaigns.ts";
import { cards } from "../../../lib/contracts/cards.ts";
import { type Endpoint, routeKey } from "../../../lib/contracts/endpoint.ts";
import { ROUTES } from "../../../lib/contracts/openapi.ts";
import { seasons } from "../../../lib/contracts/seasons.ts";
import { expectWholeTrails } from "../../support/audit-trail.ts";
import { openGate } from "../../support/gate.ts";
import { APPLICATION, CARD, DENIAL, imagesOf, newBrand, PLAN, stepsOf, TERMS } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";
import { makeWorld, timeOf, type ValidCall, validCalls } from "../../support/valid-calls.ts";

const gate = await openGate();
const go = stepsOf(gate);
afterAll(() => gate.close());

const keyed = [applications, campaigns, cards, seasons].flatMap((noun) =>
  Object.values<Endpoint>(noun).flatMap((endpoint) => (endpoint.keyed ? [routeKey(endpoint)] : [])),
);

/** The same call asking for something else, where there is something to ask for. */
const OTHERWISE: Readonly<Record<string, object>> = {
  "POST /v1/applications": { categories: ["home"] },
  "PUT /v1/applications/{application}": { categories: ["garden"] },
  "POST /v1/applications/{application}/appeal": { words: "Something else." },
  "POST /v1/applications/{application}/renewal": { season: "another" },
  "POST /v1/applications/{application}/attestation": { expiresAt: "2024-07-01T00:00:00Z" },
  "POST /v1/applications/{application}/attestation/turns": { reason: "Another reason." },
  "POST /v1/applications/{application}/reviews": { grants: [{ ...TERMS, dailyShare: 1 }] },
  "POST /v1/applications/{application}/grants/{grant}/turns": { verb: "revoke" },
  "POST /v1/campaigns": { name: "Another name" },
  "PUT /v1/campaigns/{campaign}": { name: "Another name" },
  "POST /v1/campaigns/{campaign}/turns": { verb: "resume" },
  "POST /v1/cards": { offer: null },
  "PUT /v1/cards/{card}": { offer: null },
  "POST /v1/cards/{card}/reviews": DENIAL,
  "POST /v1/seasons": { names: { zh: "另", en: "Another" } },
  "POST /v1/seasons/{season}/publication": { version: 2 },
  "PUT /v1/seasons/{season}": { reason: "Another reason." },
  "POST /v1/seasons/{season}/copies": { opens: "2025-05-14" },
  "POST /v1/seasons/{season}/extension": { reason: "Another reason." },
  "POST /v1/seasons/{season}/proposal/withdrawal": { version: 4 },
  "POST /v1/seasons/{season}/closure": { reason: "Another reason." },
  "POST /v1/seasons/{season}/cancellation": { reason: "Another reason." },
  "POST /v1/seasons/{season}/rings/resumption": { reason: "Another reason." },
};
/** What is done by it is done once, however often it is told; or nothing is. */
const ASKS_ONCE = ["POST /v1/seasons/{season}/signals", "POST /v1/cards/lint"];
const WITHOUT_BODY = ["POST /v1/applications/{application}/submission", "POST /v1/applications/{application}/withdrawal"];

let keys = 0;
const newKey = () => `key-${++keys}`;
const send = (route: string, call: ValidCall, key: string) =>
  gate.call(route, { ...call, headers: { ...call.headers, "idempotency-key": key } });
/** A world for each question, in which every call succeeds once, in the order of the routes. */
const worlds = { twice: await makeWorld(gate), atOnce: await makeWorld(gate), noKey: await makeWorld(gate) };
/** At the world's own time. */
const callIn = async (world: keyof typeof worlds, route: string): Promise<ValidCall> => {
  await gate.setClock(timeOf(worlds[world]));
  const call = validCalls(worlds[world])[route];
  if (!call) throw new Error(`no valid call for ${route}`);
  return call;
};
const audits = async () => (await gate.rows()).registry.filter(({ pk }) => pk?.S?.startsWith("AUDIT#")).length;

test("every route of these nouns that changes anything takes a key, and is here", () => {
  const nouns = /^(?:POST|PUT|DELETE) \/v1\/(?:applications|campaigns|cards|seasons)\b/;
  expect([...keyed].sort()).toEqual([...ROUTES.keys()].filter((route) => nouns.test(route) && !ASKS_ONCE.includes(route)).sort());
  expect([...Object.keys(OTHERWISE), ...WITHOUT_BODY].sort()).toEqual([...keyed].sort());
});

describe.each(keyed)("%s", (route) => {
  test("with one key twice gives the same answer to the byte and is done once; without, it would be done or refused again", async () => {
    const call = await callIn("twice", route);
    const key = newKey();
    const before = await audits();
    const first = await send(route, call, key);
    expect({ status: first.status, body: first.body }).toEqual({ status: ROUTES.get(route)?.status, body: first.body });
    const rows = await gate.rows();
    expect(await audits()).toBe(before + 1);
    for (const _ of [1, 2]) {
      const again = await send(route, call, key);
      expect({ ...again, requestId: "" }).toEqual({ ...first, requestId: "" });
    }
    expect(await gate.rows()).toEqual(rows);

    if (route in OTHERWISE) {
      const body = { ...(call.body as object), ...OTHERWISE[route] };
      expectProblem(await send(route, { ...call, body }, key), { status: 422, code: "idempotency-key-reused" });
      expect(await gate.rows()).toEqual(rows);
    }
    const other = await send(route, call, newKey());
    expect(other.text).not.toBe(first.text);
  });

  test("five times at once under one key is done once, and all five are given the same answer", async () => {
    const call = await callIn("atOnce", route);
    const key = newKey();
    const before = await audits();
    const replies = await Promise.all(Array.from({ length: 5 }, () => send(route, call, key)));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]?.status).toBe(ROUTES.get(route)?.status);
    expect(await audits()).toBe(before + 1);
  });

  test("with a key that is none is refused and changes nothing", async () => {
    const call = await callIn("noKey", route);
    const before = await gate.rows();
    for (const key of ["", " ", "two words", "键", "a\u0000", "x".repeat(256)])
      expectProblem(await send(route, call, key), { status: 400, code: "idempotency-key-invalid" });
    expect(await gate.rows()).toEqual(before);
    expect((await send(route, call, "x".repeat(255))).status).toBe(ROUTES.get(route)?.status);
  });
});

test("a key is its caller's own: to another it stands for nothing yet", async () => {
  const [one, other] = [newBrand(), newBrand()];
  const key = newKey();
  const apply = (as: typeof one) => send("POST /v1/applications", { as, body: { ...APPLICATION, submit: false } }, key);
  const [first, second] = [await apply(one), await apply(other)];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect([first.body.brand, second.body.brand]).toEqual([one.tenant, other.tenant]);
});

test("a key stands for one address: another route or another thing under it is another request", async () => {
  const world = await makeWorld(gate);
  const key = newKey();
  const { pending, attested } = world.application;
  const attest = (application: string) =>
    send(
      "POST /v1/applications/{application}/attestation",
      { as: "attester", params: { application }, body: { expiresAt: PLAN.instants.clickGraceEnds } },
      key,
    );
  expect((await attest(pending)).status).toBe(201);
  expectProblem(await attest(attested), { status: 409, code: "already-attested" });
});

test("a refusal is not kept: the same request under the same key succeeds once it may", async () => {
  const world = await makeWorld(gate);
  const key = newKey();
  const approve = () =>
    send(
      "POST /v1/applications/{application}/reviews",
      { as: "reviewer", params: { application: world.application.pending }, body: { decision: "approve", grants: [TERMS] } },
      key,
    );
  expectProblem(await approve(), { status: 409, code: "not-attested" });
  await go.attest(world.application.pending);
  const first = await approve();
  expect(first.status).toBe(201);
  expect((await approve()).text).toBe(first.text);
});

test("a body whose members come in another order, or with a default left out, is the same request", async () => {
  const brand = newBrand();
  const key = newKey();
  const body = { ...APPLICATION, submit: true };
  const first = await send("POST /v1/applications", { as: brand, body }, key);
  const { submit: _, ...rest } = body;
  const turned = Object.fromEntries(Object.entries(rest).reverse());
  expect((await send("POST /v1/applications", { as: brand, body: turned }, key)).text).toBe(first.text);
});

test.each([
  ["title", "description"],
  ["description", "title"],
])("an answer with texts of its own order, %s first, is given again in it", async (...order) => {
  const { brand, campaign } = await makeWorld(gate);
  const text = Object.fromEntries(order.map((name) => [name, "春茶新到"]));
  await go.images(brand, "450");
  const images = imagesOf("450").map(({ role, sha256 }) => ({ role, sha256 }));
  const call = { as: brand, body: { ...CARD, campaign, template: "450", text, images } };
  const key = newKey();
  const first = await send("POST /v1/cards", call, key);
  expect({ status: first.status, errors: first.body.errors }).toEqual({ status: 201, errors: undefined });
  expect((await send("POST /v1/cards", call, key)).text).toBe(first.text);
});

test("every change has its one audit event, in order, along the arrows that are drawn", () => expectWholeTrails(gate));
