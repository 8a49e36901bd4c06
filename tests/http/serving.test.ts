import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openGate } from "../support/gate.ts";
import { MEI, newBrand, PLAN, REQUEST, stepsOf } from "../support/gate-steps.ts";
import { expectProblem } from "../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const [lapsing, undecided] = [newBrand(), newBrand()];

beforeAll(async () => {
  await go.season();
  await go.admit(MEI);
  await go.admit(lapsing, "2024-05-22T00:00:00+08:00");
  // Granted, with a campaign, and a card nobody has looked at.
  const { id } = await go.apply(undecided);
  await go.attest(id);
  await go.grant(id);
  await go.card((await go.campaign(undecided)).id, undecided);
  await gate.publish();
});
afterAll(() => gate.close());

const brandsAt = async (time: string) => {
  await gate.setClock(time);
  const { slots } = await go.decide({ ...REQUEST, slots: 3 });
  return slots.map((slot: { brand?: string; noAd?: { code: number } }) => slot.brand ?? slot.noAd?.code).sort();
};

test("serving does not wait for the season clock: without one tick it opens and closes on time", async () => {
  expect(await brandsAt("2024-05-20T20:00:01+08:00")).toContain(MEI.tenant);
  expect(await brandsAt("2024-06-20T23:59:59+08:00")).toContain(MEI.tenant);
  expect(await brandsAt("2024-06-21T00:00:00+08:00")).toEqual([500, 500, 500]);
});

test("a brand is shown only while the marketplace vouches for it, and up to the guard band before that ends", async () => {
  expect(await brandsAt("2024-05-21T23:59:59.749+08:00")).toEqual([509, MEI.tenant, lapsing.tenant].sort());
  expect(await brandsAt("2024-05-21T23:59:59.750+08:00")).toEqual([509, 509, MEI.tenant].sort());
});

test("a card that the host has not approved is not shown", async () => {
  expect(await brandsAt("2024-05-21T12:00:00+08:00")).not.toContain(undecided.tenant);
});

test("a campaign is shown within its flight", async () => {
  await gate.setClock("2024-05-13T12:00:00+08:00");
  const flying = newBrand();
  await go.admit(flying);
  await gate.setClock("2024-05-23T00:00:00+08:00");
  await gate.publish();
  const flight = { opensAt: "2024-05-25T00:00:00+08:00", closesAt: "2024-05-26T00:00:00+08:00" };
  const { id } = await go.campaign(undecided, { season: PLAN.id, surface: "wechat-moments", name: "one day", flight });
  await go.approveCard((await go.card(id, undecided)).id);
  await gate.publish();
  expect(await brandsAt("2024-05-24T23:59:59+08:00")).not.toContain(undecided.tenant);
  expect(await brandsAt("2024-05-25T12:00:00+08:00")).toContain(undecided.tenant);
  expect(await brandsAt("2024-05-26T00:00:00+08:00")).not.toContain(undecided.tenant);
});

test("what the host approves is served from the next look at the snapshot, at most two seconds later", async () => {
  const late = newBrand();
  await gate.setClock("2024-05-13T13:00:00+08:00");
  const { id } = await go.apply(late);
  await go.attest(id);
  await go.grant(id);
  const { id: campaign } = await go.campaign(late);
  const { id: card } = await go.card(campaign, late);
  const shown = async (time: string) => {
    await gate.setClock(time);
    const { slots } = await go.decide({ ...REQUEST, slots: 10 });
    return slots.some(({ brand }: { brand?: string }) => brand === late.tenant);
  };
  expect(await shown("2024-05-27T12:00:00+08:00")).toBe(false);
  await go.approveCard(card);
  await gate.publish();
  expect(await shown("2024-05-27T12:00:02.001+08:00")).toBe(true);
});

test("a surface that is not the feed's own does not exist for it", async () => {
  const elsewhere = { sub: "svc_other_feed", role: "feed", tenant: "another-host" } as const;
  const foreign = await gate.call("POST /v1/decisions", { as: elsewhere, body: REQUEST });
  expectProblem(foreign, { status: 404, code: "not-found" });
});
