import type { Role } from "../../../lib/domain/authorisation.ts";
import type { Instant } from "../../../lib/domain/window.ts";
import { type Brand, FESTIVALS, type FestivalNo, type Form, PEOPLE, type Person, type SurfaceId } from "./season-of-runs.ts";

/** What the gate should be, written a second time and as plainly as can be: no store, no versions to lose, nothing at once. */

type Turn = "suspend" | "reinstate" | "revoke";
export interface Term {
  readonly surface: SurfaceId;
  readonly phases: readonly string[];
}

interface On {
  readonly as: Person;
  /** Which application, in order of opening. */
  readonly app: number;
}

/** A line of a list agreed outside. */
export interface Row {
  readonly brand: Brand;
  readonly name: number;
  readonly storeType: string;
  readonly phases: readonly string[];
  readonly until: Instant;
}

/** Where a list is taken in. */
interface Into {
  readonly as: Person;
  readonly festival: FestivalNo;
  readonly surface: SurfaceId;
}

export type Importing = Into & { readonly verb: "import"; readonly rows: readonly Row[] };

/** A key of the whitelist, turned where it stands, however it came there. `grant`: which of the brand's there; null for key one. */
export type TurningEntry = Served & {
  readonly verb: "turn-entry";
  readonly as: Person;
  readonly grant: number | null;
  readonly turn: Turn;
};

/** What an import is made of. Only its rows are done together; others may come between them. */
export type ImportStep =
  | (Into & { readonly verb: "begin-import" })
  | (Into & { readonly verb: "take-row"; readonly id: string; readonly row: Row; readonly isRepeated: boolean })
  | (Into & { readonly verb: "finish-import"; readonly id: string; readonly blocks: number });

export type Action =
  | { readonly verb: "open"; readonly as: Person; readonly festival: FestivalNo; readonly submit: boolean; readonly form: Form }
  | Importing
  | (On & { readonly verb: "renew"; readonly festival: FestivalNo })
  | (On & { readonly verb: "edit"; readonly form: Form })
  | (On & { readonly verb: "submit" | "withdraw" | "appeal" })
  | (On & { readonly verb: "attest"; readonly expiresAt: Instant })
  | (On & { readonly verb: "approve"; readonly terms: readonly Term[]; readonly waives: readonly string[] })
  | (On & { readonly verb: "deny" | "request-changes" })
  | (On & { readonly verb: "turn-attestation"; readonly turn: Turn })
  | (On & { readonly verb: "turn-grant"; readonly grant: number; readonly turn: Turn })
  | TurningEntry;

export type Verb = Action["verb"];

export interface Key {
  readonly state: "current" | "suspended" | "revoked";
  readonly version: number;
  readonly expiresAt: Instant;
}

interface GrantModel extends Key, Term {
  readonly id: string;
}

interface EntryModel {
  readonly festival: FestivalNo;
  readonly surface: SurfaceId;
  readonly brand: Brand;
  readonly attestation: (Key & { readonly id: string }) | null;
  readonly grant: (Key & { readonly id: string; readonly name: number; readonly phases: readonly string[] }) | null;
}

interface ImportModel extends Into {
  readonly id: string;
  /** Names that its rows are about, by number, and whose row it is, whether they were held before or not. */
  readonly claimed: Readonly<Record<string, string>>;
}

/** The brand that was the first of those there are to have a name, and its application; null for a list's. */
interface Holder {
  readonly id: string | null;
  readonly brand: string;
}

export interface AppModel {
  readonly id: string;
  readonly festival: FestivalNo;
  readonly brand: string;
  /** `<application> <revision>` */
  readonly renews: string | null;
  /** As the host approved it last. */
  readonly approvedAs: { readonly form: Form; readonly revision: number } | null;
  readonly state: "draft" | "pending" | "changes-requested" | "approved" | "denied" | "withdrawn";
  readonly version: number;
  readonly revision: number;
  readonly form: Form;
  readonly editors: readonly string[];
  readonly attested: boolean;
  /** What the marketplace last gave its word for. */
  readonly vouchedFor: Form | null;
  readonly appealed: boolean;
  /** `<code> <field>`. */
  readonly flags: readonly string[];
  readonly rulings: readonly string[];
  readonly attestation: (Key & { readonly surfaces: readonly SurfaceId[]; readonly revision: number }) | null;
  /** Every surface the marketplace ever vouched for it on. */
  readonly vouchedOn: readonly SurfaceId[];
  readonly grants: readonly GrantModel[];
}

export interface Model {
  readonly now: Instant;
  readonly apps: readonly AppModel[];
  /** What came of lists. */
  readonly entries: readonly EntryModel[];
  readonly imports: readonly ImportModel[];
  /** By `<festival> <number>`. */
  readonly names: Readonly<Record<string, Holder>>;
}

export const EMPTY = (now: Instant): Model => ({ now, apps: [], entries: [], imports: [], names: {} });

/** What is announced of an accepted action: the changed thing, and what changed with it. */
export interface Trace {
  readonly subject: string;
  readonly action: string;
  readonly version: number;
  readonly before: string | null;
  readonly after: string;
  readonly effects: readonly string[];
  /** Whose it is; null for what is of no one brand. */
  readonly brand: string | null;
}

export type Outcome = { readonly refused: string } | Accepted;
export interface Accepted {
  readonly model: Model;
  readonly traces: readonly Trace[];
  /** What the machine says of a renewal: `<code> <field>`. */
  readonly faults?: readonly string[];
  /** What became of a row. */
  readonly became?: "added" | "changed" | "unchanged";
}

class No extends Error {}
const no = (code: string): never => {
  throw new No(code);
};

const DOERS: Readonly<Record<Verb, readonly Role[]>> = {
  open: ["brand"],
  renew: ["brand"],
  import: ["attester", "reviewer"],
  edit: ["brand"],
  submit: ["brand"],
  withdraw: ["brand"],
  appeal: ["brand"],
  attest: ["attester"],
  "turn-attestation": ["attester"],
  approve: ["reviewer"],
  deny: ["reviewer"],
  "request-changes": ["reviewer"],
  "turn-grant": ["reviewer"],
  "turn-entry": ["attester", "reviewer"],
};

const sub = (as: Person): string => {
  const person = PEOPLE[as];
  return "sub" in person ? person.sub : as;
};
const joined = (editors: readonly string[], as: Person) => (editors.includes(sub(as)) ? editors : [...editors, sub(as)]);

/** What the action comes to. `ids` are those the gate gave to what the action makes. */
export function after(model: Model, action: Action, ids: readonly string[] = []): Outcome {
  try {
    if (!DOERS[action.verb].includes(PEOPLE[action.as].role)) return { refused: "forbidden" };
    if (action.verb === "open") return opened(model, action, ids);
    if (action.verb === "renew") return renewed(model, action, ids);
    if (action.verb === "turn-entry") return turnedEntry(model, action);
    return action.verb === "import" ? importedAlone(model, action) : changed(model, action, ids);
  } catch (error) {
    if (error instanceof No) return { refused: error.message };
    throw error;
  }
}

function opened(model: Model, { as, festival, submit, form }: Action & { verb: "open" }, [id = "?"]: readonly string[]): Outcome {
  const draft = drafted(id, as, festival, form);
  const app = submit ? { ...draft, state: "pending" as const, revision: 1, flags: admitted(model, draft) } : draft;
  if (hasPlace(model, app)) no("already-applied");
  const opened = { ...model, apps: [...model.apps, app] };
  return {
    model: submit ? named(opened, app) : opened,
    traces: [applicationTrace(submit ? "submit" : "draft", null, app)],
  };
}

const drafted = (id: string, as: Person, festival: FestivalNo, form: Form): AppModel => ({
  id,
  festival,
  brand: PEOPLE[as].tenant,
  renews: null,
  approvedAs: null,
  state: "draft",
  version: 1,
  revision: 0,
  form,
  editors: [sub(as)],
  attested: false,
  vouchedFor: null,
  appealed: false,
  flags: [],
  rulings: [],
  attestation: null,
  vouchedOn: [],
  grants: [],
});

/** A draft of what was approved, and nothing of the approval. */
function renewed(model: Model, action: Action & { verb: "renew" }, [id = "?"]: readonly string[]): Outcome {
  const { approvedAs, festival, id: earlier } = seen(model, action);
  if (!approvedAs || festival === action.festival) return no("wrong-state");
  const app = { ...drafted(id, action.as, action.festival, approvedAs.form), renews: `${earlier} ${approvedAs.revision}` };
  stillOpen(model, app);
  if (hasPlace(model, app)) no("already-applied");
  const { refused, flags } = judged(model, app);
  return {
    model: { ...model, apps: [...model.apps, app] },
    traces: [applicationTrace("renew", null, app)],
    faults: refused.length > 0 ? refused : flags,
  };
}

const hasPlace = ({ apps, entries }: Model, { brand, festival }: Pick<AppModel, "brand" | "festival">): boolean =>
  apps.some((app) => isLive(app) && app.brand === brand && app.festival === festival) ||
  entries.some((entry) => entry.brand === brand && entry.festival === festival);
const isLive = ({ state }: AppModel) => state !== "withdrawn";

/** The application as the person may know it. */
function seen(model: Model, { as, app }: On): AppModel {
  const { role, tenant } = PEOPLE[as];
  const found = model.apps[app];
  const reached =
    found && (role === "brand" ? found.brand === tenant : found.revision > 0 && tenant === (role === "attester" ? "tmall" : "wechat"));
  return reached ? found : no("not-found");
}

function changed(
  model: Model,
  action: Exclude<Action, { verb: "open" | "renew" | "import" | "turn-entry" }>,
  ids: readonly string[],
): Outcome {
  const before = seen(model, action);
  const { as } = action;
  const next = (changes: Partial<AppModel>): AppModel => ({ ...before, ...changes, version: before.version + 1 });
  const kept = (after: AppModel): Model => ({ ...model, apps: model.apps.map((each) => (each.id === after.id ? after : each)) });
  const told = (verb: string, app: AppModel, effects: readonly string[] = []): Outcome => ({
    model: kept(app),
    traces: [applicationTrace(verb, before.state, app, effects)],
  });
  const needs = (...states: readonly AppModel["state"][]) => states.includes(before.state) || no("wrong-state");

  switch (action.verb) {
    case "edit": {
      if (before.state !== "approved") {
        needs("draft", "changes-requested");
        return told("edit", next({ form: action.form, editors: joined(before.editors, as) }));
      }
      if (isSame(before.form, action.form))
        return told("change-contacts", next({ form: action.form, editors: joined(before.editors, as) }));
      const flags = admitted(model, { ...before, form: action.form });
      const { keys, effects } = lapsed(before);
      const app = next({
        ...keys,
        state: "pending",
        form: action.form,
        revision: before.revision + 1,
        flags,
        attested: false,
        editors: joined(before.editors, as),
      });
      return { model: named(kept(app), app), traces: [applicationTrace("amend", before.state, app, effects)] };
    }
    case "submit": {
      needs("draft", "changes-requested");
      const flags = admitted(model, before);
      const isStillSo = stands(before.attestation) && before.vouchedFor !== null && isSame(before.vouchedFor, before.form);
      const { keys, effects } = isStillSo ? { keys: {}, effects: [] } : lapsed(before);
      const app = next({
        ...keys,
        state: "pending",
        revision: before.revision + 1,
        flags,
        attested: isStillSo,
        editors: joined(before.editors, as),
      });
      return { model: named(kept(app), app), traces: [applicationTrace("submit", before.state, app, effects)] };
    }
    case "withdraw": {
      needs("draft", "pending", "changes-requested", "denied", "approved");
      const { keys, effects } = lapsed(before);
      const app = next({ ...keys, state: "withdrawn", editors: joined(before.editors, as) });
      return { model: unnamed(kept(app), app), traces: [applicationTrace("withdraw", before.state, app, effects)] };
    }
    case "appeal": {
      needs("denied");
      if (before.appealed) no("already-appealed");
      stillOpen(model, before);
      return told("appeal", next({ state: "pending", appealed: true, editors: joined(before.editors, as) }));
    }
    case "attest": {
      needs("pending", "approved");
      if (before.editors.includes(sub(as))) no("self-review");
      const earlier = before.attestation;
      if (earlier?.state === "suspended") no("already-attested");
      if (action.expiresAt <= model.now) no("not-admissible");
      if (earlier?.state === "current" && action.expiresAt <= earlier.expiresAt) no("already-attested");
      const attestation = {
        state: "current" as const,
        version: (earlier?.version ?? 0) + 1,
        expiresAt: action.expiresAt,
        surfaces: before.form.surfaces,
        revision: before.revision,
      };
      const verb = earlier?.state === "current" ? "renew" : "give";
      const effect = `attestation:${verb} attestation/${before.id} ${attestation.version} ${earlier?.state ?? null}>current`;
      const vouchedOn = [...before.vouchedOn, ...before.form.surfaces];
      return told("attest", next({ attested: true, vouchedFor: before.form, attestation, vouchedOn }), [effect]);
    }
    case "approve":
      return approved(model, before, action, ids, next, told);
    case "deny":
    case "request-changes": {
      needs("pending");
      if (before.editors.includes(sub(as))) no("self-review");
      const state = action.verb === "deny" ? "denied" : "changes-requested";
      const app = next({ state, rulings: ruled(before, action) });
      const isForGood = state === "denied" && before.appealed;
      return { model: isForGood ? unnamed(kept(app), app) : kept(app), traces: [applicationTrace(action.verb, before.state, app)] };
    }
    case "turn-attestation": {
      const key = before.attestation ?? no("not-found");
      const attestation = turned(key, action.turn);
      fourEyes(before, action);
      const app = { ...before, attestation };
      return { model: kept(app), traces: [keyTrace("attestation", before.id, action.turn, key, attestation, app.brand)] };
    }
    case "turn-grant": {
      // A grant on a surface that the application no longer asks for was revoked, and is not shown any more.
      const key = before.grants[action.grant];
      if (!key || !before.form.surfaces.includes(key.surface)) return no("not-found");
      const grant = turned(key, action.turn);
      fourEyes(before, action);
      const app = { ...before, grants: before.grants.map((each) => (each.id === grant.id ? grant : each)) };
      return { model: kept(app), traces: [keyTrace("grant", grant.id, action.turn, key, grant, app.brand)] };
    }
  }
}

function approved(
  model: Model,
  before: AppModel,
  action: Action & { verb: "approve" },
  ids: readonly string[],
  next: (changes: Partial<AppModel>) => AppModel,
  told: (verb: string, app: AppModel, effects: readonly string[]) => Outcome,
): Outcome {
  if (before.state !== "pending") no("wrong-state");
  if (before.editors.includes(sub(action.as))) no("self-review");
  if (!isCurrent(before.attestation, model.now)) no("not-attested");
  const flagged = before.flags.map((flag) => flag.split(" ")[0] ?? "");
  if (!flagged.every((code) => action.waives.includes(code))) no("flag-not-waived");
  if (!action.waives.every((code) => flagged.includes(code))) no("not-admissible");
  stillOpen(model, before);
  if (!action.terms.every(({ surface }) => before.form.surfaces.includes(surface))) no("not-admissible");
  for (const surface of new Set(action.terms.map((term) => term.surface))) {
    const isWaived = before.flags.includes(`trial-full /surfaces/${before.form.surfaces.indexOf(surface)}`);
    if (!isWaived && isFull(model, before.festival, surface)) no("trial-full");
  }
  const { form, revision } = before;
  const { closesAt: expiresAt } = FESTIVALS[before.festival];
  const given = action.terms.map(
    (term, index): GrantModel => ({ ...term, id: ids[index] ?? "?", state: "current", version: 1, expiresAt }),
  );
  const app = next({
    state: "approved",
    approvedAs: { form, revision },
    grants: [...before.grants, ...given],
    rulings: ruled(before, action),
  });
  return told(
    "approve",
    app,
    given.map(({ id }) => `grant:give grant/${id} 1 null>current`),
  );
}

const ruled = ({ rulings, revision }: AppModel, { as, verb }: Action) => [...rulings, `${verb} by ${sub(as)} of ${revision}`];

const isSame = (one: Form, other: Form) => JSON.stringify({ ...one, contact: 0 }) === JSON.stringify({ ...other, contact: 0 });

/** A brand takes one place on a surface, however many grants it has there. */
export const taken = ({ apps, entries }: Model, festival: FestivalNo, surface: SurfaceId): number =>
  apps.filter((app) => app.festival === festival && holdsPlace(app, surface)).length +
  entries.filter((entry) => entry.festival === festival && entry.surface === surface && stands(entry.grant)).length;
const stands = (key: Key | null) => key !== null && key.state !== "revoked";
const holdsPlace = ({ grants }: AppModel, on: SurfaceId) => grants.some(({ surface, state }) => surface === on && state !== "revoked");
const isFull = (model: Model, festival: FestivalNo, surface: SurfaceId) =>
  taken(model, festival, surface) >= FESTIVALS[festival].trials[surface].places;

/** What the machine says of an application, each as `<code> <field>`: what it refuses, and what it flags for people. */
function judged(model: Model, app: AppModel) {
  const { form, brand, festival } = app;
  const { deadline, closedCategories, trials } = FESTIVALS[festival];
  const full = form.surfaces.flatMap((surface, index) =>
    !holdsPlace(app, surface) && isFull(model, festival, surface) ? [{ surface, said: `trial-full /surfaces/${index}` }] : [],
  );
  const holder = model.names[`${festival} ${form.name}`]?.brand;
  return {
    refused: [
      ...(app.revision === 0 && model.now >= deadline ? ["deadline-passed /season"] : []),
      ...(closedCategories.includes(form.category) ? ["category-closed /categories/0"] : []),
      ...full.flatMap(({ surface, said }) => (trials[surface].waivable ? [] : [said])),
    ],
    flags: [...(holder !== undefined && holder !== brand ? ["name-looks-alike /names"] : []), ...full.map(({ said }) => said)],
  };
}

/** The flags, when the machine lets it through. */
function admitted(model: Model, app: AppModel): readonly string[] {
  stillOpen(model, app);
  const { refused, flags } = judged(model, app);
  return refused.length > 0 ? no("not-admissible") : flags;
}

const stillOpen = ({ now }: Model, { festival }: AppModel) => {
  if (now >= FESTIVALS[festival].closesAt) no("season-not-open-to-applications");
};

const unnamed = (model: Model, { id }: AppModel): Model => ({
  ...model,
  names: Object.fromEntries(Object.entries(model.names).filter(([, holder]) => holder.id !== id)),
});
/** It has this name and no other; where somebody else has it already, none. */
const named = (model: Model, app: AppModel): Model => claimed(unnamed(model, app), app, app.form.name);
const claimed = (model: Model, { id, brand, festival }: Holder & { festival: FestivalNo }, name: number): Model => ({
  ...model,
  names: { [`${festival} ${name}`]: { id, brand }, ...model.names },
});

const TURNS: Readonly<Record<Turn, { readonly from: readonly Key["state"][]; readonly to: Key["state"] }>> = {
  suspend: { from: ["current"], to: "suspended" },
  reinstate: { from: ["suspended"], to: "current" },
  revoke: { from: ["current", "suspended"], to: "revoked" },
};

function turned<K extends Key>(key: K, turn: Turn): K {
  const { from, to } = TURNS[turn];
  if (!from.includes(key.state)) no("wrong-state");
  return { ...key, state: to, version: key.version + 1 };
}

/** Anybody of its side takes a key away; nobody gives back what they had a hand in. */
function fourEyes({ editors }: Pick<AppModel, "editors">, { turn, as }: { readonly turn: Turn; readonly as: Person }): void {
  if (turn === "reinstate" && editors.includes(sub(as))) no("self-review");
}

/** Either side turns its own key of an entry, which is an application's or a list's. */
function turnedEntry(model: Model, action: TurningEntry): Outcome {
  const { as, grant, turn, brand } = action;
  const { role, tenant } = PEOPLE[as];
  if (role !== (grant === null ? "attester" : "reviewer")) no("forbidden");
  if (tenant !== (grant === null ? "tmall" : "wechat")) no("not-found");
  const told = (kind: string, id: string, before: Key, after: Key) => [keyTrace(kind, id, turn, before, after, brand)];
  const entry = model.entries.find((each) => isAt(each, action));
  const kept = (after: EntryModel) => ({ ...model, entries: model.entries.map((each) => (each === entry ? after : each)) });
  const keptApp = (after: AppModel) => ({ ...model, apps: model.apps.map((each) => (each.id === after.id ? after : each)) });

  if (grant === null) {
    const state = vouched(model, action) ?? no("not-found");
    if (entry?.attestation) {
      const attestation = turned(entry.attestation, turn);
      return { model: kept({ ...entry, attestation }), traces: told("attestation", attestation.id, entry.attestation, attestation) };
    }
    const app = lastVouchedFor(model, action);
    if (!app?.attestation || state !== app.attestation.state) return no("wrong-state");
    const attestation = turned(app.attestation, turn);
    fourEyes(app, action);
    return { model: keptApp({ ...app, attestation }), traces: told("attestation", app.id, app.attestation, attestation) };
  }
  const key = grantsAt(model, action)[grant] ?? no("not-found");
  const after = turned(key, turn);
  const traces = told("grant", key.id, key, after);
  if (entry?.grant && entry.grant === key) return { model: kept({ ...entry, grant: { ...entry.grant, ...after } }), traces };
  const app = model.apps.find(({ grants }) => grants.some(({ id }) => id === key.id)) ?? no("not-found");
  fourEyes(app, action);
  return { model: keptApp({ ...app, grants: app.grants.map((each) => (each.id === key.id ? { ...each, ...after } : each)) }), traces };
}

/** Every grant the brand ever had there. */
export const grantsAt = ({ apps, entries }: Model, place: Served): readonly (Key & { readonly id: string })[] => [
  ...entries.flatMap((entry) => (isAt(entry, place) && entry.grant ? [entry.grant] : [])),
  ...apps
    .filter(({ brand, festival }) => brand === place.brand && festival === place.festival)
    .flatMap(({ grants }) => grants.filter(({ surface }) => surface === place.surface)),
];

const lapse = <K extends Key>(key: K): K => (key.state === "revoked" ? key : turned(key, "revoke"));

/** Both keys revoked, as far as they were not. */
function lapsed({ id, attestation, grants }: AppModel) {
  const keys = { attestation: attestation && lapse(attestation), grants: grants.map(lapse) };
  const effects = [
    ...(attestation && attestation.state !== "revoked"
      ? [`attestation:revoke attestation/${id} ${attestation.version + 1} ${attestation.state}>revoked`]
      : []),
    ...grants.flatMap((grant) =>
      grant.state === "revoked" ? [] : [`grant:revoke grant/${grant.id} ${grant.version + 1} ${grant.state}>revoked`],
    ),
  ];
  return { keys, effects };
}

const applicationTrace = (
  verb: string,
  before: string | null,
  { id, version, state, brand }: AppModel,
  effects: readonly string[] = [],
): Trace => ({
  subject: `application/${id}`,
  action: `application:${verb}`,
  version,
  before,
  after: state,
  effects: [...effects].sort(),
  brand,
});

const keyTrace = (kind: string, id: string, verb: Turn | "import", before: Key | null, after: Key, brand: string): Trace => ({
  subject: `${kind}/${id}`,
  action: `${kind}:${verb}`,
  version: after.version,
  before: before?.state ?? null,
  after: after.state,
  effects: [],
  brand,
});

/** An import with nobody else about: refused as a whole, or when no row changes anything, with what its rows are refused for. */
function importedAlone(model: Model, action: Importing): Outcome {
  const { as, festival, surface, rows } = action;
  const into = { as, festival, surface };
  let now = importStep(model, { ...into, verb: "begin-import" });
  const codes = new Set<string>();
  let isIdle = true;
  for (const [index, row] of rows.entries()) {
    if ("refused" in now) return now;
    const isRepeated = rows.findIndex(({ brand }) => brand === row.brand) < index;
    const next = importStep(now.model, { ...into, verb: "take-row", id: "?", row, isRepeated });
    if ("refused" in next) codes.add(next.refused);
    else {
      now = next;
      isIdle &&= next.became === "unchanged";
    }
  }
  return isIdle ? { refused: [...codes].join(" ") || "nothing-new" } : now;
}

/** One step of an import. `id`: of the import, or of the key that a row is about. */
export function importStep(model: Model, step: ImportStep, id = "?"): Outcome {
  try {
    if (step.verb === "begin-import") return begun(model, step, id);
    if (step.verb === "take-row") return taking(model, step, id);
    const trace = { subject: `import/${step.id}`, action: "import:finish", version: 2 + step.blocks, before: "open", after: "finished" };
    return { model, traces: [{ ...trace, effects: [], brand: null }] };
  } catch (error) {
    if (error instanceof No) return { refused: error.message };
    throw error;
  }
}

/** An attester's list is key one, a reviewer's key two; whoever has brought one of them in brings in no other. */
function begun(model: Model, { as, festival, surface }: ImportStep, id: string): Outcome {
  const { role, tenant } = PEOPLE[as];
  if (role !== "attester" && role !== "reviewer") no("forbidden");
  if (tenant !== (role === "attester" ? "tmall" : "wechat")) no("not-found");
  const earlier = model.imports.find((each) => each.festival === festival && each.surface === surface && sub(each.as) === sub(as));
  if (earlier && PEOPLE[earlier.as].role !== role) no("self-review");
  const trace = { subject: `import/${id}`, action: "import:begin", version: 1, before: null, after: "open", effects: [], brand: null };
  return { model: { ...model, imports: [...model.imports, { id, as, festival, surface, claimed: {} }] }, traces: [trace] };
}

function taking(model: Model, { as, festival, surface, row, isRepeated, id: of }: ImportStep & { verb: "take-row" }, id: string): Outcome {
  if (isRepeated) no("brand-repeated");
  const into = model.imports.find((each) => each.id === of);
  const place = { festival, surface, brand: row.brand };
  const entry = model.entries.find((each) => isAt(each, place)) ?? { ...place, attestation: null, grant: null };
  const key = PEOPLE[as].role === "attester" ? "attestation" : "grant";
  const state = key === "attestation" ? vouched(model, place) : entry.grant?.state;
  const holders = [model.names[`${festival} ${row.name}`]?.brand, into?.claimed[row.name]];
  const faults = [
    ...(row.storeType === "flagship" ? [] : ["store-type-not-admitted"]),
    ...row.phases.flatMap((phase) => (FESTIVALS[festival].phases.some(({ id }) => id === phase) ? [] : ["phases-unknown"])),
    ...(row.until <= model.now ? ["attestation-expired"] : []),
    ...(model.apps.some((app) => isLive(app) && app.brand === row.brand && app.festival === festival) ? ["already-applied"] : []),
    ...(holders.some((holder) => holder !== undefined && holder !== row.brand) ? ["name-looks-alike"] : []),
    ...(state === undefined || state === "current" ? [] : [`key-${state}`]),
  ];
  if (faults.length > 0) no(faults.sort().join(" "));
  if (key === "grant" && !entry.grant && isFull(model, festival, surface)) no("trial-full");

  const claims = {
    ...model,
    imports: model.imports.map((each) => (each.id === of ? { ...each, claimed: { ...each.claimed, [row.name]: row.brand } } : each)),
  };
  const before = entry[key];
  const common = { id: before?.id ?? id, state: "current" as const, version: (before?.version ?? 0) + 1 };
  const attestation = key === "attestation" ? { ...common, expiresAt: row.until } : entry.attestation;
  const grant = key === "grant" ? { ...common, expiresAt: FESTIVALS[festival].closesAt, name: row.name, phases: row.phases } : entry.grant;
  const after = { ...entry, attestation, grant };
  if (before && saysTheSame(entry, after)) return { model: claims, traces: [], became: "unchanged" };
  const entries = [...model.entries.filter((each) => each !== entry), after];
  return {
    model: claimed({ ...claims, entries }, { ...place, id: null }, row.name),
    traces: [keyTrace(key, common.id, "import", before, common as unknown as Key, row.brand)],
    became: before ? "changed" : "added",
  };
}

const isAt = (entry: EntryModel, { festival, surface, brand }: Pick<EntryModel, "festival" | "surface" | "brand">) =>
  entry.festival === festival && entry.surface === surface && entry.brand === brand;

const saysTheSame = (one: EntryModel, other: EntryModel) =>
  one.attestation?.expiresAt === other.attestation?.expiresAt &&
  one.grant?.name === other.grant?.name &&
  JSON.stringify(one.grant?.phases) === JSON.stringify(other.grant?.phases);

/** Instances' clocks may differ by so much; every window and key ends, and every window begins, that much inside. */
const GUARD_MS = 250;

const isCurrent = (key: Key | null, at: Instant): boolean => key?.state === "current" && at < key.expiresAt - GUARD_MS;

interface Served {
  readonly festival: FestivalNo;
  readonly surface: SurfaceId;
  readonly brand: Brand;
}

/** Both keys, of one application or of lists, are current on the surface, and a phase is open that the grant names. */
export function mayServe({ apps, entries }: Model, place: Served, at: Instant): boolean {
  const { festival, surface, brand } = place;
  const open = FESTIVALS[festival].phases.find(({ opensAt, closesAt }) => opensAt + GUARD_MS <= at && at < closesAt - GUARD_MS);
  const isFor = (grant: Pick<Term, "phases"> | null) => open !== undefined && grant?.phases.includes(open.id) === true;
  return (
    entries.some((entry) => isAt(entry, place) && isCurrent(entry.attestation, at) && isCurrent(entry.grant, at) && isFor(entry.grant)) ||
    apps.some(
      (app) =>
        app.brand === brand &&
        app.festival === festival &&
        app.attestation?.surfaces.includes(surface) === true &&
        isCurrent(app.attestation, at) &&
        app.grants.some((grant) => grant.surface === surface && isCurrent(grant, at) && isFor(grant)),
    )
  );
}

/** How the marketplace's word for the brand on the surface stands; undefined when it never gave it. */
export function vouched({ apps, entries }: Model, place: Served): Key["state"] | undefined {
  const { festival, surface, brand } = place;
  const entry = entries.find((each) => isAt(each, place) && each.attestation);
  if (entry) return entry.attestation?.state;
  const last = lastVouchedFor({ apps }, { festival, surface, brand });
  return last && (last.attestation?.surfaces.includes(surface) ? last.attestation.state : "revoked");
}

const lastVouchedFor = ({ apps }: Pick<Model, "apps">, { festival, surface, brand }: Served): AppModel | undefined =>
  apps.findLast((app) => app.brand === brand && app.festival === festival && app.vouchedOn.includes(surface));

/** The marketplace's word for the brand there, of a list or of an application. */
export const attestationAt = (model: Model, place: Served): Key | null =>
  model.entries.find((entry) => isAt(entry, place))?.attestation ?? lastVouchedFor(model, place)?.attestation ?? null;
