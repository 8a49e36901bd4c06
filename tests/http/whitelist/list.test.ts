import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { registryTable } from "../../../lib/deps/tables.ts";
import type { Role, User } from "../../../lib/domain/authorisation.ts";
import type { Grant } from "../../../lib/domain/grant.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { newBrand, PLAN, PREPARING, SEASON, SURFACE, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";
import { brandNumber, grantOf, keepRows, vouchFor } from "../../support/whitelist-rows.ts";

const LIST = "GET /v1/whitelist";
const GRANTS = 130;

const gate = await openGate();
const go = stepsOf(gate);
const registry = registryTable("write");
afterAll(() => gate.close());

/** Every second number, so that others can come between. */
const brands = Array.from({ length: GRANTS }, (_, index) => brandNumber(2 * index));
const grants = brands.map((brand, index) =>
  grantOf(brand, 1, { storeType: index % 4 === 0 ? "franchise" : "flagship", state: index % 5 === 0 ? "suspended" : "current" }),
);
/** Went through the endpoints; its id is below all others. */
const admitted = newBrand();
let all: readonly string[];

beforeAll(async () => {
  await go.season();
  await go.plan({ ...PLAN, id: "draft" });
  const { grant } = await go.admit(admitted);
  await keepRows(registry, [...grants, ...brands.map((brand) => vouchFor(brand))]);
  all = [grant, ...grants.map(named)];
});

const named = ({ brand, id }: Pick<Grant, "brand" | "id">) => `${brand} ${id}`;
const ask = (query: Readonly<Record<string, string>> = {}, as: Caller = "reviewer", headers = {}) =>
  gate.call(LIST, { as, query: { surface: SURFACE, season: SEASON, ...query }, headers });
const elsewhere = (role: Role, tenant: string): User => ({ sub: `usr_elsewhere_${role}`, role, tenant });

/** Every page to the end; `between` may change things after each. */
async function walk(
  query: Readonly<Record<string, string>> = {},
  as: Caller = "reviewer",
  between: () => Promise<unknown> = async () => {},
) {
  const pages: { readonly grants: readonly Grant[]; readonly next: string | null }[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { status, body } = await ask({ ...query, ...(cursor ? { cursor } : {}) }, as);
    expect(status).toBe(200);
    pages.push(body);
    cursor = body.next;
    await between();
  }
  return pages;
}
const rowsOf = (pages: Awaited<ReturnType<typeof walk>>) => pages.flatMap((page) => page.grants);

describe("the whitelist", () => {
  test.each(["reviewer", "operator", "auditor", "attester"] as const)("is seen whole by the %s, by brand, in full pages", async (role) => {
    const pages = await walk({}, role);
    expect(pages.map((page) => page.grants.length)).toEqual([50, 50, 31]);
    expect(rowsOf(pages).map(({ brand }) => brand)).toEqual([admitted.tenant, ...brands]);
    expect(new Set(rowsOf(pages).map(named)).size).toBe(all.length);
  });

  test("shows a grant with the terms it was given, in the form a reviewer was told", async () => {
    const { body } = await ask({ brand: admitted.tenant });
    const [{ application }] = body.grants;
    expect(body).toEqual({ grants: (await go.read(application)).grants, next: null });
  });

  test.each([
    ["1", 1],
    ["7", 7],
    ["100", 100],
  ])("comes in pages of %s when asked", async (limit, size) => {
    const { body } = await ask({ limit });
    expect(body.grants).toHaveLength(size);
    expect(body.next).toEqual(expect.any(String));
  });

  test("is narrowed by state, store type and brand, alone and together", async () => {
    const suspended = grants.filter(({ state }) => state === "suspended");
    const franchises = grants.filter(({ storeType }) => storeType === "franchise");
    const both = suspended.filter((grant) => franchises.includes(grant));
    expect(rowsOf(await walk({ state: "suspended", limit: "10" })).map(named)).toEqual(suspended.map(named));
    expect(rowsOf(await walk({ storeType: "franchise", limit: "10" })).map(named)).toEqual(franchises.map(named));
    const pages = await walk({ state: "suspended", storeType: "franchise", limit: "3" });
    expect(rowsOf(pages).map(named)).toEqual(both.map(named));
    for (const page of pages.slice(0, -1)) expect(page.grants).toHaveLength(3);
    expect(rowsOf(await walk({ brand: brands[1] ?? "" })).map(named)).toEqual([named(grants[1] as Grant)]);
  });

  test("is one empty page where nothing fits", async () => {
    const empty = { grants: [], next: null };
    expect((await ask({ state: "revoked" })).body).toEqual(empty);
    expect((await ask({ storeType: "independent" })).body).toEqual(empty);
    expect((await ask({ brand: brandNumber(999_999) })).body).toEqual(empty);
  });

  test.each([
    ["limit", "0"],
    ["limit", "101"],
    ["limit", "-1"],
    ["limit", "1e1"],
    ["limit", " 5"],
    ["limit", "5.0"],
    ["limit", ""],
    ["state", "expired"],
    ["storeType", "Flagship"],
    ["brand", "somebody"],
    ["sort", "brand"],
    ["season", "NO SUCH"],
  ])("is not given for %s=%j", async (name, value) => {
    expectProblem(await ask({ [name]: value }), { status: 400, code: "invalid-request" });
  });

  test.each([
    ["an unknown season", { season: "nowhere" }],
    ["a draft", { season: "draft" }],
    ["another surface", { surface: "elsewhere" }],
  ])("of %s is not found, by anybody", async (_, query) => {
    for (const as of ["reviewer", "operator", "auditor", "attester", admitted] as const)
      expectProblem(await ask(query, as), { status: 404, code: "not-found" });
  });
});

describe("rows that are there throughout are on one page exactly, while others", () => {
  const kept = () => new Set(all);
  const seen = (rows: readonly Grant[]) => rows.map(named).filter((row) => kept().has(row) || row.startsWith(`${admitted.tenant} `));

  test("come before, between and behind, turn and go", async () => {
    let turn = 0;
    const come = (number: number) => grantOf(brandNumber(number), 5);
    const rows = await walk({ limit: "20" }, "reviewer", async () => {
      const numbers = [turn * 2 + 1, turn * 40 + 41, 301 + turn];
      const turned = grants.slice(turn * 20, turn * 20 + 1).map((grant) => ({ ...grant, version: 2 }));
      await keepRows(registry, [...numbers.map(come), ...turned]);
      const { brand, id } = come(turn * 2 + 1);
      await registry.delete({ pk: `LINEUP#${SURFACE}#${SEASON}`, sk: `GRANT#${brand}#${id}` });
      turn++;
    });
    const mine = rowsOf(rows).filter(({ brand }) => brands.includes(brand));
    expect(mine.map(named)).toEqual(grants.map(named));
    expect(new Set(seen(rowsOf(rows))).size).toBe(all.length);
  });

  test("the very row that a page ended with goes", async () => {
    const last = grantOf(brandNumber(38), 7);
    await keepRows(registry, [last]);
    const { body: first } = await ask({ limit: "100", state: "current" });
    const at = first.grants.findIndex((grant: Grant) => named(grant) === named(last));
    const { body: page } = await ask({ limit: String(at + 1), state: "current" });
    expect(named(page.grants.at(-1))).toBe(named(last));
    await registry.delete({ pk: `LINEUP#${SURFACE}#${SEASON}`, sk: `GRANT#${last.brand}#${last.id}` });
    const { body: next } = await ask({ limit: "1", state: "current", cursor: page.next });
    expect(named(next.grants[0])).toBe(named(first.grants[at + 1]));
  });
});

describe("a brand", () => {
  test("sees its own grants and no others, whatever it asks for", async () => {
    const mine: User = { sub: "usr_x", role: "brand", tenant: brands[3] ?? "" };
    expect(rowsOf(await walk({}, mine)).map(named)).toEqual([named(grants[3] as Grant)]);
    expect((await ask({ brand: mine.tenant }, mine)).body.grants).toHaveLength(1);
    expect((await ask({ brand: brands[4] ?? "" }, mine)).text).toBe((await ask({ brand: brandNumber(999_999) }, mine)).text);
    for (const tenant of ["*", mine.tenant.slice(0, -1), "", `${mine.tenant}#`])
      if (tenant !== "") expect((await ask({}, elsewhere("brand", tenant))).body).toEqual({ grants: [], next: null });
  });
});

test.each(["reviewer", "operator"] as const)("a %s of another host does not find the season", async (role) => {
  for (const tenant of ["another", "tmall"]) expectProblem(await ask({}, elsewhere(role, tenant)), { status: 404, code: "not-found" });
});

test("nor does an attester of another marketplace, no more than a season that nobody has", async () => {
  for (const tenant of ["jd", "wechat"]) {
    const [theirs, none] = [await ask({}, elsewhere("attester", tenant)), await ask({ season: "none" }, elsewhere("attester", tenant))];
    for (const reply of [theirs, none]) expectProblem(reply, { status: 404, code: "not-found" });
    expect({ ...theirs.body, requestId: "" }).toEqual({ ...none.body, requestId: "" });
  }
});

test("a feed and a stranger are not given the list", async () => {
  expectProblem(await ask({}, "feed"), { status: 403, code: "forbidden" });
  expectProblem(await ask({}, null), { status: 401, code: "unauthenticated" });
});

describe("a cursor", () => {
  const query = { limit: "10" };
  const cursorOf = async (more = {}, as: Caller = "reviewer") => (await ask({ ...query, ...more }, as)).body.next as string;
  const refused = async (cursor: string, more = {}, as: Caller = "reviewer") =>
    expectProblem(await ask({ ...query, ...more, cursor }, as), { status: 400, code: "cursor-invalid" });

  test("leads on, again and again, also in pages of another size", async () => {
    const cursor = await cursorOf();
    const [first, second] = [await ask({ ...query, cursor }), await ask({ ...query, cursor })];
    expect(first.body.grants).toHaveLength(10);
    expect(second.text).toBe(first.text);
    expect((await ask({ limit: "5", cursor })).body.grants).toEqual(first.body.grants.slice(0, 5));
  });

  test("is refused with any one byte of it flipped", async () => {
    const cursor = await cursorOf();
    for (let at = 0; at < cursor.length; at++)
      await refused(cursor.slice(0, at) + String.fromCharCode(cursor.charCodeAt(at) ^ 1) + cursor.slice(at + 1));
  });

  test.each(["", "x", "v1", "null", '{"pk":"LINEUP","sk":"GRANT"}', "v1.local-1.e30.AAAA", "\u0000", "🏮", "x".repeat(10_000)])(
    "that is none of ours is refused: %#",
    async (cursor) => refused(cursor),
  );

  test("is refused to another role, another tenant and for another question", async () => {
    const cursor = await cursorOf();
    await refused(cursor, {}, "operator");
    await refused(cursor, {}, "auditor");
    await refused(cursor, {}, "attester");
    await refused(cursor, {}, elsewhere("reviewer", "another"));
    await refused(cursor, {}, elsewhere("brand", brands[0] ?? ""));
    await refused(cursor, { state: "current" });
    await refused(cursor, { storeType: "flagship" });
    await refused(cursor, { brand: brands[0] ?? "" });
    await refused(cursor, { season: "another" });
    await refused(await cursorOf({ state: "current" }), {});
    await refused(await cursorOf({}, "attester"), {}, elsewhere("attester", "jd"));
  });

  test("is good for a quarter of an hour, and after twenty minutes no more", async () => {
    const cursor = await cursorOf();
    const at = Date.parse(PREPARING);
    await gate.setClock(new Date(at + 15 * 60_000 - 1).toISOString());
    expect((await ask({ ...query, cursor })).status).toBe(200);
    await gate.setClock(new Date(at + 20 * 60_000).toISOString());
    await refused(cursor);
    await gate.setClock(PREPARING);
  });
});

describe("a page's ETag", () => {
  const etagOf = async (query = {}) => String((await ask(query)).headers["etag"]);

  test("is strong, the same while the page is, and goes with leave to keep the page but not to trust it", async () => {
    const { headers } = await ask();
    expect(headers["etag"]).toMatch(/^"[\w-]{43}"$/);
    expect(headers["cache-control"]).toBe("private, no-cache");
    expect(await etagOf()).toBe(headers["etag"]);
    expect(await etagOf({ limit: "2" })).not.toBe(headers["etag"]);
  });

  test("given back is answered 304 without a body, with the ETag", async () => {
    const etag = await etagOf();
    for (const sent of [etag, `W/${etag}`, `"other", ${etag}`, `${etag},"x"`, "*"]) {
      const { status, text, headers } = await ask({}, "reviewer", { "if-none-match": sent });
      expect([status, text, headers["etag"], headers["content-type"]]).toEqual([304, "", etag, undefined]);
      expect(headers["cache-control"]).toBe("private, no-cache");
    }
  });

  test("another is answered with the page", async () => {
    const etag = await etagOf();
    for (const sent of ['"other"', "", etag.slice(1, -1), '"', etag.toUpperCase(), '"*"'])
      expect((await ask({}, "reviewer", { "if-none-match": sent })).status).toBe(200);
  });

  test("is another once a grant of the page has been turned", async () => {
    const etag = await etagOf({ brand: admitted.tenant });
    const { body } = await ask({ brand: admitted.tenant });
    await go.turnGrant(body.grants[0].application, body.grants[0].id, "suspend");
    const { status, headers } = await ask({ brand: admitted.tenant }, "reviewer", { "if-none-match": etag });
    expect([status, headers["etag"] === etag]).toEqual([200, false]);
    await go.turnGrant(body.grants[0].application, body.grants[0].id, "reinstate");
  });

  test("does not turn a refusal into a 304", async () => {
    expectProblem(await ask({ season: "nowhere" }, "reviewer", { "if-none-match": "*" }), { status: 404, code: "not-found" });
    expectProblem(await ask({}, null, { "if-none-match": "*" }), { status: 401, code: "unauthenticated" });
  });
});
