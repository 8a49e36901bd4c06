import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { expectWholeTrails } from "../../support/audit-trail.ts";
import { openGate } from "../../support/gate.ts";
import { CARD, CHANGES, DENIAL, newBrand, REQUEST, SERVING, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
afterAll(() => gate.close());
beforeAll(() => go.season());

const change = (as: User, card: string, version: number, over: object = {}) =>
  gate.call("PUT /v1/cards/{card}", { as, params: { card }, body: { ...CARD, ...over, version } });
const review = (card: string, version: number, body: object = { decision: "approve" }, as = "reviewer" as const) =>
  gate.call("POST /v1/cards/{card}/reviews", { as, params: { card }, body: { ...body, version } });
const lint = (as: User, body: object) => gate.call("POST /v1/cards/lint", { as, body });
const isInLineup = async (card: string) =>
  (await gate.rows()).registry.some(({ pk, sk }) => pk?.S?.startsWith("LINEUP#") && sk?.S === `CARD#${card}`);
const text = { text: "新到的春茶，一叶入杯。" };

test("what a viewer sees is reviewed again when it changes, and is not shown meanwhile", async () => {
  const brand = newBrand();
  const { card } = await go.admit(brand);
  expect(await isInLineup(card)).toBe(true);
  const changed = await change(brand, card, 2, { text });
  expect(changed).toMatchObject({ status: 200, body: { status: "pending", version: 3, text, decidedBy: null, decidedAt: null } });
  expect(await isInLineup(card)).toBe(false);
  expectProblem(await review(card, 2), { status: 409, code: "changed-meanwhile" });
  expect((await review(card, 3)).body).toMatchObject({ status: "approved", version: 4 });
  expect(await isInLineup(card)).toBe(true);
});

test("another weight, or a narrower window, is nothing to review, and is served at once", async () => {
  const brand = newBrand();
  const { card } = await go.admit(brand);
  const window = { opensAt: "2024-05-21T00:00:00.000Z", closesAt: "2024-05-22T00:00:00.000Z" };
  expect((await change(brand, card, 2, { weight: 7, window })).body).toMatchObject({ status: "approved", version: 3, weight: 7, window });
  const { registry } = await gate.rows();
  const served = registry.find(({ sk, pk }) => sk?.S === `CARD#${card}` && pk?.S?.startsWith("LINEUP#"));
  expect(served?.["doc"]?.M?.["weight"]?.N).toBe("7");
  expect((await change(brand, card, 3, { weight: 7 })).body).toMatchObject({ status: "pending", window: null });
});

test("an approval is taken back with a reason, and the card leaves; put right, it is reviewed anew", async () => {
  const brand = newBrand();
  const { card } = await go.admit(brand);
  expect((await review(card, 2, DENIAL)).body).toMatchObject({ status: "denied", feedback: DENIAL.feedback, version: 3 });
  expect(await isInLineup(card)).toBe(false);
  expectProblem(await review(card, 3), { status: 409, code: "already-decided" });
  expect((await change(brand, card, 3, { text })).body).toMatchObject({ status: "pending", feedback: DENIAL.feedback });
  expect((await review(card, 4, CHANGES)).body).toMatchObject({ status: "changes-requested", feedback: CHANGES.feedback });
  expect((await change(brand, card, 5)).body).toMatchObject({ status: "pending", version: 6 });
  expect((await review(card, 6)).body).toMatchObject({ status: "approved", feedback: [] });
});

test("nobody who had a hand in any version of it rules on it", async () => {
  const brand = newBrand();
  const { campaign } = await go.admit(brand);
  const { id: card } = await go.card(campaign, brand);
  await change({ ...brand, sub: "usr_another" }, card, 1);
  for (const sub of [brand.sub, "usr_another"]) {
    const as = { sub, role: "reviewer", tenant: "wechat" } as const;
    const reply = await gate.call("POST /v1/cards/{card}/reviews", { as, params: { card }, body: { decision: "approve", version: 2 } });
    expectProblem(reply, { status: 403, code: "self-review" });
  }
});

test("of two changes of one version one is made; the other is told to read again", async () => {
  const brand = newBrand();
  const { card } = await go.admit(brand);
  const replies = await Promise.all([1, 2, 3].map((weight) => change(brand, card, 2, { weight })));
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
});

test("a change and an approval at once: what is shown is what was approved", async () => {
  const brand = newBrand();
  const { campaign } = await go.admit(brand);
  for (const _ of [1, 2, 3]) {
    const { id: card } = await go.card(campaign, brand);
    const [changed, ruled] = await Promise.all([change(brand, card, 1, { text }), review(card, 1)]);
    expect([changed.status, ruled.status].sort()).toEqual([changed.status === 200 ? 200 : 201, 409]);
    expect(await isInLineup(card)).toBe(ruled.status === 201);
  }
});

test("linting tells every fault with its limit and what there is, and keeps nothing", async () => {
  const brand = newBrand();
  const { campaign } = await go.admit(brand);
  const before = await gate.rows();
  expect(await lint(brand, { ...CARD, campaign })).toMatchObject({ status: 200, body: { ok: true, faults: [] } });
  const broken = { ...CARD, campaign, text: { text: "最好的茶" }, callToAction: "买", seasonMark: "logo" };
  const { body } = await lint(brand, broken);
  expect(body).toEqual({
    ok: false,
    faults: [
      { code: "text-absolute-term", field: "/text/text", limit: "none", has: "最", detail: expect.any(String) },
      expect.objectContaining({ code: "call-to-action-unknown", field: "/callToAction", has: "买" }),
      { code: "mark-not-licensed", field: "/seasonMark", limit: "none", has: "logo", detail: "Allowed: none. This has logo." },
    ],
  });
  const refused = await gate.call("POST /v1/cards", { as: brand, body: broken });
  expectProblem(refused, { status: 422, code: "card-not-acceptable" });
  expect(refused.body.errors).toEqual(body.faults.map(({ code, field, detail }: Record<string, unknown>) => ({ code, field, detail })));
  expect(await gate.rows()).toEqual(before);
});

test("a card names its store as it was approved, and whoever made it cannot", async () => {
  const brand = newBrand();
  const { campaign, application } = await go.admit(brand);
  const { store } = (await go.read(application)).application;
  expect(await go.card(campaign, brand)).toMatchObject({ storeName: store.names });
  const named = await gate.call("POST /v1/cards", { as: brand, body: { ...CARD, campaign, storeName: store.names } });
  expectProblem(named, { status: 400, code: "invalid-request" });
});

test("a preview shows the card with its label and its ways, to who may read it, and counts nothing", async () => {
  const brand = newBrand();
  const { campaign } = await go.admit(brand);
  const { id: card } = await go.card(campaign, brand);
  const before = await gate.rows();
  for (const as of [brand, "reviewer", "auditor"] as const) {
    const { status, body, text: sent } = await gate.call("GET /v1/cards/{card}/preview", { as, params: { card } });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        card: { id: card, status: "pending", storeName: { zh: "霁鹭妆匣旗舰店" }, text: CARD.text, images: CARD.images },
        label: { zh: "广告", en: "Ad" },
      },
    });
    expect(body.links.map(({ os }: { os: string }) => os)).toEqual(["ios", "android", "harmonyos"]);
    for (const { ways } of body.links)
      expect(ways).toEqual([
        { id: "tmall-app", needsApp: "tmall", through: "straight", url: "tmall://page.tm/shop?shopId=990000000001" },
        { id: "taobao-app", needsApp: "taobao", through: "straight", url: expect.stringContaining("shop_id%3D990000000001") },
        { id: "web", needsApp: null, through: "straight", url: "https://shop.m.taobao.com/shop/shop_index.htm?shop_id=990000000001" },
      ]);
    expect(sent).not.toMatch(/impressionUrl|clickUrl|\/i\/|\/c\//);
  }
  expect(await gate.rows()).toEqual(before);
});

test("a card that waits again is not decided for once that is published", async () => {
  const brand = newBrand();
  const { card } = await go.admit(brand);
  await gate.publish();
  await gate.setClock(SERVING);
  const shown = async () =>
    (await go.decide({ ...REQUEST, slots: 10 })).slots.some((slot: { card?: { id: string } }) => slot.card?.id === card);
  expect(await shown()).toBe(true);
  expect((await change(brand, card, 2, { text })).status).toBe(200);
  await gate.publish();
  await gate.setClock("2024-05-20T20:00:10+08:00");
  expect(await shown()).toBe(false);
});

test("every change has its one audit event, in order, along the arrows that are drawn", () => expectWholeTrails(gate));
