import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Unavailable } from "../../lib/app/ports.ts";
import { applicationStore } from "../../lib/store/applications.ts";
import { campaignStore } from "../../lib/store/campaigns.ts";
import { cardStore } from "../../lib/store/cards.ts";
import { seasonStore } from "../../lib/store/seasons.ts";
import { type Item, Table } from "../../lib/store/table.ts";
import type { Act } from "../support/fault-acts.ts";
import type { Rule } from "../support/fault-proxy.ts";
import { APPLIED, REFUSED } from "../support/faults.ts";
import { application, attestation, auditEvent, campaign, card, grant, season } from "../support/samples.ts";
import { type StoreBehindProxy, storeBehindProxy } from "../support/store-behind-proxy.ts";

/** A verb on things of its own, named by `id`: what comes before it, and the change itself. */
interface Story {
  readonly before?: (table: Table, id: string) => Promise<void>;
  readonly change: (table: Table, id: string) => Promise<void>;
}

const audit = (id: string, kind: string, version: number, name = `v${version}`) =>
  auditEvent({ id: `${id}.${name}`, subject: `${kind}/${id}`, version });
const change = (id: string, kind: string, version: number) => audit(id, kind, version, "change");

const applied = (id: string) => application({ id, brand: id });
const attested = (id: string) => ({ ...applied(id), attestedAt: 1, version: 2 });
const filed = (id: string) => card({ id, campaign: id, brand: id });
const planned = (id: string) => season({ id, status: "draft" });

const submit = (table: Table, id: string) => applicationStore(table).submit(applied(id), audit(id, "application", 1));
const attest = (table: Table, id: string) =>
  applicationStore(table).attest(attested(id), attestation({ application: id, brand: id }), audit(id, "application", 2));
const createCard = (table: Table, id: string) => cardStore(table).create(filed(id), audit(id, "card", 1));
const createSeason = (table: Table, id: string) => seasonStore(table).create(planned(id), audit(id, "season", 1));

const STORIES: Readonly<Record<string, Story>> = {
  "applications.submit": {
    change: (table, id) => applicationStore(table).submit(applied(id), change(id, "application", 1)),
  },
  "applications.attest": {
    before: submit,
    change: (table, id) =>
      applicationStore(table).attest(attested(id), attestation({ application: id, brand: id }), change(id, "application", 2)),
  },
  "applications.approve": {
    before: async (table, id) => {
      await submit(table, id);
      await attest(table, id);
    },
    change: (table, id) => {
      const approved = { ...attested(id), status: "approved", decidedBy: "rob", decidedAt: 2, version: 3 } as const;
      return applicationStore(table).approve(approved, grant({ application: id, brand: id }), change(id, "application", 3));
    },
  },
  "applications.deny": {
    before: submit,
    change: (table, id) => applicationStore(table).deny({ ...applied(id), status: "denied", version: 2 }, change(id, "application", 2)),
  },
  "seasons.create": { change: (table, id) => seasonStore(table).create(planned(id), change(id, "season", 1)) },
  "seasons.save": {
    before: createSeason,
    change: (table, id) => seasonStore(table).save({ ...planned(id), version: 2 }, change(id, "season", 2)),
  },
  "campaigns.create": {
    change: (table, id) => campaignStore(table).create(campaign({ id, brand: id }), change(id, "campaign", 1)),
  },
  "cards.create": { change: (table, id) => cardStore(table).create(filed(id), change(id, "card", 1)) },
  "cards.approve": {
    before: createCard,
    change: (table, id) => cardStore(table).approve({ ...filed(id), status: "approved", version: 2 }, change(id, "card", 2)),
  },
  "cards.deny": {
    before: createCard,
    change: (table, id) => cardStore(table).deny({ ...filed(id), status: "denied", version: 2 }, change(id, "card", 2)),
  },
};

/** Publishing turns the one roster of the table, so every run needs a table of its own. */
const PUBLISH: Story = {
  before: createSeason,
  change: (table, id) => seasonStore(table).publish({ ...planned(id), status: "scheduled", version: 2 }, change(id, "season", 2), 0),
};

const ACTS: readonly Act[] = [...APPLIED, ...REFUSED, "forgetToken"];
/** The call that is struck: the first, the second (the first having been refused), or each one. */
const POSITIONS = ["first", "second", "every"] as const;

interface Run {
  readonly act: Act;
  readonly position: (typeof POSITIONS)[number];
  readonly id: string;
}

const RUNS: readonly Omit<Run, "id">[] = ACTS.flatMap((act) => POSITIONS.map((position) => ({ act, position })));

/** None of the ids is the beginning of another. */
const runs = (of: string): Run[] => RUNS.map((run, index) => ({ ...run, id: `${of}-${String(index).padStart(2, "0")}` }));

const rulesOf = ({ act, position, id }: Run): Rule[] => {
  const where = { op: "*", match: new RegExp(`"${id}\\.change"`) };
  if (position === "every") return [{ ...where, act }];
  return [...(position === "second" ? [{ ...where, act: "internal", times: 1 } as const] : []), { ...where, act, times: 1 }];
};

/** What the table holds that bears the run's id, or is the roster of a table with one run. */
const stateOf = (items: readonly Item[], { id }: Run): Item[] =>
  items.filter((item) => JSON.stringify(item).includes(id) || item.sk === "ROSTER");

/** Without the id: the same for every run of a verb. */
const anonymous = (items: readonly Item[], { id }: Run): unknown => JSON.parse(JSON.stringify(items).replaceAll(id, "ID"));

/** Does the change of every run at once under its fault, then again without, and compares what the table held. */
async function strike(store: StoreBehindProxy, story: Story, all: readonly Run[]): Promise<unknown[]> {
  const { proxy, registry } = store;
  await Promise.all(all.map(({ id }) => story.before?.(registry, id)));
  const before = await store.items(registry);

  proxy.clear();
  proxy.rules(all.flatMap(rulesOf));
  const told = await Promise.all(
    all.map(async ({ id, position }) => {
      const settings = { maxAttempts: position === "second" ? 3 : 2, timeoutMs: 2_000 };
      const error = await story.change(new Table(store.client(settings), registry.name), id).catch((error: unknown) => error);
      return { id, error };
    }),
  );
  expect(told.filter(({ error }) => error !== undefined && !(error instanceof Unavailable))).toEqual([]);
  const between = await store.items(registry);
  expect(Object.keys(proxy.calls)).toEqual(["TransactWriteItems"]);

  proxy.clear();
  await Promise.all(all.map(({ id }) => story.change(registry, id)));
  const after = await store.items(registry);

  for (const run of all) {
    const { id, act, position } = run;
    const error = told.find((each) => each.id === id)?.error;
    const lasting = position === "every" && act !== "duplicate" && act !== "forgetToken";
    const expected = lasting && REFUSED.some((refused) => refused === act) ? before : after;
    const found = {
      run,
      ok: error === undefined,
      known: error === undefined || error instanceof Unavailable,
      state: stateOf(between, run),
    };
    expect(found).toEqual({ run, ok: !lasting, known: true, state: stateOf(expected, run) });
    expect(stateOf(after, run)).not.toEqual(stateOf(before, run));
    const ours = stateOf(after, run).filter((item) => item["commit"] === `${id}.change`);
    for (const kind of ["AUDIT#", "OUTBOX#"]) expect(ours.filter(({ pk }) => pk.startsWith(kind))).toHaveLength(1);
  }
  return all.map((run) => anonymous(stateOf(after, run), run));
}

describe("whatever happens at whichever call, all of it is done or none, the caller is told the truth, and a retry ends it:", () => {
  let store: StoreBehindProxy;
  beforeAll(async () => {
    store = await storeBehindProxy();
  });
  afterAll(() => store.close());

  test.each(Object.entries(STORIES).map(([verb, story], index) => ({ verb, story, index })))(
    "$verb",
    async ({ story, index }) => {
      const ends = await strike(store, story, runs(`${store.run}-${index}`));
      for (const end of ends) expect(end).toEqual(ends[0]);
    },
    60_000,
  );

  test("seasons.publish", async () => {
    const ends = await Promise.all(
      runs("p").map(async (run) => {
        const own = await storeBehindProxy();
        const ends = await strike(own, PUBLISH, [{ ...run, id: `${own.run}-${run.id}` }]).finally(() => own.close());
        return ends[0];
      }),
    );
    for (const end of ends) expect(end).toEqual(ends[0]);
  }, 120_000);
});
