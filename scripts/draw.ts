import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { APPLICATION_MACHINE } from "../lib/domain/application-machine.ts";
import { CAMPAIGN_MACHINE } from "../lib/domain/campaign-machine.ts";
import { CARD_MACHINE } from "../lib/domain/card-machine.ts";
import { ATTESTATION_MACHINE, GRANT_MACHINE } from "../lib/domain/key.ts";
import type { Machine } from "../lib/domain/machine.ts";
import { SEASON_MACHINE } from "../lib/domain/season-machine.ts";
import { writeAtomically } from "./local/write-atomically.ts";

const FILE = resolve(import.meta.dirname, "../ARCHITECTURE.md");
const MACHINES = {
  Application: APPLICATION_MACHINE,
  "Attestation, key one": ATTESTATION_MACHINE,
  "Grant, key two": GRANT_MACHINE,
  Campaign: CAMPAIGN_MACHINE,
  Card: CARD_MACHINE,
  Season: SEASON_MACHINE,
} as const;

const START = "<!-- drawn by npm run draw from the tables in lib/domain -->";
const END = "<!-- end of what is drawn -->";

/** The text with every state machine drawn anew between its marks. */
export function redrawn(text: string): string {
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error("ARCHITECTURE.md has no place for the drawings");
  const drawings = Object.entries(MACHINES).map(([name, machine]) => `**${name}**\n\n\`\`\`mermaid\n${drawn(machine)}\n\`\`\``);
  return `${text.slice(0, from)}${START}\n\n${drawings.join("\n\n")}\n\n${text.slice(to)}`;
}

/** The machine as a Mermaid state diagram: every arrow is a row of its table. */
function drawn(machine: Machine<string, string>): string {
  const id = (state: string) => state.replaceAll("-", "_");
  const states = Object.keys(machine);
  const arrows = states.flatMap((state) =>
    Object.entries(machine[state] ?? {}).flatMap(([verb, step]) =>
      step ? [`  ${id(state)} --> ${id(step.to)}: ${verb} (${step.by})`] : [],
    ),
  );
  const ends = states.filter((state) => Object.keys(machine[state] ?? {}).length === 0).map((state) => `  ${id(state)} --> [*]`);
  const [first = ""] = states;
  return ["stateDiagram-v2", "  direction LR", `  [*] --> ${id(first)}`, ...arrows, ...ends].join("\n");
}

if (import.meta.main) await writeAtomically(FILE, redrawn(await readFile(FILE, "utf8")));
