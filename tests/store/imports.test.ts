import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { type ImportOrder, importWhitelist } from "../../lib/app/import-whitelist.ts";
import type { ImportStore } from "../../lib/app/ports/imports.ts";
import { rowIdentity } from "../../lib/deps/row-identity.ts";
import { readRows } from "../../lib/deps/row-reader.ts";
import type { User } from "../../lib/domain/authorisation.ts";
import type { Outcome } from "../../lib/domain/import.ts";
import type { Season } from "../../lib/domain/season.ts";
import { applicationStore } from "../../lib/store/applications.ts";
import { importStore } from "../../lib/store/imports.ts";
import { keys } from "../../lib/store/keys.ts";
import { lineupStore } from "../../lib/store/lineups.ts";
import { type StoreBehindProxy, storeBehindProxy } from "../support/store-behind-proxy.ts";

jest.setTimeout(300_000);

const AT = Date.parse("2024-05-13T02:00:00Z");
const REVIEWER: User = { role: "reviewer", sub: "usr_wei", tenant: "wechat" };
const ATTESTER: User = { role: "attester", sub: "usr_lin", tenant: "tmall" };
const names = { zh: "年中大促", en: "Mid-year sale" };
const SEASON: Season = {
  id: "618-2024",
  host: "wechat",
  marketplace: "tmall",
  zone: "Asia/Shanghai",
  names,
  phases: [{ id: "wave-1", names, opensAt: AT + 1e9, closesAt: AT + 2e9 }],
  instants: {
    applicationsClose: AT + 1e9,
    whitelistFreeze: AT + 1e9,
    opens: AT + 1e9,
    finalPhase: AT + 1e9,
    closes: AT + 2e9,
    clickGraceEnds: AT + 3e9,
    reportFinal: AT + 4e9,
  },
  propagationMs: 0,
  reworkMs: 0,
  admissions: [{ surface: "moments", storeTypes: ["flagship"], closedCategories: [], requiredDocuments: [], waivable: [], capacity: null }],
  status: "scheduled",
  hostCaps: [],
  markLicences: [],
  rings: [],
  ringTurns: [],
  dossier: { plannedBy: "olga", publishedBy: "olga", proposal: null, former: [] },
  turns: [],
  version: 2,
};

let made = 0;
const row = (n: number, changes: object = {}) => ({
  brand: `brd_${String(n).padStart(26, "0")}`,
  names: { zh: `霁鹭${n}`, en: `Powder ${n}` },
  store: { id: `99${n}`, type: "flagship" },
  marketplace: "tmall",
  phases: ["wave-1"],
  templates: ["310"],
  attestedUntil: "2024-07-01T00:00:00+08:00",
  dailyShare: null,
  ...changes,
});
const list = (count: number) => Array.from({ length: count }, (_, index) => row(index + 1));

async function* lines(rows: readonly object[]) {
  yield Buffer.from(rows.map((each) => `${JSON.stringify(each)}\n`).join(""));
}

let store: StoreBehindProxy;
afterEach(() => store.close());

/** An import over tables of this test's own. */
async function gate(season: Season = SEASON, around = (imports: ImportStore) => imports) {
  store = await storeBehindProxy({ timeoutMs: 20_000, maxAttempts: 1 });
  const { registry, run } = store;
  const deps = {
    imports: around(importStore(registry)),
    applications: applicationStore(registry),
    seasons: { get: async () => season },
    catalogue: { surface: () => ({ templates: [{ id: "310" }, { id: "450" }] }) as never },
    rows: rowIdentity,
    now: () => AT,
    // Ids of this run, in the form of ours: the store remembers transactions of others.
    newId: (prefix: string) => `${prefix}_01${run.toUpperCase()}${String(++made).padStart(12, "0")}`,
  };
  return async (rows: readonly object[], order: Partial<ImportOrder> = {}) => {
    const outcomes: Outcome[] = [];
    let id = "";
    const work = importWhitelist(deps)({
      user: REVIEWER,
      surface: "moments",
      season: season.id,
      dryRun: false,
      resume: undefined,
      groups: readRows(lines(rows), "json"),
      blockRows: 20,
      onBegun: (begun) => {
        id = begun.id;
      },
      onOutcomes: (some) => outcomes.push(...some),
      ...order,
    });
    const failed = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    return { id, outcomes, failed, counts: failed ? undefined : (await work).counts };
  };
}

const rowsOf = (items: Awaited<ReturnType<StoreBehindProxy["items"]>>, prefix: string) => items.filter(({ pk }) => pk.startsWith(prefix));

describe("an import", () => {
  test("by each side in turn gives each brand both its keys, each with one audit event and one outbox entry", async () => {
    const importing = await gate();
    expect((await importing(list(30), { user: ATTESTER })).counts).toEqual({ added: 30, changed: 0, unchanged: 0, refused: 0 });
    const before = await lineupStore(store.registry).read("moments", SEASON.id);
    expect([before.attestations.length, before.grants.length]).toEqual([30, 0]);

    expect((await importing(list(30))).counts).toEqual({ added: 30, changed: 0, unchanged: 0, refused: 0 });
    const { attestations, grants } = await lineupStore(store.registry).read("moments", SEASON.id);
    expect([attestations.length, grants.length]).toEqual([30, 30]);
    expect(attestations[0]).toMatchObject({ state: "current", attestedBy: "usr_lin", expiresAt: Date.parse("2024-06-30T16:00:00Z") });
    expect(grants[0]).toMatchObject({ state: "current", grantedBy: "usr_wei", phases: ["wave-1"], expiresAt: AT + 2e9 });
    const items = await store.items(store.registry);
    for (const kind of ["AUDIT#", "OUTBOX#"])
      for (const key of ["grant", "attestation"]) expect(rowsOf(items, `${kind}${key}/`)).toHaveLength(30);
    expect(await applicationStore(store.registry).placesTaken("moments", SEASON.id)).toBe(30);
  });

  test("by somebody who has imported the other key is refused: one person never turns both", async () => {
    const importing = await gate();
    await importing(list(1), { user: ATTESTER });
    expect((await importing(list(1), { user: { ...REVIEWER, sub: ATTESTER.sub } })).failed).toMatchObject({ code: "self-review" });
    expect((await lineupStore(store.registry).read("moments", SEASON.id)).grants).toEqual([]);
  });

  test("is for the two sides of its season, and shows others no season", async () => {
    const importing = await gate();
    expect((await importing(list(1), { user: { ...REVIEWER, tenant: "other" } })).failed).toMatchObject({ code: "not-found" });
    expect((await importing(list(1), { user: { ...REVIEWER, role: "operator" } })).failed).toMatchObject({ code: "forbidden" });
    expect(await store.items(store.registry)).toEqual([]);
  });

  test("takes the first of a brand's rows and no other, also where it has to be planned anew while the next is planned", async () => {
    const seen = new Set<string>();
    let writes = 0;
    const importing = await gate(SEASON, (imports) => ({
      ...imports,
      // The first row meets something else, and what it meets is read more slowly than what the next row meets.
      write: async (into, rows, capacity) => (++writes === 1 ? rows.map(() => false) : imports.write(into, rows, capacity)),
      standings: async (into, rows) => {
        const event = String(rows[0]?.ids.event);
        if (seen.has(event)) await pause(200);
        seen.add(event);
        return imports.standings(into, rows);
      },
    }));
    const { outcomes } = await importing([row(1), row(1, { phases: ["wave-1"], dailyShare: 500 }), row(2)], { blockRows: 1 });
    expect(outcomes.map(({ outcome, reasons }) => [outcome, ...reasons.map(({ code }) => code)])).toEqual([
      ["added"],
      ["refused", "brand-repeated"],
      ["added"],
    ]);
  });

  test("of an unchanged list writes no row; a dry run tells exactly what a real run then does", async () => {
    const importing = await gate();
    await importing(list(45));
    const standing = await store.items(store.registry);
    const next = [
      ...list(30),
      row(31, { phases: ["wave-1"], dailyShare: 500 }),
      row(32, { store: { id: "1", type: "flagship" }, templates: ["450"] }),
      row(33, { marketplace: "other" }),
      row(1),
      row(46, { names: { zh: "霁鹭2", en: "Powder X" } }),
      row(47, { phases: ["wave-9"], templates: [] }),
      row(48),
      { brand: "no" },
    ];
    const dry = await importing(next, { dryRun: true });
    expect(await store.items(store.registry)).toEqual(standing);
    expect(dry.counts).toEqual({ added: 1, changed: 2, unchanged: 30, refused: 5 });
    const told = dry.outcomes.filter(({ outcome }) => outcome !== "unchanged");
    expect(told.map(({ row, outcome, fields, reasons }) => [row, outcome, ...fields, ...reasons.map(({ code }) => code)])).toEqual([
      [31, "changed", "dailyShare"],
      [32, "changed", "templates", "storeId"],
      [33, "refused", "marketplace-not-in-season"],
      [34, "refused", "brand-repeated"],
      [35, "refused", "name-looks-alike"],
      [36, "refused", "too-small"],
      [37, "added"],
      [38, "refused", ...(told.at(-1)?.reasons ?? []).map(({ code }) => code)],
    ]);

    const real = await importing(next);
    expect(real.outcomes).toEqual(dry.outcomes);
    expect(real.counts).toEqual(dry.counts);
    const was = new Map(standing.map((item) => [`${item.pk} ${item.sk}`, JSON.stringify(item)]));
    const touched = (await store.items(store.registry)).filter((item) => was.get(`${item.pk} ${item.sk}`) !== JSON.stringify(item));
    const grants = rowsOf(touched, "LINEUP#").map(({ sk }) => sk.split("#").at(-1));
    const promised = told.filter(({ outcome }) => outcome !== "refused").map(({ id }) => id);
    expect(grants.sort()).toEqual(promised.sort());
    expect(rowsOf(touched, "AUDIT#grant/")).toHaveLength(3);
    const pageAfter = async (after: number) => importStore(store.registry).refused(real.id, { limit: 3, after });
    const [first, second] = [await pageAfter(0), await pageAfter(35)];
    expect([first.refused.map(({ row }) => row), first.next]).toEqual([[33, 34, 35], 35]);
    expect([second.refused.map(({ row }) => row), second.next]).toEqual([[36, 38], null]);
  });

  test("refuses what somebody turned by hand, and a brand with an application of its own", async () => {
    const importing = await gate();
    await importing(list(3));
    const [grant] = (await lineupStore(store.registry).read("moments", SEASON.id)).grants;
    if (!grant) throw new Error("no grant");
    const commitment = { event: { id: `evt_${store.run}`, subject: `grant/${grant.id}`, version: 2, at: AT } as never, receipt: null };
    await applicationStore(store.registry).turnGrant({ ...grant, state: "suspended", reason: "fraud", version: 2 }, [], commitment);
    await store.registry.put({ ...keys.applied(row(9).brand, SEASON.id), application: "app_1" });
    const { outcomes } = await importing([...list(3), row(9)]);
    expect(outcomes.map(({ outcome, reasons }) => [outcome, reasons[0]?.code])).toEqual([
      ["refused", "key-suspended"],
      ["unchanged", undefined],
      ["unchanged", undefined],
      ["refused", "already-applied"],
    ]);
  });

  test("gives no more places than the trial has, in the order of the list", async () => {
    const [admission] = SEASON.admissions;
    if (!admission) throw new Error("no admission");
    const importing = await gate({ ...SEASON, admissions: [{ ...admission, capacity: 25 }] });
    const { outcomes, counts } = await importing(list(30));
    expect(counts).toEqual({ added: 25, changed: 0, unchanged: 0, refused: 5 });
    expect(outcomes.slice(25).flatMap(({ reasons }) => reasons.map(({ code }) => code))).toEqual(Array(5).fill("trial-full"));
    expect(await applicationStore(store.registry).placesTaken("moments", SEASON.id)).toBe(25);
  });
});

describe("an import that is stopped and resumed", () => {
  const rows = [...list(44), row(1), row(45, { marketplace: "other" }), row(46)];
  /** All but what tells one run from another. */
  const comparable = (items: Awaited<ReturnType<StoreBehindProxy["items"]>>, id: string) =>
    items
      .filter(({ pk }) => !pk.startsWith("IMPORTER#"))
      .map((item) =>
        JSON.stringify(item)
          .replaceAll(id, "imp")
          .replaceAll(/"commit":"[^"]*"|evt_[0-9A-Z]{26}|OUTBOX#\d+/g, ""),
      )
      .sort();

  test.each(["reset", "loseResponse"] as const)("anywhere (%s) ends as one that was not", async (act) => {
    const whole = await gate();
    const first = await whole(rows);
    const wanted = comparable(await store.items(store.registry), first.id);
    const writes = store.proxy.calls["TransactWriteItems"] ?? 0;
    expect(first.counts).toEqual({ added: 45, changed: 0, unchanged: 0, refused: 2 });
    await store.close();

    // The first write begins the import; before it there is nothing to resume.
    for (let after = 1; after < writes; after++) {
      const importing = await gate();
      store.proxy.rules([{ op: "TransactWriteItems", act, after }]);
      const stopped = await importing(rows);
      expect(stopped.failed).toBeDefined();
      store.proxy.rules([]);
      const { counts, failed } = await importing(rows, { resume: stopped.id });
      expect(failed).toBeUndefined();
      expect(counts).toEqual(first.counts);
      const found = comparable(await store.items(store.registry), stopped.id);
      expect(found).toEqual(wanted);
      if (after + 1 < writes) await store.close();
    }
  });

  test("with a file that begins otherwise is refused, and writes nothing", async () => {
    const importing = await gate();
    store.proxy.rules([{ op: "TransactWriteItems", act: "reset", after: 5 }]);
    const { id } = await importing(rows);
    store.proxy.rules([]);
    const standing = await store.items(store.registry);
    expect((await importing([row(99), ...rows.slice(1)], { resume: id })).failed).toMatchObject({ code: "import-differs" });
    expect((await importing(rows.slice(0, 3), { resume: id })).failed).toMatchObject({ code: "import-differs" });
    expect(await store.items(store.registry)).toEqual(standing);
  });

  test("is gone on with by whoever began it, as what it was begun", async () => {
    const importing = await gate();
    store.proxy.rules([{ op: "TransactWriteItems", act: "reset", after: 5 }]);
    const { id } = await importing(rows);
    store.proxy.rules([]);
    for (const [order, code] of [
      [{ user: { ...REVIEWER, sub: "usr_colleague" } }, "not-the-importer"],
      [{ user: { ...ATTESTER, sub: REVIEWER.sub } }, "not-the-importer"],
      [{ user: { ...REVIEWER, tenant: "other" } }, "not-found"],
      [{ dryRun: true }, "wrong-state"],
    ] as const)
      expect((await importing(rows, { resume: id, ...order })).failed).toMatchObject({ code });
    expect((await importing(rows, { resume: id })).failed).toBeUndefined();
  });

  test("once finished does nothing more", async () => {
    const importing = await gate();
    const { id, counts } = await importing(rows);
    const standing = await store.items(store.registry);
    expect((await importing(rows, { resume: id })).counts).toEqual(counts);
    expect(await store.items(store.registry)).toEqual(standing);
  });
});
