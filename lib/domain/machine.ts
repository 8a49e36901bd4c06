import type { Role } from "./authorisation.ts";
import { Refusal, type RefusalCode } from "./refusal.ts";

/** What a verb does in a state: who may use it there, and the state that follows. */
export interface Step<State extends string> {
  readonly by: Role | "clock";
  readonly to: State;
}

/** A state machine as a table: a verb that a state does not name is refused there. ARCHITECTURE.md draws it from the same table. */
export type Machine<State extends string, Verb extends string> = Readonly<Record<State, Readonly<Partial<Record<Verb, Step<State>>>>>>;

/** The state after the verb. @throws Refusal, by default `wrong-state`, naming the verbs there are. */
export function next<State extends string, Verb extends string>(
  machine: Machine<State, Verb>,
  state: State,
  verb: Verb,
  otherwise: RefusalCode = "wrong-state",
): State {
  const step = machine[state][verb];
  if (step) return step.to;
  const possible = Object.keys(machine[state]);
  throw new Refusal(otherwise, [
    {
      code: `${verb}-not-possible`,
      field: "",
      detail: `It is ${state}; possible from here: ${possible.length > 0 ? possible.join(", ") : "nothing"}.`,
    },
  ]);
}
