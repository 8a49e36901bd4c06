import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { openGate } from "../../support/gate.ts";
import { MEI, newBrand, REQUEST, SEASON, SURFACE, stepsOf, tokenIn } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const ROOT: User = { sub: "usr_root", role: "operator", tenant: "*" };
const ELSEWHERE: User = { sub: "usr_elsewhere", role: "operator", tenant: "another-host" };
let admitted: { campaign: string; card: string };

beforeAll(async () => {
  await go.season();
  admitted = await go.admit(MEI);
  await gate.publish();
});
afterAll(() => gate.close());

let minute = 0;
/** Every test a minute later than the one before, while the first wave is open. */
const nextMinute = () => gate.setClock(`2024-05-21T12:${String(++minute).padStart(2, "0")}:00+08:00`);
const at = (seconds: string) => gate.setClock(`2024-05-21T12:${String(minute).padStart(2, "0")}:${seconds}+08:00`);
const shown = async () => {
  const { slots } = await go.decide();
  return slots[0].brand ?? slots[0].noAd.reason;
};
const turn = (target: object, as: User | "operator" | "reviewer" = "operator", headers: Record<string, string> = {}) =>
  gate.call("POST /v1/switches", { as, headers, body: { ...target, reason: "A test." } });

describe("within two seconds of a throw, with nothing published in between, nothing of it is served, and after the lifting it is again:", () => {
  test.each([
    ["all", () => ({ level: "all" }), ROOT],
    ["host", () => ({ level: "host" }), "operator"],
    ["host, by the installation's operator", () => ({ level: "host", host: "wechat" }), ROOT],
    ["surface", () => ({ level: "surface", surface: SURFACE }), "operator"],
    ["season: a pause", () => ({ level: "season", season: SEASON }), "operator"],
    ["phase", () => ({ level: "phase", season: SEASON, phase: "wave-1", surface: SURFACE }), "operator"],
    ["brand", () => ({ level: "brand", brand: MEI.tenant }), "operator"],
    ["brand, in a season on a surface", () => ({ level: "brand", brand: MEI.tenant, season: SEASON, surface: SURFACE }), "operator"],
    ["campaign", () => ({ level: "campaign", campaign: admitted.campaign }), "operator"],
    ["card", () => ({ level: "card", card: admitted.card }), "operator"],
  ] as const)("%s", async (_level, target, as) => {
    await nextMinute();
    expect(await shown()).toBe(MEI.tenant);
    const thrown = await go.throw(target(), as);
    await at("02.001");
    expect(await shown()).toBe("kill-switch");
    await go.lift(thrown.id, as);
    await at("04.002");
    expect(await shown()).toBe(MEI.tenant);
  });

  test("a phase that is not the one in hand is not missed", async () => {
    await nextMinute();
    const thrown = await go.throw({ level: "phase", season: SEASON, phase: "wave-2" });
    expect(await shown()).toBe(MEI.tenant);
    await go.lift(thrown.id);
  });
});

test("a switch says who threw it and why, is on record once lifted, and each turn is one audit event and one announcement", async () => {
  await nextMinute();
  const thrown = await go.throw({ level: "brand", brand: MEI.tenant }, "operator", "Counterfeits were reported.");
  expect(thrown).toMatchObject({
    level: "brand",
    owner: "wechat",
    aim: { host: "wechat", brand: MEI.tenant, season: null },
    thrown: { by: "usr_chen_operator", why: "Counterfeits were reported.", at: expect.stringMatching(/^2024-05-21T04:/) },
    lifted: null,
  });
  const list = async () => (await gate.call("GET /v1/switches", { as: "auditor", query: { limit: "100" } })).body;
  expect((await list()).thrown).toEqual([thrown]);
  const lifted = await go.lift(thrown.id);
  expect(lifted).toMatchObject({ ...thrown, lifted: { by: "usr_chen_operator", why: "A test." }, version: 2 });
  const { thrown: none, lifted: records } = await list();
  expect(none).toEqual([]);
  expect(records).toContainEqual(lifted);
  const { registry } = await gate.rows();
  for (const kind of ["AUDIT", "OUTBOX"]) {
    const rows = registry.filter(({ pk }) => pk?.S === `${kind}#switch/${thrown.id}`);
    expect(rows.map(({ sk }) => sk?.S)).toEqual(["0000000001", "0000000002"]);
  }
  await gate.publish();
  const { body } = await gate.call("GET /v1/whitelist/changes", { as: MEI, query: { since: "0" } });
  const told = body.changes.filter(({ subject }: { subject: string }) => subject === `switch/${thrown.id}`);
  expect(told.map(({ type, why }: { type: string; why: string }) => [type, why])).toEqual([
    ["switch.thrown", "Counterfeits were reported."],
    ["switch.lifted", "A test."],
  ]);
});

test("the same Idempotency-Key throws once", async () => {
  await nextMinute();
  const key = { "idempotency-key": "midnight-1" };
  const [one, again] = [await turn({ level: "host" }, "operator", key), await turn({ level: "host" }, "operator", key)];
  expect([one.status, again.status, again.body]).toEqual([201, 201, one.body]);
  expect((await gate.call("GET /v1/switches", { as: "operator" })).body.thrown).toHaveLength(1);
  const lifting = () =>
    gate.call("POST /v1/switches/{switch}/lifting", {
      as: "operator",
      params: { switch: one.body.id },
      headers: key,
      body: { reason: "Over." },
    });
  const [first, second] = [await lifting(), await lifting()];
  expect([first.status, second.status, second.body]).toEqual([201, 201, first.body]);
});

test("twenty at once are all thrown", async () => {
  await nextMinute();
  const replies = await Promise.all(Array.from({ length: 20 }, () => turn({ level: "brand", brand: newBrand().tenant })));
  const made = replies.filter(({ status }) => status === 201);
  const { thrown } = (await gate.call("GET /v1/switches", { as: "operator" })).body;
  expect(thrown).toHaveLength(made.length);
  for (const { status, body } of replies)
    expect([status, body.code ?? "made"]).toEqual(status === 201 ? [201, "made"] : [409, "changed-meanwhile"]);
  for (const { body } of made) await go.lift(body.id);
});

describe("whose it is", () => {
  test("every host is the installation's operator's to stop, and no host's own", async () => {
    expectProblem(await turn({ level: "all" }), { status: 403, code: "forbidden" });
    expectProblem(await turn({ level: "host", host: "another-host" }), { status: 404, code: "not-found" });
    expectProblem(await turn({ level: "surface", surface: SURFACE }, ELSEWHERE), { status: 404, code: "not-found" });
    expectProblem(await turn({ level: "season", season: SEASON }, ELSEWHERE), { status: 404, code: "not-found" });
    expectProblem(await turn({ level: "card", card: admitted.card }, ELSEWHERE), { status: 404, code: "not-found" });
    expectProblem(await turn({ level: "host", host: "nobody" }, ROOT), { status: 404, code: "not-found" });
    expectProblem(await turn({ level: "host" }, "reviewer"), { status: 403, code: "forbidden" });
  });

  test("what the installation's operator threw, a host's does not lift, nor another host's anything at all", async () => {
    await nextMinute();
    const root = await go.throw({ level: "host", host: "wechat" }, ROOT);
    const own = await go.throw({ level: "host" });
    const lift = (as: User | "operator", id: string) =>
      gate.call("POST /v1/switches/{switch}/lifting", { as, params: { switch: id }, body: { reason: "Mine." } });
    expectProblem(await lift("operator", root.id), { status: 404, code: "not-found" });
    expectProblem(await lift(ELSEWHERE, own.id), { status: 404, code: "not-found" });
    expect((await lift(ROOT, own.id)).status).toBe(201);
    expect((await lift(ROOT, root.id)).status).toBe(201);
    expectProblem(await lift(ROOT, root.id), { status: 409, code: "wrong-state" });
  });

  test("a host sees its own and those that stop everybody, and nothing of another host's", async () => {
    await nextMinute();
    const [all, own] = [await go.throw({ level: "all" }, ROOT), await go.throw({ level: "host" })];
    const seenBy = async (as: User | "operator") =>
      (await gate.call("GET /v1/switches", { as })).body.thrown.map(({ id }: { id: string }) => id);
    expect(await seenBy("operator")).toEqual([all.id, own.id]);
    expect(await seenBy(ELSEWHERE)).toEqual([all.id]);
    await go.lift(all.id, ROOT);
    await go.lift(own.id);
    const { lifted } = (await gate.call("GET /v1/switches", { as: ELSEWHERE, query: { limit: "100" } })).body;
    expect(lifted.every(({ aim }: { aim: { host: string | null } }) => aim.host === null)).toBe(true);
  });
});

describe("a mistyped target is refused:", () => {
  test.each([
    ["a surface that is not", { level: "surface", surface: "nowhere" }],
    ["a season that is not", { level: "season", season: "618-2042" }],
    ["a season that is not on the surface", { level: "season", season: SEASON, surface: "wechat-channels" }],
    ["a phase the season does not have", { level: "phase", season: SEASON, phase: "wave-9" }],
    ["a card that is not", { level: "card", card: "crd_01ARZ3NDEKTSV4RRFFQ69G5FAV" }],
    ["a campaign that is not", { level: "campaign", campaign: "cmp_01ARZ3NDEKTSV4RRFFQ69G5FAV" }],
  ])("%s", async (_name, target) => {
    expectProblem(await turn(target), { status: 404, code: "not-found" });
  });

  test.each([
    ["a level that is not", { level: "planet" }],
    ["a phase of no season", { level: "phase", phase: "wave-1" }],
    ["a part the level does not have", { level: "surface", surface: SURFACE, card: "crd_01ARZ3NDEKTSV4RRFFQ69G5FAV" }],
  ])("%s", async (_name, target) => {
    expectProblem(await turn(target), { status: 400, code: "invalid-request" });
  });

  test("nothing of them is on the board", async () => {
    expect((await gate.call("GET /v1/switches", { as: "auditor" })).body.thrown).toEqual([]);
  });
});

test("lifted switches are read page by page, each on one page", async () => {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const { status, body } = await gate.call("GET /v1/switches", { as: "operator", query: { limit: "7", ...(cursor ? { cursor } : {}) } });
    expect(status).toBe(200);
    found.push(...body.lifted.map(({ id }: { id: string }) => id));
    cursor = body.next ?? undefined;
  } while (cursor);
  expect(found.length).toBeGreaterThan(20);
  expect(found).toEqual([...new Set(found)].sort());
  expectProblem(await gate.call("GET /v1/switches", { as: "operator", query: { cursor: "v1.x.y.z" } }), {
    status: 400,
    code: "cursor-invalid",
  });
});

test("a switch on links sends a tap by the other kind; on both, nowhere, and nothing is shown", async () => {
  await nextMinute();
  const clickUrl = async () => (await go.decide()).slots[0].clickUrl;
  const tap = async (url: string) => {
    const { status, headers } = await gate.call("GET /c/{token}", { params: tokenIn(url) });
    return { status, location: String(headers["location"] ?? "").split(":")[0] };
  };
  const url = await clickUrl();
  expect(await tap(url)).toEqual({ status: 302, location: "tmall" });
  const app = await go.throw({ level: "link-kind", linkKind: "app" });
  await at("02.001");
  expect(await tap(url)).toEqual({ status: 302, location: "https" });
  expect(await shown()).toBe(MEI.tenant);
  const web = await go.throw({ level: "link-kind", linkKind: "web", season: SEASON });
  await at("04.002");
  expect(await tap(url)).toEqual({ status: 410, location: "" });
  expect(await shown()).toBe("kill-switch");
  await go.lift(app.id);
  await at("06.003");
  expect(await tap(url)).toEqual({ status: 302, location: "tmall" });
  const { slots } = await go.decide({ ...REQUEST, viewer: { key: "v", installedApps: [] } });
  expect(slots[0].noAd.reason).toBe("kill-switch");
  await go.lift(web.id);
});

test("a tap on what was shown before leads on, whatever else is stopped", async () => {
  await nextMinute();
  const { clickUrl } = (await go.decide()).slots[0];
  const thrown = await go.throw({ level: "host" });
  await at("02.001");
  expect((await gate.call("GET /c/{token}", { params: tokenIn(clickUrl) })).status).toBe(302);
  await go.lift(thrown.id);
});

test("a check of the whitelist tells of the switches too", async () => {
  await nextMinute();
  const check = async () =>
    (
      await gate.call("POST /v1/whitelist/checks", {
        as: "feed",
        body: { surface: SURFACE, season: SEASON, brands: [MEI.tenant] },
      })
    ).body.checks;
  expect(await check()).toEqual([{ brand: MEI.tenant, eligible: true, reasons: [] }]);
  const thrown = await go.throw({ level: "season", season: SEASON });
  expect(await check()).toEqual([{ brand: MEI.tenant, eligible: false, reasons: ["kill-switch"] }]);
  await go.lift(thrown.id);
});
