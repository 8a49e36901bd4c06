import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import { Refusal } from "../../lib/domain/refusal.ts";
import { applicationStore } from "../../lib/store/applications.ts";
import { commit, type Put } from "../../lib/store/commit.ts";
import { type Item, Table } from "../../lib/store/table.ts";
import type { Act } from "../support/fault-acts.ts";
import { faultProxy, type Rule } from "../support/fault-proxy.ts";
import { APPLIED, patienceWith, REFUSED } from "../support/faults.ts";
import { application, auditEvent } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";
import { someOf } from "../support/thoroughness.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy();
const { proxy, registry } = store;
let made = 0;

beforeEach(() => proxy.clear());
afterAll(() => store.close());

/** A thing of its own for every test, in the version given. */
function thing(id = `${store.run}-${++made}`) {
  const key = { pk: `THING#${id}`, sk: "THING" };
  const change = (version: number, changeId = `${id}.${version}`) => {
    const write: Put = {
      key,
      attributes: { version, by: changeId },
      over: version === 1 ? "absent" : version - 1,
      otherwise: "changed-meanwhile",
    };
    return { writes: [write], event: auditEvent({ id: changeId, subject: `thing/${id}`, version }), receipt: null };
  };
  const make = (table: Table, version: number, changeId?: string) => {
    const { writes, ...commitment } = change(version, changeId);
    return commit(table, writes, commitment);
  };
  return { id, make, all: async () => (await store.items(registry)).filter(({ pk }) => pk.endsWith(id)) };
}

const summary = (items: readonly Item[]) => items.map(({ pk, sk, version, commit: id }) => [pk.split("#")[0], sk, version, id]);
const at = (version: number) => String(version).padStart(10, "0");
const unavailable = (attempt: Promise<unknown>) => expect(attempt).rejects.toBeInstanceOf(Unavailable);
const refused = (attempt: Promise<unknown>, code: string) => expect(attempt).rejects.toMatchObject({ name: "Refusal", code });

/** What the table holds of a thing that was made and then changed once. */
const changedOnce = (id: string) => [
  ["AUDIT", at(1), undefined, `${id}.1`],
  ["AUDIT", at(2), undefined, `${id}.2`],
  ["OUTBOX", at(1), undefined, `${id}.1`],
  ["OUTBOX", at(2), undefined, `${id}.2`],
  ["THING", "THING", 2, `${id}.2`],
];

describe("a change that meets one fault is made once and reported as made:", () => {
  test.each([...APPLIED, ...REFUSED, "forgetToken" as const])("%s", async (act) => {
    const { id, make, all } = thing();
    const table = new Table(store.client({ timeoutMs: patienceWith(act) }), registry.name);
    await make(table, 1);
    proxy.rules([{ op: "TransactWriteItems", act, times: 1 }]);
    await make(table, 2);
    expect(summary(await all())).toEqual(changedOnce(id));
  });
});

test("a change that meets any two faults in a row is made once and reported as made", async () => {
  const acts = [...APPLIED, ...REFUSED, "forgetToken"] as const;
  const pairs = someOf(
    acts.flatMap((first) => acts.map((second) => ({ first, second, ...thing() }))),
    618,
  );
  for (const { make } of pairs) await make(registry, 1);
  proxy.rules(
    pairs.flatMap(({ first, second, id }): Rule[] => {
      const where = { op: "TransactWriteItems", match: new RegExp(`${id}\\.2"`), times: 1 };
      return [
        { ...where, act: first },
        { ...where, act: second },
      ];
    }),
  );
  const failures = await Promise.all(
    pairs.map(({ first, second, make }) =>
      // Many at once on a busy machine: only what hangs on purpose should wait this long.
      make(new Table(store.client({ timeoutMs: 5_000 }), registry.name), 2).then(
        () => [],
        (error: unknown) => [[first, second, error]],
      ),
    ),
  );
  expect(failures.flat()).toEqual([]);
  const items = Map.groupBy(await store.items(registry), ({ pk }) => pk.split(/[#/]/).at(-1));
  for (const { id } of pairs) expect(summary(items.get(id) ?? [])).toEqual(changedOnce(id));
}, 120_000);

describe("a fault that does not end is Unavailable after a bounded number of calls, nothing half done:", () => {
  const patient = (act: Act) => ({ maxAttempts: 2, timeoutMs: patienceWith(act) });
  test.each(REFUSED)("%s leaves all as it was", async (act) => {
    const { make, all } = thing();
    await make(registry, 1);
    const before = await all();
    proxy.clear();
    proxy.rules([{ op: "TransactWriteItems", act }]);
    await unavailable(make(new Table(store.client(patient(act)), registry.name), 2));
    expect(proxy.calls["TransactWriteItems"]).toBe(act === "txConflict" || act === "txThrottle" ? 6 : 2);
    expect(await all()).toEqual(before);
  });

  test.each(APPLIED.filter((act) => act !== "duplicate"))("%s leaves all changed, and the same change again is success", async (act) => {
    const { id, make, all } = thing();
    await make(registry, 1);
    proxy.clear();
    proxy.rules([{ op: "TransactWriteItems", act }]);
    await unavailable(make(new Table(store.client(patient(act)), registry.name), 2));
    expect(proxy.calls["TransactWriteItems"]).toBe(act === "garbage" ? 6 : 2);
    expect(summary(await all())).toEqual(changedOnce(id));
    proxy.clear();
    await make(registry, 2);
    expect(summary(await all())).toEqual(changedOnce(id));
  });
});

test("three conflicts in a row are waited out", async () => {
  const { id, make, all } = thing();
  await make(registry, 1);
  proxy.rules([{ op: "TransactWriteItems", act: "txConflict", times: 3 }]);
  await make(registry, 2);
  expect(summary(await all())).toEqual(changedOnce(id));
});

test("every try of a change bears the same token, the change's own id", async () => {
  const { id, make } = thing();
  proxy.rules([
    { op: "*", act: "txConflict", times: 1 },
    { op: "*", act: "loseResponse", times: 1 },
    { op: "*", act: "garbage", times: 1 },
  ]);
  await make(registry, 1);
  expect(proxy.log.map(({ body }) => JSON.parse(body).ClientRequestToken)).toEqual(Array(4).fill(`${id}.1`));
});

describe("our own success is recognised though the store forgot the token", () => {
  const forgotten: Rule = { op: "TransactWriteItems", act: "forgetToken" };

  test("when nobody changed the thing since", async () => {
    const { id, make, all } = thing();
    await make(registry, 1);
    await make(registry, 2);
    proxy.rules([forgotten]);
    await make(registry, 2);
    expect(summary(await all())).toEqual(changedOnce(id));
  });

  test("when another has changed the thing since", async () => {
    const { make, all } = thing();
    await make(registry, 1);
    await make(registry, 2);
    await make(registry, 3);
    const before = await all();
    proxy.rules([forgotten]);
    await make(registry, 2);
    expect(await all()).toEqual(before);
  });
});

describe("two changes from the same version", () => {
  test("one wins, the other is refused", async () => {
    const { id, make, all } = thing();
    await make(registry, 1);
    const outcomes = await Promise.allSettled(["a", "b"].map((who) => make(registry, 2, `${id}.${who}`)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const winner = outcomes[0]?.status === "fulfilled" ? "a" : "b";
    for (const outcome of outcomes)
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ name: "Refusal", code: "changed-meanwhile" });
    expect(new Set((await all()).filter(({ version, sk }) => version === 2 || sk === at(2)).map((item) => item["commit"]))).toEqual(
      new Set([`${id}.${winner}`]),
    );
  });

  test("the loser is refused also when its answer was lost", async () => {
    const { id, make } = thing();
    await make(registry, 1);
    await make(registry, 2, `${id}.a`);
    proxy.rules([{ op: "*", act: "loseResponse", times: 1 }]);
    await refused(make(registry, 2, `${id}.b`), "changed-meanwhile");
  });
});

test("an older version is refused and changes nothing", async () => {
  const { id, make, all } = thing();
  for (const version of [1, 2, 3]) await make(registry, version);
  const before = await all();
  await refused(make(registry, 2, `${id}.late`), "changed-meanwhile");
  await refused(make(registry, 5), "changed-meanwhile");
  expect(await all()).toEqual(before);
});

test("the first write that was refused says why", async () => {
  const { id } = thing();
  const write = (sk: string, otherwise: Put["otherwise"]): Put => ({
    key: { pk: `THING#${id}`, sk },
    attributes: {},
    over: "absent",
    otherwise,
  });
  const changed = (version: number) => ({ event: auditEvent({ id: `${id}.${version}`, subject: `thing/${id}`, version }), receipt: null });
  await commit(registry, [write("b", "already-attested")], changed(1));
  await refused(commit(registry, [write("a", "already-applied"), write("b", "already-attested")], changed(2)), "already-attested");
});

test("a version has one audit event: another change with the same subject and version is refused", async () => {
  const { id, make } = thing();
  await make(registry, 1);
  const elsewhere: Put = { key: { pk: `OTHER#${id}`, sk: "OTHER" }, attributes: {}, over: "absent", otherwise: "already-applied" };
  const event = auditEvent({ id: `${id}.x`, subject: `thing/${id}`, version: 1 });
  await refused(commit(registry, [elsewhere], { event, receipt: null }), "changed-meanwhile");
  expect(await registry.get(elsewhere.key)).toBeUndefined();
});

test("of fifty drafts by one brand at once, one is in and the others are told so", async () => {
  const brand = `brand-${store.run}`;
  const applications = applicationStore(registry);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, i) => {
      const id = `app_${store.run}_${i}`;
      const event = auditEvent({ id: `submit.${store.run}.${i}`, subject: `application/${id}` });
      return applications.begin(application({ id, brand, state: "draft", revision: 0 }), { event, receipt: null });
    }),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toEqual(new Refusal("already-applied"));
  expect(await applications.ofBrand(brand)).toHaveLength(1);
  const left = (await store.items(registry)).filter((item) => JSON.stringify(item).includes(`app_${store.run}_`));
  expect(left.map(({ pk }) => pk.split("#")[0]).sort()).toEqual(["APPLICATION", "AUDIT", "BRAND", "OUTBOX"]);
});

test("a store that is down is Unavailable, and nothing has changed", async () => {
  const { make, all } = thing();
  await make(registry, 1);
  const before = await all();
  const down = await faultProxy("http://127.0.0.1:1", { seed: 1 });
  await down.close();
  const { openClient } = await import("../../lib/store/client.ts");
  const client = openClient({ endpoint: down.endpoint, maxAttempts: 2, timeoutMs: 300 });
  await unavailable(make(new Table(client, registry.name), 2));
  client.destroy();
  expect(await all()).toEqual(before);
});
