import {
  type Action,
  type AppModel,
  after,
  type Importing,
  type Model,
  type Row,
  type Term,
  type TurningEntry,
  type Verb,
} from "./pure.ts";
import {
  BEGINS,
  BRANDS,
  type Brand,
  CLOSED_CATEGORY,
  FESTIVALS,
  type FestivalNo,
  type Form,
  NAME_COUNT,
  PEOPLE,
  type Person,
  SURFACES,
} from "./season-of-runs.ts";

/** Numbers to choose by, one after the other. */
export type Dice = (sides: number) => number;

export function diceOf(numbers: readonly number[]): Dice {
  let thrown = 0;
  return (sides) => (numbers[thrown++ % numbers.length] ?? 0) % sides;
}

const oneOf = <T>(choices: readonly [T, ...T[]], dice: Dice): T => choices[dice(choices.length)] ?? choices[0];
const peopleOf = (...roles: readonly string[]) => (Object.keys(PEOPLE) as Person[]).filter((person) => roles.includes(PEOPLE[person].role));

const BRANDS_PEOPLE = peopleOf("brand") as [Person, ...Person[]];
const EVERYBODY = peopleOf("brand", "attester", "reviewer", "operator", "auditor", "feed") as [Person, ...Person[]];
const DOERS: Readonly<Record<Verb, [Person, ...Person[]]>> = {
  open: BRANDS_PEOPLE,
  renew: BRANDS_PEOPLE,
  import: ["lin", "lin", "wei", "wei", "xia", "lin, reviewing", "an attester elsewhere", "a reviewer elsewhere"],
  edit: BRANDS_PEOPLE,
  submit: BRANDS_PEOPLE,
  withdraw: BRANDS_PEOPLE,
  appeal: BRANDS_PEOPLE,
  attest: ["lin", "lin", "lin", "ann, attesting", "an attester elsewhere"],
  "turn-attestation": ["lin", "lin", "lin", "ann, attesting", "an attester elsewhere"],
  approve: ["wei", "xia", "ann, reviewing", "ann, reviewing", "a reviewer elsewhere"],
  deny: ["wei", "xia", "ann, reviewing", "ann, reviewing", "a reviewer elsewhere"],
  "request-changes": ["wei", "xia", "ann, reviewing", "ann, reviewing", "a reviewer elsewhere"],
  "turn-grant": ["wei", "xia", "ann, reviewing", "a reviewer elsewhere"],
  "turn-entry": ["lin", "wei", "xia", "lin", "ann, attesting", "ann, reviewing", "an attester elsewhere", "a reviewer elsewhere"],
};
/** How often each is tried: what leads on more often than what ends a story. */
const WEIGHTS: Readonly<Record<Verb, number>> = {
  open: 2,
  renew: 3,
  import: 3,
  edit: 2,
  submit: 3,
  withdraw: 1,
  appeal: 2,
  attest: 4,
  approve: 5,
  deny: 1,
  "request-changes": 1,
  "turn-attestation": 2,
  "turn-grant": 4,
  "turn-entry": 4,
};
const VERBS = (Object.keys(WEIGHTS) as Verb[]).flatMap((verb) => Array<Verb>(WEIGHTS[verb]).fill(verb)) as [Verb, ...Verb[]];

const formBy = (dice: Dice): Form => ({
  name: dice(NAME_COUNT),
  surfaces: oneOf<Form["surfaces"]>([["moments"], ["search"], ["moments", "search"], ["moments", "search"]], dice),
  category: dice(8) === 0 ? CLOSED_CATEGORY : oneOf(["beauty", "home"], dice),
  contact: dice(3),
});

const term = (surface: Term["surface"], dice: Dice): Term => ({
  surface,
  phases: oneOf<readonly string[]>([["first", "second"], ["first"], ["second"]], dice),
});

function termsBy(app: AppModel | undefined, dice: Dice): readonly Term[] {
  if (!app || dice(8) === 0) return [term("moments", dice), term("search", dice)];
  const each = app.form.surfaces.map((surface) => term(surface, dice));
  return dice(2) === 0 ? each : [...each, ...app.form.surfaces.map((surface) => term(surface, dice))];
}

/** For what is flagged, mostly; sometimes for nothing, or for what is not. */
function waiversBy(app: AppModel | undefined, dice: Dice): readonly string[] {
  const flagged = [...new Set((app?.flags ?? []).map((flag) => flag.split(" ")[0] ?? ""))];
  return oneOf<readonly string[]>([flagged, flagged, flagged, flagged, flagged, [], ["trial-full"]], dice);
}

/** A list: where there is one already more often than elsewhere, of brands new or known, and of each as it stands or otherwise. */
function listBy({ entries }: Model, dice: Dice): Importing {
  const as = oneOf(DOERS.import, dice);
  const { festival, surface } = entries[dice(entries.length + 1)] ?? { festival: festivalBy(dice), surface: oneOf(SURFACES, dice) };
  const there = entries.filter((entry) => entry.festival === festival && entry.surface === surface);
  const rows = Array.from({ length: 1 + dice(3) }, () => rowBy(festival, there, dice));
  return { verb: "import", as, festival, surface, rows };
}

function rowBy(festival: FestivalNo, there: Model["entries"], dice: Dice): Row {
  const known = there[dice(there.length * 2 + 1)];
  const kept = dice(2) === 0 ? known : undefined;
  return {
    brand: known?.brand ?? oneOf<Brand>([...BRANDS, "brand-d", "brand-d", "brand-d", "brand-d"], dice),
    name: kept?.grant?.name ?? dice(NAME_COUNT),
    storeType: dice(10) === 0 ? "independent" : "flagship",
    phases: kept?.grant?.phases ?? oneOf<readonly string[]>([["first", "second"], ["first"], ["second"], ["first", "third"]], dice),
    until: kept?.attestation?.expiresAt ?? endBy(festival, dice),
  };
}

/** When the marketplace's word ends: with the festival, in the middle of it, or at once. */
const endBy = (festival: FestivalNo, dice: Dice) => {
  const { closesAt, phases } = FESTIVALS[festival];
  return oneOf([closesAt, closesAt, phases[0].closesAt, BEGINS], dice);
};

/** The one at hand more often than the later one. */
const festivalBy = (dice: Dice): FestivalNo => (dice(4) === 0 ? 1 : 0);

/** A turn of a key that is there, or of one that may be. */
function turnedBy({ entries }: Model, dice: Dice): TurningEntry {
  const as = dice(12) === 0 ? oneOf(EVERYBODY, dice) : oneOf(DOERS["turn-entry"], dice);
  const [known, brand] = [entries[dice(entries.length + 1)], oneOf(BRANDS, dice)];
  const place = known ?? { festival: festivalBy(dice), surface: oneOf(SURFACES, dice), brand };
  const turn = oneOf(["suspend", "reinstate", "revoke", "revoke"] as const, dice);
  const grant = PEOPLE[as].role === "attester" ? null : dice(2);
  return { verb: "turn-entry", as, festival: place.festival, surface: place.surface, brand: place.brand, turn, grant };
}

/** Any action at all, most of which will be refused. */
function anyAction(model: Model, dice: Dice, verb: Verb, about: number | undefined): Action {
  const as = dice(12) === 0 ? oneOf(EVERYBODY, dice) : oneOf(DOERS[verb], dice);
  const app = about ?? dice(model.apps.length + 1);
  const found = model.apps[app];
  switch (verb) {
    case "open":
      return { verb, as, festival: festivalBy(dice), submit: dice(3) > 0, form: formBy(dice) };
    case "renew":
      return { verb, as, app, festival: dice(6) === 0 ? 0 : 1 };
    case "import": {
      const list = listBy(model, dice);
      return dice(12) === 0 ? { ...list, as } : list;
    }
    case "edit": {
      const isContactOnly = dice(3) === 0 && found;
      return { verb, as, app, form: isContactOnly ? { ...found.form, contact: dice(3) } : formBy(dice) };
    }
    case "attest":
      return { verb, as, app, expiresAt: endBy(found?.festival ?? 0, dice) };
    case "approve":
      return { verb, as, app, terms: termsBy(found, dice), waives: waiversBy(found, dice) };
    case "turn-attestation":
      return { verb, as, app, turn: oneOf(["suspend", "reinstate", "revoke"], dice) };
    case "turn-entry":
      return turnedBy(model, dice);
    case "turn-grant":
      return {
        verb,
        as,
        app,
        grant: dice((found?.grants.length ?? 0) + 1),
        turn: oneOf(["suspend", "reinstate", "reinstate", "revoke"], dice),
      };
    default:
      return { verb, as, app };
  }
}

export type Aim = "possible" | "telling" | "any";

/** Refusals that come of who asks for what rather than of what there is. */
const PLAIN = new Set(["forbidden", "not-found", "wrong-state"]);

/** What could always be done, or undoes the rest, is done one time in so many. */
const RARITY: Readonly<Partial<Record<Verb, number>>> = { withdraw: 4, edit: 4, "turn-attestation": 4, import: 3 };

const suits = (model: Model, action: Action, aim: Aim, dice: Dice): boolean => {
  const outcome = after(model, action);
  // Of a key, what its state refuses is all there is to tell: a revoked one stays so.
  const tells = (code: string) => !PLAIN.has(code) || (code === "wrong-state" && "turn" in action);
  const isWanted = aim === "telling" ? "refused" in outcome && tells(outcome.refused) : !("refused" in outcome);
  return isWanted && dice(RARITY[action.verb] ?? 1) === 0;
};

/** An action: where there is one, one that should be accepted, or one that should be refused for a reason of its own. `about` keeps to one application. */
export function actionBy(model: Model, dice: Dice, aim: Aim, about?: number): Action {
  let action = anyAction(model, dice, oneOf(VERBS, dice), about);
  if (aim === "any") return action;
  for (let tries = 1; tries <= 80 && !suits(model, action, aim, dice); tries++) {
    // Dice that come round again come to something else each time.
    const again: Dice = (sides) => (dice(10_000) * 7 + tries * 13) % sides;
    action = anyAction(model, again, oneOf(VERBS, again), about);
  }
  return action;
}
