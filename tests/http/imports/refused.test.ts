import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import type { Request } from "../../../scripts/local/http-event.ts";
import { people } from "../../../scripts/local/people.ts";
import { openGate, type Reply } from "../../support/gate.ts";
import { SEASON, SURFACE, stepsOf } from "../../support/gate-steps.ts";
import { csvOf, listRow, listRows } from "../../support/import-lists.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
beforeAll(() => go.season());
afterAll(() => gate.close());

const REVIEWER: User = { role: "reviewer", ...people.reviewer };
const send = (of: string, part: number | string, request: Request, as: User = REVIEWER): Promise<Reply> =>
  gate.call("PUT /v1/whitelist/imports/{import}/parts/{part}", {
    as,
    headers: { "content-type": "text/csv" },
    ...request,
    params: { import: of, part: String(part) },
  });

describe("refused, with nothing changed:", () => {
  const n = 1;
  const good = csvOf([listRow(n)]);
  let id = "";
  beforeAll(async () => {
    id = (await go.beginImport("reviewer")).id;
  });
  const refused = async (request: () => Promise<Reply>, expected: { status: number; code: string }) => {
    const before = await gate.rows();
    expectProblem(await request(), expected);
    expect(await gate.rows()).toEqual(before);
  };

  test.each([
    ["of another type", "text/plain", good, 415, "unsupported-media-type"],
    ["of no type", "", good, 415, "unsupported-media-type"],
    ["of a type that only objects have", "constructor", good, 415, "unsupported-media-type"],
    ["with nothing in it", "text/csv", "", 400, "not-a-list"],
    ["with a header alone", "text/csv", csvOf([]), 400, "not-a-list"],
    ["without a header", "text/csv", good.split("\n")[1] ?? "", 400, "not-a-list"],
    ["with another column", "text/csv", good.replace("storeId", "shop"), 400, "not-a-list"],
    ["with a quote that is never closed", "text/csv", `${good}\n"never closed`, 400, "not-a-list"],
    ["of no text", "text/csv", "\u0000", 400, "not-a-list"],
    ["with an empty array", "application/json", "[]", 400, "not-a-list"],
    ["with an object without end", "application/json", '[{"brand":{', 400, "not-a-list"],
    ["with a long object without end", "application/json", `{"a":"${"x".repeat(20_000)}`, 400, "not-a-list"],
    ["with 501 rows", "text/csv", csvOf(listRows(n, 501)), 422, "part-too-long"],
    ["with 501 lines of nonsense", "application/x-ndjson", "7\n".repeat(501), 422, "part-too-long"],
    ["with too many bytes", "text/csv", `${good}\n${" ".repeat(256 * 1024)}`, 413, "body-too-large"],
  ] as const)("a part %s", async (_, type, rawBody, status, code) => {
    await refused(() => send(id, 1, { rawBody, headers: { "content-type": type } }), { status, code });
  });

  test("a part by a number that is none", async () => {
    for (const part of ["0", "-1", "1.5", "01", "10000", "one", ""])
      await refused(() => send(id, part, { rawBody: good }), { status: 400, code: "invalid-request" });
  });

  test("a part of somebody else's import, also by one of the same host, or by its own person in the other role", async () => {
    const strangers: readonly (readonly [User, number, string])[] = [
      [{ ...REVIEWER, tenant: "another-host" }, 404, "not-found"],
      [{ ...REVIEWER, sub: "usr_colleague" }, 403, "not-the-importer"],
      [{ ...people.attester, role: "attester", sub: REVIEWER.sub }, 403, "not-the-importer"],
      [{ ...REVIEWER, role: "operator" }, 403, "forbidden"],
      [{ ...people.brand, role: "brand" }, 403, "forbidden"],
    ];
    for (const [as, status, code] of strangers) await refused(() => send(id, 1, { rawBody: good }, as), { status, code });
  });

  test("an import of a season that is not there, not held on the surface, or another host's", async () => {
    const begin = (as: User | "reviewer", over: object) =>
      gate.call("POST /v1/whitelist/imports", { as, body: { surface: SURFACE, season: SEASON, ...over } });
    await refused(() => begin("reviewer", { season: "none" }), { status: 404, code: "not-found" });
    await refused(() => begin({ ...REVIEWER, tenant: "another-host" }, {}), { status: 404, code: "not-found" });
    await refused(() => begin("reviewer", { surface: "elsewhere" }), { status: 422, code: "not-admissible" });
  });

  test("and a row that says nothing is refused alone, the others are taken", async () => {
    const of = 10;
    const broken = Buffer.from(`${csvOf([listRow(of)])}\na,b\n"${"\u00ff"}"\n`, "latin1").toString("base64");
    const { body } = await send(id, 1, { rawBody: broken, base64: true });
    expect(body.counts).toEqual({ added: 0, changed: 0, unchanged: 0, refused: 3 });
    const { body: mended } = await send(id, 2, { rawBody: `${csvOf([listRow(of + 1)])}\na,b` });
    expect(mended.counts).toEqual({ added: 1, changed: 0, unchanged: 0, refused: 1 });
  });
});
