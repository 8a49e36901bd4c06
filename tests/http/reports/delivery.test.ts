import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { type Caller, openGate } from "../../support/gate.ts";
import { BID_REQUEST, MEI, newBrand, PLAN, REQUEST, SEASON, SURFACE, stepsOf, tokenIn } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const lan = newBrand();
const query = { season: SEASON, surface: SURFACE };
const ask = (over: Readonly<Record<string, string>> = {}, as: Caller = "operator") =>
  gate.call("GET /v1/reports/delivery", { as, query: { ...query, ...over } });
/** The first two hours of the season, in UTC. */
const [FIRST, SECOND, THIRD] = ["2024-05-20T12:00:00Z", "2024-05-20T13:00:00Z", "2024-05-20T14:00:00Z"];
let cards: Readonly<Record<string, string>>;

const slots = async (count: number) => (await go.decide({ ...REQUEST, slots: count })).slots as Record<string, string>[];
const fire = (url: string) => gate.call(url.includes("/i/") ? "GET /i/{token}" : "GET /c/{token}", { params: tokenIn(url) });

/** Two brands: in the first hour each is shown once, and tapped once; in the second one is tapped without having been shown. */
beforeAll(async () => {
  await go.season();
  const [mei, other] = [await go.admit(MEI), await go.admit(lan)];
  cards = { [MEI.tenant]: mei.card, [lan.tenant]: other.card };
  await gate.publish();
  await gate.setClock("2024-05-20T20:30:00+08:00");
  const filled = (await slots(3)).filter((slot) => "clickUrl" in slot);
  for (const { impressionUrl = "" } of filled) await fire(impressionUrl);
  // Nobody taps in the moment in which a card begins to render.
  await gate.setClock("2024-05-20T20:30:30+08:00");
  for (const { clickUrl = "" } of filled) await fire(clickUrl);
  await gate.call("POST /openrtb2/{surface}/bid", { as: "feed", params: { surface: SURFACE }, body: BID_REQUEST });
  await gate.setClock("2024-05-20T21:00:10+08:00");
  const [slot] = await slots(1);
  await fire(slot?.["clickUrl"] ?? "");
  // What was decided is written when something is read again, ten seconds later.
  await gate.setClock("2024-05-20T21:01:00+08:00");
  await slots(1);
  await gate.call("POST /openrtb2/{surface}/bid", { as: "feed", params: { surface: SURFACE }, body: { ...BID_REQUEST, test: 1 } });
  await gate.tally();
});
afterAll(() => gate.close());

describe("a report", () => {
  test("has a row for each card and phase when nothing else is asked for, and the total", async () => {
    const { body } = await ask();
    expect(body).toMatchObject({ ...query, from: null, to: null, group: ["brand", "campaign", "card", "phase"] });
    expect(body.rows).toHaveLength(2);
    for (const row of body.rows)
      expect(row).toMatchObject({
        card: cards[row.brand],
        phase: "wave-1",
        hour: null,
        impressions: 1,
        decisions: null,
        credited: null,
        links: null,
      });
    expect(body.total).toMatchObject({
      impressions: 2,
      clicks: 2,
      invalid: { clicks: { "no-impression": 1 } },
      gross: { impressions: 2, clicks: 3 },
      rates: { click: 1, viewable: 0 },
    });
  });

  test("tells by hour what was decided and why slots stayed empty, bids among it", async () => {
    const { body } = await ask({ group: "hour" });
    expect(
      body.rows.map(({ hour, impressions, clicks, decisions }: Record<string, unknown>) => ({ hour, impressions, clicks, decisions })),
    ).toEqual([
      {
        ...{ hour: FIRST, impressions: 2, clicks: 2 },
        decisions: { decisions: 2, cards: 3, noAds: [{ code: 509, reason: "slots-exceed-brands", count: 1 }] },
      },
      { hour: SECOND, impressions: 0, clicks: 0, decisions: { decisions: 1, cards: 1, noAds: [] } },
    ]);
    expect(body.total.decisions).toEqual({
      ...{ decisions: 3, cards: 4 },
      noAds: [{ code: 509, reason: "slots-exceed-brands", count: 1 }],
    });
  });

  test("is of the hours that are asked for", async () => {
    expect((await ask({ from: FIRST, to: SECOND, group: "" })).body.total).toMatchObject({
      impressions: 2,
      gross: { clicks: 2 },
      decisions: { decisions: 2 },
    });
    expect((await ask({ from: SECOND, group: "" })).body.total).toMatchObject({
      impressions: 0,
      gross: { clicks: 1 },
      decisions: { decisions: 1 },
    });
    expect((await ask({ from: THIRD, group: "hour" })).body).toMatchObject({ rows: [], total: { decisions: { decisions: 0 } } });
    expect((await ask({ to: FIRST, group: "hour" })).body).toMatchObject({ rows: [], total: { impressions: 0 } });
    expect((await ask({ from: "0001-01-01T00:00:00Z", to: "9999-12-31T23:00:00Z", group: "" })).body.total).toMatchObject({
      impressions: 2,
    });
  });

  test("tells where taps went", async () => {
    const { body } = await ask({ group: "outcome,brand" });
    expect(body.group).toEqual(["outcome", "brand"]);
    for (const { links, landings } of body.rows)
      expect({ links, landings }).toEqual({ links: [{ link: expect.any(String), os: null, count: 1 }], landings: [] });
  });

  test("of a brand is its own, and has no decisions", async () => {
    const { body } = await ask({ group: "brand" }, lan);
    expect(body.rows).toMatchObject([{ brand: lan.tenant, impressions: 1 }]);
    expect(body.total).toMatchObject({ impressions: 1, decisions: null });
    expect((await ask({ group: "" }, lan)).body.rows).toMatchObject([{ decisions: null }]);
    expect((await ask({}, newBrand())).body).toMatchObject({ rows: [], total: { impressions: 0, rates: { click: null, viewable: null } } });
  });

  test.each(["attester", "reviewer", "operator", "auditor"] as const)("is for the %s of its sides", async (as) => {
    expect((await ask({}, as)).body.total).toMatchObject({ impressions: 2 });
  });
});

describe("as CSV", () => {
  const rowsOf = (text: string): Record<string, string>[] => parse(text, { bom: true, columns: true, record_delimiter: "\r\n" });
  const csv = async (over: Readonly<Record<string, string>>) => {
    const { status, headers, text } = await ask({ format: "csv", ...over });
    expect({ status, type: headers["content-type"] }).toEqual({ status: 200, type: "text/csv; charset=utf-8; header=present" });
    expect(headers["content-disposition"]).toBe(`attachment; filename="delivery-${SURFACE}-${SEASON}.csv"`);
    return rowsOf(text);
  };

  test("it has the same counts, and a column for each reason that occurs", async () => {
    expect(await csv({ group: "hour" })).toMatchObject([
      {
        ...{ hour: FIRST, impressions: "2", clicks: "2", clickRate: "1", grossClicks: "2", "invalidClicks:no-impression": "0" },
        ...{ decisions: "2", cards: "3", "noAd:slots-exceed-brands": "1", creditedClicks: "" },
      },
      {
        hour: SECOND,
        impressions: "0",
        clickRate: "",
        grossClicks: "1",
        "invalidClicks:no-impression": "1",
        "noAd:slots-exceed-brands": "0",
      },
    ]);
    const [row] = await csv({ group: "brand,phase" });
    expect(row).toMatchObject({ phase: "wave-1", impressions: "1", decisions: "", creditedClicks: "" });
  });

  test("by outcome it has where taps went and how they landed, and nothing else", async () => {
    const rows = await csv({ group: "outcome" });
    expect(rows).toEqual([
      { link: expect.any(String), os: "", hostVersion: "", taps: "2", "opened-app": "", "fell-to-web": "", lost: "", opened: "" },
    ]);
  });
});

describe("refused is", () => {
  test.each([
    ["a group that is none", { group: "brand,colour" }, "/group/1"],
    ["a group twice", { group: "brand,brand" }, "/group"],
    ["half an hour", { from: "2024-05-20T12:30:00Z" }, "/from"],
    ["a time without an offset", { to: "2024-05-20T12:00:00" }, "/to"],
    ["an end before the beginning", { from: SECOND, to: FIRST }, "/to"],
    ["a form that is none", { format: "xml" }, "/format"],
  ])("%s", async (_, over, field) => {
    const reply = await ask(over);
    expectProblem(reply, { status: 400, code: "invalid-request" });
    expect(reply.body.errors).toEqual([expect.objectContaining({ field })]);
  });

  test("a season of others, one that is not there, one that is not published, and a surface it is not on: all alike", async () => {
    const { id } = await go.plan({ ...PLAN, id: "secret" });
    const elsewhere = { sub: "usr_x", role: "operator", tenant: "another-host" } as const;
    for (const reply of [
      await ask({}, elsewhere),
      await ask({}, { ...elsewhere, role: "attester" }),
      await ask({ season: "no-such" }),
      await ask({ season: id }),
      await ask({ surface: "no-such" }),
    ])
      expectProblem(reply, { status: 404, code: "not-found" });
  });
});
