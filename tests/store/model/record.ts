import { expect } from "@jest/globals";
import { APPLICATION_MACHINE } from "../../../lib/domain/application-machine.ts";
import type { AuditEvent } from "../../../lib/domain/audit.ts";
import type { Counts, Outcome } from "../../../lib/domain/import.ts";
import { ATTESTATION_MACHINE, GRANT_MACHINE } from "../../../lib/domain/key.ts";
import type { Machine } from "../../../lib/domain/machine.ts";
import { keys } from "../../../lib/store/keys.ts";
import type { Item } from "../../../lib/store/table.ts";
import type { Desk } from "./desk.ts";
import { gist, gistOf } from "./explained.ts";
import { type Model, type Trace, taken } from "./pure.ts";
import { BRANDS, brandOf, FESTIVAL_NOS, PEOPLE, type Person, SURFACES, seasonIn, tenantIn, userOf } from "./season-of-runs.ts";

interface Done {
  readonly name: string;
  readonly desk: Desk;
  readonly model: Model;
  readonly traces: readonly Trace[];
  readonly commits: ReadonlySet<string>;
  /** As they were written, in order. */
  readonly events: readonly AuditEvent[];
  readonly lists: readonly Taken[];
}

/** A list that was taken in, and what was said of each row. */
export interface Taken {
  readonly id: string;
  readonly outcomes: readonly Outcome[];
  readonly counts: Counts;
}

/** What a run leaves behind in the table is the model's, nothing lost and nothing more, and its audit tells every step of it. */
export async function expectWholeRecord(done: Done): Promise<void> {
  const { name, desk, model, traces, commits } = done;
  const { registry } = desk;
  const subjects = [...new Set(traces.map(({ subject }) => subject))];
  const places = FESTIVAL_NOS.flatMap((festival) => SURFACES.map((surface) => ({ festival, surface, season: seasonIn(name, festival) })));
  const [things, audits, outboxes, lineups, counts] = await Promise.all([
    Promise.all(model.apps.map(({ id }) => registry.queryAll({ pk: keys.application(id).pk }))),
    Promise.all(subjects.map((subject) => registry.queryAll({ pk: keys.audit(subject, 1).pk }))),
    Promise.all(subjects.map((subject) => registry.queryAll({ pk: keys.outbox(subject, 1).pk }))),
    Promise.all(places.map(({ surface, season }) => registry.queryAll({ pk: keys.lineup(surface, season) }))),
    Promise.all(places.map(({ surface, season }) => desk.applications.placesTaken(surface, season))),
  ]);

  // Every row is the work of an action that was accepted.
  for (const item of [...things, ...audits, ...outboxes, ...lineups].flat()) expect(commits).toContain(item["commit"]);

  expectApplications(things, model);
  expect(
    lineups
      .flat()
      .filter(({ sk }) => sk.startsWith("GRANT#"))
      .map(grantIn)
      .sort(),
  ).toEqual(
    [...model.apps.flatMap(({ grants }) => grants), ...model.entries.flatMap(({ grant }) => grant ?? [])]
      .map(({ id, state, version }) => `${id} ${state} ${version}`)
      .sort(),
  );
  expect(counts).toEqual(places.map(({ festival, surface }) => taken(model, festival, surface)));

  // Each subject's events are in order of version; those of all are those of the run.
  const found = audits.flat().map(({ doc }) => traceIn(doc));
  expect(outboxes.flat().map(({ doc }) => traceIn(doc))).toEqual(found);
  expect(byText(found)).toEqual(byText(traces));
  expectDrawn(found);

  await Promise.all([expectListed(name, desk, model), expectTaken(done), expectFed(done)]);
}

const byText = (all: readonly object[]) => all.map((each) => JSON.stringify(each)).sort();
const grantIn = ({ doc }: Item) => (({ id, state, version }) => `${id} ${state} ${version}`)(doc as Record<string, string>);

function expectApplications(things: readonly (readonly Item[])[], { apps }: Model): void {
  for (const [index, items] of things.entries()) {
    const app = apps[index];
    if (!app) continue;
    const docs = new Map(items.map(({ sk, doc }) => [sk, doc as Record<string, unknown>]));
    expect(gist(docs.get("APPLICATION"))).toEqual(gistOf(app));
    const { state, version, revision } = docs.get("ATTESTATION") ?? {};
    expect({ state, version, revision }).toEqual(
      app.attestation
        ? { state: app.attestation.state, version: app.attestation.version, revision: app.attestation.revision }
        : { state: undefined, version: undefined, revision: undefined },
    );
    // Every submission was kept, as what it was.
    expect([...docs.keys()].filter((sk) => sk.startsWith("REVISION#"))).toHaveLength(app.revision);
  }
}

/** Every list is accounted for, row by row; and what came of its rows is all there is. */
async function expectTaken({ desk, lists, model, traces }: Done): Promise<void> {
  for (const { id, outcomes, counts } of lists) {
    const [kept, { refused }] = await Promise.all([
      desk.imports.get(id),
      desk.imports.refused(id, { limit: outcomes.length + 1, after: 0 }),
    ]);
    expect(kept).toMatchObject({ state: "finished", rows: outcomes.length, counts });
    // Of a row's reasons the first few are kept.
    const gist = ({ row, brand, reasons: [first] }: Outcome) => ({ row, brand, first });
    expect(refused.map(gist)).toEqual(outcomes.filter(({ outcome }) => outcome === "refused").map(gist));
  }
  const written = lists.flatMap(({ outcomes }) => outcomes.filter(({ outcome }) => outcome === "added" || outcome === "changed"));
  expect(written).toHaveLength(traces.filter(({ action }) => /^(?:grant|attestation):import$/.test(action)).length);
  for (const { attestation } of model.entries) {
    const kept = attestation && (await desk.applications.attestation(attestation.id));
    if (attestation)
      expect(kept).toMatchObject({ state: attestation.state, version: attestation.version, expiresAt: attestation.expiresAt });
  }
}

/** Each party finds in its feed every change that concerns it, once, numbered without a gap, and each thing's own in order. */
async function expectFed({ name, desk, traces, events }: Done): Promise<void> {
  await announceAll(desk, events);
  const parties = [
    { feed: `host/${tenantIn(name, "wechat")}`, isTold: (trace: Trace) => !isDraft(trace) },
    { feed: `marketplace/${tenantIn(name, "tmall")}`, isTold: (trace: Trace) => !isDraft(trace) },
    ...BRANDS.map((brand) => ({ feed: `brand/${tenantIn(name, brand)}`, isTold: (trace: Trace) => trace.brand === brand })),
  ];
  for (const { feed, isTold } of parties) {
    const told = await desk.feed.after(feed, 0, 10_000);
    expect(told.map(({ sequence }) => sequence)).toEqual(told.map((_, index) => index + 1));
    const found = told.map(({ subject, version, before, after }) => ({ subject, version, before: String(before), after }));
    const expected = stepsOf(traces.filter(isTold)).map(({ action: _, ...step }) => step);
    expect(byText(found)).toEqual(byText(expected));
    // A key's own turn may come before the approval that gave it, which is another thing's change: their versions tell.
    const places = new Map(told.map(({ id }, place) => [id, place]));
    for (const own of Map.groupBy(events, ({ subject }) => subject).values()) {
      const order = own.toSorted((one, other) => one.version - other.version).flatMap(({ id }) => places.get(id) ?? []);
      expect(order).toEqual(order.toSorted((one, other) => one - other));
    }
  }
}

/** A draft is its brand's alone. */
const isDraft = ({ before, after }: Trace) => after === "draft" || (before === "draft" && after === "withdrawn");

const BATCH = 5;

/** As a stream brings them: each thing's in order, two shards at the same time, some batches twice. */
async function announceAll(desk: Desk, events: readonly AuditEvent[]): Promise<void> {
  const shards = Map.groupBy(events, ({ subject }) => subject.charCodeAt(subject.length - 1) % 2);
  const bring = async (shard: readonly AuditEvent[]) => {
    for (let at = 0; at < shard.length; at += BATCH) {
      const batch = shard.slice(at, at + BATCH);
      await desk.announce(batch);
      if (batch.some(({ version }) => version === 2)) await desk.announce(batch);
    }
  };
  await Promise.all([...shards.values()].map(bring));
}

const MACHINES: Readonly<Record<string, Machine<string, string>>> = {
  application: APPLICATION_MACHINE,
  attestation: ATTESTATION_MACHINE,
  grant: GRANT_MACHINE,
};
/** How things begin; and a list says anew what stands. */
const BEGINNINGS =
  /^(?:application:(?:(?:draft|renew) null>draft|submit null>pending)|(?:grant|attestation):(?:give null|import null|import current)>current)$/;

/** Each change of a thing: those that are a change's own, and those that came with it. */
export const stepsOf = (traces: readonly Trace[]) =>
  traces.flatMap(({ subject, action, version, before, after, effects }) => [
    { subject, action, version, before: String(before), after },
    ...effects.map((text) => {
      const [, action = "", subject = "", version, before = "", after = ""] = /^(\S+) (\S+) (\d+) (\w+)>(\w+)$/.exec(text) ?? [];
      return { subject, action, version: Number(version), before, after };
    }),
  ]);

/** Each thing's steps have versions without a gap, begin where the last ended, and are arrows of the drawing. An import counts its progress as well. */
function expectDrawn(traces: readonly Trace[]): void {
  const steps = stepsOf(traces.filter(({ subject }) => !subject.startsWith("import/")));
  for (const [subject, unsorted] of Map.groupBy(steps, (step) => step.subject)) {
    const own = unsorted.toSorted((one, other) => one.version - other.version);
    expect({ subject, versions: own.map(({ version }) => version) }).toEqual({ subject, versions: own.map((_, index) => index + 1) });
    expect({ subject, chain: own.map(({ before }) => before) }).toEqual({
      subject,
      chain: ["null", ...own.slice(0, -1).map(({ after }) => after)],
    });
    for (const { action, before, after } of own) {
      const [kind = "", verb = ""] = action.split(":");
      const isDrawn = MACHINES[kind]?.[before]?.[verb]?.to === after || BEGINNINGS.test(`${action} ${before}>${after}`);
      expect({ action, before, after, isDrawn }).toEqual({ action, before, after, isDrawn: true });
    }
  }
}

/** What an audit event or an outbox entry tells. */
// biome-ignore lint/suspicious/noExplicitAny: what was written, as it is.
export const traceIn = ({ subject, action, version, before, after, effects, concern }: any): Trace => ({
  subject,
  action,
  version,
  before,
  after,
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  effects: effects.map((each: any) => `${each.action} ${each.subject} ${each.version} ${each.before}>${each.after}`).sort(),
  brand: brandOf(concern.brand),
});

/** No application is lost: its brand finds each of its own, and the host each that was ever submitted. */
async function expectListed(name: string, desk: Desk, { apps }: Model): Promise<void> {
  for (const festival of FESTIVAL_NOS) {
    const season = seasonIn(name, festival);
    const own = apps.filter((app) => app.festival === festival);
    const ids = async (as: Person) => {
      const { body } = await desk.call(userOf(as, name), "GET /v1/applications", { query: { season } });
      return body.applications.map(({ id }: { id: string }) => id).sort();
    };
    for (const as of ["ann", "ben", "cat"] as const)
      expect(await ids(as)).toEqual(own.flatMap(({ id, brand }) => (brand === PEOPLE[as].tenant ? [id] : [])).sort());
    expect(await ids("wei")).toEqual(own.flatMap(({ id, revision }) => (revision > 0 ? [id] : [])).sort());
  }
}
