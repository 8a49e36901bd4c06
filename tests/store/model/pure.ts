import type { Role } from "../../../lib/domain/authorisation.ts";
import type { Instant } from "../../../lib/domain/window.ts";
import {
  CLOSED_CATEGORY,
  DEADLINE,
  type Form,
  PEOPLE,
  type Person,
  PHASES,
  SEASON_CLOSES_AT,
  type SurfaceId,
  TRIALS,
} from "./season-of-runs.ts";

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

export type Action =
  | { readonly verb: "open"; readonly as: Person; readonly submit: boolean; readonly form: Form }
  | (On & { readonly verb: "edit"; readonly form: Form })
  | (On & { readonly verb: "submit" | "withdraw" | "appeal" })
  | (On & { readonly verb: "attest"; readonly expiresAt: Instant })
  | (On & { readonly verb: "approve"; readonly terms: readonly Term[]; readonly waives: readonly string[] })
  | (On & { readonly verb: "deny" | "request-changes" })
  | (On & { readonly verb: "turn-attestation"; readonly turn: Turn })
  | (On & { readonly verb: "turn-grant"; readonly grant: number; readonly turn: Turn });

export type Verb = Action["verb"];

interface Key {
  readonly state: "current" | "suspended" | "revoked";
  readonly version: number;
  readonly expiresAt: Instant;
}

interface GrantModel extends Key, Term {
  readonly id: string;
}

export interface AppModel {
  readonly id: string;
  readonly brand: string;
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
  readonly grants: readonly GrantModel[];
}

export interface Model {
  readonly now: Instant;
  readonly apps: readonly AppModel[];
  /** The application, and its brand, that was the first of those there are to have each name. */
  readonly names: Readonly<Record<number, Pick<AppModel, "id" | "brand">>>;
}

export const EMPTY = (now: Instant): Model => ({ now, apps: [], names: {} });

/** What is announced of an accepted action: the changed thing, and what changed with it. */
export interface Trace {
  readonly subject: string;
  readonly action: string;
  readonly version: number;
  readonly before: string | null;
  readonly after: string;
  readonly effects: readonly string[];
}

export type Outcome = { readonly refused: string } | { readonly model: Model; readonly trace: Trace };

class No extends Error {}
const no = (code: string): never => {
  throw new No(code);
};

const DOERS: Readonly<Record<Verb, Role>> = {
  open: "brand",
  edit: "brand",
  submit: "brand",
  withdraw: "brand",
  appeal: "brand",
  attest: "attester",
  "turn-attestation": "attester",
  approve: "reviewer",
  deny: "reviewer",
  "request-changes": "reviewer",
  "turn-grant": "reviewer",
};

const sub = (as: Person): string => {
  const person = PEOPLE[as];
  return "sub" in person ? person.sub : as;
};
const joined = (editors: readonly string[], as: Person) => (editors.includes(sub(as)) ? editors : [...editors, sub(as)]);

/** What the action comes to. `ids` are those the gate gave to what the action makes. */
export function after(model: Model, action: Action, ids: readonly string[] = []): Outcome {
  try {
    if (PEOPLE[action.as].role !== DOERS[action.verb]) return { refused: "forbidden" };
    return action.verb === "open" ? opened(model, action, ids) : changed(model, action, ids);
  } catch (error) {
    if (error instanceof No) return { refused: error.message };
    throw error;
  }
}

function opened(model: Model, { as, submit, form }: Action & { verb: "open" }, [id = "?"]: readonly string[]): Outcome {
  const brand = PEOPLE[as].tenant;
  const draft: AppModel = {
    id,
    brand,
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
    grants: [],
  };
  const app = submit ? { ...draft, state: "pending" as const, revision: 1, flags: admitted(model, draft) } : draft;
  if (model.apps.some((other) => other.brand === brand && other.state !== "withdrawn")) no("already-applied");
  const opened = { ...model, apps: [...model.apps, app] };
  return {
    model: submit ? named(opened, app) : opened,
    trace: applicationTrace(submit ? "submit" : "draft", null, app),
  };
}

/** The application as the person may know it. */
function seen(model: Model, { as, app }: On): AppModel {
  const { role, tenant } = PEOPLE[as];
  const found = model.apps[app];
  const reached =
    found && (role === "brand" ? found.brand === tenant : found.revision > 0 && tenant === (role === "attester" ? "tmall" : "wechat"));
  return reached ? found : no("not-found");
}

function changed(model: Model, action: Exclude<Action, { verb: "open" }>, ids: readonly string[]): Outcome {
  const before = seen(model, action);
  const { as } = action;
  const next = (changes: Partial<AppModel>): AppModel => ({ ...before, ...changes, version: before.version + 1 });
  const kept = (after: AppModel): Model => ({ ...model, apps: model.apps.map((each) => (each.id === after.id ? after : each)) });
  const told = (verb: string, app: AppModel, effects: readonly string[] = []): Outcome => ({
    model: kept(app),
    trace: applicationTrace(verb, before.state, app, effects),
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
      return { model: named(kept(app), app), trace: applicationTrace("amend", before.state, app, effects) };
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
      return { model: named(kept(app), app), trace: applicationTrace("submit", before.state, app, effects) };
    }
    case "withdraw": {
      needs("draft", "pending", "changes-requested", "denied", "approved");
      const { keys, effects } = lapsed(before);
      const app = next({ ...keys, state: "withdrawn", editors: joined(before.editors, as) });
      return { model: unnamed(kept(app), app), trace: applicationTrace("withdraw", before.state, app, effects) };
    }
    case "appeal": {
      needs("denied");
      if (before.appealed) no("already-appealed");
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
        version: (before.attestation?.version ?? 0) + 1,
        expiresAt: action.expiresAt,
        surfaces: before.form.surfaces,
        revision: before.revision,
      };
      const verb = earlier?.state === "current" ? "renew" : "give";
      const effect = `attestation:${verb} attestation/${before.id} ${attestation.version} ${earlier?.state ?? null}>current`;
      return told("attest", next({ attested: true, vouchedFor: before.form, attestation }), [effect]);
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
      return { model: isForGood ? unnamed(kept(app), app) : kept(app), trace: applicationTrace(action.verb, before.state, app) };
    }
    case "turn-attestation": {
      const key = before.attestation ?? no("not-found");
      const attestation = turned(key, action.turn);
      if (action.turn === "reinstate" && before.editors.includes(sub(as))) no("self-review");
      const app = { ...before, attestation };
      return { model: kept(app), trace: keyTrace("attestation", before.id, action.turn, key, attestation) };
    }
    case "turn-grant": {
      // A grant on a surface that the application no longer asks for was revoked, and is not shown any more.
      const key = before.grants[action.grant];
      if (!key || !before.form.surfaces.includes(key.surface)) return no("not-found");
      const grant = turned(key, action.turn);
      if (action.turn === "reinstate" && before.editors.includes(sub(as))) no("self-review");
      const app = { ...before, grants: before.grants.map((each) => (each.id === grant.id ? grant : each)) };
      return { model: kept(app), trace: keyTrace("grant", grant.id, action.turn, key, grant) };
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
  if (!action.terms.every(({ surface }) => before.form.surfaces.includes(surface))) no("not-admissible");
  for (const surface of new Set(action.terms.map((term) => term.surface))) {
    const isWaived = before.flags.includes(`trial-full /surfaces/${before.form.surfaces.indexOf(surface)}`);
    if (!isWaived && taken(model, surface) >= TRIALS[surface].places) no("trial-full");
  }
  const given = action.terms.map(
    (term, index): GrantModel => ({ ...term, id: ids[index] ?? "?", state: "current", version: 1, expiresAt: SEASON_CLOSES_AT }),
  );
  const app = next({ state: "approved", grants: [...before.grants, ...given], rulings: ruled(before, action) });
  return told(
    "approve",
    app,
    given.map(({ id }) => `grant:give grant/${id} 1 null>current`),
  );
}

const ruled = ({ rulings, revision }: AppModel, { as, verb }: Action) => [...rulings, `${verb} by ${sub(as)} of ${revision}`];

const isSame = (one: Form, other: Form) => JSON.stringify({ ...one, contact: 0 }) === JSON.stringify({ ...other, contact: 0 });

/** A brand takes one place on a surface, however many grants it has there. */
export const taken = ({ apps }: Model, surface: SurfaceId): number => apps.filter((app) => holdsPlace(app, surface)).length;
const holdsPlace = ({ grants }: AppModel, on: SurfaceId) => grants.some(({ surface, state }) => surface === on && state !== "revoked");

/** The flags, when the machine lets it through. */
function admitted(model: Model, app: AppModel): readonly string[] {
  const { form, brand } = app;
  const full = form.surfaces.filter((surface) => !holdsPlace(app, surface) && taken(model, surface) >= TRIALS[surface].places);
  const isLate = app.revision === 0 && model.now >= DEADLINE;
  if (isLate || form.category === CLOSED_CATEGORY || full.some((surface) => !TRIALS[surface].waivable)) no("not-admissible");
  const holder = model.names[form.name]?.brand;
  return [
    ...(holder !== undefined && holder !== brand ? ["name-looks-alike /names"] : []),
    ...full.map((surface) => `trial-full /surfaces/${form.surfaces.indexOf(surface)}`),
  ];
}

const unnamed = (model: Model, { id }: AppModel): Model => ({
  ...model,
  names: Object.fromEntries(Object.entries(model.names).filter(([, holder]) => holder.id !== id)),
});
/** It has this name and no other; where somebody else has it already, none. */
const named = (model: Model, app: AppModel): Model => {
  const { id, brand, form } = app;
  const { names } = unnamed(model, app);
  return { ...model, names: { [form.name]: { id, brand }, ...names } };
};

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

const stands = (key: Key | null): boolean => key !== null && key.state !== "revoked";

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
  { id, version, state }: AppModel,
  effects: readonly string[] = [],
): Trace => ({
  subject: `application/${id}`,
  action: `application:${verb}`,
  version,
  before,
  after: state,
  effects: [...effects].sort(),
});

const keyTrace = (kind: string, id: string, turn: Turn, before: Key, after: Key): Trace => ({
  subject: `${kind}/${id}`,
  action: `${kind}:${turn}`,
  version: after.version,
  before: before.state,
  after: after.state,
  effects: [],
});

/** Instances' clocks may differ by so much; every window and key ends, and every window begins, that much inside. */
const GUARD_MS = 250;

const isCurrent = (key: Key | null, at: Instant): boolean => key !== null && key.state === "current" && at < key.expiresAt - GUARD_MS;

/** Both keys of one application are current on the surface, and a phase is open that the grant names. */
export const mayServe = ({ apps }: Model, brand: string, surface: SurfaceId, at: Instant): boolean => {
  const phase = PHASES.find(({ opensAt, closesAt }) => opensAt + GUARD_MS <= at && at < closesAt - GUARD_MS);
  return apps.some(
    ({ brand: whose, attestation, grants }) =>
      whose === brand &&
      phase !== undefined &&
      attestation?.surfaces.includes(surface) &&
      isCurrent(attestation, at) &&
      grants.some((grant) => grant.surface === surface && grant.phases.includes(phase.id) && isCurrent(grant, at)),
  );
};

/** Whether the marketplace vouches for the brand on the surface, be it served or not. */
export const isVouchedFor = ({ apps }: Model, brand: string, on: SurfaceId): boolean =>
  apps.some(({ brand: whose, attestation }) => whose === brand && attestation?.state === "current" && attestation.surfaces.includes(on));
