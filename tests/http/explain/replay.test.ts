import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { seeded } from "../../../scripts/local/seeded.ts";
import { openGate } from "../../support/gate.ts";
import { newBrand, REQUEST, SURFACE, stepsOf, tokenIn } from "../../support/gate-steps.ts";
import { mintedDecision } from "../../support/minted.ts";
import { expectProblem } from "../../support/problem.ts";

interface Decision {
  readonly id: string;
  readonly session: string;
  readonly slots: readonly Readonly<Record<string, unknown>>[];
}

const gate = await openGate();
const go = stepsOf(gate);
const brands = Array.from({ length: 6 }, newBrand);
let firstApplication = "";

beforeAll(async () => {
  await go.season();
  for (const [index, brand] of brands.entries()) {
    const { application } = await go.admit(brand);
    if (index === 0) firstApplication = application;
  }
  await gate.publish();
});
afterAll(() => gate.close());

const replay = (decision: string, as: User | "reviewer" | "operator" | "auditor" | "feed" = "reviewer") =>
  gate.call("GET /v1/decisions/{decision}/replay", { as, params: { decision } });

/** The answer without what only who asked gets: its addresses, and what the viewer has seen before. */
const withoutAddresses = ({ slots, session: _session, ...rest }: Decision) => ({
  ...rest,
  slots: slots.map(({ impressionUrl: _impression, clickUrl: _click, ...slot }) => slot),
});

describe("what was decided is decided again, bit for bit,", () => {
  const made: Decision[] = [];
  const random = seeded(618);

  /** Decisions of any size in a wave, in the gap, and after the end. */
  async function decideSome(day: number, count: number) {
    for (let n = 0; n < count; n++) {
      const hour = String(Math.floor(random() * 24)).padStart(2, "0");
      await gate.setClock(`2024-05-${day}T${hour}:${String(n).padStart(2, "0")}:00+08:00`);
      const installedApps = random() < 0.5 ? ["tmall"] : [];
      made.push(await go.decide({ ...REQUEST, slots: 1 + Math.floor(random() * 10), viewer: { key: `v-${n}`, installedApps } }));
    }
  }

  test("at once", async () => {
    await decideSome(21, 15);
    await decideSome(30, 5);
    for (const decision of made) {
      const { status, body } = await replay(decision.id);
      expect({ status, body }).toEqual({ status: 200, body: withoutAddresses(decision) });
    }
    const slots = made.flatMap((decision) => decision.slots);
    expect(slots.some((slot) => "card" in slot) && slots.some((slot) => "noAd" in slot)).toBe(true);
  });

  test("after switches were thrown and lifted, and from in between", async () => {
    await gate.setClock("2024-05-22T00:00:00+08:00");
    const one = await go.throw({ level: "brand", brand: brands[0]?.tenant });
    const web = await go.throw({ level: "link-kind", linkKind: "web" });
    await decideSome(22, 8);
    await go.lift(web.id);
    await decideSome(23, 4);
    await go.lift(one.id);
    await decideSome(24, 4);
    for (const decision of made) expect((await replay(decision.id)).body).toEqual(withoutAddresses(decision));
  });

  test("after the snapshot has moved on, more than once", async () => {
    await gate.setClock("2024-05-25T00:00:00+08:00");
    for (const verb of ["suspend", "reinstate"]) {
      await go.turnAttestation(firstApplication, verb);
      await gate.publish();
      await decideSome(verb === "suspend" ? 25 : 26, 4);
    }
    const versions = new Set(made.map((decision) => (decision as Decision & { snapshot: number }).snapshot));
    expect(versions.size).toBeGreaterThan(2);
    for (const decision of made) expect((await replay(decision.id)).body).toEqual(withoutAddresses(decision));
  });

  test("and a decision says which versions it was made from", async () => {
    for (const decision of made) expect(decision).toMatchObject({ snapshot: expect.any(Number), switches: expect.any(Number) });
  });

  test("also one that had nothing to decide from", async () => {
    expect((await replay(mintedDecision())).body).toMatchObject({
      snapshot: null,
      switches: null,
      slots: [{ noAd: { code: 1, reason: "technical-error" } }],
    });
  });

  test("while its events are counted under it as ever", async () => {
    await gate.setClock("2024-05-27T12:00:00+08:00");
    const { id, slots } = await go.decide();
    expect((await gate.call("GET /i/{token}", { params: tokenIn(slots[0].impressionUrl) })).status).toBe(204);
    expect((await gate.call("GET /c/{token}", { params: tokenIn(slots[0].clickUrl) })).status).toBe(302);
    const { delivery } = await gate.rows();
    expect(delivery.filter(({ pk }) => pk?.S === `EVENT#${id}#0`).map(({ sk }) => sk?.S)).toEqual(["click", "impression"]);
    expect(slots[0].clickUrl.length).toBeLessThan(700);
  });
});

describe("refused is", () => {
  const decision = async () => (await go.decide()).id as string;

  test("whoever it is not for", async () => {
    const id = await decision();
    for (const as of ["reviewer", "operator", "auditor"] as const) expect((await replay(id, as)).status).toBe(200);
    expectProblem(await replay(id, "feed"), { status: 403, code: "forbidden" });
    expectProblem(await replay(id, { sub: "x", role: "reviewer", tenant: "another-host" }), { status: 404, code: "not-found" });
  });

  test("an id that was altered, or never given", async () => {
    const id = await decision();
    for (const forged of [
      id.replace(SURFACE, "elsewhere"),
      `${id.slice(0, -1)}${id.endsWith("A") ? "B" : "A"}`,
      "dec_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    ])
      expectProblem(await replay(forged), { status: 404, code: "not-found" });
    expectProblem(await replay("a-decision"), { status: 400, code: "invalid-request" });
  });

  test("one whose snapshot is no longer kept", async () => {
    const id = await decision();
    await go.turnAttestation(firstApplication, "suspend");
    await gate.publish();
    expect((await replay(id)).status).toBe(200);
    const clock = Date.now;
    const then = clock() + 71 * 86_400_000;
    const as = await gate.tokenOf("reviewer");
    try {
      Date.now = () => then;
      const late = await gate.call("GET /v1/decisions/{decision}/replay", { as: as ?? null, params: { decision: id } });
      expectProblem(late, { status: 410, code: "no-longer-kept" });
    } finally {
      Date.now = clock;
    }
  });
});
