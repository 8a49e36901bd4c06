import { expect } from "@jest/globals";
import fc from "fast-check";
import { type Aim, actionBy, diceOf } from "./choices.ts";
import type { Action } from "./pure.ts";
import { expectExplained, expectForetold, happen, type Keyed, type Run, send } from "./run.ts";

const numbers = fc.array(fc.nat(9_999), { minLength: 40, maxLength: 40 });

abstract class Step implements fc.AsyncCommand<object, Run> {
  said = "not done";
  check = () => true;
  abstract do(run: Run): Promise<void>;
  run = (_: object, run: Run) => this.do(run);
  toString = () => this.said;
  say(actions: readonly Action[], how = ""): void {
    this.said = `${how}${actions.map((action) => JSON.stringify(action)).join(" || ")}`;
  }
}

class Alone extends Step {
  readonly dice: readonly number[];
  readonly aim: Aim;
  constructor(dice: readonly number[], aim: Aim) {
    super();
    this.dice = dice;
    this.aim = aim;
  }
  async do(run: Run): Promise<void> {
    const action = actionBy(run.model, diceOf(this.dice), this.aim);
    this.say([action]);
    if (action.verb === "import") return expectForetold(run, action);
    const key = `key-${++run.keys}`;
    const before = run.model;
    const [answer] = await happen(run, [action], [key]);
    if (answer && answer.status < 300) run.kept.push({ action, key, model: before, answer });
  }
}

class Together extends Step {
  readonly dice: readonly number[];
  readonly count: number;
  constructor(dice: readonly number[], count: number) {
    super();
    this.dice = dice;
    this.count = count;
  }
  async do(run: Run): Promise<void> {
    const dice = diceOf(this.dice);
    const about = dice(4) > 0 && run.model.apps.length > 0 ? dice(run.model.apps.length) : undefined;
    const first = actionBy(run.model, dice, "possible", about);
    // Rivals who want the same of it, or of another, meet more races than any two who do something.
    const alike = dice(2) === 0;
    const rival = (tries = 1): Action => {
      const action = actionBy(run.model, (sides) => (dice(10_000) * 11 + tries) % sides, "possible", about);
      return alike && action.verb !== first.verb && tries < 12 ? rival(tries + 1) : action;
    };
    const actions = [first, ...Array.from({ length: this.count - 1 }, () => rival())];
    this.say(actions, "together: ");
    await happen(run, actions);
  }
}

class Twins extends Step {
  readonly dice: readonly number[];
  constructor(dice: readonly number[]) {
    super();
    this.dice = dice;
  }
  /** One request that arrives twice at once, under one Idempotency-Key: done once, answered alike. */
  async do(run: Run): Promise<void> {
    const action = actionBy(run.model, diceOf(this.dice), "possible");
    this.say([action], "twice at once: ");
    if (action.verb === "import") return void (await happen(run, [action, action]));
    const key = `key-${++run.keys}`;
    run.desk.registry.done.length = 0;
    const [one, two] = await Promise.all([send(run, action, key), send(run, action, key)]);
    if (one.status < 300) expect(two).toEqual(one);
    else expect({ ...two.body, requestId: "" }).toEqual({ ...one.body, requestId: "" });
    await expectExplained(run, [action], [one], [key]);
  }
}

class Again extends Step {
  readonly pick: number;
  constructor(pick: number) {
    super();
    this.pick = pick;
  }
  /** What was answered under a key is answered so again, however much has changed since, and nothing is done; another request under it is refused. */
  async do(run: Run): Promise<void> {
    const kept = run.kept[this.pick % Math.max(1, run.kept.length)];
    if (!kept) return;
    this.say([kept.action], "again: ");
    run.desk.registry.done.length = 0;
    const then = { ...run, model: kept.model };
    expect(await send(then, kept.action, kept.key)).toEqual(kept.answer);
    const other = otherwise(kept.action);
    if (other) expect(await send(then, other, kept.key)).toMatchObject({ status: 422, body: { code: "idempotency-key-reused" } });
    expect(run.desk.registry.done).toEqual([]);
  }
}

/** The same action about something else; undefined where there is nothing else to say. */
function otherwise(action: Keyed): Keyed | undefined {
  if (action.verb === "open" || action.verb === "edit") return { ...action, form: { ...action.form, contact: action.form.contact + 1 } };
  return action.verb === "attest" ? { ...action, expiresAt: action.expiresAt + 1 } : undefined;
}

class Later extends Step {
  readonly ms: number;
  constructor(ms: number) {
    super();
    this.ms = ms;
  }
  async do(run: Run): Promise<void> {
    this.said = `${this.ms / 3_600_000} h later`;
    run.clock.now += this.ms;
    run.model = { ...run.model, now: run.clock.now };
  }
}

/** Up to so many steps of a run. */
export const stepsUpTo = (maxCommands: number) =>
  fc.commands(
    [
      ...[1, 2, 3, 4].map(() => numbers.map((dice) => new Alone(dice, "possible"))),
      fc.tuple(numbers, fc.constantFrom<Aim>("any", "telling", "telling")).map(([dice, aim]) => new Alone(dice, aim)),
      fc.tuple(numbers, fc.constantFrom(2, 2, 3)).map(([dice, count]) => new Together(dice, count)),
      numbers.map((dice) => new Together(dice, 2)),
      fc.oneof(
        numbers.map((dice) => new Twins(dice)),
        fc.nat(99).map((pick) => new Again(pick)),
        fc.constantFrom(3_600_000, 3_600_000, 86_400_000, 5 * 86_400_000).map((ms) => new Later(ms)),
      ),
    ],
    { maxCommands, size: "max" },
  );
