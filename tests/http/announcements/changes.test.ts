import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { DENIAL, MEI, newBrand, PREPARING, SEASON, SURFACE, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem, sayingOf } from "../../support/problem.ts";

const gate = await openGate();
afterAll(() => gate.close());
const go = stepsOf(gate);

const OTHER = newBrand();
const ask = (as: Caller, query: Record<string, string> = {}) => gate.call("GET /v1/whitelist/changes", { as, query });
type Told = { sequence: number; id: string; type: string; subject: string; brand: string | null };

/** A feed from a place to its end, page by page. */
async function all(as: Caller, query: Record<string, string> = {}, limit = "100"): Promise<Told[]> {
  const found: Told[] = [];
  for (let since = query["since"] ?? "0"; ; ) {
    const { status, body } = await ask(as, { ...query, since, limit });
    expect(status).toBe(200);
    if (body.changes.length === 0) {
      expect(body.next).toBe(since);
      return found;
    }
    found.push(...body.changes);
    since = body.next;
  }
}

let mine: { application: string; grant: string; campaign: string; card: string };
let theirs: { application: string };

beforeAll(async () => {
  await go.season();
  mine = await go.admit();
  await go.turnGrant(mine.application, mine.grant, "suspend", "Unsafe goods.");
  await go.turnAttestation(mine.application, "suspend");
  const { id } = await go.draft(OTHER);
  await gate.publish();
  await go.submit(id, OTHER);
  await go.review(id, DENIAL);
  theirs = { application: id };
  await gate.publish();
});

test("a brand is told its own way through the gate, each thing's in order, and what else changed with each step", async () => {
  const changes = await all(MEI);
  const toldOf = (kind: string) => changes.filter(({ subject }) => subject.startsWith(`${kind}/`));
  const kinds = ["application", "attestation", "grant", "campaign", "card"];
  expect(kinds.flatMap(toldOf).map(({ type, subject }) => [type, subject])).toEqual([
    ["application.submitted", `application/${mine.application}`],
    ["application.attested", `application/${mine.application}`],
    ["application.approved", `application/${mine.application}`],
    ["attestation.given", `attestation/${mine.application}`],
    ["attestation.suspended", `attestation/${mine.application}`],
    ["grant.given", `grant/${mine.grant}`],
    ["grant.suspended", `grant/${mine.grant}`],
    ["campaign.created", `campaign/${mine.campaign}`],
    ["card.submitted", `card/${mine.card}`],
    ["card.approved", `card/${mine.card}`],
  ]);
  expect(changes.map(({ sequence }) => sequence)).toEqual(changes.map((_, n) => n + 1));
  expect(toldOf("grant").at(-1)).toEqual({
    sequence: expect.any(Number),
    id: expect.stringMatching(/^evt_[0-9A-Z]{26}$/),
    type: "grant.suspended",
    at: new Date(PREPARING).toISOString(),
    subject: `grant/${mine.grant}`,
    version: 2,
    host: "wechat",
    marketplace: "tmall",
    brand: MEI.tenant,
    season: SEASON,
    surfaces: [SURFACE],
    by: "reviewer",
    before: "current",
    after: "suspended",
    why: "Unsafe goods.",
  });
});

test("keys that lapse with their application are announced as revoked", async () => {
  const brand = newBrand();
  const { application, grant } = await go.admit(brand);
  await gate.publish();
  await go.withdraw(application, brand);
  await gate.publish();
  expect((await all(brand)).slice(-3)).toMatchObject([
    { type: "application.withdrawn", before: "approved" },
    { type: "attestation.revoked", subject: `attestation/${application}`, before: "current", after: "revoked" },
    { type: "grant.revoked", subject: `grant/${grant}`, before: "current", after: "revoked" },
  ]);
});

describe("everybody reads their own", () => {
  test("a brand nothing of another's, by content, by count, or by what its numbers leave out", async () => {
    const [changes, others] = [await all(MEI), await all(OTHER)];
    for (const told of [changes, others]) expect(told.map(({ sequence }) => sequence)).toEqual(told.map((_, n) => n + 1));
    expect(new Set(changes.map(({ brand }) => brand))).toEqual(new Set([MEI.tenant]));
    expect(others.map(({ type }) => type)).toEqual(["application.drafted", "application.submitted", "application.denied"]);
    expect(await all(newBrand())).toEqual([]);
  });

  test("the host's staff and the marketplace all that concerns them, but no draft", async () => {
    for (const as of ["reviewer", "operator", "attester"] as const) {
      const changes = await all(as);
      expect(new Set(changes.map(({ brand }) => brand))).toEqual(expect.objectContaining(new Set([null, MEI.tenant, OTHER.tenant])));
      const types = changes.map(({ type }) => type);
      expect(types).toContain("season.published");
      expect(types).not.toContain("application.drafted");
      expect(changes.filter(({ subject }) => subject === `application/${theirs.application}`).map(({ type }) => type)).toEqual([
        "application.submitted",
        "application.denied",
      ]);
    }
    expect((await all("reviewer")).map(({ id }) => id)).toEqual((await all("operator", { host: "wechat" })).map(({ id }) => id));
  });

  test("an auditor the host's that is named, and is asked to name one", async () => {
    expect(await all("auditor", { host: "wechat" })).toEqual(await all("operator"));
    expectProblem(await ask("auditor"), { status: 400, code: "host-not-named" });
  });

  test("nobody another's: a host that is not theirs is one that is not", async () => {
    const elsewhere: readonly User[] = [
      { sub: "usr_x", role: "reviewer", tenant: "another-host" },
      { sub: "usr_x", role: "operator", tenant: "another-host" },
      { sub: "usr_x", role: "attester", tenant: "another-marketplace" },
      MEI,
    ];
    for (const as of elsewhere)
      expect(sayingOf(await ask(as, { host: "wechat" }))).toEqual(sayingOf(await ask(as, { host: "no-such-host" })));
    for (const as of elsewhere.slice(0, 3)) expect(await all(as)).toEqual([]);
    expectProblem(await ask("auditor", { host: "no-such-host" }), { status: 404, code: "not-found" });
  });

  test("and is told nobody's name", async () => {
    for (const as of [MEI, "reviewer", "attester"] as const) expect(JSON.stringify(await all(as))).not.toMatch(/usr_|@|req-/);
  });
});

describe("a place in the feed", () => {
  test("leads through it once, whatever the size of the pages", async () => {
    const whole = await all("reviewer");
    for (const limit of ["1", "3", "7"]) expect(await all("reviewer", {}, limit)).toEqual(whole);
    expect(await all("reviewer", { since: String(whole[4]?.sequence) })).toEqual(whole.slice(5));
  });

  test("is the beginning when it is left out", async () => {
    expect((await ask(MEI)).body.changes).toEqual(await all(MEI));
  });

  test("beyond the end stays where it is", async () => {
    for (const since of ["500000", "999999999"]) {
      const { status, body } = await ask(MEI, { since });
      expect({ status, body }).toEqual({ status: 200, body: { changes: [], next: since } });
    }
  });

  test.each([
    "",
    " 1",
    "1 ",
    "-1",
    "+1",
    "01",
    "1.0",
    "1e3",
    "0x1",
    "1000000000",
    "99999999999999999999",
    "NaN",
    "٣",
    "１",
    "null",
    "1,2",
    "evt_1",
  ])("that is none of ours (%j) is refused", async (since) => {
    expectProblem(await ask(MEI, { since }), { status: 400, code: "invalid-request" });
  });

  test.each(["0", "101", "999", "-1", "1.5", "ten", ""])("with a limit of %j is refused", async (limit) => {
    expectProblem(await ask(MEI, { limit }), { status: 400, code: "invalid-request" });
  });

  test("of somebody else's feed is a place in one's own, and no more", async () => {
    const { body } = await ask("reviewer", { limit: "5" });
    const since = String(body.changes.at(-1).sequence);
    expect((await ask(MEI, { since })).body.changes).toEqual((await all(MEI)).slice(5));
  });

  test("is right while more is being announced: each change once, in the order of the feed", async () => {
    const brands = Array.from({ length: 12 }, newBrand);
    const start = String((await all("reviewer")).at(-1)?.sequence);
    let done = false;
    const reading = (async () => {
      const seen: Told[] = [];
      for (let since = start, last = false; ; last = done) {
        const { body } = await ask("reviewer", { since, limit: "4" });
        seen.push(...body.changes);
        since = body.next;
        if (last && body.changes.length === 0) return seen;
      }
    })();
    for (const brand of brands) {
      await go.apply(brand);
      await gate.publish();
    }
    done = true;
    const seen = await reading;
    expect(seen.map(({ sequence }) => sequence)).toEqual(brands.map((_, n) => Number(start) + n + 1));
    expect(seen.map(({ brand }) => brand)).toEqual(brands.map(({ tenant }) => tenant));
  });
});

test("a change whose stream record never came is announced by the next minute's sweep, once", async () => {
  const brand = newBrand();
  await go.apply(brand);
  await gate.setClock("2024-05-13T10:00:30+08:00");
  await gate.tick();
  expect(await all(brand)).toEqual([]);
  await gate.setClock("2024-05-13T10:01:01+08:00");
  await gate.tick();
  expect(await all(brand)).toHaveLength(1);
  await gate.publish();
  await gate.tick();
  expect(await all(brand)).toHaveLength(1);
});
