import { afterAll, describe, expect, test } from "@jest/globals";
import { ROUTES } from "../../../lib/contracts/openapi.ts";
import { openGate } from "../../support/gate.ts";
import { type Bad, letThrough } from "../../support/let-through.ts";
import { makeWorld, validCalls } from "../../support/valid-calls.ts";

const gate = await openGate();
const calls = validCalls(await makeWorld(gate));
afterAll(() => gate.close());

const callOf = (route: string) => calls[route] ?? { as: null };
const routesWith = (part: "params" | "query") =>
  [...ROUTES].filter(([, endpoint]) => endpoint[part] && endpoint.action !== "event:record").map(([route]) => route);

const BAD_IDS = [
  ...["", " ", "x".repeat(10_000), "../../seasons", "..%2f", "%00", "\u0000", "🏮", "\ud800", "*", "{application}", "' OR 1=1"],
  ...["__proto__", "constructor", "app_1", "APPLICATION#1", "app_01arz3ndektsv4rrffq69g5fav", "app_01ARZ3NDEKTSV4RRFFQ69G5FAV\n"],
];

test.each(routesWith("params"))("%s says 4xx and changes nothing when its path names nothing of ours", async (route) => {
  const call = callOf(route);
  const changes = Object.keys(call.params ?? {}).flatMap((name) =>
    [{}, ...BAD_IDS.map((id) => ({ [name]: id }))].map((params): Bad => [JSON.stringify(params).slice(0, 60), { params }]),
  );
  expect(await letThrough(gate, route, call, changes)).toEqual([]);
});

/** Parts of a query that have a default. */
const MAY_BE_LEFT = ["since", "limit"];

describe.each(routesWith("query"))("%s", (route) => {
  const call = callOf(route);
  const query = call.query ?? {};

  test("refuses a query that lacks something, has something strange, or something that it does not know", async () => {
    const odd = ["", "A", "a,b", "../x", "\u0000", "🏮", "x".repeat(10_000)];
    const bent = Object.entries(query).flatMap(([name]) => {
      const { [name]: _, ...rest } = query;
      return [...(MAY_BE_LEFT.includes(name) ? [] : [rest]), ...odd.map((value) => ({ ...rest, [name]: value }))];
    });
    const unknown = ["offset", "brand", "tenant", "constructor"].map((name) => ({ ...query, [name]: "1" }));
    const empty = Object.keys(query).every((name) => MAY_BE_LEFT.includes(name)) ? [] : [{}];
    const changes = [...empty, ...unknown, ...bent].map((each): Bad => [JSON.stringify(each).slice(0, 80), { query: each }]);
    expect(await letThrough(gate, route, call, changes)).toEqual([]);
  });

  test("refuses a __proto__ in the query too", async () => {
    const change: Bad = ["__proto__", { query: JSON.parse(`{"__proto__":"x",${JSON.stringify(query).slice(1)}`) }];
    expect(await letThrough(gate, route, call, [change])).toEqual([]);
  });
});
