import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { registryTable } from "../../../lib/deps/tables.ts";
import { openGate } from "../../support/gate.ts";
import { APPLICATION, CLOSES, newBrand, OPENS, PLAN, PREPARING, SEASON, SERVING, SURFACE, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem, expectRefused } from "../../support/problem.ts";
import { brandNumber, grantOf, keepRows, vouchFor } from "../../support/whitelist-rows.ts";

const gate = await openGate();
const go = stepsOf(gate);
afterAll(() => gate.close());

const brand = newBrand();
let keys: { readonly application: string; readonly grant: string };
const ask = (document = `${SEASON}.json`, surface = SURFACE, headers = {}) =>
  gate.call("GET /whitelist/{surface}/{document}", { as: null, params: { surface, document }, headers });
const listed = async () => (await ask()).body.brands.map((entry: { brand: string }) => entry.brand);

beforeAll(async () => {
  await go.season();
  await go.plan({ ...PLAN, id: "draft" });
  keys = await go.admit(brand);
});

describe("the public whitelist", () => {
  test("has of a brand its names, store type, marketplace and phases, and nothing else", async () => {
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(body).toEqual({
      version: "1.0",
      contact: "whitelist@example.com",
      surface: SURFACE,
      season: SEASON,
      brands: [
        {
          brand: brand.tenant,
          names: { zh: `品牌${brand.tenant}`, en: `Brand ${brand.tenant}` },
          storeType: APPLICATION.store.type,
          marketplace: "tmall",
          phases: ["wave-1", "wave-2"],
        },
      ],
    });
  });

  test("tells of no contact, document, person, store or application", async () => {
    const { text } = await ask();
    const application = await go.read(keys.application);
    const private_ = [
      ...APPLICATION.contacts.flatMap((contact: { name: string; email: string }) => [contact.name, contact.email]),
      ...APPLICATION.documents.flatMap((document: { number: string; fingerprint: string }) => [document.number, document.fingerprint]),
      ...[application.application.id, application.grants[0].id, application.grants[0].grantedBy, application.attestation.attestedBy],
      ...[brand.sub, APPLICATION.store.id],
    ];
    for (const each of private_) expect(text).not.toContain(each);
  });

  test("may be kept for a minute by anybody, and is asked for again by its ETag", async () => {
    const { headers } = await ask();
    expect(headers["cache-control"]).toBe("public, max-age=60");
    const again = await ask(undefined, undefined, { "if-none-match": headers["etag"] });
    expect([again.status, again.text, again.headers["cache-control"]]).toEqual([304, "", "public, max-age=60"]);
  });

  test("needs no token and heeds none", async () => {
    const token = await gate.tokenOf("reviewer");
    for (const authorization of [`Bearer ${token}`, "Bearer x", "garbage"])
      expect((await ask(undefined, undefined, { authorization })).text).toBe((await ask()).text);
  });

  test("loses a brand when either key is turned, and has it again when it is turned back", async () => {
    const { application, grant } = keys;
    await go.turnGrant(application, grant, "suspend");
    expect(await listed()).toEqual([]);
    await go.turnGrant(application, grant, "reinstate");
    expect(await listed()).toEqual([brand.tenant]);
    await go.turnAttestation(application, "suspend");
    expect(await listed()).toEqual([]);
    await go.turnAttestation(application, "reinstate");
    expect(await listed()).toEqual([brand.tenant]);
  });

  test.each([PREPARING, OPENS, SERVING, "2024-05-30T00:00:00+08:00"])("has the brand at %s, whether or not a phase is open", async (at) => {
    await gate.setClock(at);
    expect(await listed()).toEqual([brand.tenant]);
  });

  test("is empty after the season, whose grants have ended, and is still there", async () => {
    await gate.setClock(CLOSES);
    expect(await ask()).toMatchObject({ status: 200, body: { season: SEASON, brands: [] } });
    await gate.setClock(PREPARING);
  });

  test.each([
    ["an unknown season", "nowhere.json", SURFACE],
    ["a draft", "draft.json", SURFACE],
    ["another surface", `${SEASON}.json`, "elsewhere"],
  ])("of %s is not found", async (_, document, surface) => {
    expectProblem(await ask(document, surface), { status: 404, code: "not-found" });
  });

  test.each([SEASON, `${SEASON}.csv`, `${SEASON}.json.json`, ".json", "../618-2024.json", `${SEASON}.JSON`, "", "\u0000.json"])(
    "has no other document: %j",
    async (document) => expectRefused(await ask(document)),
  );
});

test("a longer list has every whitelisted brand once, in order, with all its phases, and no other", async () => {
  const brands = Array.from({ length: 1_200 }, (_, index) => brandNumber(index));
  await keepRows(
    registryTable("write"),
    brands.flatMap((each, index) => [
      grantOf(each, 1, { phases: ["wave-2"], state: index % 3 === 0 ? "revoked" : "current" }),
      ...(index % 2 === 0 ? [grantOf(each, 2, { phases: ["wave-1"] })] : []),
      ...(index % 5 === 0 ? [] : [vouchFor(each)]),
    ]),
  );
  const phasesOf = (index: number) => [...(index % 2 === 0 ? ["wave-1"] : []), ...(index % 3 === 0 ? [] : ["wave-2"])];
  const expected = brands.flatMap((each, index) =>
    index % 5 === 0 || phasesOf(index).length === 0 ? [] : [{ brand: each, phases: phasesOf(index) }],
  );
  const { body } = await ask();
  expect(body.brands.map(({ brand, phases }: { brand: string; phases: string[] }) => ({ brand, phases }))).toEqual([
    { brand: brand.tenant, phases: ["wave-1", "wave-2"] },
    ...expected,
  ]);
});
