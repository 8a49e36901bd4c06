import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import * as z from "zod";
import { Unavailable } from "../../../lib/app/ports/unavailable.ts";
import type { Endpoint } from "../../../lib/contracts/endpoint.ts";
import { problem } from "../../../lib/contracts/problem.ts";
import { ROLES, type User } from "../../../lib/domain/authorisation.ts";
import { Refusal } from "../../../lib/domain/refusal.ts";
import { endpoints, type HttpDeps, identifyNobody } from "../../../lib/http/endpoints.ts";
import { anyText } from "../domain/any-text.ts";

const CONTRACTS = {
  make: {
    method: "POST",
    path: "/things/{thing}",
    action: "card:create",
    summary: "Makes a thing.",
    params: z.strictObject({ thing: z.string().max(3) }),
    query: z.strictObject({ q: z.string().optional() }),
    body: z.strictObject({ name: z.string(), size: z.int().optional() }),
    status: 201,
    reply: z.object({ id: z.string(), size: z.int() }),
    refusals: [],
  },
  drop: { method: "DELETE", path: "/things", action: "meta:read", summary: "", status: 204, reply: z.object({}), refusals: [] },
  go: {
    method: "GET",
    path: "/go",
    action: "event:record",
    summary: "",
    status: 302,
    reply: z.object({ location: z.string() }),
    refusals: [],
    failure: "page",
  },
  look: {
    method: "GET",
    path: "/look",
    action: "event:record",
    summary: "",
    query: z.object({ lang: z.enum(["zh", "en"]).optional().catch(undefined) }),
    status: 200,
    reply: z.object({ name: z.string() }),
    refusals: [],
    page: true,
  },
  hand: {
    method: "PUT",
    path: "/lists",
    action: "event:record",
    summary: "",
    upload: { types: { "text/csv": z.string(), "application/json": z.array(z.string()) }, mostBytes: 9 },
    status: 200,
    reply: z.object({}),
    refusals: [],
  },
} as const satisfies Record<string, Endpoint>;

const ANN: User = { sub: "ann", role: "brand", tenant: "brd_1" };
const CONTEXT = { awsRequestId: "req-1" } as never;
const POST = {
  routeKey: "POST /things/{thing}",
  pathParameters: { thing: "t-1" },
  headers: { authorization: "Bearer good", "content-type": "application/json" },
  body: '{"name":"x"}',
};

type Calls = {
  hand: (call: never) => Promise<unknown>;
  look: () => Promise<unknown>;
  make: (call: never) => Promise<unknown>;
  drop: () => Promise<unknown>;
  go: () => Promise<unknown>;
};

/** A handler whose use cases do as told, with what it logged. */
function handlerWith(calls: Partial<Calls> = {}, over: Partial<HttpDeps> = {}) {
  const logged: { level: string; event: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const useCases = {
    make: async () => ({ id: "t", size: 1 }),
    drop: async () => ({}),
    go: async () => ({ location: "https://shop.example/" }),
    hand: async () => ({}),
    look: async () => ({ name: "n", secret: "s" }),
    ...calls,
  };
  const deps: HttpDeps = {
    identify: async (token) => (token === "good" ? ANN : undefined),
    now: () => 7,
    log: (level, event, fields) => logged.push({ level, event, fields }),
    ...over,
  };
  const handle = endpoints(CONTRACTS, useCases as never, deps);
  return { logged, handle: (event: unknown) => handle(event, CONTEXT) };
}

/** The problem a request is answered with. */
async function problemFor(event: unknown, ...given: Parameters<typeof handlerWith>) {
  const { statusCode, headers, body } = await handlerWith(...given).handle(event);
  expect(headers?.["content-type"]).toBe("application/problem+json; charset=utf-8");
  const found = problem.parse(JSON.parse(body ?? ""));
  expect([statusCode, found.requestId]).toEqual([found.status, "req-1"]);
  return { status: found.status, code: found.code, errors: found.errors, headers, body };
}

describe("a good request", () => {
  test("reaches its use case in parsed parts, with who sent it and the id it is logged under", async () => {
    let seen: unknown;
    const make = async (call: never) => {
      seen = call;
      return { id: "t", size: 1 };
    };
    const { handle, logged } = handlerWith({ make });
    const { statusCode, body, headers } = await handle({ ...POST, queryStringParameters: { q: "1" } });
    expect(seen).toEqual({ params: { thing: "t-1" }, query: { q: "1" }, body: { name: "x" }, user: ANN, requestId: "req-1" });
    expect([statusCode, JSON.parse(body ?? "")]).toEqual([201, { id: "t", size: 1 }]);
    expect(headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    const fields = { requestId: "req-1", route: "POST /things/{thing}", status: 201, code: "ok", role: "brand", ms: 0 };
    expect(logged).toEqual([{ level: "info", event: "request", fields }]);
  });

  test.each([
    ["in base64", { ...POST, isBase64Encoded: true, body: Buffer.from('{"name":"中"}').toString("base64") }],
    ["with header names in capitals", { ...POST, headers: { Authorization: "Bearer good", "Content-Type": "application/json" } }],
    ["with the scheme in another case", { ...POST, headers: { ...POST.headers, authorization: "bearer good" } }],
    ["with a character set", { ...POST, headers: { ...POST.headers, "content-type": "Application/JSON ; charset=utf-8" } }],
  ])("may come %s", async (_name, event) => {
    expect((await handlerWith().handle(event)).statusCode).toBe(201);
  });

  test("is answered 204 without a body, or sent on, as its endpoint says", async () => {
    const { handle } = handlerWith();
    expect(await handle({ routeKey: "DELETE /things" })).toMatchObject({ statusCode: 204 });
    expect(await handle({ routeKey: "DELETE /things" })).not.toHaveProperty("body");
    expect(await handle({ routeKey: "GET /go" })).toMatchObject({
      statusCode: 302,
      headers: { location: "https://shop.example/", "referrer-policy": "no-referrer" },
    });
  });
});

describe("a reply", () => {
  test("leaves without the fields its schema does not name", async () => {
    const { body } = await handlerWith({ make: async () => ({ id: "t", size: 1, secret: "hidden", commit: 2 }) }).handle(POST);
    expect(JSON.parse(body ?? "")).toEqual({ id: "t", size: 1 });
  });

  test.each([
    ["of another type", { id: "t", size: "hidden" }],
    ["with a part missing", { id: "hidden" }],
    ["that is nothing", undefined],
    ["that is a number too fine", { id: "hidden", size: 1.5 }],
  ])("%s is our bug: a 500 that leaks nothing, and a line in the log", async (_name, reply) => {
    const make = async () => reply;
    const found = await problemFor(POST, { make });
    expect([found.status, found.code, found.errors]).toEqual([500, "internal-error", undefined]);
    expect(found.body).not.toMatch(/hidden|size|expected|zod/i);
    const { handle, logged } = handlerWith({ make });
    await handle(POST);
    expect(logged.map(({ level, event }) => [level, event])).toEqual([
      ["error", "request-failed"],
      ["info", "request"],
    ]);
    expect(JSON.stringify(logged)).not.toContain("hidden");
  });
});

describe("who is asking", () => {
  const withHeader = (authorization?: string) => ({
    ...POST,
    headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) },
  });

  test.each([
    undefined,
    "",
    "good",
    "Bearer",
    "Bearer ",
    "Bearer bad",
    "Bearer  good",
    "Bearer good ",
    "Basic good",
    "Bearer good,good",
    `Bearer ${"a".repeat(4_097)}`,
    "Bearer 好",
  ])("is nobody with the header %j", async (header) => {
    const { status, code, headers } = await problemFor(withHeader(header));
    expect([status, code, headers?.["www-authenticate"]]).toEqual([401, "unauthenticated", "Bearer"]);
  });

  test("is asked before the request is looked at, so a stranger learns nothing from its schema", async () => {
    expect((await problemFor({ ...withHeader(), body: "}", pathParameters: { thing: "too long" } })).code).toBe("unauthenticated");
  });

  test.each(ROLES.filter((role) => role !== "brand"))(
    "a %s may not do what is a brand's, and learns nothing from its schema either",
    async (role) => {
      const found = await problemFor({ ...POST, body: "}" }, {}, { identify: async () => ({ ...ANN, role }) });
      expect([found.status, found.code]).toEqual([403, "forbidden"]);
    },
  );

  test("matters to no public endpoint", async () => {
    const { handle } = handlerWith({}, { identify: identifyNobody });
    expect((await handle({ routeKey: "DELETE /things", headers: { authorization: "Bearer good" } })).statusCode).toBe(204);
    expect(await identifyNobody("good")).toBeUndefined();
  });

  test("cannot be told while the issuer's keys are out of reach", async () => {
    const identify = async () => {
      throw new Unavailable();
    };
    const { status, headers } = await problemFor(POST, {}, { identify });
    expect([status, headers?.["retry-after"]]).toEqual([503, "1"]);
  });
});

describe("a text that is sent as it is", () => {
  const PUT = { routeKey: "PUT /lists", headers: { "content-type": "Text/CSV; charset=utf-8" } };

  test.each([
    ["as text", { body: "a,é" }, "a,é"],
    ["in base64", { body: Buffer.from("a,é").toString("base64"), isBase64Encoded: true }, "a,é"],
    ["in bytes that are no UTF-8", { body: Buffer.from([0x61, 0xff]).toString("base64"), isBase64Encoded: true }, "a\ufffd"],
    ["as nothing", {}, ""],
    ["of as many bytes as may be", { body: "ééééa" }, "ééééa"],
  ])("%s reaches its use case with its type", async (_name, sent, expected) => {
    let seen: { body: { type: string; bytes: Uint8Array } } | undefined;
    const hand = async (call: never) => {
      seen = call;
      return {};
    };
    expect((await handlerWith({ hand }).handle({ ...PUT, ...sent })).statusCode).toBe(200);
    expect([seen?.body.type, Buffer.from(seen?.body.bytes ?? []).toString()]).toEqual(["text/csv", expected]);
  });

  test.each([
    ["of one byte more", { body: "ééééab" }, 413, "body-too-large", "At most 9 bytes."],
    [
      "of one byte more in base64",
      { body: Buffer.alloc(10).toString("base64"), isBase64Encoded: true },
      413,
      "body-too-large",
      "At most 9 bytes.",
    ],
    ["of another type", { headers: { "content-type": "text/plain" } }, 415, "unsupported-media-type", "Taken: text/csv, application/json."],
    [
      "of a type that only objects have",
      { headers: { "content-type": "constructor" } },
      415,
      "unsupported-media-type",
      "Taken: text/csv, application/json.",
    ],
    ["of no type", { headers: {} }, 415, "unsupported-media-type", "Taken: text/csv, application/json."],
  ])("%s is refused, and told what is taken", async (_name, sent, status, code, detail) => {
    const found = await problemFor({ ...PUT, body: "", ...sent });
    expect([found.status, found.code, found.errors?.map((each) => each.detail)]).toEqual([status, code, [detail]]);
  });
});

describe("a bad request", () => {
  const CASES: readonly [name: string, event: unknown, status: number, code: string][] = [
    ["without a route", { ...POST, routeKey: "$default" }, 404, "unknown-route"],
    ["by another method", { ...POST, routeKey: "PUT /things/{thing}" }, 404, "unknown-route"],
    ["to a name every object has", { ...POST, routeKey: "constructor" }, 404, "unknown-route"],
    ["that is none", { Records: [] }, 400, "not-http"],
    ["that is nothing", undefined, 400, "not-http"],
    ["that is null", null, 400, "not-http"],
    ["whose route is no text", { routeKey: 1 }, 400, "not-http"],
    ["of another type", { ...POST, headers: { ...POST.headers, "content-type": "text/plain" } }, 415, "unsupported-media-type"],
    [
      "of a type that begins alike",
      { ...POST, headers: { ...POST.headers, "content-type": "application/jsonp" } },
      415,
      "unsupported-media-type",
    ],
    ["of no type", { ...POST, headers: { authorization: "Bearer good" } }, 415, "unsupported-media-type"],
    ["without a body", { ...POST, body: undefined }, 400, "not-json"],
    ["whose body is null, as serverless-offline writes none", { ...POST, body: null }, 400, "not-json"],
    ["with an empty body", { ...POST, body: "" }, 400, "not-json"],
    ["whose body is too large", { ...POST, body: `"${"a".repeat(65_536)}"` }, 413, "body-too-large"],
    [
      "whose body is too large in base64",
      { ...POST, isBase64Encoded: true, body: Buffer.alloc(65_537, 32).toString("base64") },
      413,
      "body-too-large",
    ],
    ["whose body is too deep", { ...POST, body: "[".repeat(9) + "]".repeat(9) }, 400, "body-too-deep"],
    ["with a lone surrogate", { ...POST, body: '{"name":"\\ud800"}' }, 400, "broken-text"],
  ];

  test.each(CASES)("%s", async (_name, event, status, code) => {
    const found = await problemFor(event);
    expect([found.status, found.code]).toEqual([status, code]);
  });

  test.each([
    ["a part missing", "{}", "/name"],
    ["a part of another type", '{"name":1}', "/name"],
    ["a server's own field", '{"name":"x","status":"approved"}', ""],
    ["a prototype", '{"name":"x","__proto__":{"status":"approved"}}', ""],
    ["no object at all", "[]", ""],
  ])("with %s is told which element", async (_name, body, field) => {
    const { status, code, errors } = await problemFor({ ...POST, body });
    expect([status, code, errors?.map((each) => each.field)]).toEqual([400, "invalid-request", [field]]);
  });

  test.each([
    ["a parameter that does not fit", { pathParameters: { thing: "long" } }, "/thing"],
    ["no parameters", { pathParameters: undefined }, "/thing"],
    ["null parameters", { pathParameters: null }, "/thing"],
    ["an unknown query", { queryStringParameters: { r: "1" } }, ""],
  ])("with %s", async (_name, over, field) => {
    const { code, errors } = await problemFor({ ...POST, ...over });
    expect([code, errors?.map((each) => each.field)]).toEqual(["invalid-request", [field]]);
  });

  test("whatever the event, the answer is no 5xx", async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const events = fc.oneof(
      value,
      fc
        .record({
          body: fc.oneof(
            anyText(),
            value.map((body) => JSON.stringify(body)),
          ),
          isBase64Encoded: fc.boolean(),
          query: fc.dictionary(fc.string(), fc.string()),
          thing: fc.string(),
        })
        .map(({ query, thing, ...rest }) => ({ ...POST, ...rest, queryStringParameters: query, pathParameters: { thing } })),
    );
    const { handle } = handlerWith();
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        const { statusCode } = await handle(event);
        expect(statusCode).toBeLessThan(500);
      }),
    );
  });
});

describe("a page", () => {
  const writePage = (wire: object, language: string) => ({ html: `${language} ${JSON.stringify(wire)}`, policy: "default-src 'none'; x" });
  const look = (event: object) => handlerWith({}, { writePage }).handle({ routeKey: "GET /look", ...event });

  test("is written from the reply's wire form and shown under its own policy, and is not kept", async () => {
    expect(await look({})).toMatchObject({
      statusCode: 200,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'; x",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
      body: 'zh {"name":"n"}',
    });
  });

  test.each([
    ["as the browser prefers", { headers: { "accept-language": "en-GB" } }, "en"],
    [
      "as the query says, whatever the browser prefers",
      { headers: { "accept-language": "en" }, queryStringParameters: { lang: "zh" } },
      "zh",
    ],
    [
      "as the browser prefers, where the query names none of ours",
      { headers: { "accept-language": "en" }, queryStringParameters: { lang: "x" } },
      "en",
    ],
  ])("is in the language %s", async (_name, event, language) => {
    expect((await look(event)).body).toMatch(new RegExp(`^${language} `));
  });
});

describe("what a use case throws", () => {
  const throwing = (error: unknown) => ({
    make: async () => {
      throw error;
    },
  });

  test("as a refusal is told with its reasons", async () => {
    const reasons = [{ code: "x", field: "/name", detail: "y" }];
    const found = await problemFor(POST, throwing(new Refusal("not-admissible", reasons)));
    expect([found.status, found.code, found.errors]).toEqual([422, "not-admissible", reasons]);
  });

  test("as a refusal is one line in the log, without the words", async () => {
    const { handle, logged } = handlerWith(throwing(new Refusal("not-found")));
    await handle(POST);
    expect(logged.map(({ level, fields }) => [level, fields["code"], fields["status"]])).toEqual([["info", "not-found", 404]]);
  });

  test("as an error nobody named is a 500 without internals, and the log has them", async () => {
    const error = new Error("secret at /var/task");
    expect((await problemFor(POST, throwing(error))).body).not.toMatch(/secret|\/var/);
    const { handle, logged } = handlerWith(throwing(error));
    await handle(POST);
    expect(logged[0]).toMatchObject({
      level: "error",
      event: "request-failed",
      fields: { code: "internal-error", error: { message: "secret at /var/task" } },
    });
  });

  test("as something that is no error is a 500 too", async () => {
    expect((await problemFor(POST, throwing("secret"))).status).toBe(500);
    expect((await problemFor(POST, throwing(undefined))).status).toBe(500);
  });

  test.each([
    ["token-expired", 410, "This has ended"],
    ["token-invalid", 400, "Link not available"],
    ["link-stopped", 410, "Link not available"],
  ] as const)("where a browser is sent, is a plain page that says nothing of the request: %s", async (code, status, title) => {
    const { handle } = handlerWith({
      go: async () => {
        throw new Refusal(code);
      },
    });
    const { statusCode, headers, body } = await handle({ routeKey: "GET /go", pathParameters: { token: "<script>" } });
    expect([statusCode, headers?.["content-type"]]).toEqual([status, "text/html; charset=utf-8"]);
    expect(headers?.["content-security-policy"]).toContain("default-src 'none'");
    expect(body).toContain(title);
    expect(body).not.toMatch(/<script|token|req-1/);
  });
});
