import { afterAll, describe, expect, test } from "@jest/globals";
import type { Commitment } from "../../lib/app/ports/call.ts";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import type { Application } from "../../lib/domain/application.ts";
import { once } from "../../lib/http/idempotency.ts";
import { applicationStore } from "../../lib/store/applications.ts";
import { campaignStore } from "../../lib/store/campaigns.ts";
import { cardStore } from "../../lib/store/cards.ts";
import { receiptStore } from "../../lib/store/receipts.ts";
import { seasonStore } from "../../lib/store/seasons.ts";
import { type Item, Table } from "../../lib/store/table.ts";
import type { Act } from "../support/fault-acts.ts";
import type { Rule } from "../support/fault-proxy.ts";
import { APPLIED, patienceWith, REFUSED } from "../support/faults.ts";
import { application, attestation, auditEvent, campaign, card, grant, season } from "../support/samples.ts";
import { type StoreBehindProxy, storeBehindProxy } from "../support/store-behind-proxy.ts";
import { someOf } from "../support/thoroughness.ts";

/** A verb on things of its own, named by `id`: what comes before it, and the change itself. */
interface Story {
  readonly before?: (table: Table, id: string) => Promise<void>;
  readonly change: (table: Table, id: string, attempt?: string) => Promise<void>;
}

/** What a change is saved with: its event, and a receipt under the id's own Idempotency-Key. */
const saving = (id: string, kind: string, version: number, name = `v${version}`): Commitment => ({
  event: auditEvent({ id: `${id}.${name}`, subject: `${kind}/${id}`, version }),
  receipt: { id: `${id}.${name}`, fingerprint: "f", keepUntil: 4_000_000_000, reply: { of: id, as: name } },
});
const change = (id: string, kind: string, version: number, attempt = "change"): Commitment => ({
  ...saving(id, kind, version, "change"),
  event: saving(id, kind, version, attempt).event,
});

/** A brand and a surface of its own, so that nothing it holds or counts is another's. */
const of = (id: string) => ({ id, brand: id, surfaces: [surfaceOf(id)] as const, names: { zh: `品牌${id}`, en: `Brand ${id}` } });
const surfaceOf = (id: string) => `trial-${id}`;
const drafted = (id: string) => application({ ...of(id), state: "draft", revision: 0, submittedAt: null });
const pending = (id: string) => application(of(id));
const attested = (id: string): Application => ({ ...pending(id), attestedAt: 1, version: 2 });
const approved = (id: string): Application => ({ ...attested(id), state: "approved", version: 3 });
const oneGiven = (id: string, name = "a") => grant({ id: `grt_${id}-${name}`, application: id, brand: id, surface: surfaceOf(id) });
const given = (id: string) => [oneGiven(id), oneGiven(id, "b")];
const vouched = (id: string) => attestation({ application: id, brand: id, surfaces: [surfaceOf(id)] });
const capacities = (id: string) => [{ surface: surfaceOf(id), season: "618-2024", places: 1 }];
const revoked = { state: "revoked", reason: "A test.", version: 2 } as const;
const filed = (id: string) => card({ id, campaign: id, brand: id });
const planned = (id: string) => season({ id, status: "draft" });

const begin = (table: Table, id: string) => applicationStore(table).begin(pending(id), saving(id, "application", 1));
const attest = (table: Table, id: string) =>
  applicationStore(table).attest(attested(id), vouched(id), undefined, saving(id, "application", 2));
const vouchFor = async (table: Table, id: string) => {
  await begin(table, id);
  await attest(table, id);
};
const admit = async (table: Table, id: string) => {
  await vouchFor(table, id);
  await applicationStore(table).approve(approved(id), vouched(id), given(id), capacities(id), saving(id, "application", 3));
};
const createCard = (table: Table, id: string) => cardStore(table).save(filed(id), saving(id, "card", 1));
const createSeason = (table: Table, id: string) => seasonStore(table).create(planned(id), saving(id, "season", 1));

const lapsed = (id: string) => ({
  attestation: { ...vouched(id), ...revoked },
  grants: given(id).map((each) => ({ ...each, ...revoked })),
});

const NO_KEYS = { attestation: undefined, grants: [] };

const STORIES: Readonly<Record<string, Story>> = {
  "applications.begin, a draft": {
    change: (table, id, attempt) => applicationStore(table).begin(drafted(id), change(id, "application", 1, attempt)),
  },
  "applications.begin, submitted at once": {
    change: (table, id, attempt) => applicationStore(table).begin(pending(id), change(id, "application", 1, attempt)),
  },
  "applications.save": {
    before: begin,
    change: (table, id, attempt) =>
      applicationStore(table).save({ ...pending(id), state: "denied", version: 2 }, change(id, "application", 2, attempt)),
  },
  "applications.submit": {
    before: (table, id) => applicationStore(table).begin(drafted(id), saving(id, "application", 1)),
    change: (table, id, attempt) =>
      applicationStore(table).submit({ ...pending(id), version: 2 }, NO_KEYS, change(id, "application", 2, attempt)),
  },
  "applications.attest": {
    before: begin,
    change: (table, id, attempt) =>
      applicationStore(table).attest(attested(id), vouched(id), undefined, change(id, "application", 2, attempt)),
  },
  "applications.approve": {
    before: vouchFor,
    change: (table, id, attempt) =>
      applicationStore(table).approve(approved(id), vouched(id), given(id), capacities(id), change(id, "application", 3, attempt)),
  },
  "applications.submit, amended": {
    before: admit,
    change: (table, id, attempt) => {
      const amended = { ...pending(id), names: { zh: `另名${id}`, en: `Other ${id}` }, revision: 2, version: 4 };
      return applicationStore(table).submit(amended, lapsed(id), change(id, "application", 4, attempt));
    },
  },
  "applications.withdraw": {
    before: admit,
    change: (table, id, attempt) =>
      applicationStore(table).withdraw(
        { ...approved(id), state: "withdrawn", version: 4 },
        lapsed(id),
        change(id, "application", 4, attempt),
      ),
  },
  "applications.turnAttestation": {
    before: vouchFor,
    change: (table, id, attempt) =>
      applicationStore(table).turnAttestation({ ...vouched(id), ...revoked }, change(id, "attestation", 2, attempt)),
  },
  "applications.turnGrant, one of two": {
    before: admit,
    change: (table, id, attempt) =>
      applicationStore(table).turnGrant({ ...oneGiven(id), ...revoked }, [oneGiven(id, "b")], change(id, "grant", 2, attempt)),
  },
  "applications.turnGrant, the last on its surface": {
    before: async (table, id) => {
      await vouchFor(table, id);
      await applicationStore(table).approve(approved(id), vouched(id), [oneGiven(id)], capacities(id), saving(id, "application", 3));
    },
    change: (table, id, attempt) => applicationStore(table).turnGrant({ ...oneGiven(id), ...revoked }, [], change(id, "grant", 2, attempt)),
  },
  "seasons.create": { change: (table, id, attempt) => seasonStore(table).create(planned(id), change(id, "season", 1, attempt)) },
  "seasons.save": {
    before: createSeason,
    change: (table, id, attempt) => seasonStore(table).save({ ...planned(id), version: 2 }, change(id, "season", 2, attempt)),
  },
  "campaigns.save": {
    change: (table, id, attempt) => campaignStore(table).save(campaign({ id, brand: id }), change(id, "campaign", 1, attempt)),
  },
  "cards.save": { change: (table, id, attempt) => cardStore(table).save(filed(id), change(id, "card", 1, attempt)) },
  "cards.save, approved": {
    before: createCard,
    change: (table, id, attempt) => cardStore(table).save({ ...filed(id), status: "approved", version: 2 }, change(id, "card", 2, attempt)),
  },
  "cards.save, denied": {
    before: createCard,
    change: (table, id, attempt) => cardStore(table).save({ ...filed(id), status: "denied", version: 2 }, change(id, "card", 2, attempt)),
  },
};

/** Publishing turns the one roster of the table, so every run needs a table of its own. */
const PUBLISH: Story = {
  before: createSeason,
  change: (table, id, attempt) =>
    seasonStore(table).publish({ ...planned(id), status: "scheduled", version: 2 }, change(id, "season", 2, attempt), 0),
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
const runs = (of: string, seed: number): Run[] =>
  someOf(RUNS, seed).map((run, index) => ({ ...run, id: `${of}-${String(index).padStart(2, "0")}` }));

const rulesOf = ({ act, position, id }: Run): Rule[] => {
  const where = { op: "*", match: new RegExp(`"${id}\\.change"`) };
  if (position === "every") return [{ ...where, act }];
  return [...(position === "second" ? [{ ...where, act: "internal", times: 1 } as const] : []), { ...where, act, times: 1 }];
};

/** What the table holds that bears the run's id, or is the roster of a table with one run. */
const stateOf = (items: readonly Item[], { id }: Run): Item[] =>
  items.filter((item) => JSON.stringify(item).includes(id) || item.sk === "ROSTER");

/** Without the id, and without what follows from it: the same for every run of a verb. */
const anonymous = (items: readonly Item[], { id }: Run): readonly string[] =>
  items
    .map((item) =>
      JSON.stringify(item)
        .replaceAll(id, "ID")
        .replaceAll(".once-more", ".change")
        .replace(/[0-9a-f]{64}"/, 'DIGEST"'),
    )
    .sort();

const settingsOf = ({ act, position }: Run) => ({
  maxAttempts: position === "second" ? 3 : 2,
  timeoutMs: patienceWith(act, 6_000),
});

/** Does the change of every run at once under its fault; then its caller sends it again under the same Idempotency-Key. Compares what the table held. */
async function strike(store: StoreBehindProxy, story: Story, all: readonly Run[]): Promise<(readonly string[])[]> {
  const { proxy, registry } = store;
  await Promise.all(all.map(({ id }) => story.before?.(registry, id)));
  const before = await store.items(registry);

  proxy.clear();
  proxy.rules(all.flatMap(rulesOf));
  const told = await Promise.all(
    all.map(async (run) => {
      const table = new Table(store.client(settingsOf(run)), registry.name);
      const error = await story.change(table, run.id).catch((error: unknown) => error);
      return { id: run.id, error };
    }),
  );
  expect(told.filter(({ error }) => error !== undefined && !(error instanceof Unavailable))).toEqual([]);
  const between = await store.items(registry);
  expect(Object.keys(proxy.calls).filter((op) => op !== "GetItem")).toEqual(["TransactWriteItems"]);

  proxy.clear();
  const replies = await Promise.all(
    all.map(({ id }) =>
      once<unknown>({ id: `${id}.change`, fingerprint: "f", keepUntil: 4_000_000_000 }, receiptStore(registry), async () => {
        await story.change(registry, id, "once-more");
        return "done now";
      }),
    ),
  );
  const after = await store.items(registry);

  for (const [index, run] of all.entries()) {
    const { id, act, position } = run;
    const error = told.find((each) => each.id === id)?.error;
    const lasting = position === "every" && act !== "duplicate" && act !== "forgetToken";
    const isLeftOut = lasting && REFUSED.some((refused) => refused === act);
    const found = {
      run,
      ok: error === undefined,
      known: error === undefined || error instanceof Unavailable,
      state: stateOf(between, run),
      reply: replies[index],
    };
    expect(found).toEqual({
      run,
      ok: !lasting,
      known: true,
      state: stateOf(isLeftOut ? before : after, run),
      reply: isLeftOut ? "done now" : { of: id, as: "change" },
    });
    expect(stateOf(after, run)).not.toEqual(stateOf(before, run));
    const ours = stateOf(after, run).filter((item) => item["commit"] === `${id}.${isLeftOut ? "once-more" : "change"}`);
    for (const kind of ["AUDIT#", "OUTBOX#", "RECEIPT#"]) expect(ours.filter(({ pk }) => pk.startsWith(kind))).toHaveLength(1);
  }
  return all.map((run) => anonymous(stateOf(after, run), run));
}

describe("whatever happens at whichever call, all of it is done or none, the caller is told the truth, and asking again under the same key ends it with one change and one answer:", () => {
  // Most of them wait for time-outs: several at a time, each with a proxy and tables that no other uses meanwhile.
  const idle: StoreBehindProxy[] = [];
  afterAll(() => Promise.all(idle.map((store) => store.close())));

  test.concurrent.each(Object.entries(STORIES).map(([verb, story], index) => ({ verb, story, index })))(
    "$verb",
    async ({ story, index }) => {
      const store = idle.pop() ?? (await storeBehindProxy());
      const ends = await strike(store, story, runs(`${store.run}-${index}`, index)).finally(() => idle.push(store));
      for (const end of ends) expect(end).toEqual(ends[0]);
    },
    240_000,
  );

  test("seasons.publish", async () => {
    const ends: (readonly string[])[] = [];
    const waiting = runs("p", 618);
    const striker = async () => {
      for (let run = waiting.pop(); run; run = waiting.pop()) {
        const own = await storeBehindProxy();
        ends.push(...(await strike(own, PUBLISH, [{ ...run, id: `${own.run}-${run.id}` }]).finally(() => own.close())));
      }
    };
    await Promise.all(Array.from({ length: 4 }, striker));
    for (const end of ends) expect(end).toEqual(ends[0]);
  }, 240_000);
});
