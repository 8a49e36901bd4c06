import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../lib/domain/authorisation.ts";
import { openGate } from "../support/gate.ts";
import { applicationOf, CAMPAIGN, newBrand, REQUEST, SEASON, SURFACE, stepsOf } from "../support/gate-steps.ts";
import { csvOf, listRow } from "../support/import-lists.ts";
import { mintedDecision } from "../support/minted.ts";
import { expectProblem } from "../support/problem.ts";

/** reliability.md P2: what was taken away is served by no warm instance five seconds later, though nothing has been published. */

const gate = await openGate();
const go = stepsOf(gate);
const row = (changes: Readonly<Record<string, string>> = {}) => listRow(1, changes);
const LISTED: User = { sub: "usr_listed", role: "brand", tenant: row()["brand"] ?? "" };
/** The brand that nothing is taken from. */
const steady = newBrand();
type Admitted = Awaited<ReturnType<typeof go.admit>> & { readonly as: User };
const CASES = ["attestation", "grant", "both", "entry's grant", "entry's attestation", "withdrawn", "amended"] as const;
const admitted = new Map<string, Admitted>();
const of = (name: string): Admitted => admitted.get(name) as Admitted;

beforeAll(async () => {
  await go.season();
  await go.admit(steady);
  for (const name of CASES) {
    const as = newBrand();
    admitted.set(name, { as, ...(await go.admit(as)) });
  }
  for (const key of ["attester", "reviewer"] as const) await list(key, row({ templates: "310|450|showcase-1-3" }));
  const { id } = await go.campaign(LISTED, { ...CAMPAIGN, category: "of-the-list" });
  await go.approveCard((await go.card(id, LISTED)).id);
  await gate.publish();
});
afterAll(() => gate.close());

async function list(key: "attester" | "reviewer", said: Readonly<Record<string, string>>) {
  const { id } = await go.beginImport(key);
  const { outcomes } = await go.sendPart(key, id, 1, csvOf([said]));
  expect(outcomes).toMatchObject([{ reasons: [] }]);
}

let minute = 0;
const at = (seconds: string) => gate.setClock(`2024-05-21T12:${String(minute).padStart(2, "0")}:${seconds}+08:00`);
const decided: { readonly id: string; readonly session: string; readonly slots: readonly Readonly<Record<string, unknown>>[] }[] = [];
/** Who is shown, with a slot for everybody. Every decision is kept, to be made again in the end. */
async function shown(): Promise<readonly unknown[]> {
  decided.push(await go.decide({ ...REQUEST, slots: 10 }));
  return decided.at(-1)?.slots.flatMap(({ brand }) => brand ?? []) ?? [];
}
const reasonsOf = async ({ tenant }: User) => {
  const { answers } = await go.explain({ brand: tenant });
  return answers[0].reasons.map(({ reason }: { reason: string }) => reason);
};
const marks = async () => (await gate.rows()).registry.filter(({ pk }) => pk?.S?.startsWith("KEYMARKS#")).map(({ sk }) => sk?.S);
const turnEntry = (key: "attestation" | "grant", brand: string, grant: string) =>
  gate.call(
    key === "grant"
      ? "POST /v1/whitelist/{surface}/{season}/{brand}/grants/{grant}/turns"
      : "POST /v1/whitelist/{surface}/{season}/{brand}/attestation/turns",
    {
      as: key === "grant" ? "reviewer" : "attester",
      params: { surface: SURFACE, season: SEASON, brand, ...(key === "grant" ? { grant } : {}) },
      body: { verb: "revoke", reason: "A complaint." },
    },
  );

/** Warm, and then taken away 100 ms after the last reading: what a decision says at the last instant of which P2 speaks. */
async function expectTakenAway(brand: User, takeAway: () => Promise<unknown>, reasons: readonly string[], count: number) {
  minute++;
  await at("00");
  expect(await shown()).toEqual(expect.arrayContaining([brand.tenant, steady.tenant]));
  await at("00.1");
  await takeAway();
  await at("05.1");
  const left = await shown();
  expect(left).not.toContain(brand.tenant);
  expect(left).toContain(steady.tenant);
  expect(await reasonsOf(brand)).toEqual(reasons);
  expect(await marks()).toHaveLength(count);
}

/** And once it is published that it was: nothing holds it back any more but its own state. */
async function expectPublished(brand: User) {
  await gate.publish();
  expect(await marks()).toEqual([]);
  await at("08");
  expect(await shown()).not.toContain(brand.tenant);
}

describe("with nothing published, no warm instance serves after five seconds", () => {
  test("a brand whose attestation is suspended; reinstated and published, it is served again", async () => {
    const { application, as } = of("attestation");
    await expectTakenAway(as, () => go.turnAttestation(application, "suspend"), ["attestation-missing"], 1);
    await expectPublished(as);
    await go.turnAttestation(application, "reinstate");
    await gate.publish();
    await at("11");
    expect(await shown()).toContain(as.tenant);
  });

  test("a brand whose grant is suspended; reinstated before anything was published, it is served from the publication on", async () => {
    const { application, grant, as } = of("grant");
    await expectTakenAway(as, () => go.turnGrant(application, grant, "suspend"), ["grant-expired"], 1);
    await go.turnGrant(application, grant, "reinstate");
    await at("08");
    expect(await shown()).not.toContain(as.tenant);
    await gate.publish();
    expect(await marks()).toEqual([]);
    await at("11");
    expect(await shown()).toContain(as.tenant);
  });

  test("a brand whose keys are both suspended, the one in one second and the other in the next", async () => {
    const { application, grant, as } = of("both");
    const both = async () => {
      await go.turnGrant(application, grant, "suspend");
      await at("01.1");
      await go.turnAttestation(application, "suspend");
    };
    await expectTakenAway(as, both, ["grant-expired", "attestation-missing"], 2);
    await expectPublished(as);
  });

  test.each(["grant", "attestation"] as const)("a brand whose entry's %s is revoked", async (key) => {
    const { grant, as } = of(`entry's ${key}`);
    const revoked = async () => expect(await turnEntry(key, as.tenant, grant)).toMatchObject({ status: 201, body: { state: "revoked" } });
    await expectTakenAway(as, revoked, [key === "grant" ? "grant-expired" : "attestation-missing"], 1);
    await expectPublished(as);
  });

  test("a brand that withdraws, or amends, what was approved", async () => {
    for (const name of ["withdrawn", "amended"] as const) {
      const { application, as } = of(name);
      const form = { ...applicationOf(as), store: { ...applicationOf(as).store, id: "990000000099" } };
      const lapse = () => (name === "withdrawn" ? go.withdraw(application, as) : go.edit(application, as, form));
      await expectTakenAway(as, lapse, ["grant-expired", "attestation-missing"], 2);
      await expectPublished(as);
    }
  });

  test("a grant that a list makes narrower, until the narrower one is published; a list that takes nothing away marks nothing", async () => {
    await list("reviewer", row({ templates: "showcase-1-3|310|450" }));
    expect(await marks()).toEqual([]);
    await gate.publish();
    const narrower = () => list("reviewer", row({ templates: "450" }));
    await expectTakenAway(LISTED, narrower, ["grant-expired"], 1);
    await gate.publish();
    expect(await marks()).toEqual([]);
    await at("08");
    // Its card, in a template that was taken away, is not shown; the brand itself may be.
    expect(await reasonsOf(LISTED)).toEqual(["card-not-approved"]);
  });
});

test("what was served and decided under marks is decided again the same", async () => {
  expect(decided.length).toBeGreaterThan(15);
  for (const decision of decided) {
    const { status, body } = await gate.call("GET /v1/decisions/{decision}/replay", { as: "reviewer", params: { decision: decision.id } });
    const { session: _session, ...told } = decision;
    const slots = told.slots.map(({ impressionUrl: _impression, clickUrl: _click, ...slot }) => slot);
    expect({ status, body }).toEqual({ status: 200, body: { ...told, slots } });
  }
});

test("a decision under more marks than its id can say is not made again, and says why", async () => {
  const decision = mintedDecision({ snapshot: 1, switches: 0, shares: 0 }, null);
  const reply = await gate.call("GET /v1/decisions/{decision}/replay", { as: "reviewer", params: { decision } });
  expectProblem(reply, { status: 410, code: "not-replayable" });
});
