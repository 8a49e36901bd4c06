import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { registryTable } from "../../../lib/deps/tables.ts";
import type { User } from "../../../lib/domain/authorisation.ts";
import type { Grant } from "../../../lib/domain/grant.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { PLAN, SEASON, SURFACE, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";
import { brandNumber, grantOf, keepRows } from "../../support/whitelist-rows.ts";

const gate = await openGate();
const go = stepsOf(gate);
const registry = registryTable("write");
afterAll(() => gate.close());

/** Names that spreadsheets may take for formulas, and names that no CSV may break on. */
const NAMES = ["=HYPERLINK(1)", "+86", "-1", "@brand", "＝1", "﹣1", "⁼2", "a,b", 'say "hi"', "霁鹭妆匣", "a=b", "l'été"];
const FORMULAS = 7;
const grants = Array.from({ length: 120 }, (_, index) =>
  grantOf(brandNumber(index), 1, {
    names: { zh: NAMES[index % NAMES.length] ?? "", en: `Brand ${index}` },
    dailyShare: index % 2 === 0 ? null : 100 + index,
    ...(index % 3 === 0 ? { state: "suspended", reason: "=cmd|' /C calc'!A0", version: 2 } : {}),
  }),
);

beforeAll(async () => {
  await go.season();
  await keepRows(registry, grants);
});

const ask = (format: string, as: Caller = "reviewer", query = {}) =>
  gate.call("GET /v1/whitelist/export", { as, query: { surface: SURFACE, season: SEASON, format, ...query } });
const rowsOf = (csv: string): Record<string, string>[] => parse(csv, { bom: true, columns: true, record_delimiter: "\r\n" });
const bare = (cell: string | undefined) => cell?.replace(/^'(?=[=+\-@＝﹣⁼])/u, "") ?? "";

/** A row of the CSV as the grant it was. */
const grantIn = (row: Record<string, string>) => ({
  brand: row["brand"],
  id: row["grant"],
  application: row["application"],
  surface: row["surface"],
  season: row["season"],
  names: { zh: bare(row["nameZh"]), en: bare(row["nameEn"]) },
  marketplace: row["marketplace"],
  host: "wechat",
  storeId: row["storeId"],
  storeType: row["storeType"],
  phases: row["phases"]?.split("|"),
  templates: row["templates"]?.split("|"),
  dailyShare: row["dailyShare"] === "" ? null : Number(row["dailyShare"]),
  state: row["state"],
  reason: row["reason"] === "" ? null : bare(row["reason"]),
  expiresAt: Date.parse(row["expiresAt"] ?? ""),
  grantedBy: row["grantedBy"],
  grantedAt: Date.parse(row["grantedAt"] ?? ""),
  version: Number(row["version"]),
});

describe("the export", () => {
  test("as JSON is one document of every grant", async () => {
    const { status, headers, body } = await ask("json");
    expect([status, headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
    expect(body).toMatchObject({ surface: SURFACE, season: SEASON });
    const instants = (grant: Grant) => ({
      ...grant,
      expiresAt: new Date(grant.expiresAt).toISOString(),
      grantedAt: new Date(grant.grantedAt).toISOString(),
    });
    expect(body.grants).toEqual(grants.map(instants));
  });

  test("as CSV read back is the same grants", async () => {
    const { status, headers, text } = await ask("csv");
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": `attachment; filename="whitelist-${SURFACE}-${SEASON}.csv"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    expect(rowsOf(text).map(grantIn)).toEqual(grants);
  });

  test("as CSV has a byte order mark, CRLF and every cell quoted, and no cell of it begins a formula", async () => {
    const { text } = await ask("csv");
    expect(text.startsWith('\ufeff"brand","grant",')).toBe(true);
    expect(text.endsWith('"\r\n')).toBe(true);
    expect(text.split("\r\n")).toHaveLength(grants.length + 2);
    const cells = rowsOf(text).flatMap((row) => Object.values(row));
    for (const cell of cells) expect(cell.normalize("NFKC")).not.toMatch(/^[=+\-@\t\r]/);
    expect(cells.filter((cell) => cell.startsWith("'"))).toHaveLength(10 * FORMULAS + 40);
  });

  test("of a season without grants is the header, or an empty document", async () => {
    await gate.setClock("2024-05-13T10:00:00+08:00");
    const later = (day: string) => `2030-${day}T00:00:00+08:00`;
    const phases = [{ ...PLAN.phases[0], opensAt: later("06-01"), closesAt: later("06-02") }];
    await go.plan({ ...PLAN, id: "empty", phases, instants: {} });
    await go.announce("empty");
    expect((await ask("json", "reviewer", { season: "empty" })).body).toEqual({ surface: SURFACE, season: "empty", grants: [] });
    const { text } = await ask("csv", "reviewer", { season: "empty" });
    expect(parse(text, { bom: true })).toEqual([Object.keys(rowsOf((await ask("csv")).text)[0] ?? {})]);
  });

  test("has for a brand its own, and is not there for another marketplace or host", async () => {
    const brand: User = { sub: "usr_x", role: "brand", tenant: brandNumber(7) };
    expect(rowsOf((await ask("csv", brand)).text).map((row) => row["brand"])).toEqual([brand.tenant]);
    const attester: User = { sub: "usr_y", role: "attester", tenant: "jd" };
    expectProblem(await ask("json", attester), { status: 404, code: "not-found" });
    expect((await ask("json", "attester")).body.grants).toHaveLength(grants.length);
    expectProblem(await ask("json", { sub: "usr_z", role: "reviewer", tenant: "another" }), { status: 404, code: "not-found" });
    expectProblem(await ask("csv", "feed"), { status: 403, code: "forbidden" });
    expectProblem(await ask("csv", null), { status: 401, code: "unauthenticated" });
  });

  test.each(["", "xlsx", "CSV", "csv,json"])("is not given as %j", async (format) => {
    expectProblem(await ask(format), { status: 400, code: "invalid-request" });
  });

  test("of nothing that is published is not found", async () => {
    expectProblem(await ask("csv", "reviewer", { season: "nowhere" }), { status: 404, code: "not-found" });
  });
});

test("a list too long for one reply is refused in both formats, and can be read by pages", async () => {
  const wordy = Array.from({ length: 20 }, (_, index) => `template-${"x".repeat(50)}-${index}`);
  const long = Array.from({ length: 2_800 }, (_, index) => grantOf(brandNumber(10_000 + index), 1, { templates: wordy }));
  await keepRows(registry, long);
  for (const format of ["csv", "json"]) {
    const reply = await ask(format);
    expectProblem(reply, { status: 422, code: "list-too-long" });
    expect(reply.body.detail).toContain("/v1/whitelist");
  }
  const page = await gate.call("GET /v1/whitelist", { as: "reviewer", query: { surface: SURFACE, season: SEASON, limit: "100" } });
  expect(page.body.grants).toHaveLength(100);
});
