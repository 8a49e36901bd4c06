import { seeded, shuffled } from "../../scripts/local/seeded.ts";

/** `THOROUGH=1` in the environment asks for all there is to try; by default a part does, the same each time. */
export const THOROUGH = process.env["THOROUGH"] === "1";

/** A third of the cases, drawn with the seed; all of them when thorough. */
export const someOf = <T>(cases: readonly T[], seed: number): readonly T[] =>
  THOROUGH ? cases : shuffled(cases, seeded(seed)).slice(0, Math.ceil(cases.length / 3));
