import { expect } from "@jest/globals";
import type { Request } from "../../scripts/local/http-event.ts";
import type { Gate, Reply } from "./gate.ts";
import { expectRefused } from "./problem.ts";
import type { ValidCall } from "./valid-calls.ts";

/** A change that spoils a valid call, and what it is. */
export type Bad = readonly [what: string, change: Request];

/** Each text as a body. */
export const raw = (...texts: readonly string[]): Bad[] => texts.map((text) => [text.slice(0, 60), { rawBody: text }]);

/** Makes the call with each change. Gives those that were not refused as they should be; when all were, no row has changed. */
export async function letThrough(
  gate: Gate,
  route: string,
  call: ValidCall,
  changes: readonly Bad[],
  judge: (reply: Reply) => void = expectRefused,
): Promise<readonly string[]> {
  const before = await gate.rows();
  const through: string[] = [];
  for (const [what, change] of changes) {
    const reply = await gate.call(route, { ...call, ...change });
    try {
      judge(reply);
    } catch {
      through.push(`${what}: ${reply.status} ${reply.text.slice(0, 200)}`);
    }
  }
  if (through.length === 0) expect(await gate.rows()).toEqual(before);
  return through;
}
