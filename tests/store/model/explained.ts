import { isDeepStrictEqual } from "node:util";
import type { Answer } from "./desk.ts";
import { type Action, type AppModel, after, type Model, type Trace } from "./pure.ts";

interface Explanation {
  readonly model: Model;
  readonly traces: readonly Trace[];
}

/**
 * An order in which actions sent at the same time can have happened, one after the other, so that each was answered as it was.
 * One that lost a race may say so, `changed-meanwhile`, when another went through. @throws Error when there is none.
 */
export function explained(model: Model, actions: readonly Action[], answers: readonly Answer[]): Explanation {
  const all = actions.map((action, index) => ({ action, answer: answers[index] as Answer }));
  const lost = (answer: Answer) => answer.body?.code === "changed-meanwhile" && all.some(({ answer: { status } }) => status < 300);
  const counted = all.filter(({ answer }) => !lost(answer));
  for (const order of orders(counted)) {
    const found = told(model, order);
    if (found) return found;
  }
  const said = all.map(({ action, answer }) => ({
    action,
    answer: answer.status < 300 ? answer : { status: answer.status, code: answer.body.code, errors: answer.body.errors },
    alone: summary(after(model, action)),
  }));
  throw new Error(`no order explains it: ${JSON.stringify({ said, apps: model.apps, now: new Date(model.now) }, null, 1)}`);
}

const summary = (outcome: ReturnType<typeof after>) => ("refused" in outcome ? outcome : outcome.trace);

function told(model: Model, order: readonly { readonly action: Action; readonly answer: Answer }[]): Explanation | undefined {
  const traces: Trace[] = [];
  let now = model;
  for (const { action, answer } of order) {
    const outcome = after(now, action, idsIn(action, answer));
    if ("refused" in outcome) {
      if (answer.body?.code !== outcome.refused) return undefined;
    } else {
      if (answer.status >= 300 || !isAnswerTo(action, answer, outcome.model)) return undefined;
      now = outcome.model;
      traces.push(outcome.trace);
    }
  }
  return { model: now, traces };
}

/** The ids the gate gave. */
function idsIn({ verb }: Action, { status, body }: Answer): readonly string[] {
  if (status >= 300) return [];
  if (verb === "open") return [body.id];
  return verb === "approve" ? body.grants.map(({ id }: { id: string }) => id) : [];
}

/** Whether the reply tells of the thing as it should be now. */
function isAnswerTo(action: Action, { body }: Answer, model: Model): boolean {
  const app = action.verb === "open" ? model.apps.at(-1) : model.apps[action.app];
  if (!app) return false;
  switch (action.verb) {
    case "attest":
    case "turn-attestation":
      return isSameKey(body, app.attestation) && body.revision === app.attestation?.revision;
    case "turn-grant":
      return isSameKey(body, app.grants.find(({ id }) => id === body.id) ?? null);
    case "approve":
    case "deny":
    case "request-changes":
      return isSameApplication(body.application, app);
    default:
      return isSameApplication(body, app);
  }
}

type Wire = Readonly<Record<string, unknown>>;

const isSameKey = (wire: Wire, key: AppModel["attestation"] | AppModel["grants"][number] | null): boolean =>
  key !== null &&
  isDeepStrictEqual([wire["state"], wire["version"], Date.parse(String(wire["expiresAt"]))], [key.state, key.version, key.expiresAt]);

/** Whether an application, as it goes out, is the model's. */
// biome-ignore lint/suspicious/noExplicitAny: it is compared with what it should be.
const isSameApplication = (wire: any, app: AppModel): boolean => isDeepStrictEqual(gist(wire), gistOf(app));

// biome-ignore lint/suspicious/noExplicitAny: as above.
export const gist = ({ id, state, version, revision, surfaces, categories, editors, attestedAt, appeal, flags, rulings }: any) => ({
  id,
  state,
  version,
  revision,
  surfaces,
  categories,
  editors,
  attested: attestedAt !== null,
  appealed: appeal !== null,
  flags: flags.map(({ code, field }: Record<string, string>) => `${code} ${field}`),
  rulings: rulings.map(({ verb, by, revision: of }: Record<string, string>) => `${verb} by ${by} of ${of}`),
});

export const gistOf = ({ id, state, version, revision, form, editors, attested, appealed, flags, rulings }: AppModel) => ({
  id,
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

function orders<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((first, index) => orders(items.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}
