import { expect } from "@jest/globals";
import { APPLICATION_MACHINE } from "../../../lib/domain/application-machine.ts";
import { ATTESTATION_MACHINE, GRANT_MACHINE } from "../../../lib/domain/key.ts";
import type { Machine } from "../../../lib/domain/machine.ts";
import { keys } from "../../../lib/store/keys.ts";
import type { Item } from "../../../lib/store/table.ts";
import type { Desk } from "./desk.ts";
import { gist, gistOf } from "./explained.ts";
import { type Model, type Trace, taken } from "./pure.ts";
import { BRANDS, SURFACES, userOf } from "./season-of-runs.ts";

interface Done {
  readonly name: string;
  readonly desk: Desk;
  readonly model: Model;
  readonly traces: readonly Trace[];
  readonly commits: ReadonlySet<string>;
}

/** What a run leaves behind in the table is the model's, nothing lost and nothing more, and its audit tells every step of it. */
export async function expectWholeRecord({ name, desk, model, traces, commits }: Done): Promise<void> {
  const { registry } = desk;
  const subjects = [...new Set(traces.map(({ subject }) => subject))];
  const [things, audits, outboxes, lineups, places] = await Promise.all([
    Promise.all(model.apps.map(({ id }) => registry.queryAll({ pk: keys.application(id).pk }))),
    Promise.all(subjects.map((subject) => registry.queryAll({ pk: keys.audit(subject, 1).pk }))),
    Promise.all(subjects.map((subject) => registry.queryAll({ pk: keys.outbox(subject, 1).pk }))),
    Promise.all(SURFACES.map((surface) => registry.queryAll({ pk: keys.lineup(surface, name) }))),
    Promise.all(SURFACES.map((surface) => desk.applications.placesTaken(surface, name))),
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
  ).toEqual(model.apps.flatMap(({ grants }) => grants.map(({ id, state, version }) => `${id} ${state} ${version}`)).sort());
  expect(places).toEqual(SURFACES.map((surface) => taken(model, surface)));

  // Each subject's events are in order of version; those of all are those of the run.
  const found = audits.flat().map(({ doc }) => traceIn(doc));
  expect(outboxes.flat().map(({ doc }) => traceIn(doc))).toEqual(found);
  expect(byText(found)).toEqual(byText(traces));
  expectDrawn(found);

  await expectListed(name, desk, model);
}

const byText = (all: readonly Trace[]) => all.map((each) => JSON.stringify(each)).sort();
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

const MACHINES: Readonly<Record<string, Machine<string, string>>> = {
  application: APPLICATION_MACHINE,
  attestation: ATTESTATION_MACHINE,
  grant: GRANT_MACHINE,
};
/** How things begin. */
const BEGINNINGS = /^(?:application:(?:draft null>draft|submit null>pending)|(?:grant|attestation):give null>current)$/;

/** Each thing's steps have versions without a gap, begin where the last ended, and are arrows of the drawing. */
function expectDrawn(traces: readonly Trace[]): void {
  const steps = traces.flatMap(({ subject, action, version, before, after, effects }) => [
    { subject, action, version, before: String(before), after },
    ...effects.map((text) => {
      const [, action = "", subject = "", version, before = "", after = ""] = /^(\S+) (\S+) (\d+) (\w+)>(\w+)$/.exec(text) ?? [];
      return { subject, action, version: Number(version), before, after };
    }),
  ]);
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
export const traceIn = ({ subject, action, version, before, after, effects }: any): Trace => ({
  subject,
  action,
  version,
  before,
  after,
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  effects: effects.map((each: any) => `${each.action} ${each.subject} ${each.version} ${each.before}>${each.after}`).sort(),
});

/** No application is lost: its brand finds each of its own, and the host each that was ever submitted. */
async function expectListed(name: string, desk: Desk, { apps }: Model): Promise<void> {
  const ids = async (as: Parameters<typeof userOf>[0]) => {
    const { body } = await desk.call(userOf(as, name), "GET /v1/applications", { query: { season: name } });
    return body.applications.map(({ id }: { id: string }) => id).sort();
  };
  for (const [index, as] of (["ann", "ben", "cat"] as const).entries())
    expect(await ids(as)).toEqual(apps.flatMap(({ id, brand }) => (brand === BRANDS[index] ? [id] : [])).sort());
  expect(await ids("wei")).toEqual(apps.flatMap(({ id, revision }) => (revision > 0 ? [id] : [])).sort());
}
