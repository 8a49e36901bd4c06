import { afterAll, describe, expect, test } from "@jest/globals";
import { ROUTES } from "../../lib/contracts/openapi.ts";
import { AUTHORISATION } from "../../lib/domain/authorisation.ts";
import { deployedRoutes } from "../../scripts/local/deployment.ts";
import { type JsonSchema, misfits } from "../support/fits-schema.ts";
import { openGate, type Reply } from "../support/gate.ts";
import { DENIAL, REQUEST, SERVING, tokenIn } from "../support/gate-steps.ts";
import { makeWorld, validCalls } from "../support/valid-calls.ts";

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly headers?: object }>>;
}

const gate = await openGate();
afterAll(() => gate.close());
const { body: document } = await gate.call("GET /openapi.json");

const operations: readonly (readonly [string, Operation])[] = Object.entries<Record<string, Operation>>(document.paths).flatMap(
  ([path, methods]) => Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
);
const operationOf = (route: string) => new Map(operations).get(route);

test("the document is OpenAPI 3.1 and has every route that is deployed, and none more", () => {
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  const deployed = deployedRoutes().filter((route) => route !== "$default");
  expect(operations.map(([route]) => route).sort()).toEqual(deployed.sort());
  expect(new Set(operations.map(([, { operationId }]) => operationId)).size).toBe(operations.length);
});

test("every reference in the document leads somewhere", () => {
  for (const [, pointer] of JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)) {
    const steps = (pointer ?? "").split("/").slice(1);
    expect([pointer, steps.reduce((inner, step) => inner?.[step], document)]).toEqual([pointer, expect.any(Object)]);
  }
});

test.each(operations)("%s says who may call it, what it takes and what it gives", (route, operation) => {
  const endpoint = ROUTES.get(route);
  const roles = endpoint && AUTHORISATION[endpoint.action];
  expect(operation.summary).toMatch(/\.$/);
  expect(operation.security).toEqual(roles === "public" ? undefined : [{ bearer: [] }]);
  const names = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const inPath = (operation.parameters ?? []).filter((each) => each.in === "path");
  expect(inPath.map(({ name, required }) => [name, required])).toEqual(names.map((name) => [name, true]));
  expect(operation.requestBody !== undefined).toBe(endpoint?.body !== undefined || endpoint?.upload !== undefined);
  const unchanged = endpoint?.cacheControl === undefined ? [] : ["304"];
  expect(Object.keys(operation.responses)).toEqual([String(endpoint?.status), ...unchanged, "default"]);
});

describe("what is really answered fits the document", () => {
  const expectFits = (route: string, reply: Reply) => {
    const { responses } = operationOf(route) ?? { responses: {} as Operation["responses"] };
    const { content, headers = {} } = responses[reply.status] ?? responses["default"] ?? {};
    const type = String(reply.headers["content-type"] ?? "").split(";")[0] ?? "";
    expect({ route, type, headers: Object.keys(reply.headers) }).toMatchObject({
      type: content ? expect.stringMatching(new RegExp(`^(?:${Object.keys(content).join("|").replaceAll("+", "\\+")})$`)) : "",
      headers: expect.arrayContaining(Object.keys(headers)),
    });
    const schema = content?.[type]?.schema;
    if (schema && route !== "GET /openapi.json")
      expect({ route, misfits: misfits(document, schema, reply.body) }).toEqual({ route, misfits: [] });
  };

  test("when all is well", async () => {
    for (const [route, call] of Object.entries(validCalls(await makeWorld(gate)))) {
      const reply = await gate.call(route, call);
      expect({ route, status: reply.status }).toEqual({ route, status: ROUTES.get(route)?.status });
      expectFits(route, reply);
    }
  });

  test("when cards are denied, shown, counted and reported", async () => {
    const world = await makeWorld(gate);
    for (const [route, call] of Object.entries(validCalls(world)).filter(([each]) => each.endsWith("/reviews")))
      expectFits(route, await gate.call(route, { ...call, body: DENIAL }));
    await gate.publish();
    await gate.setClock(SERVING);
    await gate.tick();
    const decision = await gate.call("POST /v1/decisions", { as: "feed", body: { ...REQUEST, slots: 10 } });
    expectFits("POST /v1/decisions", decision);
    const [{ clickUrl }] = decision.body.slots;
    await gate.call("GET /c/{token}", { params: tokenIn(clickUrl) });
    await gate.tally();
    const query = { season: "618-2024", surface: "wechat-moments" };
    const report = await gate.call("GET /v1/reports/delivery", { as: "auditor", query });
    expect(report.body.total.invalid.clicks).toEqual({ "no-impression": expect.any(Number) });
    expectFits("GET /v1/reports/delivery", report);
    expectFits("GET /v1/seasons", await gate.call("GET /v1/seasons", { as: "operator" }));
  });

  test.each(operations)("when %s is refused", async (route) => {
    for (const as of [null, "brand", "auditor", "reviewer"] as const) {
      const reply = await gate.call(route, { as, params: { token: "x", season: "nowhere", grant: "x" }, rawBody: "{}" });
      if (reply.status >= 400) expectFits(route, reply);
    }
  });

  test("an example of a reply that does not fit is found out", () => {
    const schema = operationOf("GET /health")?.responses["200"]?.content?.["application/json"]?.schema ?? {};
    const well = { status: "ok", lastTick: "2024-05-20T12:00:00.000Z", snapshots: [], due: [] };
    expect(misfits(document, schema, well)).toEqual([]);
    expect(misfits(document, schema, { ...well, status: "ill", version: 1 })).toEqual([
      "/status is not ok",
      "/version is not in the document",
    ]);
    expect(misfits(document, { $ref: "#/components/schemas/Grant" }, { grantedAt: "2024-05-20" })).toContain(
      "/grantedAt is no RFC 3339 instant",
    );
  });
});
