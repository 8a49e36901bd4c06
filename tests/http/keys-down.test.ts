import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "@jest/globals";
import { openGate } from "../support/gate.ts";
import { expectProblem } from "../support/problem.ts";

let answer: RequestListener = (_, response) => response.end();
const keys = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
await once(keys, "listening");
const gate = await openGate({ jwksUrl: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks.json` });
afterAll(async () => {
  await gate.close();
  keys.closeAllConnections();
  keys.close();
});

const broken: Readonly<Record<string, RequestListener>> = {
  "closes the connection": (request) => request.socket.destroy(),
  "never answers": () => undefined,
  "answers 500": (_, response) => response.writeHead(500).end("{}"),
  "answers 404": (_, response) => response.writeHead(404).end("{}"),
  "redirects elsewhere": (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
  "answers no JSON": (_, response) => response.end("<html>"),
  "answers no key set": (_, response) => response.end('{"keys":7}'),
  "stops in the middle": (_, response) => {
    response.writeHead(200, { "content-length": "1000" }).write('{"keys":[');
    response.destroy();
  },
};

test.each(Object.keys(broken))("when the address of the keys %s, that is no fault of the token: 503, to be tried again", async (how) => {
  answer = broken[how] ?? answer;
  for (const [route, as] of [
    ["GET /v1/seasons", "auditor"],
    ["POST /v1/decisions", "feed"],
  ] as const) {
    const reply = await gate.call(route, { as });
    expectProblem(reply, { status: 503, code: "unavailable" });
    expect(reply.headers["retry-after"]).toBe("1");
  }
});

test("what is no token at all is still a 401", async () => {
  for (const as of [null, "garbage", "a.b.c"]) expectProblem(await gate.call("GET /v1/seasons", { as }), { status: 401 });
});

test("when the keys are back, so is everybody", async () => {
  answer = (_, response) => response.end(JSON.stringify(gate.issuer.jwks()));
  expect((await gate.call("GET /v1/seasons", { as: "auditor" })).status).toBe(200);
});
