import { readIfThere } from "./read-if-there.ts";
import { SetupError } from "./setup-error.ts";
import { writeAtomically } from "./write-atomically.ts";

/** Where the stack's time begins: registration for 618 of 2024 has opened, and the first wave is a week off. */
export const STARTS_AT = "2024-05-13T10:00:00+08:00";

/** The difference between the stack's time and the machine's, in milliseconds; 0 when nothing was set. */
export async function readOffset(file: string): Promise<number> {
  const text = (await readIfThere(file))?.trim() ?? "0";
  if (!/^-?\d{1,15}$/.test(text)) throw new SetupError(`${file} does not hold a number of milliseconds: run npm run clock -- --reset.`);
  return Number(text);
}

/** Makes the stack's time be `instant` (epoch milliseconds) at the machine's time `now`. */
export function setClock(file: string, instant: number, now: number): Promise<void> {
  return writeAtomically(file, `${instant - now}\n`);
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Epoch milliseconds of an RFC 3339 time with an explicit offset.
 *
 * @throws SetupError without one, since "20:00" is another instant in each reader's time zone.
 */
export function parseInstant(text: string): number {
  const instant = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant)) throw new SetupError(`"${text}" is not a time with an offset: write it like ${STARTS_AT}.`);
  return instant;
}

const EIGHT_HOURS_MS = 8 * 60 * 60 * 1000;

/** The instant in Asia/Shanghai, which has been eight hours ahead without summer time since 1992, and in UTC; both in RFC 3339, to the second. */
export function describeInstant(instant: number): readonly [shanghai: string, utc: string] {
  const toTheSecond = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 19);
  return [`${toTheSecond(instant + EIGHT_HOURS_MS)}+08:00`, `${toTheSecond(instant)}Z`];
}
