import { type Action, type AppModel, after, type Model, type Term, type Verb } from "./pure.ts";
import { BEGINS, CLOSED_CATEGORY, DEADLINE, type Form, NAME_COUNT, PEOPLE, type Person, SEASON_CLOSES_AT } from "./season-of-runs.ts";

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
  edit: BRANDS_PEOPLE,
  submit: BRANDS_PEOPLE,
  withdraw: BRANDS_PEOPLE,
  appeal: BRANDS_PEOPLE,
  attest: ["lin", "lin", "lin", "ann, attesting", "an attester elsewhere"],
  "turn-attestation": ["lin", "lin", "lin", "ann, attesting", "an attester elsewhere"],
  approve: ["wei", "xia", "ann, reviewing", "a reviewer elsewhere"],
  deny: ["wei", "xia", "ann, reviewing", "a reviewer elsewhere"],
  "request-changes": ["wei", "xia", "ann, reviewing", "a reviewer elsewhere"],
  "turn-grant": ["wei", "xia", "ann, reviewing", "a reviewer elsewhere"],
};
/** How often each is tried: what leads on more often than what ends a story. */
const WEIGHTS: Readonly<Record<Verb, number>> = {
  open: 2,
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

/** Any action at all, most of which will be refused. */
function anyAction(model: Model, dice: Dice, verb: Verb, about: number | undefined): Action {
  const as = dice(12) === 0 ? oneOf(EVERYBODY, dice) : oneOf(DOERS[verb], dice);
  const app = about ?? dice(model.apps.length + 1);
  const found = model.apps[app];
  switch (verb) {
    case "open":
      return { verb, as, submit: dice(3) > 0, form: formBy(dice) };
    case "edit": {
      const isContactOnly = dice(3) === 0 && found;
      return { verb, as, app, form: isContactOnly ? { ...found.form, contact: dice(3) } : formBy(dice) };
    }
    case "attest":
      return { verb, as, app, expiresAt: oneOf([SEASON_CLOSES_AT, SEASON_CLOSES_AT, DEADLINE + 4 * 86_400_000, BEGINS], dice) };
    case "approve":
      return { verb, as, app, terms: termsBy(found, dice), waives: waiversBy(found, dice) };
    case "turn-attestation":
      return { verb, as, app, turn: oneOf(["suspend", "reinstate", "revoke"], dice) };
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

const suits = (model: Model, action: Action, aim: Aim, dice: Dice): boolean => {
  const outcome = after(model, action);
  if (aim === "telling") return "refused" in outcome && !PLAIN.has(outcome.refused);
  // What could always be done, and undoes the rest, is done now and then.
  const isFrugal = action.verb === "withdraw" || action.verb === "edit" || action.verb === "turn-attestation";
  return !("refused" in outcome) && (!isFrugal || dice(4) === 0);
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
