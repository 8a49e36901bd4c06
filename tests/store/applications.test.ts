import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Commitment } from "../../lib/app/ports/call.ts";
import type { Application } from "../../lib/domain/application.ts";
import { Refusal } from "../../lib/domain/refusal.ts";
import { applicationStore } from "../../lib/store/applications.ts";
import { lineupStore } from "../../lib/store/lineups.ts";
import { receiptStore } from "../../lib/store/receipts.ts";
import { application, attestation, auditEvent, grant } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy();
const { proxy, registry } = store;
const applications = applicationStore(registry);
const lineups = lineupStore(registry);
let made = 0;
let season = "";

beforeEach(() => {
  proxy.clear();
  season = `season-${++made}`;
});
afterAll(() => store.close());

const saving = (subject: string, version = 1): Commitment => ({
  event: auditEvent({ id: `${store.run}.${++made}`, subject, version }),
  receipt: null,
});
const of = (it: Application) => saving(`application/${it.id}`, it.version);

/** An application of a brand of its own to this test's season. */
const one = (name: string, changes: Partial<Application> = {}): Application =>
  application({ id: `app_${name}_${season}`, brand: name, season, names: { zh: `品牌${name}`, en: `Brand ${name}` }, ...changes });
const draft = (name: string, changes: Partial<Application> = {}) =>
  one(name, { state: "draft", revision: 0, submittedAt: null, ...changes });
const next = (it: Application, changes: Partial<Application>): Application => ({ ...it, ...changes, version: it.version + 1 });
const given = (it: Application, name = "a", surface = "moments") =>
  grant({ id: `grt_${name}_${it.id}`, application: it.id, brand: it.brand, season, surface });
const vouched = (it: Application, surfaces: readonly string[] = ["moments"]) =>
  attestation({ application: it.id, brand: it.brand, season, surfaces });
const revoked = <K extends { version: number }>(key: K) => ({ ...key, state: "revoked", version: key.version + 1 }) as const;

const NO_KEYS = { attestation: undefined, grants: [] };

async function begun(it: Application): Promise<Application> {
  await applications.begin(it, of(it));
  return it;
}

/** Both keys, on these grants' surfaces. */
async function approved(it: Application, grants = [given(it)], places: number | null = null): Promise<Application> {
  const before = await begun(it);
  const attested = next(before, { attestedAt: 1 });
  const surfaces = [...new Set(grants.map(({ surface }) => surface))];
  await applications.attest(attested, vouched(it, surfaces), undefined, of(attested));
  const after = next(attested, { state: "approved" });
  await applications.approve(
    after,
    vouched(it, surfaces),
    grants,
    surfaces.map((surface) => ({ surface, season, places })),
    of(after),
  );
  return after;
}

const refused = (attempt: Promise<unknown>, code: string) => expect(attempt).rejects.toMatchObject({ name: "Refusal", code });

test("an application is found by its id, by its brand and by its season, whatever becomes of it", async () => {
  const it = await begun(draft("ann"));
  const submitted = next(it, { state: "pending", revision: 1, submittedAt: 5 });
  await applications.submit(submitted, NO_KEYS, of(submitted));
  expect(await applications.get(it.id)).toEqual(submitted);
  expect((await applications.ofBrand("ann")).filter((each) => each.season === season)).toEqual([submitted]);
  expect(await applications.ofSeason(season)).toEqual([submitted]);
  expect(await applications.get("app_nobody")).toBeUndefined();
  expect(await applications.ofSeason("no-season")).toEqual([]);
});

test("a season's applications come by state, the oldest submission first", async () => {
  const submittedAt = [30, 10, 20];
  for (const [index, at] of submittedAt.entries()) await begun(one(`b${index}`, { submittedAt: at }));
  await begun(draft("d"));
  const denied = await begun(one("n", { state: "denied", submittedAt: 1 }));
  expect((await applications.ofSeason(season, "pending")).map((each) => each.submittedAt)).toEqual([10, 20, 30]);
  expect((await applications.ofSeason(season, "denied")).map(({ id }) => id)).toEqual([denied.id]);
  expect(await applications.ofSeason(season)).toHaveLength(5);
});

test("what was submitted stays as it was under its revision, and a draft is none", async () => {
  const it = await begun(draft("ann"));
  const first = next(it, { state: "pending", revision: 1 });
  await applications.submit(first, NO_KEYS, of(first));
  const changed = next(first, { state: "changes-requested", categories: ["home"] });
  await applications.save(changed, of(changed));
  const second = next(changed, { state: "pending", revision: 2 });
  await applications.submit(second, NO_KEYS, of(second));
  expect(await applications.revision(it.id, 0)).toBeUndefined();
  expect(await applications.revision(it.id, 1)).toEqual(first);
  expect(await applications.revision(it.id, 2)).toEqual(second);
});

describe("the place of the one application a brand may have to a season", () => {
  test("is taken by a draft, and freed by its withdrawal alone", async () => {
    const it = await begun(draft("ann"));
    await refused(begun(draft("ann", { id: "app_second" })), "already-applied");
    const denied = next(it, { state: "denied" });
    await applications.save(denied, of(denied));
    await refused(begun(draft("ann", { id: "app_third" })), "already-applied");
    const withdrawn = next(denied, { state: "withdrawn" });
    await applications.withdraw(withdrawn, NO_KEYS, of(withdrawn));
    await begun(draft("ann", { id: `app_fourth_${season}` }));
  });

  test("is of that season and that brand", async () => {
    await begun(draft("ann"));
    await begun(draft("ann-2"));
    await begun(draft("ann", { id: `app_other_${season}`, season: `${season}-b` }));
  });
});

describe("a name", () => {
  const lanmo = { zh: "岚茉", en: "Lanmo" };

  test("is held for the first brand that submits it, and a draft holds none", async () => {
    const it = await begun(draft("ann", { names: lanmo }));
    expect(await applications.looksLike(season, "ben", lanmo)).toBeUndefined();
    const submitted = next(it, { state: "pending", revision: 1 });
    await applications.submit(submitted, NO_KEYS, of(submitted));
    for (const names of [lanmo, { zh: "另名", en: "lаnmo" }, { zh: "岚茉", en: "Other" }, { zh: "Ianmo", en: "Other" }])
      expect(await applications.looksLike(season, "ben", names)).toBe("ann");
    expect(await applications.looksLike(season, "ann", lanmo)).toBeUndefined();
    expect(await applications.looksLike(season, "ben", { zh: "青山", en: "Qingshan" })).toBeUndefined();
    expect(await applications.looksLike(`${season}-b`, "ben", lanmo)).toBeUndefined();
  });

  test("that two brands submit at the same instant is held for one, and the other is told to look again", async () => {
    const outcomes = await Promise.allSettled(["ann", "ben"].map((brand) => begun(one(brand, { names: lanmo }))));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const loser = outcomes[0]?.status === "rejected" ? "ann" : "ben";
    expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({ reason: new Refusal("changed-meanwhile") });
    expect(await applications.get(one(loser).id)).toBeUndefined();
    const flags = [{ code: "name-looks-alike", field: "/names", detail: "It reads the same.", waived: null }];
    await begun(one(loser, { names: lanmo, flags }));
    expect(await applications.looksLike(season, loser, lanmo)).not.toBe(loser);
  });

  test("is anybody's again when its application is withdrawn, and its brand's when that applies anew", async () => {
    const it = await begun(one("ann", { names: lanmo }));
    const withdrawn = next(it, { state: "withdrawn" });
    await applications.withdraw(withdrawn, NO_KEYS, of(withdrawn));
    expect(await applications.looksLike(season, "ben", lanmo)).toBeUndefined();
    await begun(one("ann", { id: `app_again_${season}`, names: lanmo }));
    expect(await applications.looksLike(season, "ben", lanmo)).toBe("ann");
  });

  test("is still its brand's when that withdraws one application and begins another at the same instant", async () => {
    const it = await begun(one("ann", { names: lanmo }));
    const withdrawn = next(it, { state: "withdrawn" });
    const again = one("ann", { id: `app_again_${season}`, names: lanmo });
    await Promise.allSettled([applications.withdraw(withdrawn, NO_KEYS, of(withdrawn)), begun(again)]);
    const isThere = (await applications.get(again.id)) !== undefined;
    expect(await applications.looksLike(season, "ben", lanmo)).toBe(isThere ? "ann" : undefined);
  });

  test("that it had when it was edited and not submitted again is given up, and the one it never held is nobody's", async () => {
    const it = await begun(one("ann", { names: lanmo }));
    const edited = next(it, { state: "changes-requested", names: { zh: "青山", en: "Qingshan" } });
    await applications.save(edited, of(edited));
    const withdrawn = next(edited, { state: "withdrawn" });
    await applications.withdraw(withdrawn, NO_KEYS, of(withdrawn));
    expect(await applications.looksLike(season, "ben", lanmo)).toBeUndefined();
  });

  test("is anybody's again after a denial for good, and not while the denial may be appealed", async () => {
    const it = await begun(one("ann", { names: lanmo }));
    const denied = next(it, { state: "denied" });
    await applications.save(denied, of(denied));
    expect(await applications.looksLike(season, "ben", lanmo)).toBe("ann");
    const appealed = next(denied, { state: "pending", appeal: "Look again." });
    await applications.save(appealed, of(appealed));
    expect(await applications.looksLike(season, "ben", lanmo)).toBe("ann");
    const forGood = next(appealed, { state: "denied" });
    await applications.save(forGood, of(forGood));
    expect(await applications.looksLike(season, "ben", lanmo)).toBeUndefined();
    const withdrawn = next(forGood, { state: "withdrawn" });
    await begun(one("ben", { names: lanmo }));
    await applications.withdraw(withdrawn, NO_KEYS, of(withdrawn));
    expect(await applications.looksLike(season, "cat", lanmo)).toBe("ben");
  });

  test("left behind by a rename is anybody's again, the one kept is not, and the new one is held", async () => {
    const it = await begun(one("ann", { names: lanmo }));
    const renamed = next(it, { revision: 2, names: { zh: lanmo.zh, en: "Qingshan" } });
    await applications.submit(renamed, NO_KEYS, of(renamed));
    const holder = (zh: string, en: string) => applications.looksLike(season, "ben", { zh, en });
    expect([await holder("别名", lanmo.en), await holder(lanmo.zh, "Other"), await holder("别名", "Qingshan")]).toEqual([
      undefined,
      "ann",
      "ann",
    ]);
  });

  test("that another brand holds stays that brand's, whatever becomes of the one that has it too", async () => {
    const flags = [{ code: "name-looks-alike", field: "/names", detail: "It reads the same.", waived: null }];
    await begun(one("ann", { names: lanmo }));
    const it = await begun(one("ben", { names: { zh: lanmo.zh, en: "Own" }, flags }));
    expect(await applications.looksLike(season, "cat", { zh: "别名", en: "Own" })).toBe("ben");
    const renamed = next(it, { revision: 2, names: { zh: "青山", en: "Qingshan" }, flags: [] });
    await applications.submit(renamed, NO_KEYS, of(renamed));
    const withdrawn = next(renamed, { state: "withdrawn" });
    await applications.withdraw(withdrawn, NO_KEYS, of(withdrawn));
    expect(await applications.looksLike(season, "cat", { zh: lanmo.zh, en: "Own" })).toBe("ann");
    expect(await applications.looksLike(season, "cat", { zh: "青山", en: "Own" })).toBeUndefined();
  });

  test("that another brand took after the machine had looked does not pass without its flag", async () => {
    await begun(one("ann", { names: lanmo }));
    await refused(begun(one("ben", { names: lanmo })), "changed-meanwhile");
  });
});

describe("a trial", () => {
  const places = () => applications.placesTaken("moments", season);

  test("takes as many as it has places, however many are approved at once", async () => {
    const waiting = ["a", "b", "c", "d", "e", "f"].map((name) => one(name));
    const outcomes = await Promise.allSettled(waiting.map((it) => approved(it, [given(it)], 3)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toEqual(new Refusal("trial-full"));
    expect(await places()).toBe(3);
    expect((await lineups.read("moments", season)).grants).toHaveLength(3);
    const states = (await applications.ofSeason(season)).map(({ state }) => state);
    expect(states.filter((state) => state === "approved")).toHaveLength(3);
  });

  test.each([0, 1])("with %i places lets in as many of four at once, and a second try fares no better", async (capacity) => {
    const waiting = ["a", "b", "c", "d"].map((name) => one(name));
    const outcomes = await Promise.allSettled(waiting.map((it) => approved(it, [given(it)], capacity)));
    const lost = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(lost).toEqual(Array.from({ length: 4 - capacity }, () => new Refusal("trial-full")));
    expect(await places()).toBe(capacity);
    await refused(approved(one("e"), undefined, capacity), "trial-full");
    expect([await places(), (await lineups.read("moments", season)).grants.length]).toEqual([capacity, capacity]);
  });

  test("counts beyond its places those a reviewer lets in", async () => {
    await approved(one("a"), undefined, 1);
    await approved(one("b"), undefined, null);
    expect(await places()).toBe(2);
  });

  test("has a place again when a brand's last grant is revoked, not when one of several or a suspended one is", async () => {
    const it = one("a");
    const [first, second] = [given(it, "a"), given(it, "b")];
    await approved(it, [first, second], 1);
    await applications.turnGrant({ ...first, state: "suspended", version: 2 }, [second], saving(`grant/${first.id}`, 2));
    await applications.turnGrant({ ...first, state: "revoked", version: 3 }, [second], saving(`grant/${first.id}`, 3));
    expect(await places()).toBe(1);
    await applications.turnGrant(revoked(second), [], saving(`grant/${second.id}`, 2));
    expect(await places()).toBe(0);
  });

  test("loses no place when a brand's two grants are revoked at the same instant: one goes through, the other looks again", async () => {
    const it = one("a");
    const both = [given(it, "a"), given(it, "b")];
    await approved(it, both, 1);
    const outcomes = await Promise.allSettled(
      both.map((each) =>
        applications.turnGrant(
          revoked(each),
          both.filter(({ id }) => id !== each.id),
          saving(`grant/${each.id}`, 2),
        ),
      ),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const [left] = (await applications.grants(it)).filter(({ state }) => state !== "revoked");
    if (!left) throw new Error("none is left");
    await applications.turnGrant(revoked(left), [], saving(`grant/${left.id}`, 2));
    expect(await places()).toBe(0);
  });

  test("has a place again, one for each surface, when the application lapses", async () => {
    const it = one("a", { surfaces: ["moments", "search"] });
    const grants = [given(it, "a"), given(it, "b"), given(it, "c", "search")];
    const after = await approved(it, grants, 1);
    const withdrawn = next(after, { state: "withdrawn" });
    const keys = { attestation: revoked(vouched(it, ["moments", "search"])), grants: grants.map(revoked) };
    await applications.withdraw(withdrawn, keys, of(withdrawn));
    expect([await places(), await applications.placesTaken("search", season)]).toEqual([0, 0]);
    expect((await lineups.read("moments", season)).grants.map(({ state }) => state)).toEqual(["revoked", "revoked"]);
    expect((await lineups.read("search", season)).attestations.map(({ state }) => state)).toEqual(["revoked"]);
  });
});

describe("an application's grants", () => {
  test("are its own, in order of making, and none of an earlier application of its brand or of another brand", async () => {
    const first = one("ann");
    const after = await approved(first);
    const withdrawn = next(after, { state: "withdrawn" });
    await applications.withdraw(withdrawn, { attestation: revoked(vouched(first)), grants: [revoked(given(first))] }, of(withdrawn));
    const again = one("ann", { id: `app_again_${season}`, surfaces: ["moments", "search"] });
    const grants = [given(again, "a"), given(again, "b"), given(again, "c", "search")];
    await approved(again, grants);
    await approved(one("ann-2"));
    expect(await applications.grants(again)).toEqual(grants);
    expect((await applications.grants(first)).map(({ state }) => state)).toEqual(["revoked"]);
  });
});

describe("an attestation", () => {
  test("is read with its application, and is in the lineup of each of its surfaces", async () => {
    const it = await begun(one("ann", { surfaces: ["moments", "search"] }));
    expect(await applications.attestation(it.id)).toBeUndefined();
    const attested = next(it, { attestedAt: 1 });
    const key = vouched(it, ["moments", "search"]);
    await applications.attest(attested, key, undefined, of(attested));
    expect(await applications.attestation(it.id)).toEqual(key);
    for (const surface of ["moments", "search"]) expect((await lineups.read(surface, season)).attestations).toEqual([key]);
    const turned = { ...key, state: "suspended", version: 2 } as const;
    await applications.turnAttestation(turned, saving(`attestation/${it.id}`, 2));
    for (const surface of ["moments", "search"]) expect((await lineups.read(surface, season)).attestations).toEqual([turned]);
  });

  test("that replaces one for other surfaces ends it there", async () => {
    const it = await begun(one("ann"));
    const attested = next(it, { attestedAt: 1 });
    await applications.attest(attested, vouched(it, ["moments", "search"]), undefined, of(attested));
    const again = next(attested, { revision: 2 });
    const anew = { ...vouched(it, ["search"]), version: 2 };
    await applications.attest(again, anew, vouched(it, ["moments", "search"]), of(again));
    expect((await lineups.read("search", season)).attestations).toEqual([anew]);
    expect((await lineups.read("moments", season)).attestations.map(({ state }) => state)).toEqual(["revoked"]);
  });

  test("that two attesters turn at the same instant is turned once", async () => {
    const it = await begun(one("ann"));
    const attested = next(it, { attestedAt: 1 });
    await applications.attest(attested, vouched(it), undefined, of(attested));
    const turns = (["suspended", "revoked"] as const).map((state) =>
      applications.turnAttestation({ ...vouched(it), state, version: 2 }, saving(`attestation/${it.id}`, 2)),
    );
    const outcomes = await Promise.allSettled(turns);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toEqual(new Refusal("changed-meanwhile"));
  });
});

describe("a receipt", () => {
  const receipts = receiptStore(registry);
  const claimed = (id: string, reply: unknown) => ({
    id: `${store.run}-${season}-${id}`,
    fingerprint: "f",
    keepUntil: 4_000_000_000,
    reply,
  });

  test("is kept with the change it answers, and not without it", async () => {
    const receipt = claimed("a", { state: "draft", none: null, list: [1, { a: "b" }] });
    const it = draft("ann");
    await applications.begin(it, { ...of(it), receipt });
    expect(await receipts.find(receipt.id)).toEqual({ fingerprint: "f", reply: receipt.reply });
    const second = claimed("b", {});
    await refused(applications.begin(it, { ...of(it), receipt: second }), "already-applied");
    expect(await receipts.find(second.id)).toBeUndefined();
  });

  test("keeps a second change under the same key from being made, before all else is looked at", async () => {
    const receipt = claimed("a", {});
    const [first, second] = [draft("ann"), draft("ben")];
    await applications.begin(first, { ...of(first), receipt });
    await refused(applications.begin(second, { ...of(second), receipt }), "answered-already");
    await refused(applications.begin(first, { ...of(first), receipt }), "answered-already");
    expect(await applications.get(second.id)).toBeUndefined();
  });

  test("names the second after which DynamoDB may drop it", async () => {
    const receipt = claimed("a", {});
    const it = draft("ann");
    await applications.begin(it, { ...of(it), receipt });
    const [item] = (await store.items(registry)).filter(({ pk }) => pk === `RECEIPT#${receipt.id}`);
    expect(item?.["expiresAt"]).toBe(4_000_000_000);
  });
});

test("all that decisions are made on is read consistently", async () => {
  const it = await begun(one("ann"));
  proxy.clear();
  await applications.get(it.id);
  await applications.revision(it.id, 1);
  await applications.attestation(it.id);
  await applications.grants(it);
  await applications.looksLike(season, "ben", it.names);
  await applications.placesTaken("moments", season);
  expect(proxy.log.map(({ body }) => JSON.parse(body).ConsistentRead)).toEqual(proxy.log.map(() => true));
});
