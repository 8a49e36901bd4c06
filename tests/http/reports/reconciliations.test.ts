import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Caller, openGate } from "../../support/gate.ts";
import { MEI, newBrand, REQUEST, SEASON, SURFACE, stepsOf, tokenIn } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const row = { brand: MEI.tenant, day: "2024-05-20", impressions: 2, clicks: 1 };
const query = { season: SEASON, surface: SURFACE };
const send = (rows: readonly object[], over: object = {}, as: Caller = "attester") =>
  gate.call("POST /v1/reconciliations", { as, body: { ...query, rows, ...over } });

/** Two impressions late in the evening of the twentieth, and a tap without one. */
beforeAll(async () => {
  await go.season();
  await go.admit(MEI);
  await gate.publish();
  await gate.setClock("2024-05-20T23:30:00+08:00");
  for (const _ of [1, 2]) await gate.call("GET /i/{token}", { params: tokenIn((await go.decide(REQUEST)).slots[0].impressionUrl) });
  await gate.call("GET /c/{token}", { params: tokenIn((await go.decide(REQUEST)).slots[0].clickUrl) });
  await gate.tally();
});
afterAll(() => gate.close());

test.each(["attester", "reviewer", "operator"] as const)(
  "the %s is told ours, the difference and what explains it, and nothing is kept",
  async (as) => {
    const before = await gate.rows();
    const { status, body } = await send([row], {}, as);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { ...query, zone: "Asia/Shanghai", offset: null, toleranceBasisPoints: 0 },
    });
    expect(body.rows).toEqual([
      {
        ...{ brand: MEI.tenant, day: "2024-05-20" },
        impressions: { ours: 2, theirs: 2, difference: 0, explained: [], unexplained: 0, within: true },
        clicks: { ours: 0, theirs: 1, difference: 1, explained: [{ by: "invalid:no-impression", count: 1 }], unexplained: 0, within: true },
      },
    ]);
    expect(body.total.clicks).toEqual(body.rows[0].clicks);
    expect(await gate.rows()).toEqual(before);
  },
);

test("days that begin elsewhere are compared as ours lie in them", async () => {
  const { body } = await send(
    [
      { ...row, impressions: 0, clicks: 0 },
      { ...row, day: "2024-05-21" },
    ],
    { offset: "+09:00" },
  );
  expect(body.rows.map(({ impressions }: { impressions: object }) => impressions)).toMatchObject([
    { ours: 2, theirs: 0, explained: [{ by: "day-boundary", count: -2 }], unexplained: 0 },
    { ours: 0, theirs: 2, explained: [{ by: "day-boundary", count: 2 }], unexplained: 0 },
  ]);
});

test("what is left is within the tolerance or not, and what was not sent is told", async () => {
  const of = async (toleranceBasisPoints: number) =>
    (await send([{ ...row, impressions: 3 }], { toleranceBasisPoints })).body.total.impressions;
  expect(await of(3_333)).toMatchObject({ unexplained: 1, within: false });
  expect(await of(3_334)).toMatchObject({ unexplained: 1, within: true });
  expect((await send([{ ...row, brand: newBrand().tenant }])).body.unsent).toEqual({ brandDays: 1, impressions: 2, clicks: 0 });
});

test.each([
  ["no rows", [], {}],
  ["a brand's day twice", [row, { ...row, clicks: 9 }], {}],
  ["fewer than none", [{ ...row, clicks: -1 }], {}],
  ["a part of a click", [{ ...row, clicks: 0.5 }], {}],
  ["a day that is none", [{ ...row, day: "2024-02-30" }], {}],
  ["an offset that is none", [row], { offset: "+25:00" }],
  ["a tolerance beyond the whole", [row], { toleranceBasisPoints: 10_001 }],
  ["too many rows", Array.from({ length: 501 }, (_, n) => ({ ...row, brand: `brd_${String(n).padStart(26, "0")}` })), {}],
])("%s is refused", async (_, rows, over) => {
  expectProblem(await send(rows, over), { status: 400, code: "invalid-request" });
});

test("as many rows as are taken are answered, whenever their days are", async () => {
  const rows = Array.from({ length: 500 }, (_, n) => ({ ...row, day: new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10) }));
  const { status, body } = await send(rows);
  expect({ status, rows: body.rows.length }).toEqual({ status: 200, rows: 500 });
  for (const day of ["0001-01-01", "9999-12-31"])
    expect((await send([{ ...row, day }])).body.rows[0].impressions).toMatchObject({ ours: 0 });
});

test("a season of others is not there, and a brand has no side", async () => {
  const elsewhere = { sub: "usr_x", role: "attester", tenant: "another-market" } as const;
  expectProblem(await send([row], {}, elsewhere), { status: 404, code: "not-found" });
  expectProblem(await send([row], {}, "brand"), { status: 403, code: "forbidden" });
});
