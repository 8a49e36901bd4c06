import { afterAll, expect, test } from "@jest/globals";
import { ROUTES } from "../../../lib/contracts/openapi.ts";
import { httpEvent } from "../../../scripts/local/http-event.ts";
import { openGate } from "../../support/gate.ts";
import { expectProblem, expectRefused } from "../../support/problem.ts";
import { bodyForms, makeWorld } from "../../support/valid-calls.ts";

const gate = await openGate();
const forms = bodyForms(await makeWorld(gate)).filter(({ form, route }) => form === route);
afterAll(() => gate.close());

const NOT_HTTP = [
  ...[{}, null, undefined, "a string", 7, [], { routeKey: 7 }, { routeKey: null }],
  { Records: [{ messageId: "1", body: "{}", eventSource: "aws:sqs" }] },
  { source: "aws.events", "detail-type": "Scheduled Event", time: "2024-05-20T12:00:00Z", detail: {} },
  { httpMethod: "POST", path: "/v1/applications", resource: "/v1/applications" },
];

test.each([...ROUTES.keys(), "$default"])(
  "the function behind %s says 400 to what is no HTTP request, and changes nothing",
  async (route) => {
    const before = await gate.rows();
    for (const event of NOT_HTTP) expectProblem(await gate.send(route, event), { status: 400, code: "not-http" });
    expect(await gate.rows()).toEqual(before);
  },
);

test("an address that is none is a 404 problem, whichever function is asked", async () => {
  expectProblem(await gate.call("$default"), { status: 404, code: "unknown-route" });
  for (const routeKey of ["GET /v1/nothing", "POST /v1/Applications", "", "constructor", "__proto__"])
    for (const route of ROUTES.keys()) expectProblem(await gate.send(route, { routeKey }), { status: 404, code: "unknown-route" });
});

test.each(forms)("$route refuses a body of null, which is how serverless-offline says that there is none", async ({ route, call }) => {
  const event = { ...(await signed(route, call)), body: null };
  expectRefused(await gate.send(route, event));
});

test.each(forms)("$route refuses an event without headers, path or query", async ({ route, call }) => {
  const whole = await signed(route, call);
  for (const part of ["headers", "pathParameters", "queryStringParameters"] as const)
    for (const nothing of [null, undefined]) {
      const reply = await gate.send(route, { ...whole, body: "{", [part]: nothing });
      expectRefused(reply);
    }
});

/** A public route reads no bearer. */
const withBearer = forms.filter(({ call }) => call.as !== null);

test.each(withBearer)("$route refuses headers that are no text, or too much of it", async ({ route, call }) => {
  const whole = await signed(route, call);
  for (const authorization of [7, null, {}, "Bearer", `Bearer ${"x".repeat(10_000)}`, "Bearer \u0000", "x".repeat(1_000_000)])
    expectProblem(await gate.send(route, { ...whole, headers: { ...whole.headers, authorization } }), {
      status: 401,
      code: "unauthenticated",
    });
});

async function signed(route: string, { as, ...request }: (typeof forms)[number]["call"]) {
  const token = await gate.tokenOf(as);
  return httpEvent(route, { ...request, headers: { authorization: `Bearer ${token}` } });
}
