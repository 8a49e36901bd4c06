import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { importWhitelist } from "../lib/app/import-whitelist.ts";
import { registrar } from "../lib/deps/desk.ts";
import { identity } from "../lib/deps/identity.ts";
import { rowIdentity } from "../lib/deps/row-identity.ts";
import { type RowFormat, readRows } from "../lib/deps/row-reader.ts";
import { registryTable } from "../lib/deps/tables.ts";
import type { User } from "../lib/domain/authorisation.ts";
import type { Import, Outcome } from "../lib/domain/import.ts";
import { Refusal } from "../lib/domain/refusal.ts";
import { importStore } from "../lib/store/imports.ts";
import { localEnv } from "./local/local-env.ts";
import { people } from "./local/people.ts";
import { readArguments } from "./local/read-arguments.ts";
import { runCommand, SetupError } from "./local/setup-error.ts";

const USAGE =
  "npm run import -- --file <list.csv|list.json|list.jsonl> --surface <id> --season <id> [--role reviewer|attester] [--token <bearer>] [--dry-run] [--resume <import id>] [--report <file.jsonl>]";

/** Shown of what was refused; all of it is in the report. */
const SHOWN = 20;

await runCommand(async () => {
  const { values } = readArguments(() =>
    parseArgs({
      options: {
        file: { type: "string" },
        surface: { type: "string" },
        season: { type: "string" },
        role: { type: "string", default: "reviewer" },
        token: { type: "string" },
        resume: { type: "string" },
        report: { type: "string" },
        "dry-run": { type: "boolean", default: false },
      },
    }),
  );
  const { file, surface, season, resume, "dry-run": dryRun } = values;
  if (!file || !surface || !season) throw new SetupError(`Name the file, the surface and the season: ${USAGE}`);
  if (!(await stat(file).catch(() => undefined))?.isFile()) throw new SetupError(`There is no file ${file}.`);

  await localEnv();
  const user = await userOf(values);
  const deps = { ...registrar(), imports: importStore(registryTable("write")), rows: rowIdentity };
  const report = values.report === undefined ? undefined : createWriteStream(values.report);
  const refused: Outcome[] = [];
  let begun: Import | undefined;
  let done = 0;
  try {
    const { counts } = await importWhitelist(deps)({
      user,
      surface,
      season,
      dryRun,
      resume,
      groups: readRows(createReadStream(file), formatOf(file)),
      onBegun: (into) => {
        begun = into;
        if (!dryRun) console.log(`Import ${into.id}; to go on with it after an interruption: --resume ${into.id}`);
      },
      onOutcomes: (outcomes) => {
        done += outcomes.length;
        for (const outcome of outcomes) {
          if (outcome.outcome === "refused" && refused.length < SHOWN) refused.push(outcome);
          if (outcome.outcome !== "unchanged") report?.write(`${JSON.stringify(outcome)}\n`);
        }
        if (process.stderr.isTTY) process.stderr.write(`\r${done} rows`);
      },
    });
    for (const { row, brand, reasons } of refused)
      console.log(`row ${row} (${brand ?? "?"}) refused: ${reasons.map(({ code, field }) => `${code} ${field}`.trim()).join(", ")}`);
    if (counts.refused > refused.length) console.log(`and ${counts.refused - refused.length} more; --report writes them all to a file.`);
    const { added, changed, unchanged } = counts;
    console.log(
      `${dryRun ? "Would be: " : ""}${added} added, ${changed} changed, ${unchanged} unchanged, ${counts.refused} refused.${dryRun ? " Nothing was written." : ""}`,
    );
  } catch (error) {
    const goOn = begun && !dryRun ? ` Go on with --resume ${begun.id}.` : "";
    if (error instanceof Refusal)
      throw new SetupError(`Refused: ${[error.code, ...error.reasons.map(({ detail }) => detail)].join(": ")}.${goOn}`);
    throw error;
  } finally {
    report?.end();
  }
});

/** On a local stack, its own person of the role; elsewhere whoever the bearer token says. */
async function userOf({ role, token }: { readonly role: string; readonly token?: string | undefined }): Promise<User> {
  if (token !== undefined) {
    const user = await identity()(token);
    if (!user) throw new SetupError("The token is not to be believed, or no longer.");
    return user;
  }
  if (process.env["STAGE"] !== "local") throw new SetupError("Outside the local stack, say who you are with --token.");
  if (role !== "reviewer" && role !== "attester") throw new SetupError("--role is reviewer or attester: the side whose key is turned.");
  return { role, ...people[role] };
}

function formatOf(file: string): RowFormat {
  if (/\.csv$/i.test(file)) return "csv";
  if (/\.(?:json|jsonl|ndjson)$/i.test(file)) return "json";
  throw new SetupError(`${join(file)} should end in .csv, .json, .jsonl or .ndjson.`);
}
