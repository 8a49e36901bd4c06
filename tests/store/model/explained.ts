import { isDeepStrictEqual } from "node:util";
import type { Answer } from "./desk.ts";
import {
  type Accepted,
  type Action,
  type AppModel,
  after,
  attestationAt,
  grantsAt,
  type ImportStep,
  importStep,
  type Key,
  type Model,
  type Outcome,
  type Trace,
  type TurningEntry,
} from "./pure.ts";

interface Explanation {
  readonly model: Model;
  readonly traces: readonly Trace[];
}

/** What happened at one instant, as far as we know; and what must have happened before it. */
interface Deed {
  readonly needs: readonly Deed[];
  /** What comes of it where the gate stands so; undefined when it was answered as it would not be there. */
  happens(model: Model): Explanation | undefined;
}

/**
 * An order in which actions sent at the same time can have happened, one after the other, so that each was answered as it was.
 * One that lost a race may say so, `changed-meanwhile`, when another went through. @throws Error when there is none.
 */
export function explained(model: Model, actions: readonly Action[], answers: readonly Answer[]): Explanation {
  const all = actions.map((action, index) => ({ action, answer: answers[index] as Answer }));
  const lost = (answer: Answer) => answer.body?.code === "changed-meanwhile" && all.some(({ answer: { status } }) => status < 300);
  const deeds = all.flatMap(({ action, answer }) => (lost(answer) ? [] : deedsOf(action, answer, actions.length > 1)));
  const found = inSomeOrder(model, deeds);
  if (found) return found;
  const said = all.map(({ action, answer }) => ({
    action,
    answer: answer.status < 300 ? answer : { status: answer.status, code: answer.body.code, errors: answer.body.errors },
    alone: summary(after(model, action)),
  }));
  const { apps, entries, imports, now } = model;
  throw new Error(`no order explains it: ${JSON.stringify({ said, apps, entries, imports, now: new Date(now) }, null, 1)}`);
}

const summary = (outcome: Outcome) => ("refused" in outcome ? outcome : outcome.traces);

function inSomeOrder(model: Model, deeds: readonly Deed[]): Explanation | undefined {
  if (deeds.length === 0) return { model, traces: [] };
  for (const deed of deeds) {
    if (deed.needs.some((other) => deeds.includes(other))) continue;
    const next = deed.happens(model);
    const rest = next && inSomeOrder(next.model, deeds.toSpliced(deeds.indexOf(deed), 1));
    if (rest) return { model: rest.model, traces: [...next.traces, ...rest.traces] };
  }
  return undefined;
}

/** An action happens at once; but an import, row by row. */
function deedsOf(action: Action, answer: Answer, isRace: boolean): readonly Deed[] {
  if (action.verb === "import") return importDeeds(action, answer, isRace);
  const fits = (outcome: Accepted) => isAnswerTo(action, answer, outcome);
  return [{ needs: [], happens: (model) => as(answer, after(model, action, idsIn(action, answer)), model, fits) }];
}

/** The outcome, if it is what was answered. */
function as(answer: Answer, outcome: Outcome, model: Model, fits: (outcome: Accepted) => boolean): Explanation | undefined {
  if ("refused" in outcome) return answer.body?.code === outcome.refused ? { model, traces: [] } : undefined;
  return answer.status < 300 && fits(outcome) ? outcome : undefined;
}

/** Rows that lost a race were planned anew, after others; alone, each follows the one before. */
function importDeeds(
  { as: person, festival, surface, rows }: Action & { verb: "import" },
  answer: Answer,
  isRace: boolean,
): readonly Deed[] {
  const into = { as: person, festival, surface };
  const step = (
    needs: readonly Deed[],
    what: ImportStep,
    id: string | undefined,
    said: Answer,
    fits: (outcome: Accepted) => boolean,
  ): Deed => ({
    needs,
    happens: (model) => as(said, importStep(model, what, id), model, fits),
  });
  const begin = step([], { ...into, verb: "begin-import" }, answer.body.id, answer, () => true);
  if (answer.status >= 300) return [begin];

  const taken: Deed[] = [];
  for (const [index, row] of rows.entries()) {
    const { outcome, id, reasons } = answer.body.outcomes[index];
    const isRepeated = rows.findIndex(({ brand }) => brand === row.brand) < index;
    const code = reasons
      .map(({ code }: { code: string }) => code)
      .sort()
      .join(" ");
    const said = outcome === "refused" ? { status: 409, body: { code } } : { status: 200, body: {} };
    const what: ImportStep = { ...into, verb: "take-row", id: answer.body.id, row, isRepeated };
    const deed = step(
      isRace ? [begin] : [begin, ...taken],
      what,
      id ?? undefined,
      said,
      (found) => found.became === outcome && keeps(found, id),
    );
    taken.push(isRace && OVERCAUTIOUS.has(code) ? { ...deed, happens: (model) => ({ model, traces: [] }) } : deed);
  }
  const finish: ImportStep = { ...into, verb: "finish-import", id: answer.body.id, blocks: answer.body.blocks };
  return [begin, ...taken, step([begin, ...taken], finish, undefined, { status: 200, body: {} }, () => true)];
}

/** What a row may be refused for in a race though it need not have been: a row of the same list that then came to nothing was in its way. */
const OVERCAUTIOUS = new Set(["changed-meanwhile", "trial-full", "name-looks-alike"]);

/** Whether the key a row was about is the one that the gate names; it stays the same however often the brand is imported. */
const keeps = ({ model, traces }: Accepted, id: string): boolean =>
  traces.every(({ subject }) => subject.endsWith(`/${id}`)) &&
  model.entries.some(({ attestation, grant }) => attestation?.id === id || grant?.id === id);

/** The ids the gate gave. */
function idsIn({ verb }: Action, { status, body }: Answer): readonly string[] {
  if (status >= 300) return [];
  if (verb === "open") return [body.id];
  if (verb === "renew") return [body.application.id];
  return verb === "approve" ? body.grants.map(({ id }: { id: string }) => id) : [];
}

/** Whether the reply tells of the thing as it should be now. */
function isAnswerTo(action: Exclude<Action, { verb: "import" }>, { body }: Answer, { model, faults }: Accepted): boolean {
  if (action.verb === "turn-entry") return isSameKey(body, turnedIn(model, action, body.id));
  const app = action.verb === "open" || action.verb === "renew" ? model.apps.at(-1) : model.apps[action.app];
  if (!app) return false;
  switch (action.verb) {
    case "attest":
    case "turn-attestation":
      return isSameKey(body, app.attestation) && body.revision === app.attestation?.revision;
    case "turn-grant":
      return isSameKey(body, app.grants.find(({ id }) => id === body.id) ?? null);
    case "renew":
      return isSameApplication(body.application, app) && isDeepStrictEqual(body.faults.map(said), faults);
    case "approve":
    case "deny":
    case "request-changes":
      return isSameApplication(body.application, app);
    default:
      return isSameApplication(body, app);
  }
}

const turnedIn = (model: Model, place: TurningEntry, id: string) =>
  place.grant === null ? attestationAt(model, place) : (grantsAt(model, place).find((grant) => grant.id === id) ?? null);

const said = ({ code, field }: Readonly<Record<string, string>>) => `${code} ${field}`;

type Wire = Readonly<Record<string, unknown>>;

const isSameKey = (wire: Wire, key: Key | null): boolean =>
  key !== null &&
  isDeepStrictEqual([wire["state"], wire["version"], Date.parse(String(wire["expiresAt"]))], [key.state, key.version, key.expiresAt]);

/** Whether an application, as it goes out, is the model's. */
// biome-ignore lint/suspicious/noExplicitAny: it is compared with what it should be.
const isSameApplication = (wire: any, app: AppModel): boolean => isDeepStrictEqual(gist(wire), gistOf(app));

// biome-ignore lint/suspicious/noExplicitAny: as above.
export const gist = ({ id, renews, state, version, revision, surfaces, categories, editors, attestedAt, appeal, flags, rulings }: any) => ({
  id,
  renews: renews ? `${renews.application} ${renews.revision}` : null,
  state,
  version,
  revision,
  surfaces,
  categories,
  editors,
  attested: attestedAt !== null,
  appealed: appeal !== null,
  flags: flags.map(said),
  rulings: rulings.map(({ verb, by, revision: of }: Record<string, string>) => `${verb} by ${by} of ${of}`),
});

export const gistOf = ({ id, renews, state, version, revision, form, editors, attested, appealed, flags, rulings }: AppModel) => ({
  id,
  renews,
  state,
  version,
  revision,
  surfaces: form.surfaces,
  categories: [form.category],
  editors,
  attested,
  appealed,
  flags,
  rulings,
});
