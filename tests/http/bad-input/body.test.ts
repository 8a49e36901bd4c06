import { afterAll, describe, expect, test } from "@jest/globals";
import { ROUTES } from "../../../lib/contracts/openapi.ts";
import { openGate, type Reply } from "../../support/gate.ts";
import { objectsIn, type Path, pathsOf, pointer, textWith, textWithMember, valueAt, withValue } from "../../support/json-paths.ts";
import { type Bad, letThrough, raw } from "../../support/let-through.ts";
import { expectProblem, expectRefused } from "../../support/problem.ts";
import { bodyForms, makeWorld } from "../../support/valid-calls.ts";

const gate = await openGate();
const forms = bodyForms(await makeWorld(gate));
afterAll(() => gate.close());

const SERVER_FIELDS = [
  ..."status state version revision id brand tenant host marketplace flags waived appeal rulings editors createdAt submittedBy submittedAt decidedBy decidedAt grantedBy grantedAt".split(
    " ",
  ),
  ..."expiresAt attestedAt attestedBy createdBy createdAt turns feedback role sub pk sk commit doc requestId".split(" "),
  ..."whitelisted spent constructor prototype toString anything".split(" "),
];
const BAD_NUMBERS = [
  "1e400",
  "-1e400",
  "NaN",
  "Infinity",
  "-1",
  "0.5",
  "1e21",
  "9007199254740993",
  "0x10",
  "01",
  '"1"',
  `1${"0".repeat(400)}`,
];

const deep = (levels: number, open = "[", close = "]") => open.repeat(levels) + close.repeat(levels);
const kindOf = (value: unknown) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);
const last = (path: Path) => String(path.at(-1));
const mayBeNull = (path: Path) =>
  [
    ...["offer", "flight", "dailyShare", "capacity", "complaints"],
    ...["daily", "total", "frequency", "os", "regions", "hostVersion", "seasonMark", "window", "validity", "link"],
  ].includes(last(path));
/** Fields with a default, the instants of a season, which follow from its phases, and what linting a card tells that it lacks. */
const mayBeLeft = (route: string, path: Path) =>
  path.includes("instants") ||
  (route === "POST /v1/cards/lint" && path.join("/") === "text/text") ||
  [
    ...["submit", "dryRun", "types", "waivers", "dailyShare", "waivable", "capacity", "propagationMs", "reworkMs", "complaints"],
    ...["category", "flight", "weight", "tier", "caps", "daily", "total", "pacing", "frequency"],
    ...["targeting", "os", "regions", "segments", "any", "none", "hostVersion", "seasonMark", "window", "validity"],
  ].includes(last(path));
/** The viewer's key is the host's own and never kept or shown: any text will do. */
const isText = (body: object) => (path: Path) => typeof valueAt(body, path) === "string" && path.at(-1) !== "key";

test("every route that takes a body is here", () => {
  const takeBodies = [...ROUTES].filter(([, { body }]) => body).map(([route]) => route);
  expect(new Set(forms.map(({ route }) => route))).toEqual(new Set(takeBodies));
});

/**
 * OpenRTB has what is unknown ignored (2.6 §2.6), most fields may be left out, and what cannot be filled is answered with a reason.
 * What a bid request may not say is in tests/conformance/openrtb.
 */
const IGNORES = "POST /openrtb2/{surface}/bid";
const expectNothingGiven = (reply: Reply) => (reply.status === 200 ? expect(reply.body.seatbid).toEqual([]) : expectRefused(reply));

describe.each(forms)("$form", ({ route, call }) => {
  const { body } = call;
  const through = (changes: readonly Bad[], judge = route === IGNORES ? expectNothingGiven : undefined) =>
    letThrough(gate, route, call, changes, judge);
  const text = JSON.stringify(body);

  test("takes one JSON object and nothing else", async () => {
    const bodies = [
      "not JSON",
      "",
      " ",
      "null",
      "[]",
      "[{}]",
      "1",
      '"text"',
      "true",
      "{}",
      "{",
      `${text},`,
      `${text}{}`,
      "{'a':1}",
      "\u0000",
    ];
    expect(await through([["no body", { body: undefined }], ...raw(...bodies)])).toEqual([]);
  });

  test("takes nothing large and nothing deep", async () => {
    const bodies = [
      deep(100_000),
      deep(30_000),
      "[".repeat(60_000),
      '{"a":'.repeat(10_000),
      textWithMember(body, [], `"extra":${deep(9)}`),
      textWithMember(body, [], `"extra":"${"x".repeat(6_000_000)}"`),
      `"${"\\".repeat(60_000)}`,
    ];
    expect(await through(raw(...bodies))).toEqual([]);
  });

  test("takes no lone surrogate, in a value or in a key", async () => {
    const values = pathsOf(body).filter((path) => typeof valueAt(body, path) === "string");
    const bodies = [
      ...values.flatMap((path) => [textWith(body, path, '"\\ud800"'), textWith(body, path, '"a\udc00b"')]),
      ...objectsIn(body).map((path) => textWithMember(body, path, '"\\ud800":1')),
    ];
    expect(await through(raw(...bodies))).toEqual([]);
  });

  test("takes no field that is the server's to set, nor any other that it does not know", async () => {
    const changes = objectsIn(body).flatMap((path) =>
      SERVER_FIELDS.filter((name) => !Object.hasOwn(valueAt(body, path) as object, name)).map(
        (name): Bad => [`${pointer(path)}/${name}`, { rawBody: textWithMember(body, path, `"${name}":"approved"`) }],
      ),
    );
    expect(await through(changes)).toEqual([]);
  });

  test("takes no __proto__, which changes nothing of ours either", async () => {
    const member = '"__proto__":{"status":"approved"}';
    const changes = objectsIn(body).map((path): Bad => [`${pointer(path)}/__proto__`, { rawBody: textWithMember(body, path, member) }]);
    expect(await through(changes)).toEqual([]);
    expect(Object.prototype).not.toHaveProperty("status");
  });

  test("takes each field in its own type, and none left out", async () => {
    const changes = pathsOf(body).flatMap((path): Bad[] => {
      const kind = kindOf(valueAt(body, path));
      const others = [null, true, 42, 1.5, [], {}, [null], { x: 1 }, kind === "string" ? 0 : "text"];
      const wrong = others.filter((value) => kindOf(value) !== kind && !(value === null && mayBeNull(path)));
      const left = typeof path.at(-1) === "number" || mayBeLeft(route, path) ? [] : [undefined];
      return [...wrong, ...left].map((value) => [`${pointer(path)} = ${JSON.stringify(value)}`, { body: withValue(body, path, value) }]);
    });
    expect(await through(changes)).toEqual([]);
  });

  test("takes no number that is none of ours", async () => {
    const numbers = pathsOf(body).filter((path) => typeof valueAt(body, path) === "number");
    const changes = numbers.flatMap((path) =>
      BAD_NUMBERS.map((number): Bad => [`${pointer(path)} = ${number}`, { rawBody: textWith(body, path, number) }]),
    );
    expect(await through(changes)).toEqual([]);
  });

  test("of a key that is there twice, the last is the one that is judged", async () => {
    const [key = ""] = Object.keys(body);
    expect(await through(raw(`${text.slice(0, -1)},${JSON.stringify(key)}:{"x":1}}`))).toEqual([]);
  });

  test("takes application/json, and says 415 to any other type", async () => {
    const types = [
      undefined,
      "",
      "text/plain",
      "text/json",
      "application/jsonx",
      "application/problem+json",
      "multipart/form-data; boundary=x",
      "application/json, text/html",
      "x".repeat(10_000),
    ];
    const changes = types.map((type): Bad => [String(type), { headers: { "content-type": type } }]);
    expect(await through(changes, (reply) => expectProblem(reply, { status: 415, code: "unsupported-media-type" }))).toEqual([]);
  });

  test("reads base64 where the event says so, and only there", async () => {
    const changes: Bad[] = [
      ["base64, unsaid", { rawBody: Buffer.from(text).toString("base64") }],
      ["text said to be base64", { rawBody: text, base64: true }],
      ["no base64", { rawBody: "%%%", base64: true }],
      ["nothing", { rawBody: "", base64: true }],
    ];
    expect(await through(changes)).toEqual([]);
  });

  test("takes no bytes that are not UTF-8, wherever they stand", async () => {
    const changes = pathsOf(body)
      .filter((path) => typeof valueAt(body, path) === "string")
      .map((path): Bad => {
        const [before = "", after = ""] = textWith(body, path, '"a@byte@b"')
          .split("@byte@")
          .map((part) => Buffer.from(part).toString("latin1"));
        return [pointer(path), { rawBody: Buffer.from(`${before}\u00ff\u00c0${after}`, "latin1").toString("base64"), base64: true }];
      });
    expect(await through(changes)).toEqual([]);
  });

  test("takes no text that hides, or turns what is around it, or is empty", async () => {
    const hidden = ["a\u0000b", "a\u200bb", "a\u202eb", "a\u2028b", "a\nb", "\ue000", "   ", ""];
    const changes = pathsOf(body)
      .filter(isText(body))
      .flatMap((path) =>
        hidden.map((value): Bad => [`${pointer(path)} = ${JSON.stringify(value)}`, { body: withValue(body, path, value) }]),
      );
    expect(await through(changes)).toEqual([]);
  });
});

test("each of these calls succeeds when nothing is wrong with it, sent in base64 and with a query nobody asked for", async () => {
  const world = await makeWorld(gate);
  for (const { route, call } of bodyForms(world).filter(({ form, route }) => form === route)) {
    const rawBody = Buffer.from(JSON.stringify(call.body)).toString("base64");
    const { status, body } = await gate.call(route, { ...call, rawBody, base64: true, query: { utm_source: "x" } });
    expect({ route, status, body }).toEqual({ route, status: ROUTES.get(route)?.status, body });
  }
});
