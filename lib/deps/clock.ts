import { readFileSync } from "node:fs";
import type { Now } from "../app/ports/world.ts";
import { configure, settings } from "../config.ts";

/** The machine's clock, wherever the festival's stands: for ages, and for what DynamoDB's own clock judges. */
export const machineClock: Now = () => Date.now();

/** The machine's clock, or on the local stack the festival's: the machine's moved by what the offset file says. */
export function festivalClock(): Now {
  const { CLOCK_OFFSET_FILE } = configure(settings.base);
  return CLOCK_OFFSET_FILE === undefined ? Date.now : () => Date.now() + offsetIn(CLOCK_OFFSET_FILE);
}

/** Read at every use, since `npm run clock` and the demo move it while the stack runs. No file: no offset. Milliseconds. */
function offsetIn(file: string): number {
  try {
    return Number(readFileSync(file, "utf8").trim()) || 0;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}
