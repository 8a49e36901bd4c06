import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { newBrand, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem, sayingOf } from "../../support/problem.ts";
import { answers, openReceiver, type Receiver } from "../../support/receiver.ts";

const gate = await openGate();
afterAll(() => gate.close());
const go = stepsOf(gate);
beforeAll(() => go.season());

let receiver: Receiver;
beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(() => receiver.close());

const subscribe = (as: Caller, body: object = { url: receiver.url }) => gate.call("POST /v1/webhooks", { as, body });
const list = async (as: Caller) => (await gate.call("GET /v1/webhooks", { as })).body.webhooks;
const unsubscribe = (as: Caller, webhook: string) => gate.call("DELETE /v1/webhooks/{webhook}", { as, params: { webhook } });
const replay = (as: Caller, webhook: string, since: string) =>
  gate.call("POST /v1/webhooks/{webhook}/replays", { as, params: { webhook }, body: { since } });
const turn = async () => {
  await gate.publish();
  await gate.tick();
};
const types = () => receiver.deliveries.map(({ body }) => JSON.parse(body).type);

test("a subscriber is told what changes from then on, signed under the secret they were given once", async () => {
  const brand = newBrand();
  const { id: application } = await go.apply(brand);
  await gate.publish();
  const { status, body } = await subscribe(brand);
  expect({ status, body }).toEqual({
    status: 201,
    body: {
      id: expect.stringMatching(/^whk_[0-9A-Z]{26}$/),
      feed: `brand/${brand.tenant}`,
      url: receiver.url,
      types: [],
      state: "active",
      reason: null,
      createdAt: expect.any(String),
      version: 1,
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    },
  });
  await turn();
  expect(types()).toEqual(["webhook.created"]);
  await go.admit(newBrand());
  await turn();
  expect(types()).toEqual(["webhook.created"]);
  await go.attest(application);
  await turn();
  await turn();
  expect(types()).toEqual(["webhook.created", "application.attested", "attestation.given"]);
  for (const delivery of receiver.deliveries) {
    const message = receiver.verified(delivery, body.secret) as { data: { id: string; sequence: number } };
    expect(message.data.id).toBe(delivery.id);
  }
  const { changes } = (await gate.call("GET /v1/whitelist/changes", { as: brand })).body;
  expect(receiver.deliveries.map(({ body: text }) => JSON.parse(text).data)).toEqual(changes.slice(1));
  expect(await list(brand)).toMatchObject([{ id: body.id, delivered: "4", failures: 0, retryAt: null, state: "active" }]);
});

test("only the types that were asked for are sent", async () => {
  const brand = newBrand();
  await subscribe(brand, { url: receiver.url, types: ["grant.given", "card.approved"] });
  await go.admit(brand);
  await turn();
  expect(types()).toEqual(["grant.given", "card.approved"]);
});

test("the secret is told once and never again, in no reply and no line of the log", async () => {
  const brand = newBrand();
  const { secret } = (await subscribe(brand)).body;
  receiver.answer(answers(500));
  await go.apply(brand);
  await turn();
  expect(JSON.stringify(await list(brand))).not.toContain("whsec_");
  expect(JSON.stringify(gate.log)).not.toContain(secret);
  expect(JSON.stringify(gate.log)).not.toContain(receiver.url);
  const [{ id }] = await list(brand);
  expect((await replay(brand, id, "0")).text).not.toContain("whsec_");
});

test("a replay sends everything again from its place, and enables what was disabled", async () => {
  const brand = newBrand();
  const { id } = (await subscribe(brand)).body;
  await turn();
  const { id: application } = await go.apply(brand);
  await turn();
  receiver.answer(answers(410));
  await go.withdraw(application, brand);
  await turn();
  expect(await list(brand)).toMatchObject([{ state: "disabled", reason: "status-410", delivered: "2" }]);
  receiver.answer(answers(200));
  expectProblem(await replay(brand, id, "3"), { status: 422, code: "not-admissible" });
  const { status, body } = await replay(brand, id, "1");
  expect({ status, body }).toMatchObject({ status: 201, body: { id, state: "active", reason: null, delivered: "1" } });
  await turn();
  expect(types().slice(-4)).toEqual(["application.submitted", "application.withdrawn", "webhook.disabled", "webhook.replayed"]);
});

test("one that was ended is sent nothing more, and is gone", async () => {
  const brand = newBrand();
  const { id } = (await subscribe(brand)).body;
  expect(await unsubscribe(brand, id)).toMatchObject({ status: 204, text: "" });
  await go.apply(brand);
  await turn();
  expect(receiver.ids).toEqual([]);
  expect(await list(brand)).toEqual([]);
  expectProblem(await unsubscribe(brand, id), { status: 404, code: "not-found" });
  const rows = JSON.stringify((await gate.rows()).registry);
  expect(rows).not.toContain(`SECRET#${id}`);
});

test("ten are enough for anybody", async () => {
  const brand = newBrand();
  for (let n = 0; n < 10; n++) expect((await subscribe(brand)).status).toBe(201);
  expectProblem(await subscribe(brand), { status: 409, code: "too-many-webhooks" });
});

describe("another's subscription", () => {
  test("is on every route just what an unknown id is", async () => {
    const owner = newBrand();
    const { id } = (await subscribe(owner)).body;
    const strangers: readonly (User | "operator" | "attester")[] = [newBrand(), "operator", "attester"];
    const before = await gate.rows();
    for (const as of strangers)
      for (const act of [unsubscribe, (who: Caller, webhook: string) => replay(who, webhook, "0")]) {
        const [theirs, unknown] = [await act(as, id), await act(as, "whk_01ARZ3NDEKTSV4RRFFQ69G5FAV")];
        expectProblem(theirs, { status: 404, code: "not-found" });
        expect(sayingOf(theirs)).toEqual(sayingOf(unknown));
      }
    expect(await list(strangers[0] as User)).toEqual([]);
    expect(await gate.rows()).toEqual(before);
  });
});

test.each([
  "http://hooks.lanmo.cn/",
  "https://hooks.lanmo.cn:8443/",
  "https://ann:secret@hooks.lanmo.cn/",
  "https://hooks.lanmo.cn./",
  "https://127.0.0.1/",
  "https://0x7f.1/",
  "https://[::ffff:127.0.0.1]/",
  "https://169.254.169.254/latest/meta-data/",
  "https://localhost/",
  "javascript:alert(1)",
  "nonsense",
])("an address nothing is sent to (%s) is refused, and named", async (url) => {
  const reply = await subscribe(newBrand(), { url });
  expectProblem(reply, { status: 422, code: "not-admissible" });
  expect(reply.body.errors).toMatchObject([{ code: "url-not-public", field: "/url" }]);
});

test.each([
  { url: 5 },
  {},
  { url: "https://hooks.lanmo.cn/", types: ["nonsense"] },
  { url: "https://hooks.lanmo.cn/", secret: "whsec_mine" },
])("%j is no subscription", async (body) => {
  expectProblem(await subscribe(newBrand(), body), { status: 400, code: "invalid-request" });
});
