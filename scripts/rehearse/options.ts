import { parseArgs } from "node:util";
import { readArguments } from "../local/read-arguments.ts";
import { SetupError } from "../local/setup-error.ts";
import { PLANTS, type Plant } from "./plants.ts";

/** What `npm run rehearse -- …` asks for. */
export interface Options {
  readonly season: string;
  /** A season of one's own: the body of `POST /v1/seasons`. */
  readonly file: string | undefined;
  /** The most virtual milliseconds for each real one. */
  readonly speed: number;
  /** At least so many in process. */
  readonly decisions: number;
  /** So many more over HTTP; with 0 no server is started. */
  readonly overHttp: number;
  readonly seed: number;
  readonly report: string | undefined;
  readonly plant: Plant | undefined;
}

/** @throws SetupError for an option that does not exist or a value that cannot be. */
export function rehearseOptions(args: readonly string[]): Options {
  const { values } = readArguments(() =>
    parseArgs({
      args: [...args],
      options: {
        season: { type: "string", default: "618-2024" },
        file: { type: "string" },
        speed: { type: "string", default: "20000" },
        decisions: { type: "string", default: "100000" },
        http: { type: "string", default: "1000" },
        seed: { type: "string", default: "618" },
        report: { type: "string" },
        plant: { type: "string" },
      },
    }),
  );
  const { plant } = values;
  if (plant !== undefined && !isPlant(plant)) throw new SetupError(`--plant takes one of ${PLANTS.join(", ")}, not "${plant}".`);
  return {
    season: values.season,
    file: values.file,
    speed: wholeNumber("speed", values.speed, 1, 1_000_000_000),
    decisions: wholeNumber("decisions", values.decisions, 500, 10_000_000),
    overHttp: wholeNumber("http", values.http, 0, 100_000),
    seed: wholeNumber("seed", values.seed, 0, 2_147_483_647),
    report: values.report,
    plant,
  };
}

/** The command that plays the same again. */
export function commandOf({ season, file, speed, decisions, overHttp, seed, plant }: Options): string {
  const what = file === undefined ? `--season ${season}` : `--file ${file}`;
  const planted = plant === undefined ? "" : ` --plant ${plant}`;
  return `npm run rehearse -- ${what} --speed ${speed} --decisions ${decisions} --http ${overHttp} --seed ${seed}${planted}`;
}

const isPlant = (name: string): name is Plant => (PLANTS as readonly string[]).includes(name);

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new SetupError(`--${name} takes a whole number from ${least} to ${most}, not "${text}".`);
}
