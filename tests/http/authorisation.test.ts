import { afterAll, describe, expect, test } from "@jest/globals";
import { ROUTES } from "../../lib/contracts/openapi.ts";
import { ROLES, type Role } from "../../lib/domain/authorisation.ts";
import { deployedRoutes } from "../../scripts/local/deployment.ts";
import { people } from "../../scripts/local/people.ts";
import { forgedTokens } from "../support/forged-tokens.ts";
import { openGate } from "../support/gate.ts";
import { expectProblem, sayingOf } from "../support/problem.ts";
import { makeWorld, validCalls } from "../support/valid-calls.ts";
import { EXPECTED } from "./authorisation-expected.ts";

const gate = await openGate();
afterAll(() => gate.close());
const calls = validCalls(await makeWorld(gate));

const rowOf = (route: string): readonly Role[] | "public" => {
  const row = EXPECTED[route];
  if (!row) throw new Error(`nobody has said whose ${route} is`);
  return row.roles;
};
const guarded = Object.keys(EXPECTED).filter((route) => rowOf(route) !== "public");
const open = Object.keys(EXPECTED).filter((route) => rowOf(route) === "public");
const callOf = (route: string) => calls[route] ?? { as: null };

test("every route that is deployed has a contract, a row of who may, written by hand, and a call here; and none more", () => {
  const deployed = deployedRoutes()
    .filter((route) => route !== "$default")
    .sort();
  expect([...ROUTES.keys()].sort()).toEqual(deployed);
  expect(Object.keys(calls).sort()).toEqual(deployed);
  expect(Object.keys(EXPECTED).sort()).toEqual(deployed);
});

describe.each(guarded)("%s", (route) => {
  const allowed = rowOf(route) as readonly Role[];

  test("is forbidden to every other role, whatever is sent", async () => {
    const before = await gate.rows();
    for (const role of ROLES.filter((each) => !allowed.includes(each)))
      for (const request of [callOf(route), { ...callOf(route), params: {}, body: "nonsense", query: {} }])
        expectProblem(await gate.call(route, { ...request, as: { role, ...people[role] } }), { status: 403, code: "forbidden" });
    expect(await gate.rows()).toEqual(before);
  });

  test("answers every token that is not to be believed with the same 401, and changes nothing", async () => {
    const before = await gate.rows();
    const role = allowed[0] ?? "auditor";
    const answers = new Map<string, string[]>();
    for (const [what, token] of Object.entries(await forgedTokens(gate, { role, ...people[role] }))) {
      const reply = await gate.call(route, { ...callOf(route), as: token });
      expectProblem(reply, { status: 401, code: "unauthenticated" });
      expect(reply.headers["www-authenticate"]).toBe("Bearer");
      const { text } = sayingOf(reply);
      answers.set(text, [...(answers.get(text) ?? []), what]);
    }
    expect(answers.size).toBe(1);
    expect(await gate.rows()).toEqual(before);
  });

  test("takes the token as a bearer's and in no other way", async () => {
    const token = await gate.tokenOf(callOf(route).as);
    const { as: _, ...request } = callOf(route);
    for (const headers of [
      { authorization: token },
      { authorization: `Basic ${token}` },
      { authorization: "Bearer" },
      { cookie: `token=${token}` },
    ])
      expectProblem(await gate.call(route, { ...request, headers }), { status: 401 });
    expectProblem(await gate.call(route, { ...request, query: { ...request.query, access_token: token ?? "" } }), { status: 401 });
  });
});

describe.each(guarded)("%s", (route) => {
  test.each(rowOf(route) as readonly Role[])("is open to a %s", async (role) => {
    const { as, ...request } = callOf(route);
    const isTheirs = typeof as === "object" && as?.role === role;
    const reply = await gate.call(route, { ...request, as: isTheirs ? as : { role, ...people[role] } });
    // Another refusal with 403 is about the thing, such as an import that somebody else began.
    expect([reply.status, reply.body?.code]).not.toEqual([403, "forbidden"]);
    expect(reply.status).not.toBe(401);
    if (isTheirs || as === role)
      expect({ status: reply.status, body: reply.body }).toEqual({ status: ROUTES.get(route)?.status, body: reply.body });
  });
});

test.each(open)("%s needs no bearer and minds none", async (route) => {
  for (const as of [null, "garbage", "operator"] as const)
    expect(await gate.call(route, { ...callOf(route), as })).toMatchObject({ status: ROUTES.get(route)?.status });
});
