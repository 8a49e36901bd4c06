import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, expect, test } from "@jest/globals";
import { ROUTES } from "../../lib/contracts/openapi.ts";
import { openGate } from "../support/gate.ts";
import { newBrand, PREPARING, REQUEST } from "../support/gate-steps.ts";
import { minted, mintedDecision } from "../support/minted.ts";
import { expectProblem } from "../support/problem.ts";
import { validCalls } from "../support/valid-calls.ts";

const gate = await openGate({ dynamodbEndpoint: `http://127.0.0.1:${await closedPort()}` });
afterAll(() => gate.close());
await gate.setClock(PREPARING);

const id = (prefix: string) => `${prefix}_01ARZ3NDEKTSV4RRFFQ69G5FAV`;
const calls = validCalls({
  number: 1,
  brand: newBrand(),
  stranger: newBrand(),
  application: { draft: id("app"), pending: id("app"), attested: id("app"), denied: id("app"), granted: id("app") },
  applicant: { draft: newBrand(), pending: newBrand(), attested: newBrand(), denied: newBrand(), granted: newBrand() },
  grant: id("grt"),
  imported: { brand: id("brd"), grant: id("grt") },
  import: { open: id("imp"), whole: id("imp") },
  webhook: { kept: id("whk"), ended: id("whk") },
  switch: id("swt"),
  campaign: id("cmp"),
  other: id("cmp"),
  card: { pending: id("crd"), approved: id("crd") },
  draft: "draft",
  edited: "edited",
  dropped: "dropped",
  begun: "begun",
  trial: "trial",
  halted: "halted",
  proposed: "proposed",
  later: "later",
});

test("a decision has a reason and no card for every slot", async () => {
  const { status, body } = await gate.call("POST /v1/decisions", { as: "feed", body: { ...REQUEST, slots: 3 } });
  const noAd = { noAd: { code: 1, reason: "technical-error" } };
  expect({ status, ...body }).toMatchObject({ status: 200, snapshot: null, slots: [noAd, noAd, noAd] });
});

test("a bid request is answered with the reason, for each of its impressions", async () => {
  const { status, body } = await gate.call("POST /openrtb2/{surface}/bid", calls["POST /openrtb2/{surface}/bid"]);
  const nobids = [{ impid: "imp-1", nbr: 1, reason: "technical-error" }];
  expect({ status, body }).toEqual({ status: 200, body: { id: "req-1", seatbid: [], nbr: 1, ext: { nobids } } });
});

test("a tap is led on, and is kept as a log line that says nothing of the viewer", async () => {
  const token = minted("click");
  const { status, headers } = await gate.call("GET /c/{token}", { params: { token } });
  expect({ status, location: headers["location"] }).toEqual({ status: 302, location: "tmall://page.tm/shop?shopId=990000000001" });
  const lines = gate.log.filter(({ event }) => event === "click-unrecorded");
  expect(lines).toEqual([
    {
      level: "error",
      event: "click-unrecorded",
      click: {
        kind: "click",
        decision: expect.stringMatching(/^dec_/),
        slot: 0,
        surface: "wechat-moments",
        season: "618-2024",
        phase: "wave-1",
        brand: expect.stringMatching(/^brd_/),
        campaign: expect.stringMatching(/^cmp_/),
        card: expect.stringMatching(/^crd_/),
        marketplace: "tmall",
        at: Date.parse(PREPARING),
        link: "tmall-app",
        outcome: null,
        late: false,
        os: "ios",
        hostVersion: "8.0.50",
        lease: "",
        invalid: null,
      },
    },
  ]);
});

const WITHOUT = ["GET /c/{token}", "GET /go/{token}", "POST /v1/decisions", "POST /openrtb2/{surface}/bid", "GET /openapi.json"];
const store = [...ROUTES.keys()].filter((route) => !WITHOUT.includes(route));

const replay = "GET /v1/decisions/{decision}/replay";
/** What a decision was made from is in the store, where it was made from anything. */
const callOf = (route: string) =>
  route === replay
    ? { as: "auditor" as const, params: { decision: mintedDecision({ snapshot: 1, switches: 1, shares: 1 }) } }
    : calls[route];

test.each(store)("%s is not available: 503, to be tried again, with nothing of our insides", async (route) => {
  const reply = await gate.call(route, callOf(route));
  expectProblem(reply, { status: 503, code: "unavailable" });
  expect(reply.headers["retry-after"]).toBe("1");
});

test("who may not is told so without the store", async () => {
  expectProblem(await gate.call("GET /v1/seasons"), { status: 401 });
  expectProblem(await gate.call("POST /v1/seasons", { as: "feed" }), { status: 403 });
});

test("the document is there all the same", async () => {
  expect((await gate.call("GET /openapi.json")).status).toBe(200);
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
