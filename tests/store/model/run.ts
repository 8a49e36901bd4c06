import { expect } from "@jest/globals";
import { auditEvent } from "../../../lib/contracts/changes.ts";
import type { AuditEvent } from "../../../lib/domain/audit.ts";
import { eligible } from "../../../lib/domain/eligible.ts";
import { restored } from "../../../lib/store/commit.ts";
import * as samples from "../../support/samples.ts";
import type { StoreBehindProxy } from "../../support/store-behind-proxy.ts";
import { type Answer, type Desk, openDesk } from "./desk.ts";
import { explained } from "./explained.ts";
import { type Action, EMPTY, type Importing, type Model, mayServe, type Trace, vouched } from "./pure.ts";
import { type Taken, traceIn } from "./record.ts";
import { listOf, requestOf } from "./requests.ts";
import {
  BEGINS,
  BRANDS,
  FESTIVAL_NOS,
  FESTIVALS,
  type FestivalNo,
  SURFACES,
  seasonIn,
  seasonOf,
  tenantIn,
  userOf,
} from "./season-of-runs.ts";

/** One run: what should be, what is, and what was done. */
export interface Run {
  readonly name: string;
  readonly desk: Desk;
  readonly clock: { now: number };
  model: Model;
  readonly traces: Trace[];
  readonly commits: Set<string>;
  readonly events: AuditEvent[];
  readonly lists: Taken[];
  /** What was answered under a key, and what was known when it was sent. */
  readonly kept: { readonly action: Keyed; readonly key: string; readonly model: Model; readonly answer: Answer }[];
  keys: number;
  /** The codes that were answered. */
  readonly answered: Set<string>;
}

/** What may be sent under an Idempotency-Key. */
export type Keyed = Exclude<Action, Importing>;

/** A run of its own in the store: nobody in it is in another. */
export async function beginRun(store: StoreBehindProxy, name: string): Promise<Run> {
  const clock = { now: BEGINS };
  const desk = openDesk(store, clock);
  for (const festival of FESTIVAL_NOS) {
    const season = seasonOf(name, festival);
    const event = samples.auditEvent({ id: `plan-${season.id}`, subject: `season/${season.id}` });
    await desk.seasons.create(season, { event, receipt: null });
  }
  desk.registry.done.length = 0;
  const known = { model: EMPTY(BEGINS), traces: [], commits: new Set<string>(), events: [], lists: [], kept: [] };
  return { name, desk, clock, ...known, keys: 0, answered: new Set() };
}

export const send = ({ model, name, desk }: Pick<Run, "model" | "name" | "desk">, action: Action, key?: string): Promise<Answer> => {
  const user = userOf(action.as, name);
  if (action.verb === "import") return desk.take(user, listOf(name, action, false));
  const { route, request } = requestOf(model, name, action);
  return desk.call(user, route, { ...request, key });
};

/** The actions at the same time; then all that was answered and written has to have an explanation: some order in which they happened. */
export async function happen(run: Run, actions: readonly Action[], keys: readonly string[] = []): Promise<readonly Answer[]> {
  run.desk.registry.done.length = 0;
  const answers = await Promise.all(actions.map((action, index) => send(run, action, keys[index])));
  await expectExplained(run, actions, answers, keys);
  return answers;
}

/** What was answered, written and is now served is what has to be; the run goes on from there. */
export async function expectExplained(
  run: Run,
  actions: readonly Action[],
  answers: readonly Answer[],
  keys: readonly string[],
): Promise<void> {
  const { model, traces } = explained(run.model, actions, answers);
  run.model = model;
  run.traces.push(...traces);
  const events = expectWritten(run, traces, answers.filter(({ status }, index) => status < 300 && keys[index] !== undefined).length);
  const actors = new Set(actions.map(({ as }) => JSON.stringify(userOf(as, run.name))));
  for (const { actor } of events) expect(actors).toContain(JSON.stringify({ sub: actor.sub, role: actor.role, tenant: actor.tenant }));
  run.events.push(...events);
  for (const { status, body } of answers) {
    run.answered.add(body.code ?? "ok");
    if (status < 300 && "outcomes" in body) run.lists.push(body);
  }
  // What is of the other festival is looked at when the run is over.
  const festivals = new Set(actions.map((action) => ("festival" in action ? action.festival : (model.apps[action.app]?.festival ?? 0))));
  if (run.desk.registry.done.length > 0) await expectServed(run, [...festivals]);
}

/**
 * Each accepted action wrote one transaction with its one audit event and its one outbox entry, and its receipt when it came under
 * a key; nothing else wrote. An import puts whole rows together, each with its own, and notes how far it is.
 */
function expectWritten({ desk, commits }: Run, traces: readonly Trace[], receipts: number): readonly AuditEvent[] {
  const written = desk.registry.done.map((items) => items.flatMap(({ Put }) => (Put?.Item ? [Put.Item] : [])));
  const of = (kind: string, puts: (typeof written)[number]) => puts.filter(({ pk }) => String(pk).startsWith(`${kind}#`));
  for (const puts of written) {
    const told = of("AUDIT", puts).map(({ doc }) => traceIn(doc));
    expect(of("OUTBOX", puts).map(({ doc }) => traceIn(doc))).toEqual(told);
    if (told.length === 0) expect(of("IMPORT", puts)).toEqual(puts);
    if (told.length > 1) expect(told.filter(({ action }) => !action.endsWith(":import"))).toEqual([]);
    for (const { commit } of puts) commits.add(commit);
  }
  const all = written.flat();
  const byText = (some: readonly Trace[]) => some.map((each) => JSON.stringify(each)).sort();
  expect(byText(of("AUDIT", all).map(({ doc }) => traceIn(doc)))).toEqual(byText(traces));
  expect(of("RECEIPT", all)).toHaveLength(receipts);
  return of("OUTBOX", all).map((item) => restored(auditEvent, item));
}

/** What the lineups let through is what both keys let through, at every kind of moment. */
export async function expectServed({ desk, name, model }: Run, festivals: readonly FestivalNo[] = FESTIVAL_NOS): Promise<void> {
  const places = festivals.flatMap((festival) => SURFACES.map((surface) => ({ festival, surface })));
  const found = places.map(async ({ festival, surface }) => {
    const lineup = await desk.lineups.read(surface, seasonIn(name, festival));
    const { phases, status } = seasonOf(name, festival);
    return BRANDS.map((brand) => {
      const grants = lineup.grants.filter((each) => each.brand === tenantIn(name, brand));
      const attestation = lineup.attestations.find((each) => each.brand === tenantIn(name, brand)) ?? null;
      const place = { host: "wechat", surface, season: seasonIn(name, festival), brand: tenantIn(name, brand) };
      const serves = (at: number) => eligible({ place, switches: [], season: { phases, status }, grants, attestation }, at).eligible;
      return { festival, surface, brand, vouched: attestation?.state, serves: FESTIVALS[festival].moments.map(serves) };
    });
  });
  const expected = places.map(({ festival, surface }) =>
    BRANDS.map((brand) => {
      const place = { festival, surface, brand };
      return { ...place, vouched: vouched(model, place), serves: FESTIVALS[festival].moments.map((at) => mayServe(model, place, at)) };
    }),
  );
  expect(await Promise.all(found)).toEqual(expected);
}

/** What a dry run says of each row is what becomes of it, and it writes nothing. */
export async function expectForetold(run: Run, list: Importing): Promise<void> {
  run.desk.registry.done.length = 0;
  const foretold = await run.desk.take(userOf(list.as, run.name), listOf(run.name, list, true));
  expect(run.desk.registry.done).toEqual([]);
  const [answer] = await happen(run, [list]);
  const gist = ({ status, body: { outcomes, counts } }: Answer) => ({ status, outcomes, counts });
  if (answer && answer.status < 300) expect(gist(foretold)).toEqual(gist(answer));
}
