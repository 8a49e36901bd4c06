import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { openGate } from "../../support/gate.ts";
import { applicationOf, DENIAL, newBrand, PLAN, PREPARING, stepsOf } from "../../support/gate-steps.ts";

const gate = await openGate();
const go = stepsOf(gate);
const AUTUMN = {
  ...PLAN,
  id: "double-11-2024",
  phases: [{ ...PLAN.phases[0], opensAt: "2024-10-21T20:00:00+08:00", closesAt: "2024-11-12T00:00:00+08:00" }],
  instants: { applicationsClose: "2024-10-21T12:00:00+08:00", clickGraceEnds: "2024-11-19T00:00:00+08:00" },
};
/** 2 h to spread a decision and 48 h to put things right before 20:00 on 20 May in Shanghai. */
const LAST_SAFE = "2024-05-18T18:00:00+08:00";
const LAST = "2024-05-20T18:00:00+08:00";

const at = (time: string, ms = 0) => gate.setClock(new Date(Date.parse(time) + ms).toISOString());
const utc = (time: string) => new Date(time).toISOString();
async function applied(time: string, season = PLAN.id, brand: User = newBrand()) {
  await at(time);
  return (await go.apply(brand, { ...applicationOf(brand), season })).id as string;
}
interface Item {
  readonly application: { readonly id: string };
  readonly waitingFor: string;
  readonly next: unknown;
  readonly warning: string | null;
}
const waitingFor = ({ items }: { items: readonly Item[] }) => items.map((item) => item.waitingFor);
const ids = ({ items }: { items: readonly Item[] }) => items.map(({ application }) => application.id);

let autumn: string;
let first: string;
let second: string;
let third: string;
beforeAll(async () => {
  await go.season();
  await go.plan(AUTUMN);
  await go.announce(AUTUMN.id);
  await go.plan({ ...AUTUMN, id: "planned" });
  autumn = await applied("2024-05-13T09:00:00+08:00", AUTUMN.id);
  second = await applied("2024-05-13T12:00:00+08:00");
  first = await applied("2024-05-13T11:00:00+08:00");
  third = await applied("2024-05-13T12:00:00.001+08:00");
});
afterAll(() => gate.close());

describe("the queue", () => {
  test("has the season with the least time left first, and in it the oldest submission", async () => {
    expect(ids(await go.queue())).toEqual([first, second, third, autumn]);
  });

  test("has all that waits for the marketplace, for each of those who decide or look on, and is nobody else's", async () => {
    for (const as of ["attester", "reviewer", "operator", "auditor"] as const) {
      const queue = await go.queue(as);
      expect(ids(queue)).toEqual([first, second, third, autumn]);
      expect(waitingFor(queue)).toEqual(["attester", "attester", "attester", "attester"]);
    }
    for (const as of ["brand", "feed"] as const) expect((await gate.call("GET /v1/reviews", { as })).status).toBe(403);
    for (const [role, tenant] of [
      ["attester", "another-marketplace"],
      ["reviewer", "another-host"],
    ] as const)
      expect(await go.queue({ sub: "usr_elsewhere", role, tenant })).toEqual({ items: [] });
  });

  test("shows the marketplace what waits for its word, and the host all, told apart, however the word was taken back", async () => {
    await at(PREPARING);
    await go.attest(second);
    expect(ids(await go.queue("attester"))).toEqual([first, third, autumn]);
    for (const as of ["reviewer", "operator", "auditor"] as const) {
      const queue = await go.queue(as);
      expect(ids(queue)).toEqual([first, second, third, autumn]);
      expect(waitingFor(queue)).toEqual(["attester", "reviewer", "attester", "attester"]);
    }
    await go.turnAttestation(second, "suspend");
    const suspended = (await go.queue("attester")).items.find(({ application }: Item) => application.id === second);
    expect(suspended).toMatchObject({ waitingFor: "attester", next: { who: "attester", what: "reinstate-or-revoke" } });
    await go.turnAttestation(second, "revoke");
    expect(ids(await go.queue("attester"))).toEqual([first, second, third, autumn]);
  });

  test("says whose step is next, what it is, and by when", async () => {
    await at(PREPARING);
    await go.attest(first);
    const { items } = await go.queue();
    expect(items.map(({ next }: Item) => next)).toEqual([
      { who: "reviewer", what: "review", by: utc(LAST_SAFE) },
      { who: "attester", what: "attest", by: utc(LAST_SAFE) },
      { who: "attester", what: "attest", by: utc(LAST_SAFE) },
      { who: "attester", what: "attest", by: "2024-10-19T10:00:00.000Z" },
    ]);
  });

  test.each([
    [LAST_SAFE, -2 * 86_400_000, null],
    [LAST_SAFE, -2 * 86_400_000 + 1, "soon"],
    [LAST_SAFE, 0, "soon"],
    [LAST_SAFE, 1, "too-late-for-rework"],
    [LAST, 0, "too-late-for-rework"],
    [LAST, 1, "too-late"],
  ] as const)("warns at %s and %i ms: %s, and not of a season that has time", async (time, ms, warning) => {
    await at(time, ms);
    const { items } = await go.queue();
    expect(items.map((item: Item) => item.warning)).toEqual([warning, warning, warning, null]);
  });

  test("loses what was ruled on or withdrawn, and has an appeal back behind those that were there before", async () => {
    const brand = newBrand();
    const denied = await applied("2024-05-13T11:30:00+08:00", PLAN.id, brand);
    expect(ids(await go.queue())).toEqual([first, denied, second, third, autumn]);
    await go.review(denied, DENIAL);
    expect(ids(await go.queue())).toEqual([first, second, third, autumn]);
    await at("2024-05-14T10:00:00+08:00");
    await go.appeal(denied, brand);
    expect(ids(await go.queue())).toEqual([first, second, third, denied, autumn]);
    await go.withdraw(denied, brand);
    await go.grant(first);
    expect(ids(await go.queue())).toEqual([second, third, autumn]);
  });

  test("loses a season that is over", async () => {
    await at("2024-06-21T00:00:01+08:00");
    await gate.tick();
    expect(ids(await go.queue())).toEqual([autumn]);
  });
});
